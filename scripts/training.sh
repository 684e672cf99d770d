# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What training needs beside the stack: PyTorch. Sourced by run, after setup.sh.

TRAINING=$BULWARK_ROOT/requirements/training.in
TRAINING_STAMP=$VENV/.bulwark-training

set_up_training() {
    case " $* " in *" --help "* | *" -h "*) return ;; esac
    if [[ -f $TRAINING_STAMP ]] && cmp --silent "$TRAINING" "$TRAINING_STAMP"; then return; fi
    take_lock
    step "PyTorch, for training (up to some GB to fetch)" setup/training.log install_training
    cp "$TRAINING" "$TRAINING_STAMP"
    release_lock
}

# Whatever PyTorch shares with the stack stays at the stack's versions.
install_training() {
    "$VENV/bin/python" -m pip --disable-pip-version-check --no-input install \
        --constraint "$LOCK" --requirement "$TRAINING"
}

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Renews the two locks from the *.in files; needs uv.
#   requirements/lock.sh             after a change in a *.in file: keeps the versions that still fit
#   requirements/lock.sh --upgrade   takes the newest versions that fit
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

lock() { # FILE, the oldest Python, the *.in files and options
    local file=$1 python=$2
    shift 2
    uv pip compile "$@" --python-version "$python" --universal --fork-strategy fewest \
        --override not-needed.txt --no-header --no-annotate --no-emit-index-url \
        --no-emit-find-links --quiet --output-file "$file"
    sed -i -e "/sys_platform == 'win32'/d" "$file"
    sed -i -e "1i # Everything, at one version. Written by requirements/lock.sh." "$file"
}

lock wheels.lock 3.10 ros.in stack.in dev.in bench.in pip.in "$@"
cp wheels.lock jazzy.lock # so that both hold the same versions wherever they can
lock jazzy.lock 3.12 jazzy.in stack.in dev.in bench.in pip.in "$@"

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What run and setup.sh share: messages, the lock, and steps with a log.

say() { printf 'bulwark: %s\n' "$*" >&2; }

die() {
    say "$@"
    exit 1
}

join() { # SEPARATOR WORDS...
    local separator=$1 text=${2:-}
    shift 2
    printf '%s' "$text" "${@/#/$separator}"
}

# One set-up at a time in one checkout. The lock is on the folder itself and ends with the process.
take_lock() {
    exec {BULWARK_LOCK}<"$BULWARK_ROOT"
    flock --nonblock "$BULWARK_LOCK" && return
    say "another ./run is setting up this checkout; waiting for it"
    flock "$BULWARK_LOCK"
}

release_lock() { exec {BULWARK_LOCK}<&-; }

# A running clock behind the name of the step, on a terminal.
CLOCK=
start_clock() { # WHAT
    [[ -t 2 ]] || return 0
    local start=$SECONDS
    printf 'bulwark: %s ...' "$1" >&2
    while sleep 1 && kill -0 $$; do printf '\rbulwark: %s ... %d s' "$1" $((SECONDS - start)) >&2; done &
    CLOCK=$!
}

stop_clock() {
    [[ $CLOCK ]] || return 0
    kill "$CLOCK" 2>/dev/null || true
    CLOCK=
    printf '\r\e[K' >&2
}

# Run COMMAND quietly, one line for the reader. Where it fails: the log's end, and where the log is.
step() { # WHAT LOG COMMAND...
    local what=$1 log=$BULWARK_ROOT/log/$2 start=$SECONDS status=0
    shift 2
    mkdir -p "$(dirname "$log")"
    if [[ ! -t 2 ]]; then say "$what ..."; fi
    start_clock "$what"
    ("$@") >"$log" 2>&1 || status=$?
    stop_clock
    ((status == 0)) || explain "$what" "$log"
    say "$what: done in $((SECONDS - start)) s"
}

NO_NETWORK='[Tt]emporary failure (in name resolution|resolving)|[Nn]ame or service not known|Could not resolve'
NO_NETWORK+='|Network is unreachable|Connection (refused|timed out)|Could not connect|NewConnectionError|from versions: none'

explain() { # WHAT LOG: of a step that failed
    tail -n 20 "$2" | sed 's/^/    /' >&2
    if grep --quiet --extended-regexp "$NO_NETWORK" "$2"; then
        say "no network: a package server was not reached. Once online, the same call goes on from here"
    fi
    die "$1: failed. The whole log: $2"
}

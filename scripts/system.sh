# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What has to be on the machine itself. Asks what works here, not what is installed, so that a Python
# of one's own is as good as Debian's; only what is lacking is named and installed.

# Find PYTHON and install what is lacking; ends with a message where that is impossible.
prepare_system() {
    check_machine
    local packages=() reasons=()
    find_lacking
    if ((${#packages[@]})); then
        install_packages
        packages=() reasons=()
        find_lacking
    fi
    ((${#packages[@]} == 0)) || die "installed, but still lacking: $(join ", " "${reasons[@]}")"
}

check_machine() {
    local free
    [[ $BULWARK_ROOT != *[[:space:]:]* ]] || die "the folder '$BULWARK_ROOT' has a space or colon in it, which Python's scripts" \
        "and ROS do not bear: move the checkout"
    [[ $(uname -s) == Linux ]] || die "this needs Linux: Debian 12, Ubuntu 22.04 or 24.04, or the images in docker/"
    [[ $FLAVOUR != wheels || $(uname -m) == x86_64 ]] ||
        die "without an installed ROS this runs on x86-64 only ($(uname -m) here): install ROS 2 Jazzy and source it"
    free=$(df --output=avail --block-size=1M "$BULWARK_ROOT" | tail -n 1)
    ((free > 3000)) || die "3 GB of disk are needed, and $free MB are free in $BULWARK_ROOT"
    if [[ $FLAVOUR == wheels && -f /opt/ros/jazzy/setup.bash ]]; then
        say "ROS 2 Jazzy is installed but not sourced, so ROS comes as wheels (source /opt/ros/jazzy/setup.bash to use it)"
    fi
}

# Fill packages and reasons.
find_lacking() {
    if ! find_python; then
        check_distribution_python
        lack_package python3 "runs everything"
        lack_package python3-venv "keeps the Python packages in .venv"
        lack_package python3-dev "headers for the message packages"
    fi
    lack_command g++ g++ "compiles the messages"
    lack_command cmake cmake "builds the messages"
    lack_command make make "builds the messages"
    lack_library libusb-1.0.so.0 libusb-1.0-0 "Open3D, which renders the world"
    lack_library libGL.so.1 libgl1 "Open3D"
    lack_library libEGL.so.1 libegl1 "Open3D"
    lack_library libX11.so.6 libx11-6 "Open3D"
    [[ -e /etc/ssl/certs/ca-certificates.crt || -e /etc/pki/tls/certs/ca-bundle.crt ]] ||
        lack ca-certificates "lets pip trust its servers"
    if [[ $FLAVOUR == jazzy ]]; then lack_command colcon python3-colcon-common-extensions "builds the workspace"; fi
}

lack() { # PACKAGE REASON
    packages+=("$1")
    reasons+=("$1 ($2)")
}

lack_command() { command -v "$1" >/dev/null || lack "$2" "$3"; }

# Not piped into grep --quiet: with pipefail that fails now and then, since grep leaves at its first match.
lack_library() {
    local libraries
    libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p)
    [[ $libraries == *"$1 "* ]] || lack "$2" "$3"
}

lack_package() {
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]] || lack "$1" "$2"
}

# --- Python ---

# The first Python of 3.10 to 3.12 that can make environments and has its headers, as PYTHON.
find_python() {
    for PYTHON in python3 /usr/bin/python3 python3.12 python3.11 python3.10; do
        if command -v "$PYTHON" >/dev/null && python_suits; then return 0; fi
    done
    return 1
}

python_suits() {
    FLAVOUR=$FLAVOUR "$PYTHON" - 2>/dev/null <<'END'
import ensurepip, os, sys, sysconfig, venv
if os.environ["FLAVOUR"] == "jazzy":
    import rclpy
header = os.path.join(sysconfig.get_paths()["include"], "Python.h")
sys.exit(not ((3, 10) <= sys.version_info[:2] <= (3, 12) and os.path.exists(header)))
END
}

# The distribution's packages help only where its Python is one of those supported.
check_distribution_python() {
    local version
    [[ -x /usr/bin/python3 ]] || return 0
    version=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    case $version in
        3.10 | 3.11 | 3.12) ;;
        *) die "Python 3.10, 3.11 or 3.12 is needed, and this system has $version: install one of them with its headers" \
            "and venv as python3.12 (or 3.11, 3.10) on the PATH, or use the images in docker/" ;;
    esac
}

# --- apt ---

install_packages() {
    local sudo=()
    command -v apt-get >/dev/null ||
        die "this is neither Debian nor Ubuntu, so please install by hand what these are called here: $(join ", " "${reasons[@]}")"
    say "needed from the system: $(join ", " "${reasons[@]}")"
    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            die "neither root nor sudo: have an administrator run  apt-get install ${packages[*]}"
        sudo=(sudo)
        sudo --validate || die "sudo was refused: have an administrator run  apt-get install ${packages[*]}"
    fi
    step "installing ${#packages[@]} system packages" setup/apt.log run_apt
}

run_apt() {
    local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --yes --option DPkg::Lock::Timeout=300)
    "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${packages[@]}"
}

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Brings the checkout to where a job can start: system packages, Python environment, build.
# Sourced by run. Every stage leaves a stamp when it is complete, and a stage without its stamp is
# done again, so that an interrupted set-up repairs itself.

# shellcheck source=scripts/system.sh
source "$BULWARK_ROOT/scripts/system.sh"

VENV=$BULWARK_ROOT/.venv
VENV_STAMP=$VENV/.bulwark
INSTALL=$BULWARK_ROOT/install
BUILD_STAMP=$INSTALL/.bulwark

set_up() {
    ros_flavour
    if environment_current && build_current; then return; fi
    take_lock
    trap 'stop_clock; say "stopped; the next ./run goes on from here"; exit 130' INT TERM
    if ! environment_current; then make_environment; fi
    if ! build_current; then build; fi
    trap - INT TERM
    release_lock
}

# Which ROS: FLAVOUR is jazzy (installed and sourced) or wheels (none), LOCK what pip installs for it.
ros_flavour() {
    FLAVOUR=${ROS_DISTRO:-wheels}
    LOCK=$BULWARK_ROOT/requirements/$FLAVOUR.lock
    case $FLAVOUR in
        wheels) return ;;
        jazzy) [[ ${AMENT_PREFIX_PATH:-} ]] && return ;;
        *) die "this shell has ROS 2 '$ROS_DISTRO' sourced, and Bulwark is for Jazzy. Open a shell without it" \
            "(look in ~/.bashrc), or source /opt/ros/jazzy/setup.bash in a fresh one" ;;
    esac
    die "ROS_DISTRO is '$ROS_DISTRO', but AMENT_PREFIX_PATH is empty: source /opt/ros/jazzy/setup.bash, or unset ROS_DISTRO"
}

# --- the Python environment ---

environment_inputs() { # the folder too: scripts in the environment name it
    { printf '%s\n' "$FLAVOUR" "$BULWARK_ROOT" && cat "$LOCK" "$BULWARK_ROOT/scripts/fix_wheel_paths.py"; } | sha256sum
}

environment_current() {
    [[ -x $VENV/bin/python && -f $VENV_STAMP ]] && [[ $(<"$VENV_STAMP") == "$(environment_inputs)" ]]
}

make_environment() {
    prepare_system
    if [[ -d $VENV ]]; then say "the Python environment in .venv is incomplete or out of date: making it afresh"; fi
    rm -rf "$VENV" "$BULWARK_ROOT/build" "$INSTALL"
    step "Python environment: $(grep --count == "$LOCK") packages, up to 440 MB to fetch" setup/python.log install_wheels
    environment_inputs >"$VENV_STAMP"
}

install_wheels() {
    local options=() pip=("$VENV/bin/python" -m pip --disable-pip-version-check --no-input install --no-deps)
    [[ $FLAVOUR == wheels ]] || options+=(--system-site-packages)
    "$PYTHON" -m venv "${options[@]}" "$VENV" &&
        touch "$VENV/COLCON_IGNORE" &&
        grep --extended-regexp '^(pip|setuptools|wheel)==' "$LOCK" >"$VENV/installer.txt" &&
        "${pip[@]}" --requirement "$VENV/installer.txt" &&
        "${pip[@]}" --no-build-isolation --requirement "$LOCK" &&
        "$VENV/bin/python" "$BULWARK_ROOT/scripts/fix_wheel_paths.py"
}

# --- the build ---

# What a build depends on. Python modules are linked, not copied, and so are not among it.
build_inputs() {
    cd "$BULWARK_ROOT" || return
    cat "$VENV_STAMP"
    find src compat launch config models -type f -not -name '*.py' -not -path '*/.*' -not -path '*/test/*' \
        -not -path '*/__pycache__/*' -not -path '*.egg-info/*' 2>/dev/null | LC_ALL=C sort
    find src compat colcon.meta -type f '(' -name package.xml -o -name 'setup.*' -o -name CMakeLists.txt \
        -o -name '*.msg' -o -name colcon.meta ')' -exec sha256sum {} + | LC_ALL=C sort
}

build_current() {
    [[ -f $INSTALL/local_setup.bash && -f $BUILD_STAMP ]] &&
        [[ $(<"$BUILD_STAMP") == "$(build_inputs | sha256sum)" ]]
}

build() {
    local inputs
    inputs=$(build_inputs | sha256sum)
    rm -f "$BUILD_STAMP"
    if leftovers; then rm -rf "$BULWARK_ROOT/build" "$INSTALL"; fi
    step "building the workspace" setup/build.log run_colcon
    step "compiling the point loops" setup/compile.log compile_loops
    printf '%s\n' "$inputs" >"$BUILD_STAMP"
}

# Are there packages in the build that the sources no longer have?
leftovers() {
    local package
    for package in "$INSTALL"/share/colcon-core/packages/*; do
        [[ -e $package ]] || continue
        package=${package##*/}
        [[ -d $BULWARK_ROOT/src/$package || -d $BULWARK_ROOT/compat/$package ]] || return 0
    done
    return 1
}

# Numba's part, which the nodes would otherwise do at their first start.
compile_loops() (
    # shellcheck source=scripts/env.sh
    source "$BULWARK_ROOT/scripts/env.sh"
    exec bulwark compile
)

# colcon runs in the environment's own Python, so that the nodes' scripts start that one too.
run_colcon() (
    cd "$BULWARK_ROOT" || return
    export VIRTUAL_ENV=$VENV PATH=$VENV/bin:$PATH PYTHONNOUSERSITE=1
    local packages=(src)
    if [[ $FLAVOUR == wheels ]]; then
        export AMENT_PREFIX_PATH=$VENV CMAKE_PREFIX_PATH=$VENV
        unset COLCON_PREFIX_PATH PYTHONPATH
        packages+=(compat/tf2_msgs)
    fi
    exec python "$(command -v colcon)" build --base-paths "${packages[@]}" \
        --symlink-install --merge-install --event-handlers console_cohesion+ \
        --cmake-args -DPython3_EXECUTABLE="$VENV/bin/python"
)

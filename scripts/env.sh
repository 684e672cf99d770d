# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The environment of every job, to be sourced by bash with BULWARK_ROOT set; a second time changes nothing.

bulwark_prepend() { # VARIABLE FOLDER
    case ":${!1:-}:" in
        *":$2:"*) ;;
        *) export "$1=$2${!1:+:${!1}}" ;;
    esac
}

# The wheels make the virtual environment itself the ROS installation. Each Python in it would
# start itself a second time to find these libraries, unless they are named and the mark is set.
bulwark_use_wheels() {
    local libraries
    unset AMENT_PREFIX_PATH CMAKE_PREFIX_PATH COLCON_PREFIX_PATH
    export AMENT_PREFIX_PATH=$VIRTUAL_ENV CMAKE_PREFIX_PATH=$VIRTUAL_ENV
    for libraries in "$VIRTUAL_ENV"/lib/python3.*/site-packages/ros_*.libs "$VIRTUAL_ENV/lib"; do
        bulwark_prepend LD_LIBRARY_PATH "$libraries"
    done
    export _ROS_WHEELS_BOOTSTRAP_COMPLETE=1 RMW_IMPLEMENTATION=rmw_fastrtps_cpp
}

bulwark_environment() {
    local install=$BULWARK_ROOT/install profile=$BULWARK_ROOT/config/fastdds.xml
    export VIRTUAL_ENV=$BULWARK_ROOT/.venv PYTHONNOUSERSITE=1
    unset PYTHONHOME
    bulwark_prepend PATH "$VIRTUAL_ENV/bin"
    if [[ ! ${ROS_DISTRO:-} ]]; then bulwark_use_wheels; fi
    # shellcheck disable=SC1091
    if [[ -f $install/local_setup.bash ]]; then source "$install/local_setup.bash"; fi
    export RMW_IMPLEMENTATION=${RMW_IMPLEMENTATION:-rmw_fastrtps_cpp}
    if [[ -f $profile ]]; then # Fast DDS 2, as in Jazzy, reads the first; Fast DDS 3 the second
        export FASTRTPS_DEFAULT_PROFILES_FILE=${FASTRTPS_DEFAULT_PROFILES_FILE:-$profile}
        export FASTDDS_DEFAULT_PROFILES_FILE=${FASTDDS_DEFAULT_PROFILES_FILE:-$profile}
    fi
}

# The set-up files of ROS read variables that are not set.
case $- in
    *u*) set +u && bulwark_environment && set -u ;;
    *) bulwark_environment ;;
esac

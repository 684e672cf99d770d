#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `docker run IMAGE COMMAND` is `./run COMMAND` with ROS 2 Jazzy sourced.
set -eo pipefail
source /opt/ros/jazzy/setup.bash
exec /opt/bulwark/run "$@"

# SPDX-License-Identifier: Apache-2.0
"""Reads ROS 2 XML launch files and starts their nodes where `ros2 launch` is not installed.

`substitutions` and `parse` turn a file into actions, `resolve` carries the actions out and gives a
list of `NodeSpec`, `launcher` runs them. The reference for every rule is launch 3.4 and
launch_ros 0.26 of ROS 2 Jazzy; see docs/launch.md.
"""

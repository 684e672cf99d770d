# SPDX-License-Identifier: Apache-2.0
"""The ROS node camera_perception."""

from bulwark_camera.component import CameraPerception
from bulwark_camera.params import CameraParams
from bulwark_core.node import run


def main() -> None:
    run(CameraPerception, CameraParams)

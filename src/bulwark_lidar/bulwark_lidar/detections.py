# SPDX-License-Identifier: Apache-2.0
"""From the boxes of one scan to detections in odom, with what hides their ends."""

from __future__ import annotations

from bulwark_lidar.boxes import Boxes
from bulwark_lidar.cloud import FloatArray
from bulwark_lidar.frames import Pose
from bulwark_lidar.ground import Ground, Points
from bulwark_lidar.table import Detections
from bulwark_lidar.visibility import hidden_ends, skyline


def detections(
    boxes: Boxes,
    levels: tuple[FloatArray, FloatArray],
    pieces: FloatArray,
    brightness: FloatArray,
    ground: Ground,
    obstacles: Points,
    sensor_xy: tuple[float, float],
    pose: Pose,
) -> Detections:
    """Boxes of base_link as detections in odom.

    levels: (K,) z of the ground below and of the top [m]. pieces: (K,) edge of the squares into
    which something bigger was cut [m], 0 where it was not. brightness: (K,).
    """
    nearest, seen = skyline(ground.bearings, obstacles.bearings, obstacles.ranges)
    ends, hidden = hidden_ends(boxes.outlines, boxes.sizes, *sensor_xy, nearest, seen)
    return Detections(
        outline=pose.to_odom(boxes.outlines),
        size=boxes.sizes,
        yaw=boxes.yaw + pose.yaw,
        extent=boxes.extent,
        ends=pose.to_odom(ends),
        hidden=hidden,
        piece=pieces,
        base=levels[0],
        top=levels[1],
        points=boxes.points,
        brightness=brightness,
    )

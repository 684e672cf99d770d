# SPDX-License-Identifier: Apache-2.0
"""From the boxes of one scan to detections in odom, with what hides their ends."""

from __future__ import annotations

import numpy as np

from bulwark_lidar.boxes import Boxes
from bulwark_lidar.frames import Pose
from bulwark_lidar.ground import OBSTACLE, Ground
from bulwark_lidar.table import Detections
from bulwark_lidar.visibility import hidden_ends, skyline


def detections(
    boxes: Boxes, ground: Ground, sensor_xy: tuple[float, float], pose: Pose, piece: float
) -> Detections:
    """Boxes of base_link as detections in odom; `piece`: edge of the squares of cut things [m]."""
    nearest, seen = skyline(ground.bearings, ground.ranges, ground.labels, OBSTACLE)
    ends, hidden = hidden_ends(boxes.outlines, boxes.sizes, *sensor_xy, nearest, seen)
    return Detections(
        outline=pose.to_odom(boxes.outlines),
        size=boxes.sizes,
        yaw=boxes.yaw + pose.yaw,
        extent=boxes.extent,
        ends=pose.to_odom(ends),
        hidden=hidden,
        piece=np.where(boxes.cut, piece, 0.0),
        base=boxes.base,
        top=boxes.top,
        points=boxes.points,
    )

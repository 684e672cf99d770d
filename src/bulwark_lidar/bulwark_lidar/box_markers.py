# SPDX-License-Identifier: Apache-2.0
"""The boxes of one scan, before they are tracked, for RViz: with the L that was fitted."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from geometry_msgs.msg import Point
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from bulwark_core.convert.stamps import make_header
from bulwark_lidar.boxes import Boxes
from bulwark_lidar.cloud import FloatArray
from bulwark_lidar.markers import LIFETIME

_LINE = 0.06  # width of the L's sides [m]
_CORNERS = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]) / 2.0


def make_box_markers(
    boxes: Boxes,
    levels: tuple[FloatArray, FloatArray],
    sensor_xy: FloatArray,
    ns: int,
    frame_id: str,
) -> MarkerArray:
    """A box for each thing, and the two sides of it that meet nearest to the lidar.

    levels: (K,) z of the ground below and of the top [m]. sensor_xy: where the lidar is (2,) [m].
    """
    header = make_header(ns, frame_id)
    columns = (boxes.centre, boxes.extent, boxes.yaw, *levels)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    markers = [Marker(header=header, action=Marker.DELETEALL)]
    markers += [_box(k, row, header) for k, row in enumerate(rows)]
    if len(boxes) > 0:
        markers.append(_sides(l_shapes(boxes, sensor_xy), levels[0], header))
    return MarkerArray(markers=markers)


def l_shapes(boxes: Boxes, sensor_xy: FloatArray) -> FloatArray:
    """End, corner and other end of the two sides of each box that meet nearest to the lidar.

    In base_link: (K, 3, 2) [m].
    """
    local = boxes.extent[:, None] * _CORNERS
    cos, sin = np.cos(boxes.yaw)[:, None], np.sin(boxes.yaw)[:, None]
    x, y = local[..., 0], local[..., 1]
    corners = np.stack([x * cos - y * sin, x * sin + y * cos], axis=-1) + boxes.centre[:, None]
    way = corners - sensor_xy
    nearest = np.hypot(way[..., 0], way[..., 1]).argmin(axis=1)
    around = (nearest[:, None] + np.array([-1, 0, 1])) % len(_CORNERS)
    return np.asarray(np.take_along_axis(corners, around[:, :, None], axis=1))


def _box(number: int, row: Any, header: Any) -> Marker:
    (x, y), (length, width), yaw, base, top = row
    marker = Marker(header=header, ns="boxes", id=number, type=Marker.CUBE, lifetime=LIFETIME)
    place, turn = marker.pose.position, marker.pose.orientation
    place.x, place.y, place.z = x, y, (base + top) / 2.0
    turn.z, turn.w = math.sin(yaw / 2.0), math.cos(yaw / 2.0)
    marker.scale.x, marker.scale.y, marker.scale.z = length, width, max(top - base, 0.01)
    marker.color = ColorRGBA(r=0.6, g=0.6, b=0.9, a=0.3)
    return marker


def _sides(shapes: FloatArray, base: FloatArray, header: Any) -> Marker:
    """All sides as lines of one marker."""
    marker = Marker(header=header, ns="l_shapes", type=Marker.LINE_LIST, lifetime=LIFETIME)
    marker.scale.x, marker.pose.orientation.w = _LINE, 1.0
    marker.color = ColorRGBA(r=1.0, g=0.9, b=0.2, a=1.0)
    marker.points = [
        Point(x=x, y=y, z=z)
        for (end, corner, other), z in zip(shapes.tolist(), base.tolist(), strict=True)
        for x, y in (end, corner, corner, other)
    ]
    return marker

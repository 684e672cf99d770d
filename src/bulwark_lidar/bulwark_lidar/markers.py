# SPDX-License-Identifier: Apache-2.0
"""Tracked objects as boxes and speed arrows for RViz."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from geometry_msgs.msg import Point
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from bulwark_core.convert.stamps import make_header
from bulwark_core.objects import Motion, TrackedObject

_COLOURS = {
    Motion.MOVING: (1.0, 0.3, 0.1),
    Motion.STATIONARY: (0.2, 0.6, 1.0),
    Motion.UNKNOWN: (0.7, 0.7, 0.7),
}
_ARROW_S = 1.0  # an arrow shows the way of so many seconds


def make_markers(objects: Iterable[TrackedObject], ns: int, frame_id: str) -> MarkerArray:
    """One box per object, and an arrow for each that moves; older ones are deleted."""
    header = make_header(ns, frame_id)
    markers = [Marker(header=header, action=Marker.DELETEALL)]
    for tracked in objects:
        markers.append(_box(tracked, header))
        if tracked.motion is Motion.MOVING:
            markers.append(_arrow(tracked, header))
    return MarkerArray(markers=markers)


def _box(tracked: TrackedObject, header: Any) -> Marker:
    marker = Marker(header=header, ns="objects", id=tracked.id, type=Marker.CUBE)
    place = marker.pose.position
    place.x, place.y, place.z = tracked.x, tracked.y, tracked.z
    marker.pose.orientation.z = math.sin(tracked.yaw / 2.0)
    marker.pose.orientation.w = math.cos(tracked.yaw / 2.0)
    marker.scale.x, marker.scale.y = tracked.length, tracked.width
    marker.scale.z = max(tracked.height, 0.01)
    red, green, blue = _COLOURS[tracked.motion]
    marker.color = ColorRGBA(r=red, g=green, b=blue, a=0.2 + 0.5 * tracked.existence)
    return marker


def _arrow(tracked: TrackedObject, header: Any) -> Marker:
    marker = Marker(header=header, ns="speeds", id=tracked.id, type=Marker.ARROW)
    start = Point(x=tracked.x, y=tracked.y, z=tracked.z)
    tip_x, tip_y = tracked.x + tracked.vx * _ARROW_S, tracked.y + tracked.vy * _ARROW_S
    marker.points = [start, Point(x=tip_x, y=tip_y, z=tracked.z)]
    marker.scale.x, marker.scale.y = 0.15, 0.3
    red, green, blue = _COLOURS[tracked.motion]
    marker.color = ColorRGBA(r=red, g=green, b=blue, a=1.0)
    return marker

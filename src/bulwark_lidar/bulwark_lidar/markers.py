# SPDX-License-Identifier: Apache-2.0
"""Tracked objects as boxes, labels and speed arrows for RViz."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from bulwark_core.convert.stamps import make_header
from bulwark_core.objects import Motion, TrackedObject

LIFETIME = Duration(nanosec=300_000_000)
"""So that a lidar which has gone silent leaves no boxes behind."""

_COLOURS = {
    Motion.MOVING: (1.0, 0.3, 0.1),
    Motion.STATIONARY: (0.2, 0.6, 1.0),
    Motion.UNKNOWN: (0.7, 0.7, 0.7),
}
_TEXT = 0.4  # height of letters [m]
_ARROW_S = 1.0  # an arrow shows the way of so many seconds


def make_markers(objects: Iterable[TrackedObject], ns: int, frame_id: str) -> MarkerArray:
    """A box and a label for each object, and an arrow for each that moves.

    Older ones are deleted first, and with them what was tracked before a reset.
    """
    header = make_header(ns, frame_id)
    markers = [Marker(header=header, action=Marker.DELETEALL)]
    for tracked in objects:
        markers += [_box(tracked, header), _label(tracked, header)]
        if tracked.motion is Motion.MOVING:
            markers.append(_arrow(tracked, header))
    for marker in markers[1:]:
        marker.lifetime = LIFETIME
    return MarkerArray(markers=markers)


def _box(tracked: TrackedObject, header: Any) -> Marker:
    marker = Marker(header=header, ns="objects", id=_marker_id(tracked), type=Marker.CUBE)
    place = marker.pose.position
    place.x, place.y, place.z = tracked.x, tracked.y, tracked.z
    marker.pose.orientation.z = math.sin(tracked.yaw / 2.0)
    marker.pose.orientation.w = math.cos(tracked.yaw / 2.0)
    marker.scale.x, marker.scale.y = tracked.length, tracked.width
    marker.scale.z = max(tracked.height, 0.01)
    red, green, blue = _COLOURS[tracked.motion]
    marker.color = ColorRGBA(r=red, g=green, b=blue, a=0.2 + 0.5 * tracked.existence)
    return marker


def _label(tracked: TrackedObject, header: Any) -> Marker:
    """Class and number, and the speed of what moves."""
    kind = Marker.TEXT_VIEW_FACING
    marker = Marker(header=header, ns="labels", id=_marker_id(tracked), type=kind)
    marker.text = f"{tracked.object_class.name.lower().replace('_', ' ')} {tracked.id}"
    if tracked.motion is Motion.MOVING:
        marker.text += f"\n{math.hypot(tracked.vx, tracked.vy):.1f} m/s"
    marker.scale.z, marker.pose.orientation.w = _TEXT, 1.0
    place = marker.pose.position
    place.x, place.y, place.z = tracked.x, tracked.y, tracked.z + tracked.height / 2.0 + _TEXT
    marker.color = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)
    return marker


def _arrow(tracked: TrackedObject, header: Any) -> Marker:
    marker = Marker(header=header, ns="speeds", id=_marker_id(tracked), type=Marker.ARROW)
    start = Point(x=tracked.x, y=tracked.y, z=tracked.z)
    tip_x, tip_y = tracked.x + tracked.vx * _ARROW_S, tracked.y + tracked.vy * _ARROW_S
    marker.points = [start, Point(x=tip_x, y=tip_y, z=tracked.z)]
    marker.scale.x, marker.scale.y = 0.15, 0.3
    red, green, blue = _COLOURS[tracked.motion]
    marker.color = ColorRGBA(r=red, g=green, b=blue, a=1.0)
    return marker


def _marker_id(tracked: TrackedObject) -> int:
    return tracked.id & 0x7FFFFFFF  # a marker's id is signed

# SPDX-License-Identifier: Apache-2.0
"""Standing obstacles for RViz: solid where seen, pale where remembered; and the free space."""

from __future__ import annotations

import math
from collections.abc import Sequence

from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from bulwark_core.convert.stamps import make_header
from bulwark_core.objects import FloatArray, ObjectClass, TrackedObject
from bulwark_obstacles.shapes import ROUND, measure
from bulwark_obstacles.table import make_table

LIFETIME = Duration(nanosec=300_000_000)
CLEARLY = 0.7
"""Roundness from which a thing is drawn round."""
SEEN_ALPHA, REMEMBERED_ALPHA = 0.8, 0.3


def make_markers(
    obstacles: Sequence[TrackedObject],
    free_space: FloatArray,
    lidar: FloatArray,
    ns: int,
    frame_id: str,
) -> MarkerArray:
    """A box or cylinder and its class for every obstacle, and the free space's edge (N, 2).

    lidar: its place in base_link (2,), from which round and square are told.
    """
    markers = [_edge(free_space)]
    roundness = measure(make_table(obstacles), lidar)[:, ROUND].tolist()
    for obstacle, is_round in zip(obstacles, roundness, strict=True):
        alpha = SEEN_ALPHA if obstacle.last_seen_ns >= ns else REMEMBERED_ALPHA
        markers += [_box(obstacle, alpha, is_round), _label(obstacle, is_round)]
    header = make_header(ns, frame_id)
    for marker in markers:
        marker.header, marker.lifetime, marker.action = header, LIFETIME, Marker.ADD
    return MarkerArray(markers=markers)


def _box(obstacle: TrackedObject, alpha: float, is_round: float) -> Marker:
    kind = Marker.CYLINDER if is_round >= CLEARLY else Marker.CUBE
    marker = Marker(ns="box", id=_marker_id(obstacle), type=kind)
    marker.color = ColorRGBA(r=1.0, g=0.55, b=0.1, a=alpha)
    _place(marker, obstacle, obstacle.z)
    half = obstacle.yaw / 2.0
    marker.pose.orientation.z, marker.pose.orientation.w = math.sin(half), math.cos(half)
    size = marker.scale
    size.x, size.y, size.z = (
        max(side, 0.02) for side in (obstacle.length, obstacle.width, obstacle.height)
    )
    return marker


def _label(obstacle: TrackedObject, is_round: float) -> Marker:
    marker = Marker(ns="class", id=_marker_id(obstacle), type=Marker.TEXT_VIEW_FACING)
    marker.color = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)
    marker.text = obstacle.object_class.name.lower().replace("_", " ")
    if obstacle.object_class is ObjectClass.PILLAR and abs(is_round - 0.5) >= CLEARLY - 0.5:
        marker.text = f"{'round' if is_round > 0.5 else 'square'} {marker.text}"
    marker.scale.z = 0.3
    _place(marker, obstacle, obstacle.z + obstacle.height / 2.0 + 0.3)
    return marker


def _edge(corners: FloatArray) -> Marker:
    marker = Marker(ns="free_space", type=Marker.LINE_STRIP)
    marker.color = ColorRGBA(r=0.2, g=0.8, b=0.3, a=0.8)
    marker.scale.x, marker.pose.orientation.w = 0.04, 1.0
    marker.points = [Point(x=x, y=y) for x, y in [*corners.tolist(), *corners[:1].tolist()]]
    return marker


def _marker_id(obstacle: TrackedObject) -> int:
    return obstacle.id & 0x7FFFFFFF  # a marker's id is signed


def _place(marker: Marker, obstacle: TrackedObject, z: float) -> None:
    position = marker.pose.position
    position.x, position.y, position.z = obstacle.x, obstacle.y, z

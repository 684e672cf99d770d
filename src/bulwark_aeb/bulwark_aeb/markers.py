# SPDX-License-Identifier: Apache-2.0
"""The swept path and the target for RViz."""

from __future__ import annotations

import math

from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from bulwark_aeb.core import Decision
from bulwark_aeb.path import Body, Path
from bulwark_aeb.scene import displacement
from bulwark_aeb.stages import Stage
from bulwark_core.convert.stamps import make_header
from bulwark_core.vehicle import VehicleParams

LIFETIME = Duration(nanosec=300_000_000)
STEP = 0.5
SHOWN_TIME, SHOWN_LEAST = 2.5, 3.0
COLORS = {
    Stage.NONE: (0.2, 0.8, 0.3),
    Stage.WARNING: (1.0, 0.8, 0.0),
    Stage.PREFILL: (1.0, 0.6, 0.0),
    Stage.PARTIAL: (1.0, 0.4, 0.0),
    Stage.FULL: (1.0, 0.0, 0.0),
    Stage.HOLD: (0.7, 0.0, 0.0),
}


def make_markers(decision: Decision, vehicle: VehicleParams, ns: int, frame_id: str) -> MarkerArray:
    """Both edges of the swept path, coloured by stage, and a box around the target."""
    red, green, blue = COLORS[decision.stages.stage]
    color = ColorRGBA(r=red, g=green, b=blue, a=0.9)
    length = max(SHOWN_LEAST, abs(decision.speed) * SHOWN_TIME)
    markers = [
        _edge(decision.path, Body.of(vehicle), side, length, number)
        for number, side in enumerate((1.0, -1.0))
    ]
    if decision.target is not None:
        markers.append(_target(decision))
    for marker in markers:
        marker.header, marker.lifetime, marker.color = make_header(ns, frame_id), LIFETIME, color
    return MarkerArray(markers=markers)


def _edge(path: Path, body: Body, side: float, length: float, number: int) -> Marker:
    """Where the leading corner of one side goes."""
    marker = Marker(ns="path", id=number, type=Marker.LINE_STRIP, action=Marker.ADD)
    marker.scale.x = 0.08
    marker.pose.orientation.w = 1.0
    corner_x = body.rear if path.reverse else body.front
    corner_y = side * body.half_width
    for index in range(math.ceil(length / STEP) + 1):
        travel = path.direction * index * STEP
        x, y, yaw = displacement(travel, travel * path.curvature, 1.0)
        cos, sin = math.cos(yaw), math.sin(yaw)
        marker.points.append(
            Point(x=x + corner_x * cos - corner_y * sin, y=y + corner_x * sin + corner_y * cos)
        )
    return marker


def _target(decision: Decision) -> Marker:
    assert decision.target is not None
    item = decision.target.item
    marker = Marker(ns="target", id=0, type=Marker.CUBE, action=Marker.ADD)
    position = marker.pose.position
    position.x, position.y, position.z = float(item.x), float(item.y), float(item.z)
    half = item.yaw / 2.0
    marker.pose.orientation.z, marker.pose.orientation.w = math.sin(half), math.cos(half)
    size = marker.scale
    size.x, size.y, size.z = (max(0.1, float(s)) for s in (item.length, item.width, item.height))
    return marker

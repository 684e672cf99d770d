# SPDX-License-Identifier: Apache-2.0
"""The place and the own body as markers for RViz and Foxglove, in base_link."""

from __future__ import annotations

from typing import Any

import numpy as np
from geometry_msgs.msg import Point
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker

from bulwark_core.convert.stamps import make_header
from bulwark_core.objects import FloatArray
from bulwark_world.run_background import background
from bulwark_world.run_log import describe_world
from bulwark_world.sensors_to_messages import BASE
from bulwark_world.world import World

_LINE_WIDTH = 0.12
_GREY, _WHITE = (0.6, 0.6, 0.65), (0.95, 0.95, 0.95)


class PlaceMarkers:
    """Lines of the road, outlines of what stands there, and the own body's outline."""

    def __init__(self, world: World) -> None:
        self._lines = background(describe_world(world))
        body = world.body.corners()
        self._body = np.concatenate([body, body[:1]])

    def seen_from(self, pose: tuple[float, float, float], ns: int) -> list[Any]:
        """Markers at a stamp [ns]; pose: base_link in the world, x, y [m], yaw [rad]."""
        x, y, yaw = pose
        turn = np.array([[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]])
        lines = [_line((line - (x, y)) @ turn, ns, _GREY) for line in self._lines]
        markers = [*lines, _line(self._body, ns, _WHITE)]
        for number, marker in enumerate(markers):
            marker.id = number
        return markers


def _line(points: FloatArray, ns: int, colour: tuple[float, float, float]) -> Any:
    red, green, blue = colour
    marker = Marker(header=make_header(ns, BASE), ns="place", type=Marker.LINE_STRIP)
    marker.points = [Point(x=float(x), y=float(y)) for x, y in points]
    marker.scale.x = _LINE_WIDTH
    marker.color = ColorRGBA(r=red, g=green, b=blue, a=1.0)
    marker.pose.orientation.w = 1.0
    return marker

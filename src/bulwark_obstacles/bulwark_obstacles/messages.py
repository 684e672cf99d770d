# SPDX-License-Identifier: Apache-2.0
"""The free space as a message."""

from __future__ import annotations

from geometry_msgs.msg import Point32, Polygon, PolygonStamped

from bulwark_core.convert.stamps import make_header
from bulwark_core.objects import FloatArray


def make_polygon(corners: FloatArray, ns: int, frame_id: str) -> PolygonStamped:
    """A PolygonStamped on the ground from corners (N, 2) [m]."""
    points = [Point32(x=x, y=y) for x, y in corners.tolist()]
    return PolygonStamped(header=make_header(ns, frame_id), polygon=Polygon(points=points))

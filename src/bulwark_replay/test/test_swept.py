# SPDX-License-Identifier: Apache-2.0
"""The outline drawn in reports is what the body really covers."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.vehicle import VehicleParams
from bulwark_replay.swept import swept_outline

VEHICLE = VehicleParams()


def inside(points, polygon):
    x, y = points[:, :1], points[:, 1:]
    (x0, y0), (x1, y1) = polygon.T, np.roll(polygon, -1, axis=0).T
    crosses = (y0 > y) != (y1 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    return (crosses & (x < at)).sum(axis=1) % 2 == 1


def test_a_straight_path_is_as_wide_as_the_body():
    outline = swept_outline(VEHICLE, 0.0, 10.0)
    assert outline[:, 0].min() == 0.0
    assert outline[:, 0].max() == 10.0 + VEHICLE.front
    assert set(np.abs(outline[:, 1])) == {VEHICLE.width / 2}


@given(st.floats(-0.15, 0.15), st.floats(0.5, 20.0), st.booleans())
def test_the_body_stays_in_the_outline(curvature, travel, reverse):
    way = min(travel, 0.8 * math.pi / max(abs(curvature), 1e-6) - 4.0)
    outline = swept_outline(VEHICLE, curvature, travel, reverse=reverse)
    angle = curvature * way * (-1.0 if reverse else 1.0)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    signed = -way if reverse else way
    centre = np.array([signed * np.sinc(angle / np.pi), 0.0])
    centre[1] = (1.0 - math.cos(angle)) / curvature if abs(curvature) > 1e-6 else 0.0
    lead = VEHICLE.rear if reverse else VEHICLE.front
    edge = np.array([[0.7 * lead, side * 0.49 * VEHICLE.width] for side in (-1, 0, 1)])
    assert inside(edge @ turn + centre, outline).all()

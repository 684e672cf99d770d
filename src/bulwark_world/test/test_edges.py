# SPDX-License-Identifier: Apache-2.0
"""Edges of boxes as a sensor sees them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulwark_core.objects import TrackedObject
from bulwark_world.edges import edges_of, is_outside, nearest_point, sides_of_sensor

ANGLES = st.floats(-math.pi, math.pi)


def thing(x=20.0, y=0.0, yaw=0.0, length=4.0, width=1.8, height=1.5, z=None):
    return TrackedObject(1, x, y, height / 2.0 if z is None else z, yaw, length, width, height)


@given(bearing=ANGLES, yaw=ANGLES, away=st.floats(6.0, 80.0))
@settings(max_examples=60, deadline=None)
def test_a_perfect_track_has_no_errors_wherever_it_is(bearing, yaw, away):
    box = thing(away * math.cos(bearing), away * math.sin(bearing), yaw)
    edges = edges_of(box.corners(), box)
    for axis, side in enumerate(sides_of_sensor(box)):
        if side:
            assert edges.near[axis] == pytest.approx(0.0, abs=1e-6)
            assert edges.depth[axis] == pytest.approx(1.0, abs=1e-6)
        else:
            assert edges.ends[axis] == pytest.approx(0.0, abs=1e-6)


@given(bearing=ANGLES, yaw=ANGLES, away=st.floats(6.0, 80.0))
@settings(max_examples=60, deadline=None)
def test_the_nearest_point_is_on_the_box_and_no_corner_is_nearer(bearing, yaw, away):
    box = thing(away * math.cos(bearing), away * math.sin(bearing), yaw)
    point = nearest_point(box)
    assert is_outside(point, box) == pytest.approx(0.0, abs=1e-6)
    assert np.hypot(*point) <= np.hypot(*box.corners().T).min() + 1e-9


def test_near_is_positive_where_the_track_is_too_far_away():
    box = thing(20.0)
    late = np.array([[18.3, -0.9], [18.5, -0.9], [18.5, 0.9], [18.3, 0.9]])  # the rear is at 18.0
    edges = edges_of(late, box)
    assert edges.near[0] == pytest.approx(0.3)
    assert edges.depth[0] == pytest.approx(0.05)
    assert edges.ends[1] == pytest.approx(0.0)
    behind = thing(-20.0)
    assert edges_of(late - (36.8, 0.0), behind).near[0] == pytest.approx(0.3)


@pytest.mark.parametrize(
    "place, outside", [((20.0, 0.0), -0.9), ((22.5, 0.0), 0.5), ((22.3, 1.3), 0.5)]
)
def test_outside_is_the_distance_to_the_box(place, outside):
    assert is_outside(np.array(place), thing(20.0)) == pytest.approx(outside)

# SPDX-License-Identifier: Apache-2.0
"""Edges of boxes as a sensor sees them, and what hides what."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulwark_core.objects import TrackedObject
from bulwark_world.edges import edges_of, is_outside, nearest_point, sides_of_sensor
from bulwark_world.occlusion import visible_shares

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


def test_things_side_by_side_hide_nothing():
    assert visible_shares([thing(20.0, -3.0), thing(20.0, 3.0)]) == [1.0, 1.0]


def test_a_truck_hides_the_car_behind_it_and_not_the_one_before_it():
    truck, before, behind = thing(30.0, width=2.5, height=3.4), thing(15.0), thing(45.0)
    assert visible_shares([truck, before, behind]) == [1.0, 1.0, 0.0]


def test_a_child_behind_a_parked_car_comes_to_light_bit_by_bit():
    car = thing(20.0, -2.0, length=4.3)
    shares = [
        visible_shares([car, thing(24.0, y, length=0.4, width=0.5, height=1.2)])[1]
        for y in (-2.0, -1.3, -1.15, -0.5)
    ]
    assert shares[0] == 0.0
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_what_is_low_or_hangs_hides_nothing_that_is_high():
    kerb, sign = thing(10.0, height=0.2), thing(10.0, height=1.0, z=5.5)
    assert visible_shares([kerb, sign, thing(30.0)])[2] == 1.0

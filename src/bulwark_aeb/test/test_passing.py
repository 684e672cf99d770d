# SPDX-License-Identifier: Apache-2.0
"""What a driver steers round with ease, and what lies behind a barrier."""

from __future__ import annotations

import math

import numpy as np
import pytest
from aeb_makers import make_object
from hypothesis import given
from hypothesis import strategies as st

from bulwark_aeb.passing import (
    CLEARANCE,
    COMFORT,
    behind_a_barrier,
    can_be_steered_round,
    may_be_vehicle,
    sidestep,
)
from bulwark_core.objects import Motion, ObjectClass

NOTHING = (math.nan, math.nan)


@pytest.mark.parametrize(
    "values,vehicle",
    [
        ({"object_class": ObjectClass.CAR}, True),
        ({"object_class": ObjectClass.TRUCK, "length": 0.5, "width": 0.5}, True),
        ({}, True),
        ({"length": 1.39, "width": 0.5}, False),
        ({"length": 0.5, "width": 1.41}, True),
        ({"height": 0.89}, False),
        ({"height": 0.91}, True),
        ({"object_class": ObjectClass.PEDESTRIAN, "length": 0.5, "width": 0.5}, False),
        ({"object_class": ObjectClass.PEDESTRIAN, "motion": Motion.MOVING}, True),
        ({"length": 0.5, "width": 0.5, "motion": Motion.UNKNOWN}, True),
        ({"object_class": ObjectClass.WALL}, False),
    ],
)
def test_what_may_be_a_vehicle(values, vehicle):
    item = make_object(20.0, **{"motion": Motion.STATIONARY} | values)
    assert may_be_vehicle(item) is vehicle


def test_one_goes_aside_to_the_nearer_side():
    assert sidestep(-0.2, 0.5, 0.9) == pytest.approx(1.1 + CLEARANCE)
    assert sidestep(-0.5, 0.2, 0.9) == pytest.approx(1.1 + CLEARANCE)
    assert sidestep(-2.0, -1.2, 0.9) == 0.0


@given(st.floats(-3.0, 3.0), st.floats(0.0, 2.0), st.floats(0.0, 5.0))
def test_steering_round_is_symmetric_and_grows_easier_with_time(right, width, ttc):
    left = right + width
    aside = sidestep(right, left, 0.9)
    assert aside == pytest.approx(sidestep(-left, -right, 0.9))
    if can_be_steered_round(aside, ttc):
        assert can_be_steered_round(aside, ttc + 0.1)
        assert COMFORT * ttc**2 / 2.0 >= aside


def test_no_time_is_enough_for_a_vehicle():
    assert not can_be_steered_round(math.inf, 1e9)


def test_behind_a_closed_row_nothing_is_reached():
    spans = np.array([[-1.5, 0.1], [0.3, 1.5], NOTHING])
    assert behind_a_barrier([10.0, 12.0, 15.0], spans, 0.9) == [False, False, True]
    assert behind_a_barrier([10.0, 12.0, 11.0], spans, 0.9) == [False, False, False]


@pytest.mark.parametrize(
    "spans",
    [
        [[-1.5, 0.1], [0.5, 1.5], NOTHING],  # a gap between
        [[-1.5, 0.1], [0.3, 0.8], NOTHING],  # open to the left
        [[-0.5, 0.1], [0.3, 1.5], NOTHING],  # open to the right
        [NOTHING, [-1.5, 0.1], NOTHING],
    ],
)
def test_a_row_with_a_gap_hides_nothing(spans):
    assert behind_a_barrier([10.0, 12.0, 15.0], np.array(spans), 0.9) == [False] * 3

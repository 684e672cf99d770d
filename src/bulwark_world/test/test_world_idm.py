# SPDX-License-Identifier: Apache-2.0
"""The intelligent driver model: equilibrium, limits, and who counts as ahead."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_world.idm import COLUMNS, HARDEST, Manner, acceleration, free, gap_to, one_behind

MANNER = Manner(acceleration=1.2, deceleration=1.6, time_gap=1.5, standstill_gap=2.0)
LANE = (-1.2, 1.2)


def car(middle, offset=0.0, along=0.0, turned=0.0, length=4.0, width=1.8):
    half = width / 2.0
    low, high = middle - length / 2.0, middle + length / 2.0
    return [low, high, offset - half, offset + half, along, turned, offset]


def rows(*cars):
    return np.array(cars).reshape(-1, COLUMNS)


def equilibrium(speed, desired, manner=MANNER):
    """Treiber et al. 2000, equation 6."""
    gap = manner.standstill_gap + speed * manner.time_gap
    return gap / math.sqrt(1.0 - (speed / desired) ** 4)


@pytest.mark.parametrize("speed", [2.0, 10.0, 20.0, 29.0])
def test_keeps_the_equilibrium_gap_of_the_closed_form(speed):
    desired, step, leader, middle, own = 30.0, 0.1, 400.0, 400.0 - 4.0 - 60.0, speed
    for _ in range(6000):
        there = rows(car(middle, along=own), car(leader, along=speed))
        a = acceleration(there, 0, 1.0, LANE, (own, desired), MANNER.row)
        middle, own = middle + own * step + a * step**2 / 2.0, own + a * step
        leader += speed * step
    assert own == pytest.approx(speed, abs=0.01)
    assert leader - middle - 4.0 == pytest.approx(equilibrium(speed, desired), rel=0.01)


@given(st.floats(0.0, 40.0), st.floats(1.0, 40.0))
def test_the_free_acceleration_is_comfortable_and_leads_to_the_desired_speed(speed, desired):
    a = free(speed, desired, MANNER.row)
    assert -MANNER.deceleration <= a <= MANNER.acceleration
    assert (a >= 0.0) == (speed <= desired)


@given(st.floats(0.0, 40.0), st.floats(0.5, 300.0), st.floats(0.1, 30.0), st.floats(0.0, 40.0))
def test_more_room_never_asks_for_more_braking(speed, gap, more, leader):
    def at(distance):
        there = rows(car(0.0, along=speed), car(4.0 + distance, along=leader))
        return acceleration(there, 0, 1.0, LANE, (speed, 30.0), MANNER.row)

    assert -HARDEST <= at(gap) <= at(gap + more) + 1e-12


@given(st.floats(-30.0, 30.0), st.floats(0.0, 20.0), st.floats(-6.0, 6.0))
def test_the_same_against_the_way_is_the_mirror_image(ahead, speed, offset):
    with_it = rows(car(0.0, along=speed), car(ahead, offset, 3.0))
    against = rows(car(0.0, along=-speed), car(-ahead, offset, -3.0))
    a = acceleration(with_it, 0, 1.0, LANE, (speed, 20.0), MANNER.row)
    assert a == acceleration(against, 0, -1.0, LANE, (speed, 20.0), MANNER.row)


def test_who_is_beside_or_behind_does_not_count_and_the_farther_one_may():
    alone = rows(car(0.0, along=10.0))
    free_road = acceleration(alone, 0, 1.0, LANE, (10.0, 20.0), MANNER.row)
    beside = rows(car(0.0, along=10.0), car(20.0, offset=3.5), car(-10.0, along=10.0))
    assert acceleration(beside, 0, 1.0, LANE, (10.0, 20.0), MANNER.row) == free_road
    before = rows(car(0.0, along=10.0), car(30.0, along=10.0))
    further = rows(car(0.0, along=10.0), car(30.0, along=10.0), car(45.0))
    near = acceleration(before, 0, 1.0, LANE, (10.0, 20.0), MANNER.row)
    assert acceleration(further, 0, 1.0, LANE, (10.0, 20.0), MANNER.row) < near


def test_the_gap_is_shorter_inside_a_bend():
    radius, turned = 20.0, 0.5
    inside = rows(car(0.0, 3.0), car(radius * turned, 3.0, turned=turned))
    assert gap_to(inside, 0, 1, 1.0) == pytest.approx((radius - 3.0) * turned - 4.0)


def test_the_nearest_one_behind_in_a_lane():
    there = rows(car(0.0), car(-30.0, 3.5), car(-12.0, 3.5), car(-8.0, -3.5), car(9.0, 3.5))
    assert one_behind(there, 0, 1.0, (2.3, 4.7)) == 2
    assert one_behind(there, 0, -1.0, (2.3, 4.7)) == 4
    assert one_behind(there, 0, 1.0, (8.0, 9.0)) == -1

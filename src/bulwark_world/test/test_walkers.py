# SPDX-License-Identifier: Apache-2.0
"""Pedestrians: they yield, they cross where there is room, and they get over."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_world.kinds import kinds
from bulwark_world.line import Section
from bulwark_world.walkers import COMFORTABLE, Coming, Crossing, Walker
from bulwark_world.way import Way

WAY = Way((Section(200.0),))
LANE = (-0.95, 0.95)


def walker(insists=False):
    one = Walker(1, kinds()["pedestrian"], WAY, (-4.0, 7.0), 1.4)
    one.put(0.0, 50.0, 0, 1)
    one.crosses_at_s, one.insists = 2.0, insists
    return one


@given(st.floats(0.0, 40.0), st.floats(0.0, 300.0), st.booleans())
def test_nobody_steps_out_before_a_car_that_cannot_stop_comfortably(speed, distance, insists):
    crossing = Crossing(-4.0, 7.0, 1.4, insists)
    if not crossing.is_safe([Coming(distance, -distance - 4.7, speed, LANE)]):
        return
    stops_with = speed**2 / (2.0 * max(distance, 1e-9))
    there_s = distance / max(speed, 1e-9)
    over_s = (LANE[1] + 4.0) / 1.4
    assert stops_with <= COMFORTABLE or there_s >= over_s


@given(st.floats(0.5, 30.0), st.floats(5.0, 200.0), st.floats(0.0, 50.0))
def test_more_room_is_never_worse(speed, distance, more):
    crossing = Crossing(-4.0, 7.0, 1.4, insists=True)
    if crossing.is_safe([Coming(distance, -distance, speed, LANE)]):
        assert crossing.is_safe([Coming(distance + more, -distance - more, speed, LANE)])


def test_who_is_past_does_not_count_and_who_is_there_does():
    crossing = Crossing(-4.0, 7.0, 1.4)
    assert crossing.is_safe([Coming(-20.0, 5.0, 10.0, LANE)])
    assert not crossing.is_safe([Coming(-2.0, -1.0, 0.0, LANE)])


def test_only_a_driver_who_yields_is_asked_to_stop():
    crossing = Crossing(-4.0, 7.0, 1.4, insists=True)
    stops = Coming(75.0, -80.0, 12.0, LANE)
    planned = Coming(75.0, -80.0, 12.0, LANE, yields=False)
    assert crossing.is_safe([stops])
    assert not crossing.is_safe([planned])


def test_it_stops_at_the_kerb_looks_and_walks_over_and_on():
    one, offsets, waits = walker(), [], 0
    for tick in range(1, 200):
        one.decide(tick / 10.0, is_clear=tick > 60, is_open=True)
        spot = one.spot(tick / 10.0)
        offsets.append(spot.offset)
        waits += spot.along == spot.across == 0.0
    assert offsets[0] == -4.0
    assert waits * 0.1 == pytest.approx(4.1, abs=0.2)
    assert offsets[-1] == 7.0
    steps = [b - a for a, b in pairwise(offsets)]
    assert max(steps) <= 0.14 + 1e-9
    assert one.spot(19.9).along == pytest.approx(1.4)


def test_it_blocks_all_of_the_road_that_it_still_has_to_cross():
    one = walker()
    assert one.covers(0.0) == (-4.3, -3.7)
    for tick in range(1, 60):
        one.decide(tick / 10.0, is_clear=True, is_open=True)
    right, left = one.covers(5.9)
    assert -4.0 < right < 0.0
    assert left == pytest.approx(7.3)


def test_where_something_stands_it_walks_on():
    one = walker()
    for tick in range(1, 60):
        one.decide(tick / 10.0, is_clear=True, is_open=False)
    assert one.spot(5.9).offset == -4.0
    assert one.spot(5.9).station == pytest.approx(50.0 + 5.9 * 1.4)


def test_who_waits_for_long_gives_up():
    one = walker()
    for tick in range(1, 400):
        one.decide(tick / 10.0, is_clear=False, is_open=True)
    assert one.spot(39.9).along > 0.0
    assert math.isinf(one.crosses_at_s)

# SPDX-License-Identifier: Apache-2.0
"""Monitor and evidence on both sides of their limits, and what they pass on."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from aeb_makers import NOW, PLAN, S, healthy, make_object

from bulwark_aeb.confirm import (
    Confirmation,
    Look,
    confirmation,
    confirmations,
    lead_deceleration,
    remember,
)
from bulwark_aeb.inputs import Feed, Inputs, PlannedCommand
from bulwark_aeb.monitor import Clock, State, check, is_drivable, is_physical
from bulwark_aeb.params import AebParams
from bulwark_core.health import SensorHealth, Sight
from bulwark_core.objects import TrackedObject

PARAMS = AebParams()
LIMITS = PARAMS.confirm
CLOCK = Clock(NOW, NOW, NOW, NOW)
SAID = Feed(SensorHealth(Sight.OK, "some dew"), NOW)

# What the monitor says.


def test_a_clock_starts_at_its_first_moment():
    assert Clock.start(5, 70) == Clock(ns=5, steady_ns=70, moved_steady_ns=70, started_ns=5)


@pytest.mark.parametrize(
    "inputs,at,state",
    [
        (healthy(), NOW, State.READY),
        (Inputs(), NOW, State.STARTING),
        (healthy(), NOW + S, State.UNAVAILABLE),
    ],
)
def test_what_the_lidar_says_is_passed_on_in_every_state(inputs, at, state):
    clock = replace(CLOCK, ns=at)
    found = check(replace(inputs, lidar_health=SAID), None, clock, False, True, PARAMS)
    assert (found.state, found.detail) == (state, "some dew")


@pytest.mark.parametrize("later,ready", [(-1, False), (0, True), (1, True)])
def test_inputs_of_the_moment_of_a_jump_are_new(later, ready):
    clock = replace(CLOCK, jumped_ns=NOW)
    old = replace(healthy(), objects=Feed((), NOW + later), odometry=replace(healthy().odometry))
    assert (check(old, None, clock, False, True, PARAMS).state is State.READY) is ready


def test_one_point_is_a_plan_and_none_is_not():
    assert is_physical(PLAN[:1], PARAMS)
    assert not is_physical((), PARAMS)


@pytest.mark.parametrize("acceleration,good", [(4.0, True), (4.001, False), (-9.0, True)])
def test_limits_of_a_plan_are_inclusive(acceleration, good):
    assert is_physical((replace(PLAN[0], acceleration=acceleration),), PARAMS) is good


def test_the_tightest_angle_may_be_rounded():
    limit = PARAMS.vehicle.max_steering_angle
    for angle, good in ((limit + 1e-3, True), (-limit - 1e-3, True), (limit + 1.1e-3, False)):
        assert is_drivable(PlannedCommand(1, steering_tyre_angle=angle), PARAMS) is good


# Evidence.


def look(item: TrackedObject, stamp: int, memory=None, ego=(0.0, 0.0), speed=0.0) -> Look:
    key = ("lidar", item.id)
    known = memory or {}
    return remember(known, [key], [item], [speed], [stamp], *ego, LIMITS)[key]


@pytest.mark.parametrize(
    "measurements,looks,expected",
    [(2, 1, Confirmation.PROVISIONAL), (3, 2, Confirmation.CONFIRMED)],
)
def test_just_enough_evidence_is_enough(measurements, looks, expected):
    share = (LIMITS.provisional_evidence if measurements == 2 else LIMITS.confirmed_evidence) / (
        measurements
    )
    found = Look(NOW, 0.0, 20.0, 0.0, measurements, looks)
    assert share * measurements in (LIMITS.provisional_evidence, LIMITS.confirmed_evidence)
    assert confirmation(make_object(20.0), found, LIMITS, share) is expected


@pytest.mark.parametrize("variance,settled", [(1.0, True), (1.001, False), (0.0, True)])
def test_a_speed_is_settled_up_to_twice_its_deviation(variance, settled):
    assert look(make_object(20.0, velocity_variance=variance), NOW).is_settled is settled


def test_a_speed_is_settled_by_the_square_of_its_deviation():
    rough = replace(LIMITS, velocity_deviation=1.0)
    item = make_object(20.0, velocity_variance=5.0)
    found = remember({}, [("lidar", 1)], [item], [0.0], [NOW], 0.0, 0.0, rough)
    assert not found["lidar", 1].is_settled


def test_the_place_is_that_of_the_newest_look():
    first = {("lidar", 1): look(make_object(20.0, 1.0), NOW)}
    second = look(make_object(19.0, 2.0), NOW + S // 10, first)
    assert (second.x, second.y) == (19.0, 2.0)


def test_braking_and_its_growth_are_filtered():
    before = Look(NOW, 10.0, 20.0, 0.0, 5, 5, acceleration=-1.0, trend=-2.0, is_settled=True)
    after = look(make_object(20.0), NOW + S // 10, {("lidar", 1): before}, speed=9.7)
    gain = 0.1 / (0.1 + LIMITS.acceleration_filter)
    growth = gain * (-3.0 - -1.0)
    assert after.acceleration == pytest.approx(-1.0 + growth)
    assert after.trend == pytest.approx(-2.0 + gain * (growth / 0.1 - -2.0))


@pytest.mark.parametrize(
    "acceleration,trend,expected",
    [
        (-1.0, 0.0, 1.0),
        (-0.999, -8.0, 0.0),
        (-3.0, -4.0, 3.0 + 4.0 * LIMITS.anticipation),
        (-3.0, 4.0, 3.0),
        (-8.5, -4.0, LIMITS.braking_at_most),
    ],
)
def test_braking_that_grows_is_expected_to_grow_on(acceleration, trend, expected):
    known = Look(NOW, 0.0, 20.0, 0.0, 5, 5, acceleration, trend)
    assert lead_deceleration(known, LIMITS) == pytest.approx(expected)


def lost(**values) -> Look:
    return Look(NOW, 5.0, 20.0, 3.0, 9, 4, -3.0, -2.0, is_settled=True)


@pytest.mark.parametrize("beside,same", [(0.0, True), (0.999, True), (1.001, False)])
@pytest.mark.parametrize("axis", ["x", "y"])
def test_a_track_that_broke_is_found_where_it_would_be(beside, same, axis):
    """Dead reckoning in the ego's frame: own motion and turn, and the object's own speed."""
    time, speed, rate = 0.3, 8.0, 0.5
    yaw = rate * time
    chord = speed * time * math.sin(yaw / 2.0) / (yaw / 2.0)
    dx = 20.0 - chord * math.cos(yaw / 2.0)
    dy = 3.0 - chord * math.sin(yaw / 2.0)
    x = dx * math.cos(yaw) + dy * math.sin(yaw) + 5.0 * time + beside * (axis == "x")
    y = dy * math.cos(yaw) - dx * math.sin(yaw) + beside * (axis == "y")
    item = make_object(x, y, id=8, measurements=1)
    memory = {("lidar", 1): lost()}
    found = look(item, NOW + round(time * S), memory, (speed, rate), speed=5.0)
    assert (found.looks, found.measurements) == ((5, 10) if same else (1, 1))
    assert (found.acceleration, found.trend) == (0.0, 0.0)


def test_the_first_speed_of_a_track_that_broke_is_no_braking():
    memory = {("lidar", 1): lost()}
    first = look(make_object(21.0, 3.0, id=8), NOW + S // 10, memory, speed=2.0)
    assert (first.acceleration, first.is_settled) == (0.0, True)


def test_nothing_sure_hides_nothing():
    items = [make_object(10.0), make_object(30.0)]
    looks = [Look(NOW, 0.0, 10.0, 0.0, 2, 1), Look(NOW, 0.0, 30.0, 0.0, 2, 1)]
    assert confirmations(items, looks, [6.0, 26.0], LIMITS) == [Confirmation.PROVISIONAL] * 2


def test_lists_of_unequal_length_are_an_error():
    item, known = make_object(10.0), Look(NOW, 0.0, 10.0, 0.0, 3, 2)
    with pytest.raises(ValueError, match="zip"):
        confirmations([item, item], [known], [6.0], LIMITS)
    with pytest.raises(ValueError, match="zip"):
        confirmations([item], [known], [6.0, 7.0], LIMITS)
    with pytest.raises(ValueError, match="zip"):
        remember({}, [("lidar", 1)], [item], [0.0, 1.0], [NOW], 0.0, 0.0, LIMITS)

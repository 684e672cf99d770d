# SPDX-License-Identifier: Apache-2.0
"""State and reasons from ages, clock and plausibility."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from aeb_makers import ENGAGED, NOW, PLAN, S, healthy

from bulwark_aeb.ego import Ego
from bulwark_aeb.inputs import Feed, Inputs, PlannedCommand
from bulwark_aeb.monitor import (
    Clock,
    Health,
    Jump,
    Reason,
    State,
    check,
    is_drivable,
    is_feasible,
    is_physical,
)
from bulwark_aeb.params import AebParams

PARAMS = AebParams()
AGES = PARAMS.age
CLOCK = Clock.start(NOW, NOW)


def health(inputs: Inputs, at: float = 0.0, engaged=False, believable=True, ego=None) -> Health:
    clock = replace(CLOCK, ns=NOW + round(at * S), started_ns=NOW - S)
    return check(inputs, ego, clock, engaged, believable, PARAMS)


def test_all_fresh_is_ready():
    assert health(healthy()) == Health(State.READY, ())
    assert health(healthy()).reason is Reason.NONE
    assert health(healthy()).can_judge


LOST = [
    ("objects", 0.30, State.UNAVAILABLE, Reason.LIDAR_LOST),
    ("odometry", 0.20, State.UNAVAILABLE, Reason.ODOMETRY_LOST),
    ("status", 0.30, State.DEGRADED, Reason.STATUS_LOST),
    ("camera", 0.50, State.DEGRADED, Reason.CAMERA_LOST),
    ("static_obstacles", 0.50, State.DEGRADED, Reason.STATIC_OBSTACLES_LOST),
]


@pytest.mark.parametrize("name,limit,state,reason", LOST)
def test_an_input_is_lost_at_its_age_limit(name, limit, state, reason):
    fine = healthy(NOW)
    value = getattr(fine, name).value
    for age, expected in ((limit, State.READY), (limit + 0.001, state)):
        inputs = replace(fine, **{name: Feed(value, NOW - round(age * S))})
        found = health(inputs)
        assert found.state is expected
        assert found.reason is (Reason.NONE if expected is State.READY else reason)


@pytest.mark.parametrize("name", ["status", "camera", "static_obstacles"])
def test_optional_inputs_never_received_only_degrade(name):
    assert health(replace(healthy(), **{name: Feed()})).state is State.DEGRADED


def test_the_gravest_reason_comes_first():
    bare = Inputs(objects=healthy().objects, odometry=healthy().odometry)
    found = health(bare)
    assert found.state is State.DEGRADED
    assert found.reasons == (
        Reason.STATUS_LOST,
        Reason.CAMERA_LOST,
        Reason.STATIC_OBSTACLES_LOST,
    )


def test_the_planner_counts_only_while_engaged():
    silent = healthy(planned=Feed())
    assert health(silent).state is State.READY
    found = health(silent, engaged=True)
    assert (found.reason, found.planner_failed) == (Reason.PLANNER_LOST, True)
    no_plan = replace(healthy(), trajectory=Feed())
    assert health(no_plan, engaged=True).reason is Reason.PLANNER_LOST
    old = Feed(PlannedCommand(1), NOW - round(0.151 * S))
    assert health(healthy(planned=old), engaged=True).reason is Reason.PLANNER_LOST
    assert not health(healthy(), engaged=True).planner_failed


def test_a_plan_beyond_physics():
    wild = Feed(PlannedCommand(1, acceleration=50.0), NOW)
    found = health(healthy(planned=wild), engaged=True)
    assert (found.state, found.reason) == (State.DEGRADED, Reason.PLAN_INFEASIBLE)
    assert found.planner_failed
    assert health(healthy(planned=wild)).state is State.READY


def test_implausible_objects_and_odometry():
    assert health(healthy(), believable=False).reasons == (Reason.LIDAR_IMPLAUSIBLE,)
    malformed = replace(healthy(), objects=healthy().objects.refuse("NaN"))
    assert health(malformed).reasons == (Reason.LIDAR_IMPLAUSIBLE,)
    bad = replace(healthy(), odometry=healthy().odometry.refuse("NaN"))
    assert health(bad) == Health(State.UNAVAILABLE, (Reason.ODOMETRY_IMPLAUSIBLE,))
    distrusted = Ego(NOW, 10.0, distrusted_until_ns=NOW + 1)
    assert health(healthy(), ego=distrusted).reasons == (Reason.ODOMETRY_IMPLAUSIBLE,)
    assert health(healthy(), ego=replace(distrusted, distrusted_until_ns=NOW)).can_judge


def test_starting_until_the_first_complete_inputs():
    found = health(Inputs())
    assert found.state is State.STARTING
    assert found.reason is Reason.WAITING_FOR_INPUT
    assert not found.can_judge
    assert health(Inputs(odometry=healthy().odometry)).state is State.STARTING
    assert health(Inputs(objects=healthy().objects)).state is State.STARTING


def test_starting_does_not_last():
    assert health(Inputs(), at=14.0).state is State.STARTING
    assert health(Inputs(), at=14.01).state is State.UNAVAILABLE


def test_a_clock_that_stands():
    clock, _ = CLOCK.tick(NOW, NOW + S // 5, AGES)
    assert not clock.stands(AGES)
    clock, _ = clock.tick(NOW, NOW + S // 5 + 1000, AGES)
    assert clock.stands(AGES)
    found = check(healthy(), None, clock, False, True, PARAMS)
    assert found == Health(State.UNAVAILABLE, (Reason.CLOCK_STOPPED,))
    assert check(Inputs(), None, clock, False, True, PARAMS).state is State.UNAVAILABLE
    clock, _ = clock.tick(NOW + 1, NOW + S, AGES)
    assert not clock.stands(AGES)


@pytest.mark.parametrize(
    "leap,slept,jump",
    [
        (0.02, 0.02, Jump.NONE),
        (5.0, 5.0, Jump.NONE),  # a long sleep is no jump of the clock
        (1.02, 0.02, Jump.NONE),
        (1.03, 0.02, Jump.AHEAD),
        (-0.05, 0.02, Jump.NONE),
        (-0.06, 0.02, Jump.BACK),
        (1.5, -3.0, Jump.AHEAD),
    ],
)
def test_jumps(leap, slept, jump):
    clock, found = CLOCK.tick(NOW + round(leap * S), NOW + round(slept * S), AGES)
    assert found is jump
    assert clock.jumped_ns == (None if jump is Jump.NONE else clock.ns)
    assert clock.started_ns == (clock.ns if jump is Jump.BACK else NOW)


def test_after_a_jump_all_must_be_new():
    clock, _ = CLOCK.tick(NOW + 2 * S, NOW, AGES)
    before = healthy(NOW + 2 * S)
    assert check(before, None, clock, False, True, PARAMS).reasons[0] is Reason.TIME_JUMP
    clock, _ = clock.tick(NOW + 2 * S + S // 10, NOW + S // 10, AGES)
    assert check(healthy(clock.ns), None, clock, False, True, PARAMS).state is State.READY


@pytest.mark.parametrize(
    "values,good",
    [
        ({}, True),
        ({"acceleration": 4.0}, True),
        ({"acceleration": 4.01}, False),
        ({"acceleration": -9.0}, True),
        ({"acceleration": -9.01}, False),
        ({"acceleration": math.nan}, False),
        ({"brake_deceleration": 10.0}, True),
        ({"brake_deceleration": 10.01}, False),
        ({"brake_deceleration": -0.01}, False),
        ({"brake_deceleration": math.inf}, False),
        ({"steering_tyre_angle": 0.6}, True),
        ({"steering_tyre_angle": -0.61}, False),
        ({"steering_tyre_angle": math.nan}, False),
    ],
)
def test_drivable_commands(values, good):
    command = PlannedCommand(1, **values)
    assert is_drivable(command, PARAMS) is good
    assert is_feasible(healthy(planned=Feed(command, NOW)), PARAMS) is good


@pytest.mark.parametrize(
    "values,good",
    [
        ({"x": math.nan}, False),
        ({"time": math.inf}, False),
        ({"acceleration": 4.1}, False),
        ({"acceleration": -9.1}, False),
        ({"yaw_rate": 1.8}, True),
        ({"yaw_rate": 1.81}, False),
        ({"yaw_rate": -1.81}, False),
        ({"time": 0.5}, False),  # not after the point before
        ({"time": 0.6}, True),
    ],
)
def test_physical_plans(values, good):
    plan = (*PLAN[:2], replace(PLAN[2], **values))
    assert is_physical(plan, PARAMS) is good


def test_no_plan_is_not_feasible():
    assert not is_physical((), PARAMS)
    assert not is_feasible(Inputs(), PARAMS)
    assert not is_feasible(replace(healthy(), trajectory=Feed()), PARAMS)
    assert is_feasible(healthy(status=ENGAGED), PARAMS)

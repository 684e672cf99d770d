# SPDX-License-Identifier: Apache-2.0
"""The roll-out is drivable, and the plan keeps what it is told."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.objects import TrackedObject
from bulwark_planner.leader import obstacle_from
from bulwark_planner.params import PlannerParams
from bulwark_planner.planning import Task, make_plan
from bulwark_planner.route_line import RouteLine
from bulwark_planner.trajectory import Limits, State, roll_out

LIMITS = Limits(jerk=2.5, steering_rate=0.5, steering_angle=0.6, wheelbase=2.8)
PARAMS = PlannerParams()
STRAIGHT = RouteLine.through(np.array([[0.0, 0.0], [200.0, 0.0]]))


def rolled(speed, acceleration, wanted, angle):
    return roll_out(speed, acceleration, 0.0, lambda *_: wanted, lambda _: angle, LIMITS).states


def start(speed):
    return State(0.0, 0.0, 0.0, 0.0, speed, 0.0, 0.0, 0.0)


@given(st.floats(0.0, 40.0), st.floats(-3.0, 3.0), st.floats(-10.0, 10.0), st.floats(-1.0, 1.0))
def test_roll_out_is_drivable(speed, acceleration, wanted, angle):
    states = rolled(speed, acceleration, wanted, angle)
    time, x, y, _, speeds, accelerations, yaw_rate, steering = states.T
    assert time == pytest.approx(np.arange(41) * 0.1)
    assert (speeds >= 0.0).all()
    assert np.abs(steering).max() <= 0.6
    assert np.abs(np.diff(steering)).max() <= 0.05 + 1e-9
    assert yaw_rate == pytest.approx(speeds * np.tan(steering) / 2.8)
    moving = speeds[1:] > 0.0
    assert np.diff(speeds)[moving] == pytest.approx(accelerations[:-1][moving] * 0.1, abs=1e-9)
    step = np.hypot(np.diff(x), np.diff(y))
    assert (step <= (speeds[1:] + speeds[:-1]) / 2.0 * 0.1 + 1e-9).all()
    assert step == pytest.approx((speeds[1:] + speeds[:-1]) / 2.0 * 0.1, rel=0.05)


@given(st.floats(0.0, 30.0), st.floats(0.0, 0.5))
def test_roll_out_is_mirror_symmetric(speed, angle):
    left, right = rolled(speed, 0.0, 1.0, angle), rolled(speed, 0.0, 1.0, -angle)
    assert left[:, [2, 3, 6, 7]] == pytest.approx(-right[:, [2, 3, 6, 7]])
    assert left[:, [0, 1, 4, 5]] == pytest.approx(right[:, [0, 1, 4, 5]])


def test_constant_steering_ends_on_its_circle():
    states = roll_out(5.0, 0.0, 0.3, lambda *_: 0.0, lambda _: 0.3, LIMITS).states
    radius = 2.8 / math.tan(0.3)
    assert np.hypot(states[:, 1], states[:, 2] - radius) == pytest.approx(radius)


def test_a_plan_continues_the_last_one():
    first = make_plan(Task(STRAIGHT, 20.0), start(5.0), PARAMS).trajectory
    handed_over = first.at(0.1)
    second = make_plan(Task(STRAIGHT, 20.0), handed_over, PARAMS).trajectory
    for time in (0.0, 0.5, 2.0):
        assert second.at(time).speed == pytest.approx(first.at(0.1 + time).speed, abs=0.01)


def test_stop_is_planned_where_it_is_asked_for():
    states = make_plan(Task(STRAIGHT, 20.0, stop=True), start(5.0), PARAMS).trajectory.states
    assert states[-1, 4] < 0.2
    assert states[:, 5].min() >= -PARAMS.comfort.deceleration - 1e-9


def test_the_speed_limit_of_the_car_holds_on_any_route():
    params = replace(PARAMS, max_speed=10.0)
    states = make_plan(Task(STRAIGHT, 50.0), start(9.5), params).trajectory.states
    assert states[:, 4].max() <= 10.01


@given(st.floats(10.0, 150.0))
def test_gap_is_from_the_bumper(distance):
    tracked = TrackedObject(7, distance + 2.0, 0.0, 0.7, 0.0, 4.0, 1.8, 1.5)
    plan = make_plan(
        Task(STRAIGHT, 10.0, [obstacle_from(tracked, np.eye(4), 0.0)]), start(0.0), PARAMS
    )
    assert plan.leader.id == 7
    assert plan.gap == pytest.approx(distance - PARAMS.vehicle.front, abs=0.05)


def test_what_is_behind_does_not_hold_the_car_back():
    tracked = TrackedObject(7, -8.0, 0.0, 0.7, 0.0, 4.0, 1.8, 1.5)
    task = Task(STRAIGHT, 10.0, [obstacle_from(tracked, np.eye(4), 0.0)])
    plan = make_plan(task, start(0.0), PARAMS)
    assert plan.leader is None
    assert plan.trajectory.states[-1, 4] > 5.0

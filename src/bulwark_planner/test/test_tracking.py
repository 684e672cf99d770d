# SPDX-License-Identifier: Apache-2.0
"""The tracker: jerk, limits, no wind-up, corrections to the right side."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_planner.params import PlannerParams
from bulwark_planner.tracking import Pose, Tracker
from bulwark_planner.trajectory import Trajectory

PARAMS = PlannerParams()
ORIGIN = Pose(0.0, 0.0, 0.0)
DT = 0.02


def cruise(speed, acceleration=0.0):
    time = np.arange(41) * 0.1
    zero = np.zeros(41)
    columns = [time, speed * time, zero, zero, zero + speed, zero + acceleration, zero, zero]
    return Trajectory(np.column_stack(columns))


@given(st.floats(0.0, 40.0), st.lists(st.floats(0.0, 40.0), min_size=2, max_size=30))
def test_command_keeps_jerk_and_limits_whatever_the_speed(planned, measured):
    tracker, last = Tracker(PARAMS), 0.0
    for speed in measured:
        control = tracker.control(cruise(planned), 0.0, ORIGIN, speed, DT)
        assert abs(control.acceleration - last) <= PARAMS.speed_control.max_jerk * DT + 1e-9
        assert -4.5 <= control.acceleration <= 4.0
        last = control.acceleration


def test_integral_finds_a_steady_disturbance():
    tracker, speed = Tracker(PARAMS), 15.0
    for _ in range(1000):
        control = tracker.control(cruise(15.0), 0.0, ORIGIN, speed, DT)
        speed += (control.acceleration - 0.6) * DT
    assert speed == pytest.approx(15.0, abs=0.01)
    assert control.acceleration == pytest.approx(0.6, abs=0.02)


def test_no_wind_up_while_the_car_cannot_follow():
    tracker = Tracker(PARAMS)
    for _ in range(1000):  # 20 s with a speed error that no command mends
        tracker.control(cruise(15.0), 0.0, ORIGIN, 10.0, DT)
    for _ in range(50):
        control = tracker.control(cruise(15.0), 0.0, ORIGIN, 15.0, DT)
    assert control.acceleration <= PARAMS.speed_control.max_integral
    assert control.acceleration < 0.5


def test_standing_plan_holds_the_car():
    tracker = Tracker(PARAMS)
    for _ in range(50):
        control = tracker.control(cruise(0.0), 0.0, ORIGIN, 0.0, DT)
    assert control.acceleration == -PARAMS.speed_control.hold


@given(st.floats(0.01, 2.0), st.floats(-0.2, 0.2), st.floats(0.0, 30.0))
def test_steering_is_mirror_symmetric_and_leads_back(offset, heading, speed):
    left = Tracker(PARAMS).control(cruise(speed), 0.0, Pose(0.0, offset, heading), speed, 1.0)
    right = Tracker(PARAMS).control(cruise(speed), 0.0, Pose(0.0, -offset, -heading), speed, 1.0)
    assert left.steering == pytest.approx(-right.steering)
    if heading >= 0.0:
        assert left.steering < 0.0


def test_the_integral_is_bounded():
    tracker = Tracker(PARAMS)
    for _ in range(1500):  # 30 s of an error too small for the command's limit
        control = tracker.control(cruise(15.0), 0.0, ORIGIN, 14.8, DT)
    gains = PARAMS.speed_control
    assert control.acceleration == pytest.approx(gains.proportional * 0.2 + gains.max_integral)

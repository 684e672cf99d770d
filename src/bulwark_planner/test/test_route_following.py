# SPDX-License-Identifier: Apache-2.0
"""Steering along the line and the speed that the road allows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_planner.route_following import BRAKING_SHARE, pure_pursuit, speed_profile
from bulwark_planner.route_line import RouteLine

WHEELBASE = 2.8


def wavy(amplitude, length, mirror=1.0):
    x = np.arange(0.0, 150.0, 1.0)
    return RouteLine.through(np.column_stack([x, mirror * amplitude * np.sin(x / length)]))


@given(
    st.floats(0.0, 6.0), st.floats(5.0, 50.0), st.floats(0.0, 60.0), st.floats(-3.0, 3.0),
    st.floats(-0.7, 0.7), st.floats(3.0, 25.0),
)  # fmt: skip
def test_pure_pursuit_is_mirror_symmetric(amplitude, length, x, y, yaw, look_ahead):
    left = pure_pursuit(wavy(amplitude, length), x, y, yaw, look_ahead, WHEELBASE)
    right = pure_pursuit(wavy(amplitude, length, -1.0), x, -y, -yaw, look_ahead, WHEELBASE)
    assert left == pytest.approx(-right, abs=1e-9)


@given(st.floats(8.0, 100.0), st.floats(3.0, 10.0))
def test_pure_pursuit_on_a_circle_steers_the_circle(radius, look_ahead):
    angle = np.linspace(0.0, 3.0, 400)
    line = RouteLine.through(
        np.column_stack([radius * np.sin(angle), radius * (1.0 - np.cos(angle))])
    )
    steering = pure_pursuit(line, 0.0, 0.0, 0.0, look_ahead, WHEELBASE)
    assert steering == pytest.approx(math.atan(WHEELBASE / radius), rel=0.05)


@given(st.floats(0.1, 5.0))
def test_pure_pursuit_steers_towards_the_line(offset):
    line = RouteLine.through(np.array([[0.0, 0.0], [100.0, 0.0]]))
    assert pure_pursuit(line, 10.0, offset, 0.0, 8.0, WHEELBASE) < 0.0
    assert pure_pursuit(line, 10.0, -offset, 0.0, 8.0, WHEELBASE) > 0.0


@given(st.floats(0.0, 6.0), st.floats(5.0, 50.0), st.floats(0.0, 40.0))
def test_profile_keeps_limit_lateral_acceleration_and_braking(amplitude, length, limit):
    line = wavy(amplitude, length)
    profile = speed_profile(line, limit, 2.5, 2.0)
    assert (profile.speed <= limit + 1e-9).all()
    assert (profile.speed**2 * np.abs(line.curvature()) <= 2.5 + 1e-6).all()
    braking = -np.diff(profile.speed**2) / (2.0 * np.diff(profile.arc))
    assert (braking <= BRAKING_SHARE * 2.0 + 1e-6).all()


def test_profile_of_a_straight_road_is_the_limit():
    line = RouteLine.through(np.array([[0.0, 0.0], [100.0, 0.0]]))
    assert speed_profile(line, 16.7, 2.5, 2.0).speed == pytest.approx(16.7)

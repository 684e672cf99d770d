# SPDX-License-Identifier: Apache-2.0
"""Speed profiles against their own derivative."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_world.motion import Phase, Pose, SpeedProfile

phases = st.lists(
    st.builds(Phase, st.floats(0, 20), st.floats(0, 30), st.floats(0.5, 10)), max_size=4
).map(lambda rows: sorted(rows, key=lambda phase: phase.start_s))


@given(st.floats(0, 30), phases, st.floats(0, 40))
def test_distance_is_the_integral_of_the_speed(speed, changes, t):
    profile, h = SpeedProfile(speed, changes), 1e-4
    slope = (profile.distance(t + h) - profile.distance(t)) / h
    assert slope == pytest.approx(profile.speed(t), abs=0.01)


@given(st.floats(0, 30), phases, st.floats(0, 40))
def test_speed_is_continuous_and_never_negative(speed, changes, t):
    profile = SpeedProfile(speed, changes)
    assert abs(profile.speed(t + 1e-6) - profile.speed(t)) < 1e-4
    assert profile.speed(t) >= -1e-9


def test_a_braking_lead_stops_where_it_must():
    profile = SpeedProfile(20.0, [Phase(3.0, 0.0, 4.0)])
    assert profile.distance(100.0) == pytest.approx(60.0 + 50.0)
    assert profile.speed(5.5) == pytest.approx(10.0)
    assert profile.acceleration(5.0) == -4.0
    assert profile.acceleration(9.0) == 0.0


def test_a_phase_cuts_the_one_before_short():
    profile = SpeedProfile(0.0, [Phase(0.0, 20.0, 2.0), Phase(5.0, 0.0, 5.0)])
    assert profile.speed(5.0) == pytest.approx(10.0)
    assert profile.distance(100.0) == pytest.approx(25.0 + 10.0)


def test_ahead_follows_the_heading():
    pose = Pose(1.0, 2.0, math.pi / 2).ahead(3.0)
    assert (pose.x, pose.y) == (pytest.approx(1.0), pytest.approx(5.0))


ramped = st.lists(
    st.builds(Phase, st.floats(0, 20), st.floats(0, 30), st.floats(0.5, 10), st.floats(0.1, 2.0)),
    max_size=4,
).map(lambda rows: sorted(rows, key=lambda phase: phase.start_s))


@given(st.floats(0, 30), ramped, st.floats(0, 40))
def test_with_ramps_distance_is_the_integral_and_speed_stays_continuous(speed, changes, t):
    profile, h = SpeedProfile(speed, changes), 1e-4
    slope = (profile.distance(t + h) - profile.distance(t)) / h
    assert slope == pytest.approx(profile.speed(t), abs=0.01)
    assert abs(profile.speed(t + 1e-6) - profile.speed(t)) < 1e-4
    assert profile.speed(t) >= -1e-9


def test_a_ramped_deceleration_takes_half_its_ramp_longer():
    profile = SpeedProfile(20.0, [Phase(3.0, 0.0, 4.0, 1.0)])
    assert profile.acceleration(3.5) == pytest.approx(-2.0)
    assert profile.acceleration(4.5) == pytest.approx(-4.0)
    assert profile.speed(8.5) == pytest.approx(0.0)
    assert profile.acceleration(8.6) == 0.0


def test_a_change_that_is_over_within_its_ramp_ends_at_its_speed():
    profile = SpeedProfile(20.0, [Phase(0.0, 19.5, 4.0, 1.0)])  # half a second on the ramp
    assert profile.speed(0.5) == pytest.approx(19.5)
    assert profile.acceleration(0.4) == pytest.approx(-1.6)
    assert profile.acceleration(0.6) == 0.0

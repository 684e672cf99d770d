# SPDX-License-Identifier: Apache-2.0
"""The intelligent driver model."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_planner.idm import Idm

IDM = Idm(
    max_acceleration=3.0, deceleration=2.0, max_deceleration=3.5,
    time_gap=1.5, standstill_gap=5.0, exponent=8.0,
)  # fmt: skip
speeds = st.floats(0.0, 50.0)
gaps = st.floats(-5.0, 300.0)
more = st.floats(0.0, 50.0)


@given(speeds, speeds, more)
def test_faster_never_accelerates_more_on_a_free_road(speed, desired, extra):
    assert IDM.free(speed + extra, desired) <= IDM.free(speed, desired) + 1e-9


@given(speeds, speeds, more)
def test_a_higher_desired_speed_never_slows(speed, desired, extra):
    assert IDM.free(speed, desired + extra) >= IDM.free(speed, desired) - 1e-9


@given(speeds, gaps, speeds, more)
def test_behind_a_leader_is_monotone_in_gap_and_speeds(speed, gap, leader, extra):
    base = IDM.behind(speed, gap, leader)
    assert IDM.behind(speed, gap + extra, leader) >= base - 1e-9
    assert IDM.behind(speed, gap, leader + extra) >= base - 1e-9
    assert IDM.behind(speed + extra, gap, leader) <= base + 1e-9


@given(speeds, gaps, st.floats(-30.0, 50.0), speeds)
def test_never_an_emergency(speed, gap, leader, desired):
    assert -3.5 <= IDM.behind(speed, gap, leader) <= 3.0
    assert -2.0 <= IDM.free(speed, desired) <= 3.0


@given(st.floats(1.0, 40.0))
def test_equilibrium_behind_a_leader_of_equal_speed_is_the_time_gap(speed):
    assert IDM.behind(speed, 5.0 + 1.5 * speed, speed) == pytest.approx(0.0, abs=1e-9)


def test_desired_gap_is_the_papers_formula():
    expected = 5.0 + 15.0 * 1.5 + 15.0 * 5.0 / (2.0 * math.sqrt(6.0))
    assert IDM.desired_gap(15.0, 10.0) == pytest.approx(expected)


def test_limits_of_the_free_road():
    assert IDM.free(0.0, 20.0) == 3.0
    assert IDM.free(20.0, 20.0) == 0.0
    assert IDM.free(30.0, 20.0) == -2.0
    assert IDM.free(0.0, 0.0) == 0.0

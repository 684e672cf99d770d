# SPDX-License-Identifier: Apache-2.0
"""Braking figures against integration in time, and in the order that physics demands."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bulwark_aeb.braking import (
    ONCOMING_WALK,
    Approach,
    brake_margin,
    demand,
    latest_brake_time,
    ramp_stop,
    required_deceleration,
    slow_down,
    time_to_collision,
)
from bulwark_core.vehicle import BRAKE_MODELS, BrakeModel

MID = BRAKE_MODELS["mid"]
models = st.sampled_from(sorted(BRAKE_MODELS)).map(BRAKE_MODELS.get)
speeds = st.floats(0.1, 38.0)
gaps = st.floats(0.5, 150.0)
leads = st.one_of(st.just(0.0), st.floats(0.0, 38.0), st.floats(-12.0, 0.0))
lead_brakes = st.one_of(st.just(0.0), st.floats(0.1, 9.0))
own_brakes = st.one_of(st.just(0.0), st.floats(-4.0, 8.0))
waits = st.one_of(st.just(0.0), st.floats(0.0, 3.0))


def integrate(approach: Approach, brake: BrakeModel, wait: float, dt: float = 0.005) -> float:
    """The smallest gap by stepping through time: an independent statement of the same physics."""
    v, u, beta = approach.ego_speed, approach.lead_speed, approach.lead_deceleration
    own = min(max(approach.ego_deceleration, 0.0), brake.deceleration)
    time = ego = lead = 0.0
    smallest = approach.gap
    while v > 0.0 and time < 90.0:
        if time < wait:
            braking = own
        elif time < wait + brake.delay:
            braking = min(approach.ego_deceleration, own)
        else:
            braking = min(brake.deceleration, own + brake.jerk * (time - wait - brake.delay))
        ego += v * dt
        v = max(0.0, v - braking * dt)
        if u > 0.0:
            lead += u * dt
            u = max(0.0, u - beta * dt)
        else:
            walking = min(-u, ONCOMING_WALK)
            lead -= (walking + (-u - walking) / 2.0) * dt
        smallest = min(smallest, approach.gap + lead - ego)
        time += dt
    return smallest


@given(gaps, speeds, own_brakes, leads, lead_brakes, models, waits)
def test_margin_is_what_time_steps_show(gap, speed, own, lead, braking, brake, wait):
    assume(lead > 0.0 or braking == 0.0)
    approach = Approach(gap, speed, own, lead, braking)
    found = float(brake_margin(approach, brake, wait))
    assert found == pytest.approx(integrate(approach, brake, wait), abs=0.15 + 0.01 * speed)


@given(speeds, models)
def test_margin_to_a_standing_target_is_gap_minus_stopping_distance(speed, brake):
    margin = brake_margin(Approach(50.0, speed, 0.0, 0.0, 0.0), brake)
    assert float(margin) == pytest.approx(50.0 - brake.stopping_distance(speed), abs=1e-6)


STANDARD = [  # km/h, good, mid, floor: where braking must start before a standing target [m]
    (10, 1.2, 1.6, 2.1),
    (30, 6.3, 8.0, 11.1),
    (60, 20.4, 26.0, 36.0),
    (100, 51.2, 65.5, 90.9),
    (135, 89.3, 114.5, 159.0),
]


@pytest.mark.parametrize("name,column", [("good", 1), ("mid", 2), ("floor", 3)])
def test_latest_brake_time_agrees_with_tabulated_distances(name: str, column: int):
    for row in STANDARD:
        speed, distance = row[0] / 3.6, row[column]
        left = latest_brake_time(
            Approach(np.array([distance]), speed, 0.0, np.zeros(1), np.zeros(1)),
            BRAKE_MODELS[name],
        )
        assert left[0] * speed == pytest.approx(0.0, abs=0.06 * distance / 10 + 0.06)


def one(gap=20.0, speed=15.0, own=0.0, lead=0.0, braking=0.0) -> Approach:
    return Approach(np.array([gap]), speed, own, np.array([lead]), np.array([braking]))


@given(gaps, st.floats(0.01, 20.0), speeds, own_brakes, leads, lead_brakes, models)
def test_a_nearer_target_leaves_less_time(gap, nearer, speed, own, lead, braking, brake):
    far = latest_brake_time(one(gap, speed, own, lead, braking), brake)
    near = latest_brake_time(one(gap - nearer, speed, own, lead, braking), brake)
    assert near[0] <= far[0]


@given(gaps, speeds, st.floats(0.0, 30.0), st.floats(0.0, 5.0), lead_brakes, models)
def test_a_slower_lead_leaves_less_time(gap, speed, lead, slower, braking, brake):
    assume(lead - slower >= 0.0)
    fast = latest_brake_time(one(gap, speed, 0.0, lead, braking), brake)
    slow = latest_brake_time(one(gap, speed, 0.0, lead - slower, braking), brake)
    assert slow[0] <= fast[0] + 1e-6 or slow[0] < 0.0


@given(gaps, speeds, st.floats(0.0, 30.0), lead_brakes, st.floats(0.0, 4.0), models)
def test_a_harder_braking_lead_leaves_less_time(gap, speed, lead, braking, more, brake):
    soft = latest_brake_time(one(gap, speed, 0.0, lead, braking), brake)
    hard = latest_brake_time(one(gap, speed, 0.0, lead, braking + more), brake)
    assert hard[0] <= soft[0] + 1e-6 or hard[0] < 0.0


@given(gaps, speeds, leads, models)
def test_braking_at_the_latest_time_leaves_nothing(gap, speed, lead, brake):
    approach = one(gap, speed, 0.0, lead)
    left = latest_brake_time(approach, brake)
    assume(0.0 < left[0] < 8.0)
    assert float(brake_margin(approach, brake, left)[0]) == pytest.approx(0.0, abs=0.02)


def test_latest_brake_time_has_no_end_where_nothing_closes():
    left = latest_brake_time(
        Approach(
            np.array([10.0, 10.0, -0.1]), 10.0, 0.0, np.array([10.0, 15.0, 12.0]), np.zeros(3)
        ),
        MID,
    )
    assert left[:2].tolist() == [math.inf, math.inf]
    assert left[2] < 0.0


def test_too_late_is_told_in_time():
    gap = MID.stopping_distance(10.0) - 2.0
    assert latest_brake_time(one(gap, 10.0), MID)[0] == pytest.approx(-0.2)


def test_own_braking_that_stops_short_leaves_all_time():
    assert latest_brake_time(one(20.0, 10.0, own=3.0), MID)[0] == math.inf
    assert latest_brake_time(one(20.0, 10.0), MID)[0] < 1.0


def test_own_acceleration_leaves_less_time():
    assert latest_brake_time(one(20.0, 10.0, own=-3.0), MID) < latest_brake_time(
        one(20.0, 10.0), MID
    )


def test_no_objects():
    empty = np.empty(0)
    assert latest_brake_time(Approach(empty, 10.0, 0.0, empty, empty), MID).shape == (0,)


def test_slow_down_ends_at_standstill():
    distance, speed = slow_down(
        10.0, np.array([5.0, 5.0, 0.0, -2.0]), np.array([1.0, 9.0, 2.0, 1.0])
    )
    assert distance.tolist() == [7.5, 10.0, 20.0, 11.0]
    assert speed.tolist() == [5.0, 0.0, 10.0, 12.0]


def test_ramp_stop_early_and_late():
    distance, time = ramp_stop(np.array([0.1, 20.0]), 0.0, MID.jerk, MID.deceleration)
    no_delay = BrakeModel(0.0, MID.jerk, MID.deceleration)
    assert distance == pytest.approx([no_delay.stopping_distance(v) for v in (0.1, 20.0)])
    assert time == pytest.approx([no_delay.stopping_time(v) for v in (0.1, 20.0)])


def test_required_deceleration_by_hand():
    def required(gap, speed, lead=0.0, braking=0.0):
        return float(required_deceleration(one(gap, speed, 0.0, lead, braking))[0])

    assert required(10.0, 10.0) == pytest.approx(5.0)
    assert required(10.0, 10.0, lead=6.0) == pytest.approx(0.8)
    assert required(10.0, 10.0, lead=12.0) == 0.0
    assert required(5.0, 10.0, lead=10.0, braking=5.0) == pytest.approx(100.0 / (2 * 15.0))
    assert required(5.0, 10.0, lead=16.0, braking=4.0) == pytest.approx(4.0, rel=0.7)
    assert required(10.0, 10.0, lead=-2.0) == pytest.approx(7.0)
    assert required(-0.1, 10.0) == math.inf
    assert required(10.0, 0.0) == 0.0


@given(gaps, st.floats(0.01, 20.0), speeds, leads, lead_brakes)
def test_nearer_needs_more_deceleration(gap, nearer, speed, lead, braking):
    assume(gap > nearer)
    far = required_deceleration(one(gap, speed, 0.0, lead, braking))
    near = required_deceleration(one(gap - nearer, speed, 0.0, lead, braking))
    assert near[0] >= far[0] - 1e-9


@given(gaps, st.floats(1.0, 38.0), st.floats(0.0, 30.0), lead_brakes)
def test_required_deceleration_avoids_contact(gap, speed, lead, braking):
    approach = one(gap, speed, 0.0, lead, braking)
    needed = float(required_deceleration(approach)[0])
    assume(0.3 < needed < 12.0)
    ideal = BrakeModel(0.0, 1e6, needed * 1.001)
    assert float(brake_margin(approach, ideal)[0]) >= -0.02


def test_time_to_collision():
    ttc = time_to_collision(np.array([10.0, 10.0, 10.0, -1.0]), np.array([5.0, 0.0, -1.0, 2.0]))
    assert ttc.tolist() == [2.0, math.inf, math.inf, 0.0]


@given(gaps, speeds, st.floats(0.0, 6.0), st.floats(0.0, 20.0))
def test_demand_is_the_least_that_suffices(gap, speed, own, lead):
    approach = Approach(gap, speed, own, lead, 0.0)
    asked = demand(approach, MID, 10.0)
    assert 0.5 <= asked <= 10.0
    if asked < 10.0:
        assert float(brake_margin(approach, MID, 0.0, asked)) >= -0.05
    if 0.5 < asked < 10.0:
        assert float(brake_margin(approach, MID, 0.0, asked - 0.3)) < 0.0


def test_demand_at_the_latest_brake_time_is_all_of_the_brake():
    gap = MID.stopping_distance(15.0)
    assert demand(Approach(gap, 15.0, 0.0, 0.0, 0.0), MID, 10.0) == pytest.approx(7.0, abs=0.05)

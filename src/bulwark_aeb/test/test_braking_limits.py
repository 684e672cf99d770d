# SPDX-License-Identifier: Apache-2.0
"""Braking at the edges of its cases: a dense grid against fine time steps, and by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

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
WEAK = BrakeModel(0.3, 12.0, 0.6)
STEP = 0.002
GAP = 100.0


def smallest_gap(v, own, u, beta, wait, brake: BrakeModel) -> np.ndarray:
    """By time steps, for arrays of cases: ego speed, own deceleration, lead's, waiting time."""
    v, u = v.copy(), u.copy()
    ego, lead = np.zeros_like(v), np.zeros_like(v)
    smallest = np.full_like(v, GAP)
    limited = np.clip(own, 0.0, brake.deceleration)
    walking = np.minimum(np.maximum(-u, 0.0), ONCOMING_WALK)
    towards = np.where(u < 0.0, walking + (-u - walking) / 2.0, 0.0)
    time = 0.0
    while (v > 0.0).any():
        middle = time + STEP / 2.0
        ramp = limited + brake.jerk * np.maximum(middle - wait - brake.delay, 0.0)
        braking = np.where(middle < wait, limited, np.minimum(own, limited))
        braking = np.where(
            middle < wait + brake.delay, braking, np.minimum(ramp, brake.deceleration)
        )
        moving = np.where(braking > 0.0, np.minimum(STEP, v / np.maximum(braking, 1e-9)), STEP)
        moving = np.where(v > 0.0, moving, 0.0)
        ego += v * moving - braking * moving**2 / 2.0
        v = np.where(moving < STEP, 0.0, v - braking * moving)
        driving = np.where(beta > 0.0, np.minimum(STEP, u / np.maximum(beta, 1e-9)), STEP)
        driving = np.where(u > 0.0, driving, 0.0)
        lead += u * driving - beta * driving**2 / 2.0 - towards * moving
        u = u - beta * driving
        smallest = np.minimum(smallest, GAP + lead - ego)
        time += STEP
    return smallest


def found(v, own, u, beta, wait, brake: BrakeModel) -> np.ndarray:
    """The margins of the same cases, by the closed form."""
    margins = np.empty_like(v)
    for speed, waiting in set(zip(v.tolist(), wait.tolist(), strict=True)):
        same = (v == speed) & (wait == waiting)
        approach = Approach(GAP, speed, own[same], u[same], beta[same])
        margins[same] = brake_margin(approach, brake, waiting)
    return margins


@pytest.mark.parametrize("brake", [BRAKE_MODELS["good"], BRAKE_MODELS["floor"], WEAK])
def test_margin_on_a_grid(brake):
    grid = itertools.product(
        (1.0, 8.0, 25.0), (-2.0, 0.0, 0.9, 3.0, 6.0), (-8.0, -2.0, 0.0, 0.7, 7.0, 9.0, 24.0, 30.0),
        (0.0, 0.4, 3.0, 7.9), (0.0, 0.6, 2.0),
    )  # fmt: skip
    cases = np.array([case for case in grid if case[2] > 0.0 or case[3] == 0.0]).T
    assert found(*cases, brake) == pytest.approx(smallest_gap(*cases, brake), abs=0.01)


def test_margin_of_cases_by_chance():
    """The lead is braked for, and both may stand before one's own braking begins."""
    chance, count, brake = np.random.default_rng(5), 1500, BRAKE_MODELS["floor"]
    v = chance.choice([0.4, 1.3, 4.0, 9.0, 19.0], count)
    own = chance.choice([-2.0, 0.0, 0.5, 2.0, 5.5], count) * chance.uniform(0.8, 1.2, count)
    u = v + chance.uniform(-8.0, 3.0, count)
    beta = chance.choice([0.0, 0.3, 2.0, 8.0], count) * chance.uniform(0.8, 1.2, count)
    beta, wait = np.where(u > 0.0, beta, 0.0), chance.choice([0.0, 0.6, 2.0, 4.0], count)
    cases = (v, own, u, beta, wait)
    assert found(*cases, brake) == pytest.approx(smallest_gap(*cases, brake), abs=0.01)


@pytest.mark.parametrize(
    "speed,deceleration,time,distance,left",
    [
        (1.0, 0.5, 9.0, 1.0, 0.0),  # weak braking ends at standstill too
        (1.0, 1.0, 9.0, 0.5, 0.0),
        (1.0, 0.0, 9.0, 9.0, 1.0),
        (0.0, 0.0, 9.0, 0.0, 0.0),
        (3.0, -1.0, 2.0, 8.0, 5.0),
    ],
)
def test_slow_down_by_hand(speed, deceleration, time, distance, left):
    assert slow_down(speed, deceleration, time) == pytest.approx((distance, left))


@pytest.mark.parametrize("initial", [0.0, 0.6, 2.0, 5.0])
@pytest.mark.parametrize("speed", [0.05, 0.5, 1.2, 3.0, 20.0])
def test_ramp_stop_from_some_braking(speed, initial):
    case = np.array([speed]), np.array([initial]), np.array([0.0]), np.array([0.0])
    none = BrakeModel(0.0, MID.jerk, MID.deceleration)
    travelled = GAP - smallest_gap(*case, np.array([0.0]), none)[0]
    distance, time = ramp_stop(speed, initial, MID.jerk, MID.deceleration)
    assert float(distance) == pytest.approx(travelled, abs=1e-4)
    later, _ = ramp_stop(speed - 1e-6, initial, MID.jerk, MID.deceleration)
    assert (distance - later) / 1e-6 == pytest.approx(float(time), abs=1e-3)  # ds/dv is the time


def one(gap, speed=10.0, own=0.0, lead=0.0, braking=0.0) -> Approach:
    return Approach(np.array([gap]), speed, own, np.array([lead]), np.array([braking]))


def test_own_deceleration_can_differ_by_target():
    gap, own, none = np.array([14.0, 14.0, 14.0]), np.array([0.0, 1.0, -1.0]), np.zeros(3)
    together = latest_brake_time(Approach(gap, 10.0, own, none, none), MID)
    alone = [latest_brake_time(one(14.0, own=float(value)), MID)[0] for value in own]
    assert together.tolist() == alone
    assert alone[1] > alone[0] > alone[2]


@pytest.mark.parametrize("lead", [0.0, 5.0, 9.5, -2.0])
def test_too_late_is_told_in_time_by_closing_speed(lead):
    approach = one(0.01, lead=lead)
    margin = float(brake_margin(approach, MID)[0])
    assert margin < 0.0
    assert latest_brake_time(approach, MID)[0] == pytest.approx(margin / (10.0 - lead))


@pytest.mark.parametrize("left", [0.0005, 0.003, 0.006, 0.02, 0.1])
def test_the_first_moments_are_told_apart(left):
    approach = one(MID.stopping_distance(10.0) + 10.0 * left)
    assert latest_brake_time(approach, MID)[0] == pytest.approx(left, rel=0.02)


REQUIRED = [  # gap, speed, lead, its braking, required
    (10.0, 10.0, 0.0, 0.0, 5.0),
    (0.5, 10.0, 0.0, 0.0, 100.0),  # near is not used up
    (1.0, 0.5, 0.0, 0.0, 0.125),  # slow is not standing
    (10.0, 0.0, 0.0, 0.0, 0.0),
    (1.0, 10.5, 10.0, 1.0, 1.125),  # matched before the lead stands; closing slowly
    (10.0, 10.0, 0.5, 0.3, 4.8),  # the lead creeps and stands first
    (2.0, 10.0, 12.0, 0.5, 100.0 / 292.0),  # a faster lead that brakes weakly
    (10.0, 10.0, 10.0, 0.0, 0.0),
    (-0.1, 10.0, 10.0, 0.0, 0.0),  # the gap is used up, but nothing closes
    (-0.1, 10.0, 12.0, 0.5, math.inf),
    (0.0, 10.0, 0.0, 0.0, math.inf),
    (10.0, 10.0, -1.0, 0.0, 6.0),
]


@pytest.mark.parametrize("gap,speed,lead,braking,required", REQUIRED)
def test_required_deceleration_case_by_case(gap, speed, lead, braking, required):
    found = float(required_deceleration(one(gap, speed, 0.0, lead, braking))[0])
    assert found == pytest.approx(required, rel=1e-4)


@pytest.mark.parametrize(
    "gap,closing,time", [(5.0, 0.5, 10.0), (5.0, 1.0, 5.0), (5.0, 2.0, 2.5), (-1.0, 2.0, 0.0)]
)
def test_time_to_collision_by_hand(gap, closing, time):
    assert float(time_to_collision(gap, closing)) == time


@pytest.mark.parametrize("closing", [0.0, -1.0])
def test_what_does_not_close_divides_by_nothing(closing):
    with np.errstate(all="raise"):
        assert float(time_to_collision(5.0, closing)) == math.inf


@pytest.mark.parametrize("gap,asked", [(5.0, 10.0), (200.0, 0.5)])
def test_demand_at_its_ends(gap, asked):
    assert demand(Approach(gap, 10.0, 0.0, 0.0, 0.0), MID, 10.0) == asked


def test_no_demand_is_stronger_than_the_strongest():
    """With 40 m/s^2 it could still be avoided."""
    approach = Approach(4.0, 10.0, 0.0, 0.0, 0.0)
    assert float(brake_margin(approach, BrakeModel(0.0, 500.0, 7.0), 0.0, 40.0)) > 0.0
    assert demand(approach, BrakeModel(0.0, 500.0, 7.0), 10.0) == 10.0

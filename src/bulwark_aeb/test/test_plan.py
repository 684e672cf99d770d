# SPDX-License-Identifier: Apache-2.0
"""The planner's trajectory bends the predicted path while it is followed, and vetoes nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from aeb_makers import ENGAGED, NOW, STATUS, S, healthy, make_object
from hypothesis import given
from hypothesis import strategies as st

from bulwark_aeb.core import AebCore
from bulwark_aeb.inputs import Feed, PlanPoint
from bulwark_aeb.monitor import State
from bulwark_aeb.params import AebParams
from bulwark_aeb.path import Path
from bulwark_aeb.plan import PlannedCurve, bend, planned_curve
from bulwark_aeb.stages import Stage
from bulwark_core.component import Now

PARAMS = AebParams()
LIMITS = PARAMS.path
TICK = S // 50


def arc(
    first: float, then: float, speed: float = 10.0, change_at: float = 0.0, length: float = 3.0
):
    """A plan with one curvature until `change_at` seconds and another from there on."""
    points, x, y, yaw, dt = [], 0.0, 0.0, 0.0, 0.02
    for k in range(round(length / dt) + 1):
        points.append(PlanPoint(k * dt, x, y, yaw, speed, 0.0, 0.0))
        turn = (first if k * dt < change_at - 1e-9 else then) * speed * dt
        x += speed * dt * math.cos(yaw + turn / 2.0)
        y += speed * dt * math.sin(yaw + turn / 2.0)
        yaw += turn
    return tuple(points[::5])


@given(st.floats(-0.1, 0.1), st.floats(2.0, 20.0), st.floats(0.0, 1.5), st.booleans())
def test_the_curvature_of_a_steady_bend(curvature, speed, age, reverse):
    signed = -speed if reverse else speed
    curve = planned_curve(arc(curvature, curvature, signed), age, reverse, LIMITS)
    assert curve is not None
    assert curve.now == pytest.approx(curvature, abs=1e-3)
    assert curve.ahead == pytest.approx(curvature, abs=1e-3)


def test_the_beginning_of_a_bend():
    curve = planned_curve(arc(0.0, 0.04, change_at=0.5), 0.0, False, LIMITS)
    assert curve is not None
    assert curve.now == pytest.approx(0.0, abs=1e-9)
    assert curve.ahead == pytest.approx(0.02, abs=1e-3)


@pytest.mark.parametrize(
    "points,age,reverse",
    [
        ((), 0.0, False),
        (arc(0.1, 0.1)[:1], 0.0, False),
        (arc(0.1, 0.1), 2.1, False),  # ends too early
        (arc(0.1, 0.1, speed=0.4), 0.0, False),  # hardly moves
        (arc(0.1, 0.1), 0.0, True),  # another direction
        (arc(0.1, 0.1, speed=-10.0), 0.0, False),
    ],
)
def test_a_plan_that_tells_nothing(points, age, reverse):
    assert planned_curve(points, age, reverse, LIMITS) is None


def test_a_plan_that_sets_off_tells_what_is_ahead():
    points = [PlanPoint(0.1 * k, 0.5 * (0.1 * k) ** 2 * 2.0, 0.0, 0.0, 1.0, 2.0, 0.0)
              for k in range(20)]  # fmt: skip
    assert planned_curve(points, 0.0, False, LIMITS) == PlannedCurve(0.0, 0.0)


STRAIGHT = Path(0.0, 0.001)


def test_a_followed_plan_bends_the_path():
    bent = bend(STRAIGHT, PlannedCurve(0.0, 0.03), LIMITS)
    assert bent.curvature == pytest.approx(0.03, rel=0.05)
    assert bent.deviation == pytest.approx(LIMITS.plan_deviation, rel=0.05)


def test_agreement_changes_nothing():
    assert bend(STRAIGHT, PlannedCurve(0.0, 0.0), LIMITS) is STRAIGHT


def test_who_does_not_follow_is_not_bent_but_widened():
    bent = bend(STRAIGHT, PlannedCurve(0.05, 0.05), LIMITS)
    assert abs(bent.curvature) < 0.001
    assert bent.deviation == pytest.approx(0.05 / 2 - math.hypot(0.001, 0.005), abs=0.001)


@given(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(0.0, 0.02))
def test_bent_between_measurement_and_plan_and_mirrored(measured, now, ahead, deviation):
    path = Path(measured, deviation)
    bent = bend(path, PlannedCurve(now, ahead), LIMITS)
    low, high = sorted((measured, ahead))
    assert low - 1e-9 <= bent.curvature <= high + 1e-9
    mirrored = bend(Path(-measured, deviation), PlannedCurve(-now, -ahead), LIMITS)
    assert mirrored.curvature == pytest.approx(-bent.curvature, abs=1e-12)
    assert mirrored.deviation == pytest.approx(bent.deviation, abs=1e-12)


# Through the core.


def drive(item, plan, status=ENGAGED, speed=10.0, start=40.0, time=3.5):
    """Straight towards an object with this plan, which is published anew all the time.

    Gives the gap at which each stage was first reached.
    """
    core, first = AebCore(PARAMS), {}
    for k in range(round(time * 50)):
        now = NOW + k * TICK
        gap = start - speed * k / 50.0
        seen = replace(item, x=item.x + gap, last_seen_ns=now - S // 20)
        inputs = healthy(now, (replace(seen, x=seen.x + speed / 20.0),), speed, status, counter=k)
        inputs = replace(inputs, trajectory=Feed(plan, now))
        stage = core.update(inputs, Now(now, now)).stages.stage
        first.setdefault(stage, gap)
    return first


AHEAD = make_object(PARAMS.vehicle.front + 2.0)
LEAVING = arc(0.0, 0.12, change_at=0.2)


def test_no_plan_vetoes_a_stop():
    """A plan that always means to turn in a moment, and never does."""
    alone = drive(AHEAD, arc(0.0, 0.0))
    pretending = drive(AHEAD, LEAVING)
    assert pretending[Stage.FULL] == alone[Stage.FULL]
    assert Stage.WARNING in alone


def test_a_planned_turn_keeps_warnings_back():
    """Nobody is warned of what the plan leads past; by foot the same is warned of."""
    assert Stage.WARNING not in drive(AHEAD, LEAVING)
    assert Stage.WARNING in drive(AHEAD, LEAVING, STATUS)


def test_what_stands_in_the_planned_bend_is_known_before_turning_in():
    bend_plan = arc(0.0, 0.1, change_at=0.2)
    inside = make_object(PARAMS.vehicle.front + 2.0, 4.5, length=2.0, width=2.0)
    assert max(drive(inside, bend_plan)) is Stage.FULL
    assert max(drive(inside, arc(0.0, 0.0))) is Stage.NONE


def test_what_was_seen_long_ago_on_the_planned_way_and_something_new_straight_ahead():
    """Both are judged: the look at the new one once made the core lose the old one and fail."""
    core = AebCore(PARAMS)
    old = make_object(14.0, 8.0, id=1, width=6.0, last_seen_ns=NOW - 2 * S)
    new = make_object(30.0, 0.0, id=2, last_seen_ns=NOW)
    inputs = healthy(NOW, (new,), 10.0, ENGAGED)
    feeds = {"trajectory": Feed(LEAVING, NOW), "static_obstacles": Feed((old,), NOW - S // 20)}
    decision = core.update(replace(inputs, **feeds), Now(NOW, NOW))
    assert decision.health.state is State.READY
    assert decision.path.curvature > 0.05
    assert set(core._memory) == {("static", 1), ("lidar", 2)}

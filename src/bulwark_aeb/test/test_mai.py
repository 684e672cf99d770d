# SPDX-License-Identifier: Apache-2.0
"""Misacceleration inhibition: which press is a mistake, what is done, and who insists."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import pytest
from aeb_makers import NOW, STATUS, S, healthy, make_object, make_threat
from hypothesis import given, settings
from hypothesis import strategies as st

from bulwark_aeb import mai
from bulwark_aeb.confirm import Confirmation
from bulwark_aeb.core import AebCore, Function
from bulwark_aeb.driver import Driver
from bulwark_aeb.gate import Source
from bulwark_aeb.inputs import Feed, Gear
from bulwark_aeb.mai import MaiState, Pedal, follow_pedal
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import Situation, Stage, StageReason, StageState
from bulwark_core.component import Now
from bulwark_core.objects import EgoMotion, ObjectClass
from bulwark_core.vehicle import VehicleParams

PARAMS = AebParams()
LIMITS = PARAMS.mai
DRIVER = Driver(seen=True, gear=Gear.DRIVE, tyre_angle=0.0)
TICK = S // 50
RELEASED = Pedal()


def pedal(stroke: float, rate: float = 5.0) -> Pedal:
    return Pedal(((NOW - S // 10, stroke - rate / 10.0), (NOW, stroke)))


def near(gap: float = 1.0, closing: float = 0.0, **values):
    return make_threat(gap, closing_speed=closing, **values)


def situation(*threats, at=0.0, speed=0.0, **values) -> Situation:
    now = Situation(
        NOW + round(at * S), speed, 0.0, threats, frozenset(t.key for t in threats), True, DRIVER,
        0.0, 0.55,
    )  # fmt: skip
    return replace(now, **values)


def step(state=MaiState(), now=None, foot=None, reverse=False) -> MaiState:  # noqa: B008
    now = situation(near()) if now is None else now
    return mai.step(state, now, pedal(1.0) if foot is None else foot, reverse, PARAMS)


SUPPRESSED = step()


# The pedal.


def press(rate: float, stroke: float, time: float, status=STATUS) -> Pedal:
    """The pedal after `time` seconds of a press, with a status each 20 ms."""
    foot = Pedal()
    for k in range(-10, round(time * 50) + 1):
        now = replace(status, accelerator=min(max(rate * k / 50.0, 0.0), stroke))
        foot = follow_pedal(foot, now, NOW + k * TICK, LIMITS)
    return foot


@pytest.mark.parametrize("rate", [0.5, 1.5, 2.0, 5.0])
def test_the_rate_is_that_of_the_foot(rate):
    assert press(rate, 1.0, 0.14).rate(LIMITS.window) == pytest.approx(rate)


@pytest.mark.parametrize("rate,stroke", [(2, 0.6), (2, 1.0), (5, 0.8), (10, 0.6), (10, 1.0)])
def test_a_wrong_press_is_known_within_a_fifth_of_a_second(rate, stroke):
    known = [t for t in range(20) if step(foot=press(rate, stroke, t / 50.0)).suppresses]
    assert known[0] / 50.0 <= 0.18


def test_a_pedal_that_is_held_has_no_rate():
    assert press(10.0, 1.0, 1.0).rate(LIMITS.window) == 0.0


def test_samples_do_not_pile_up():
    assert len(press(10.0, 1.0, 5.0).samples) <= round(LIMITS.window * 50) + 1


def test_a_status_that_is_known_already_adds_nothing():
    foot = press(2.0, 1.0, 0.2)
    assert follow_pedal(foot, STATUS, foot.samples[-1][0], LIMITS) is foot


def test_two_samples_close_together_make_no_rate():
    assert Pedal(((NOW, 0.0), (NOW + S // 100, 1.0))).rate(LIMITS.window) == 0.0
    assert (RELEASED.rate(LIMITS.window), RELEASED.stroke) == (0.0, 0.0)


def test_an_unknown_pedal_counts_as_not_pressed():
    assert press(5.0, 1.0, 0.2, replace(STATUS, accelerator=math.nan)).stroke == 1.0
    unknown = follow_pedal(RELEASED, replace(STATUS, accelerator=math.nan), NOW, LIMITS)
    assert unknown.stroke == 0.0
    assert follow_pedal(press(5.0, 1.0, 0.2), None, NOW + S, LIMITS) == RELEASED


def test_shifting_with_the_pedal_down_is_a_press():
    foot = press(10.0, 1.0, 1.0, replace(STATUS, gear=Gear.NEUTRAL))
    assert foot.stroke == 0.0
    for _ in range(4):
        drive = replace(STATUS, accelerator=1.0)
        foot = follow_pedal(foot, drive, foot.samples[-1][0] + TICK, LIMITS)
    assert step(foot=foot).suppresses


# When it begins: one condition at a time, just within and just beyond.

REACH = LIMITS.traction * LIMITS.foresight**2 / 2.0


@pytest.mark.parametrize(
    "good,values",
    [
        (True, {}),
        (True, {"foot": pedal(LIMITS.stroke)}),
        (False, {"foot": pedal(LIMITS.stroke - 1e-6)}),
        (True, {"foot": pedal(1.0, LIMITS.rate + 1e-6)}),
        (False, {"foot": pedal(1.0, LIMITS.rate - 1e-6)}),
        (True, {"now": situation(near(), speed=LIMITS.speed)}),
        (False, {"now": situation(near(), speed=LIMITS.speed + 1e-6)}),
        (True, {"now": situation(near(REACH))}),
        (False, {"now": situation(near(REACH + 1e-6))}),
        (True, {"now": situation(near(REACH + 2.0, closing=2.0), speed=2.0)}),
        (False, {"now": situation(near(REACH - 1.0, closing=-2.0))}),
        (False, {"now": situation()}),
        (False, {"now": situation(near(confirmation=Confirmation.PROVISIONAL))}),
        (False, {"now": situation(near(confirmation=Confirmation.NONE))}),
        (False, {"now": situation(near(item=make_object(5.0, object_class=ObjectClass.KERB)))}),
        (False, {"now": situation(near(), is_judged=False)}),
        (False, {"now": situation(near(), driver=replace(DRIVER, seen=False))}),
        (False, {"now": situation(near(), driver=replace(DRIVER, engaged=True))}),
        (False, {"now": situation(near(), driver=replace(DRIVER, gear=Gear.UNKNOWN))}),
        (False, {"now": situation(near(), driver=replace(DRIVER, gear=Gear.PARK))}),
        (False, {"now": situation(near(), driver=replace(DRIVER, gear=Gear.REVERSE))}),
        (True, {"now": situation(near(), driver=replace(DRIVER, gear=Gear.REVERSE)),
                "reverse": True}),
        (False, {"reverse": True}),  # rolls back on a hill: the pedal helps
    ],
)  # fmt: skip
def test_begins(good, values):
    assert step(**values).suppresses is good


def test_truth_table():
    strokes, rates = (0.2, 0.34, 0.35, 0.6, 0.8, 1.0), (0.5, 1.0, 1.49, 1.51, 2.0, 10.0)
    gaps, speeds = (0.0, 1.0, 3.0, 3.99, 4.01, 8.0), (0.0, 1.0, 2.77, 2.79, 8.0)
    for stroke, rate, gap, speed in product(strokes, rates, gaps, speeds):
        now = situation(near(gap, closing=speed), speed=speed)
        wrong = stroke >= 0.35 and rate >= 1.5 and gap <= 4.0 + speed and speed <= 2.7778
        told = f"{stroke=} {rate=} {gap=} {speed=}"
        assert step(now=now, foot=pedal(stroke, rate)).suppresses is wrong, told


def test_the_nearest_obstacle_is_told():
    far, close = near(2.0, key=("lidar", 1)), near(1.0, key=("lidar", 2))
    assert step(now=situation(far, close)).target is close


# What goes on, and how it ends.


def test_torque_comes_back_when_the_pedal_is_let_go():
    held = step(SUPPRESSED, situation(near(), at=0.5), pedal(1.0, 0.0))
    assert held.suppresses
    assert step(held, situation(near(), at=1.0), pedal(0.06, 0.0)).suppresses
    let_go = step(held, situation(near(), at=1.0), pedal(0.04, 0.0))
    assert not let_go.suppresses
    assert let_go.target is None


def test_an_obstacle_that_leaves_does_not_set_the_car_off():
    assert step(SUPPRESSED, situation(at=0.5), pedal(1.0, 0.0)).suppresses


def test_the_target_is_followed():
    after = step(SUPPRESSED, situation(near(0.7), at=0.5), pedal(1.0, 0.0))
    assert after.target is not None
    assert after.target.gap == 0.7
    other = step(SUPPRESSED, situation(near(0.5, key=("lidar", 9)), at=0.5), pedal(1.0, 0.0))
    assert other.target == SUPPRESSED.target


def test_engaging_assistance_ends_it():
    engaged = situation(near(), at=0.5, driver=replace(DRIVER, engaged=True))
    assert not step(SUPPRESSED, engaged, pedal(1.0, 0.0)).suppresses


@pytest.mark.parametrize("after,goes_on", [(0.1, True), (2.9, True), (3.0, False)])
def test_where_nobody_is_seen_it_ends_after_a_time(after, goes_on):
    lost = Driver(unseen_since_ns=NOW + S)
    now = situation(near(), at=1.0 + after, driver=lost)
    assert step(SUPPRESSED, now, RELEASED).suppresses is goes_on


# Who insists.


def pressed_again(count: int, every: float) -> MaiState:
    """After so many presses, each held for half the time."""
    state = MaiState()
    for k in range(count):
        state = step(state, situation(near(), at=k * every))
        last = state
        state = step(state, situation(near(), at=(k + 0.5) * every), RELEASED)
    return last


@pytest.mark.parametrize(
    "count,every,insists",
    [(1, 2.0, False), (2, 2.0, False), (3, 2.0, True), (3, 3.9, True), (3, 4.1, False)],
)
def test_the_third_press_in_time_counts(count, every, insists):
    state = pressed_again(count, every)
    assert (state.insists, state.suppresses) == (insists, not insists)


def test_holding_on_is_not_insisting():
    state = SUPPRESSED
    for k in range(1, 100):
        state = step(state, situation(near(), at=0.2 * k), pedal(1.0, 0.0))
    assert state.suppresses


def test_insisting_lasts_while_pressed_and_slow():
    insists = pressed_again(3, 2.0)
    slow = situation(near(), at=5.0, speed=2.0)
    assert step(insists, slow, pedal(0.5, 0.0)).insists
    assert not step(insists, slow, RELEASED).insists
    assert not step(insists, replace(slow, speed=3.0), pedal(0.5, 0.0)).insists


# What counts in the end.


@given(
    st.sampled_from(Stage), st.floats(0.0, 10.0), st.booleans(), st.floats(0.0, 3.0),
    st.floats(0.0, 5.0),
)  # fmt: skip
def test_never_weaker_than_the_emergency_brake(stage, demand, wrong, speed, lasted):
    demand = demand if stage.brakes or stage is Stage.HOLD else 0.0
    before = StageState(stage, demand=demand, target=near())
    state = SUPPRESSED if wrong else MaiState()
    after = mai.impose(before, state, situation(near(), at=lasted, speed=speed), PARAMS)
    assert after.demand >= before.demand
    assert after.stage >= (max(stage, Stage.PREFILL) if wrong else stage)
    assert wrong or after == before


@pytest.mark.parametrize(
    "at,speed,stage", [(0.0, 0.0, Stage.PREFILL), (0.19, 0.0, Stage.PREFILL),
                       (0.2, 0.15, Stage.HOLD), (5.0, 0.16, Stage.PREFILL)],
)  # fmt: skip
def test_torque_first_then_hold(at, speed, stage):
    after = mai.impose(StageState(), SUPPRESSED, situation(near(), at=at, speed=speed), PARAMS)
    assert (after.stage, after.reason) == (stage, StageReason.MISACCELERATION)
    assert after.demand == (PARAMS.brake.hold_demand if stage is Stage.HOLD else 0.0)


# Through the core.


class Foot:
    """A core with a driver who presses; decisions each 20 ms."""

    def __init__(self, *objects, speed=0.0, gear=Gear.DRIVE, params=PARAMS):
        self.core, self.objects = AebCore(params), objects
        self.speed, self.gear = speed, gear
        self.k = 0
        for _ in range(10):
            self.decide(0.0)

    def decide(self, stroke: float):
        self.k += 1
        now = NOW + self.k * TICK
        status = replace(STATUS, gear=self.gear, accelerator=stroke)
        seen = tuple(replace(item, last_seen_ns=now - S // 20) for item in self.objects)
        signed = -self.speed if self.gear is Gear.REVERSE else self.speed
        inputs = healthy(now, seen, 0.0, status)
        inputs = replace(inputs, odometry=Feed(EgoMotion(now, signed, 0.0), now))
        return self.core.update(inputs, Now(now, now))

    def slam(self, stroke=1.0, rate=10.0, time=0.3):
        return [self.decide(min(rate * k / 50.0, stroke)) for k in range(1, round(time * 50) + 1)]


def ahead(gap: float, y: float = 0.0, **values):
    return make_object(PARAMS.vehicle.front + gap + 2.0, y, **values)


def test_a_wrong_press_through_the_core():
    foot = Foot(ahead(1.0))
    decision = foot.slam()[-1]
    assert decision.command.torque_cut
    assert decision.command.source is Source.AEB
    assert decision.function is Function.MAI
    assert "torque cut" in decision.explanation
    released = [foot.decide(0.0) for _ in range(2)][-1]
    assert not released.command.torque_cut
    assert released.function is Function.NONE


def test_a_wrong_press_is_no_override_of_braking():
    """The car rolls at 2 m/s, too near: full pedal after the warning must not stop the brake."""
    foot = Foot(ahead(0.9), speed=2.0)
    assert foot.decide(0.0).stages.stage is Stage.FULL
    after = foot.slam()
    assert {decision.stages.stage for decision in after} == {Stage.FULL}
    assert after[-1].function is Function.MAI


def test_slow_full_accelerator_overrides_braking_as_outside_mai():
    foot = Foot(ahead(0.9), speed=2.0)
    after = foot.slam(rate=1.2, time=1.0)[-1]
    assert after.stages.reason is StageReason.DRIVER_OVERRIDE
    assert not after.command.torque_cut
    assert after.driver_override


def test_above_walking_pace_full_accelerator_overrides_braking():
    foot = Foot(ahead(8.0), speed=10.0)
    assert foot.decide(0.0).stages.stage is Stage.FULL
    assert foot.slam(rate=10.0)[-1].stages.reason is StageReason.DRIVER_OVERRIDE


def test_who_insists_is_not_braked_until_they_let_go():
    foot = Foot(ahead(1.0))
    for _ in range(2):
        assert foot.slam()[-1].command.torque_cut
        foot.decide(0.0)
        foot.decide(0.0)
        for _ in range(10):
            foot.decide(0.0)
    assert not foot.slam(stroke=0.8)[-1].command.torque_cut
    foot.speed = 1.5
    moving = [foot.decide(0.8) for _ in range(5)][-1]
    assert not moving.command.torque_cut
    assert moving.driver_override
    assert foot.decide(0.0).stages.stage is Stage.FULL


strokes = st.lists(st.floats(0.0, 1.0), min_size=5, max_size=15)


@settings(max_examples=40, deadline=None)
@given(
    strokes, st.floats(-0.5, 6.0), st.sampled_from([-1, 1]), st.floats(0.0, 2.7),
    st.sampled_from([Gear.DRIVE, Gear.REVERSE]),
)  # fmt: skip
def test_no_torque_cut_without_an_obstacle_on_the_path(strokes, gap, side, speed, gear):
    """Beside the body by 0.3 m, wherever along the way."""
    clear = side * (PARAMS.vehicle.width / 2 + 0.9 + 0.3)
    behind = make_object(PARAMS.vehicle.rear - gap - 2.0, clear, id=2)
    foot = Foot(ahead(gap, clear), behind, speed=speed, gear=gear)
    assert not any(foot.decide(stroke).command.torque_cut for stroke in strokes)


SYMMETRIC = replace(
    PARAMS, vehicle=VehicleParams(wheelbase=2.8, front_overhang=1.0, rear_overhang=3.8)
)


@settings(max_examples=25, deadline=None)
@given(strokes, st.floats(0.2, 4.5), st.floats(-1.5, 1.5), st.floats(0.0, 2.7))
def test_left_and_right_forward_and_backward_are_the_same(strokes, gap, y, speed):
    x = SYMMETRIC.vehicle.front + gap + 2.0
    feet = [
        Foot(make_object(x, y), speed=speed, params=SYMMETRIC),
        Foot(make_object(x, -y), speed=speed, params=SYMMETRIC),
        Foot(make_object(-x, y), speed=speed, gear=Gear.REVERSE, params=SYMMETRIC),
    ]
    for stroke in strokes:
        first, *others = [foot.decide(stroke) for foot in feet]
        for other in others:
            assert other.stages.stage is first.stages.stage
            assert other.command.torque_cut == first.command.torque_cut
            assert other.command.brake_deceleration == pytest.approx(
                first.command.brake_deceleration, abs=1e-6
            )

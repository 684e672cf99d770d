# SPDX-License-Identifier: Apache-2.0
"""The gate field by field: whole commands and whole states, on both sides of each limit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aeb_makers import NOW, S

from bulwark_aeb.attention import Recall
from bulwark_aeb.braking import Approach, demand
from bulwark_aeb.driver import Driver
from bulwark_aeb.gate import Command, GateState, Source, Traffic, after_fault, arbitrate
from bulwark_aeb.inputs import PlannedCommand
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import Stage, StageReason, StageState

PARAMS = AebParams()
ENGAGED = Driver(seen=True, engaged=True)
PLANNED = PlannedCommand(1, acceleration=1.0, steering_tyre_angle=0.1)
CALM = Traffic(NOW, ENGAGED, PLANNED, StageState(), True, 10.0, 0.0, 60.0)
PASSED = GateState(passed=True, steering=0.1)
DRIVEN = Command(1, Source.PLANNER, True, 1.0, lateral_active=True, steering_tyre_angle=0.1)
JERK = replace(
    DRIVEN, source=Source.FALLBACK, acceleration=-2.5, brake_deceleration=2.5, torque_cut=True,
    takeover_request=True,
)  # fmt: skip


def decide(state: GateState = GateState(), **values) -> tuple[GateState, Command]:  # noqa: B008
    return arbitrate(state, replace(CALM, **values), PARAMS)


@pytest.mark.parametrize(
    "recall,jerk,acceleration,brake,expected",
    [
        (Recall.NONE, 2.5, 1.0, 0.0, DRIVEN),
        (Recall.ACOUSTIC, 2.5, 1.0, 0.0, DRIVEN),
        (Recall.BRAKE_JERK, 2.5, 1.0, 0.0, JERK),
        (Recall.BRAKE_JERK, 2.5, 3.0, 0.0, JERK),
        (Recall.BRAKE_JERK, 2.5, -2.4, 2.4, JERK),
        (Recall.BRAKE_JERK, 2.5, -2.5, 0.0, replace(DRIVEN, acceleration=-2.5)),
        (Recall.BRAKE_JERK, 2.5, 0.0, 2.5, replace(DRIVEN, acceleration=0.0)),
        (Recall.BRAKE_JERK, 0.0, 1.0, 0.0, DRIVEN),
    ],
)
def test_the_jerk_that_is_felt(recall, jerk, acceleration, brake, expected):
    planned = replace(PLANNED, acceleration=acceleration, brake_deceleration=brake)
    _, got = decide(planned=planned, recall=recall, jerk=jerk)
    if expected.source is Source.PLANNER:
        asked = recall is Recall.BRAKE_JERK
        expected = replace(expected, brake_deceleration=brake, takeover_request=asked)
    assert got == expected


def test_what_is_remembered_of_a_planner_that_drives():
    state, _ = decide()
    assert state == GateState(1, passed=True, steering=0.1)
    state, got = decide(state, planned=None)
    assert state == GateState(2, passed=True, since_ns=NOW, steering=0.1)
    assert (got.lateral_active, got.steering_tyre_angle) == (True, 0.1)


def test_a_stop_before_the_planner_ever_steered_does_not_steer():
    state, got = decide(planned=None)
    assert state == GateState(1)
    assert (got.lateral_active, got.steering_tyre_angle) == (False, 0.0)


@pytest.mark.parametrize("speed,stood", [(0.1501, None), (0.15, NOW), (0.0, NOW)])
def test_it_stands_from_the_standstill_limit_on(speed, stood):
    state, _ = decide(replace(PASSED, since_ns=NOW - 5 * S), planned=None, speed=speed)
    assert state.stood_ns == stood


def test_standing_is_dated_by_its_beginning():
    before = replace(PASSED, since_ns=NOW - 5 * S, stood_ns=NOW - S)
    state, _ = decide(before, planned=None, speed=0.0)
    assert state.stood_ns == NOW - S


@pytest.mark.parametrize(
    "values", [{"planned": None}, {"can_judge": False}, {"planned": None, "can_judge": False}]
)
def test_a_fault_that_goes_on_is_no_hiccup(values):
    before = replace(PASSED, since_ns=NOW - S // 2)
    assert decide(before, **values)[0] == replace(before, counter=1)
    assert decide(before)[0].since_ns is None


@pytest.mark.parametrize("lasted,over", [(S - 1, True), (S, False)])
def test_a_fault_hands_over_from_its_limit_on(lasted, over):
    state, _ = decide(replace(PASSED, since_ns=NOW - lasted))
    assert (state.since_ns is None) is over


@pytest.mark.parametrize("pressed", [None, NOW - 2 * S - 1, NOW - 2 * S, NOW])
def test_a_press_since_it_stands_ends_the_stop_wholly(pressed):
    before = GateState(7, True, NOW - 5 * S, NOW - 2 * S, True, 0.1)
    driver = replace(ENGAGED, pressed_since_ns=pressed)
    state, _ = decide(before, driver=driver, speed=0.0, planned=None)
    ends = pressed is not None and pressed >= NOW - 2 * S
    assert state == (GateState(8, steering=0.1) if ends else replace(before, counter=8))


def test_after_a_stop_for_inattention_the_next_press_counts_at_once():
    before = replace(PASSED, stopping=True)
    state, _ = decide(before, speed=0.1)
    assert (state.since_ns, state.stood_ns) == (NOW, NOW)
    driver = replace(ENGAGED, pressed_since_ns=NOW + 1)
    state, _ = decide(state, driver=driver, speed=0.0, now_ns=NOW + S // 50)
    assert state == GateState(2, steering=0.1)


@pytest.mark.parametrize("free,own", [(20.0, 0.0), (14.0, 0.0), (14.0, 3.0), (3.0, 0.0)])
def test_a_blind_stop_asks_for_what_the_free_space_needs(free, own):
    _, got = decide(PASSED, can_judge=False, free=free, own_deceleration=own)
    gap = free - PARAMS.fallback.margin
    needed = demand(
        Approach(gap, 10.0, own, 0.0, 0.0), PARAMS.brake.model(), PARAMS.brake.deceleration
    )
    assert got.brake_deceleration == max(needed, PARAMS.fallback.comfort)


@pytest.mark.parametrize(
    "reason,source",
    [
        (StageReason.MISACCELERATION, Source.AEB),
        (StageReason.COLLISION_AHEAD, Source.DRIVER),
    ],
)
def test_whose_a_torque_cut_is(reason, source):
    _, got = decide(driver=Driver(seen=True), stages=StageState(Stage.PREFILL, reason))
    assert got == Command(1, source, torque_cut=True)


def test_a_weak_brake_stays_weak():
    """Braking that ends asks for half a metre per second squared, and no more is applied."""
    stages = StageState(Stage.FULL, demand=0.5)
    _, got = decide(driver=Driver(seen=True), stages=stages)
    assert (got.source, got.brake_deceleration, got.acceleration) == (Source.AEB, 0.5, -0.5)


def test_own_fault_field_by_field():
    last = Command(5, Source.PLANNER, True, 1.0, lateral_active=True, steering_tyre_angle=0.2)
    assert after_fault(last, PARAMS) == Command(
        6, Source.FALLBACK, True, -2.0, 2.0, True, lateral_active=True, steering_tyre_angle=0.2,
        takeover_request=True,
    )  # fmt: skip
    assert after_fault(Command(5), PARAMS) == Command(6)

# SPDX-License-Identifier: Apache-2.0
"""The gate: who drives, which brake wins, and how a fault ends in a stop."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aeb_makers import NOW, S
from hypothesis import given
from hypothesis import strategies as st

from bulwark_aeb.attention import Recall
from bulwark_aeb.driver import Driver
from bulwark_aeb.gate import (
    COUNTER_RANGE,
    Command,
    GateState,
    Source,
    Traffic,
    after_fault,
    arbitrate,
)
from bulwark_aeb.inputs import PlannedCommand
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import Stage, StageState

PARAMS = AebParams()
ENGAGED = Driver(seen=True, engaged=True)
PLANNED = PlannedCommand(1, acceleration=1.0, steering_tyre_angle=0.1)
CALM = Traffic(NOW, ENGAGED, PLANNED, StageState(), True, 10.0, 0.0, 60.0)
BRAKING = StageState(Stage.FULL, demand=6.0)
PASSED = GateState(passed=True, steering=0.1)


def command(state=GateState(), **values) -> Command:  # noqa: B008
    return arbitrate(state, replace(CALM, **values), PARAMS)[1]


def test_a_driver_who_drives_is_left_alone():
    assert command(driver=Driver(seen=True)) == Command(alive_counter=1)
    assert command(driver=Driver(seen=True), can_judge=False) == Command(alive_counter=1)


def test_the_planners_command_passes_as_it_is():
    planned = PlannedCommand(7, True, -1.0, 0.5, True, True, True, 0.2, True, True)
    assert command(planned=planned) == Command(
        1, Source.PLANNER, True, -1.0, 0.5, True, True, True, 0.2, True, True
    )
    idle = PlannedCommand(7, False, lateral_active=False)
    assert command(planned=idle) == Command(1, Source.PLANNER)


def test_the_counter_always_counts_and_wraps():
    state, first = arbitrate(GateState(counter=COUNTER_RANGE - 2), CALM, PARAMS)
    _, second = arbitrate(state, CALM, PARAMS)
    assert (first.alive_counter, second.alive_counter) == (COUNTER_RANGE - 1, 0)


def test_emergency_braking_with_the_driver_driving():
    got = command(driver=Driver(seen=True), stages=BRAKING)
    assert got.source is Source.AEB
    assert (got.brake_deceleration, got.torque_cut, got.hazard_lights) == (6.0, True, True)
    assert not got.longitudinal_active
    assert not got.lateral_active
    assert not got.standstill_hold


def test_emergency_braking_keeps_the_planners_steering():
    got = command(stages=BRAKING)
    assert (got.source, got.acceleration, got.brake_deceleration) == (Source.AEB, -6.0, 6.0)
    assert (got.lateral_active, got.steering_tyre_angle) == (True, 0.1)
    late = command(PASSED, stages=BRAKING, planned=None)
    assert (late.lateral_active, late.steering_tyre_angle) == (True, 0.1)


def test_torque_is_cut_before_braking():
    got = command(stages=StageState(Stage.PREFILL))
    assert (got.torque_cut, got.acceleration, got.brake_deceleration) == (True, 0.0, 0.0)
    assert got.source is Source.PLANNER
    braking = command(stages=StageState(Stage.PREFILL), planned=replace(PLANNED, acceleration=-2.0))
    assert braking.acceleration == -2.0
    assert command(stages=StageState(Stage.WARNING)).acceleration == 1.0


def test_hold():
    got = command(driver=Driver(seen=True), stages=StageState(Stage.HOLD, demand=3.0), speed=0.0)
    assert (got.standstill_hold, got.brake_deceleration, got.torque_cut) == (True, 3.0, True)


def test_a_stronger_brake_request_is_never_weakened():
    hard = command(planned=replace(PLANNED, acceleration=-8.0), stages=BRAKING)
    assert (hard.brake_deceleration, hard.source) == (8.0, Source.PLANNER)
    pedal = command(planned=replace(PLANNED, brake_deceleration=7.0), stages=BRAKING)
    assert (pedal.brake_deceleration, pedal.acceleration) == (7.0, -7.0)
    idle = PlannedCommand(1, longitudinal_active=False, acceleration=-8.0)
    assert command(planned=idle, stages=BRAKING).brake_deceleration == 6.0


def stopping(state=PASSED, **values) -> tuple[GateState, Command]:
    return arbitrate(state, replace(CALM, **values), PARAMS)


def test_a_silent_planner_ends_in_a_comfort_stop():
    state, got = stopping(planned=None)
    assert state.since_ns == NOW
    assert got == Command(
        1, Source.FALLBACK, True, -2.0, 2.0, True, False, True, 0.1, takeover_request=True
    )


def test_a_blind_stop_stays_within_the_space_last_seen_free():
    _, wide = stopping(can_judge=False, free=60.0)
    assert wide.brake_deceleration == 2.0
    _, tight = stopping(can_judge=False, free=16.0)
    assert 3.5 < tight.brake_deceleration < 7.0
    _, none = stopping(can_judge=False, free=5.0)
    assert none.brake_deceleration == 7.0
    _, stands = stopping(can_judge=False, free=0.0, speed=0.0)
    assert stands.brake_deceleration == 2.0


def test_a_fallback_is_no_weaker_than_the_planner_wishes():
    _, got = stopping(can_judge=False, planned=replace(PLANNED, acceleration=-5.0))
    assert got.brake_deceleration == 5.0
    _, got = stopping(can_judge=False, planned=replace(PLANNED, brake_deceleration=6.0))
    assert got.brake_deceleration == 6.0


LATCH = round(PARAMS.fallback.latch_after * S)


@pytest.mark.parametrize("fault", [{"planned": None}, {"can_judge": False}])
def test_a_fallback_that_lasted_goes_on_when_the_fault_is_gone(fault):
    state, _ = stopping(**fault)
    state, got = arbitrate(state, replace(CALM, now_ns=NOW + LATCH), PARAMS)
    assert got.source is Source.FALLBACK
    assert state.since_ns == NOW


@pytest.mark.parametrize("fault", [{"planned": None}, {"can_judge": False}])
@pytest.mark.parametrize("speed", [0.0, 10.0])
def test_a_hiccup_hands_nothing_over(fault, speed):
    state, got = stopping(**fault, speed=speed)
    assert got.source is Source.FALLBACK
    lasting = replace(CALM, now_ns=NOW + LATCH - 1, speed=speed, **fault)
    state, got = arbitrate(state, lasting, PARAMS)
    assert got.source is Source.FALLBACK
    state, got = arbitrate(state, replace(CALM, now_ns=NOW + LATCH - 1, speed=speed), PARAMS)
    assert (got.source, state.since_ns, state.stood_ns) == (Source.PLANNER, None, None)


def test_at_standstill_it_holds_until_the_driver_acts():
    state, _ = stopping(planned=None)
    state, got = arbitrate(state, replace(CALM, now_ns=NOW + S, speed=0.1), PARAMS)
    assert (got.standstill_hold, got.hazard_lights, got.takeover_request) == (True, True, True)
    assert state.stood_ns == NOW + S
    pressed = replace(ENGAGED, pressed_since_ns=NOW + S - 1)
    stands = replace(CALM, now_ns=NOW + 2 * S, speed=0.0, driver=pressed)
    state, got = arbitrate(state, stands, PARAMS)
    assert got.source is Source.FALLBACK
    assert state.stood_ns == NOW + S
    pressed = replace(ENGAGED, pressed_since_ns=NOW + S)
    state, got = arbitrate(state, replace(stands, driver=pressed), PARAMS)
    assert state.since_ns is None
    assert got.source is Source.PLANNER


def test_a_press_while_moving_does_not_end_it():
    state, _ = stopping(planned=None)
    driver = replace(ENGAGED, pressed_since_ns=NOW + S)
    pressed = replace(CALM, now_ns=NOW + LATCH, driver=driver)
    assert arbitrate(state, pressed, PARAMS)[0].since_ns == NOW


def test_a_driver_who_takes_over_ends_it():
    state, _ = stopping(planned=None)
    state, got = arbitrate(state, replace(CALM, driver=Driver(seen=True)), PARAMS)
    assert state == GateState(counter=state.counter)
    assert got.source is Source.DRIVER


def test_before_the_planner_first_drove_nothing_is_latched():
    state, got = stopping(GateState(), planned=None, speed=0.0)
    assert state.since_ns is None
    assert (got.source, got.standstill_hold) == (Source.FALLBACK, True)
    assert not got.takeover_request
    assert not got.hazard_lights
    assert not got.lateral_active
    assert arbitrate(state, CALM, PARAMS)[1].source is Source.PLANNER
    _, rolling = stopping(GateState(), planned=None, speed=3.0)
    assert rolling.takeover_request
    assert not rolling.standstill_hold


def test_own_fault_never_lets_go():
    driving = after_fault(Command(5), PARAMS)
    assert driving == Command(6)
    braking = after_fault(Command(5, Source.AEB, brake_deceleration=6.0), PARAMS)
    assert (braking.source, braking.brake_deceleration) == (Source.FALLBACK, 6.0)
    planned = after_fault(Command(COUNTER_RANGE - 1, Source.PLANNER, True, 1.0), PARAMS)
    assert (planned.acceleration, planned.takeover_request, planned.alive_counter) == (
        -2.0,
        True,
        0,
    )
    assert after_fault(replace(planned, acceleration=-4.0), PARAMS).brake_deceleration == 4.0


commands = st.builds(
    PlannedCommand,
    alive_counter=st.just(1),
    longitudinal_active=st.just(True),
    acceleration=st.floats(-9.0, 4.0),
    brake_deceleration=st.floats(0.0, 10.0),
)


@given(
    st.one_of(st.none(), commands), st.sampled_from(Stage), st.floats(0.1, 10.0), st.booleans(),
    st.booleans(), st.booleans(), st.floats(0.0, 40.0), st.floats(-5.0, 80.0),
)  # fmt: skip
def test_no_brake_is_ever_weakened(planned, stage, demand, engaged, can_judge, passed, speed, free):
    stages = StageState(stage, demand=demand if stage >= Stage.PARTIAL else 0.0)
    driver = Driver(seen=True, engaged=engaged)
    traffic = Traffic(NOW, driver, planned, stages, can_judge, speed, 0.0, free)
    state = GateState(passed=passed, steering=0.1 if passed else None)
    _, got = arbitrate(state, traffic, PARAMS)
    applied = max(got.brake_deceleration, -got.acceleration if got.longitudinal_active else 0.0)
    assert applied >= stages.demand
    if engaged and planned is not None:
        assert applied >= planned.brake_deceleration
        assert applied >= -planned.acceleration
    if stages.demand > 0.0:
        assert got.torque_cut
    if engaged and (planned is None or not can_judge):
        assert applied >= 2.0
    if not engaged:
        assert not got.lateral_active
        assert not got.longitudinal_active


@pytest.mark.parametrize("stage", [Stage.PARTIAL, Stage.FULL, Stage.HOLD])
def test_braking_never_accelerates(stage):
    got = command(stages=StageState(stage, demand=4.0), planned=replace(PLANNED, acceleration=3.0))
    assert got.acceleration == -4.0


@pytest.mark.parametrize("speed,stands", [(0.16, False), (0.15, True), (0.0, True)])
def test_a_stop_for_an_inattentive_driver_is_kept_once_it_stands(speed, stands):
    state, _ = arbitrate(PASSED, replace(CALM, recall=Recall.STOP), PARAMS)
    assert (state.stopping, state.since_ns) == (True, None)
    state, got = arbitrate(state, replace(CALM, recall=Recall.NONE, speed=speed), PARAMS)
    assert state.since_ns == (NOW if stands else None)
    assert got.standstill_hold is stands
    assert got.source is (Source.FALLBACK if stands else Source.PLANNER)

# SPDX-License-Identifier: Apache-2.0
"""The stages as whole states: what is remembered, forgotten and dated, at each limit itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from aeb_makers import NOW, S, make_threat

from bulwark_aeb.braking import Approach, demand
from bulwark_aeb.confirm import Confirmation
from bulwark_aeb.driver import Driver
from bulwark_aeb.inputs import Gear
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import (
    Situation,
    Stage,
    StageReason,
    StageState,
    credited_deceleration,
    step,
)

PARAMS = AebParams()
BRAKE, LIMITS = PARAMS.brake, PARAMS.stage
DRIVER = Driver(seen=True, gear=Gear.DRIVE, tyre_angle=0.01)
THREAT = make_threat(14.0)
MARGIN = 0.6


def at(time: float, *threats, speed=10.0, **values) -> Situation:
    now = Situation(
        NOW + round(time * S), speed, 0.02 * speed, threats, frozenset(t.key for t in threats),
        True, DRIVER, 0.0, MARGIN,
    )  # fmt: skip
    return replace(now, **values)


def needed(threat, own=0.0, speed=10.0) -> float:
    approach = Approach(
        threat.gap - MARGIN, speed, own, threat.lead_speed, threat.lead_deceleration
    )
    return demand(approach, BRAKE.model(), BRAKE.strongest_demand)


WARNED = StageState(
    Stage.WARNING, StageReason.COLLISION_AHEAD, target=make_threat(latest_brake_time=0.8),
    now_ns=NOW, warned_ns=NOW, entry_ns=NOW, target_seen_ns=NOW, tyre_angle=0.01,
)  # fmt: skip
FULL = StageState(
    Stage.FULL, StageReason.LATEST_BRAKE_TIME, 6.0, THREAT, NOW, NOW - S, NOW - S // 2, None,
    NOW - S // 50, 12.0, 0.01,
)  # fmt: skip


def test_from_nothing_to_a_warning():
    assert step(StageState(), at(0.0, WARNED.target), PARAMS) == WARNED


def test_a_warning_that_is_not_due_yet_remembers_the_target_only():
    far = make_threat(latest_brake_time=3.0)
    assert step(StageState(), at(0.1, far), PARAMS) == StageState(
        target=far, now_ns=NOW + S // 10, target_seen_ns=NOW + S // 10
    )


def test_from_a_warning_to_readied_brakes():
    near = make_threat(latest_brake_time=0.1)
    assert step(WARNED, at(0.1, near), PARAMS) == replace(
        WARNED, stage=Stage.PREFILL, target=near, now_ns=NOW + S // 10, entry_ns=NOW + S // 10,
        target_seen_ns=NOW + S // 10,
    )  # fmt: skip


def test_from_a_warning_to_full_braking():
    turned = replace(DRIVER, tyre_angle=0.02)
    state = step(WARNED, at(0.2, THREAT, driver=turned, own_deceleration=1.0), PARAMS)
    later = NOW + S // 5
    assert state == replace(
        WARNED, stage=Stage.FULL, reason=StageReason.LATEST_BRAKE_TIME, target=THREAT,
        demand=max(needed(THREAT, 1.0), BRAKE.emergency_demand), now_ns=later, entry_ns=later,
        target_seen_ns=later, entry_speed=10.0,
    )  # fmt: skip


def test_from_full_braking_to_the_hold():
    state = step(replace(FULL, clear_ns=NOW), at(0.1, THREAT, speed=LIMITS.standstill), PARAMS)
    later = NOW + S // 10
    assert state == replace(
        FULL, stage=Stage.HOLD, reason=StageReason.STANDSTILL, demand=BRAKE.hold_demand,
        now_ns=later, entry_ns=later, clear_ns=None, gear=Gear.DRIVE,
    )  # fmt: skip


@pytest.mark.parametrize("values", [{"is_judged": False}, {"speed": LIMITS.standstill}])
def test_without_sight_or_motion_the_warning_is_forgotten(values):
    state = step(WARNED, at(0.1, WARNED.target, **values), PARAMS)
    assert (state.stage, state.reason) == (Stage.NONE, StageReason.NONE)
    assert (state.target, state.warned_ns) == (None, None)


def test_with_nothing_left_a_cap_is_forgotten():
    capped = StageState(capped=THREAT.key, target=THREAT)
    assert step(capped, at(0.0), PARAMS) == StageState(now_ns=NOW)


@pytest.mark.parametrize("speed,stage", [(2.7777, Stage.NONE), (2.7778, Stage.WARNING)])
def test_the_lowest_speed_warned_at(speed, stage):
    assert step(StageState(), at(0.0, WARNED.target, speed=speed), PARAMS).stage is stage


@pytest.mark.parametrize(
    "values,overrides",
    [
        ({"full_since_ns": NOW - 1}, False),
        ({"full_since_ns": NOW}, True),
        ({"full_since_ns": NOW, "misplaced": True}, False),
        ({"insists": True}, True),
    ],
)
def test_who_overrides_readied_brakes(values, overrides):
    readied = replace(WARNED, stage=Stage.PREFILL)
    now = at(0.1, THREAT, driver=replace(DRIVER, **values))
    state = step(readied, now, PARAMS)
    assert state.stage is (Stage.WARNING if overrides else Stage.FULL)
    assert (state.reason is StageReason.DRIVER_OVERRIDE) is overrides
    assert state.warned_ns == NOW


def test_unavoidable_is_what_the_brake_cannot_do_from_now():
    seen = set()
    for gap in np.arange(6.0, 14.0, 0.05):
        threat = make_threat(float(gap))
        state = step(StageState(), at(0.0, threat, own_deceleration=3.0), PARAMS)
        late = needed(threat) > BRAKE.deceleration + 1.0
        assert state.reason is (StageReason.UNAVOIDABLE if late else StageReason.LATEST_BRAKE_TIME)
        seen.add(late)
    assert seen == {True, False}


def test_a_reason_lasts_as_long_as_its_stage():
    state = step(replace(FULL, reason=StageReason.UNAVOIDABLE), at(0.1, THREAT), PARAMS)
    assert (state.reason, state.target_seen_ns) == (StageReason.UNAVOIDABLE, NOW + S // 10)
    partial = replace(FULL, stage=Stage.PARTIAL, reason=StageReason.UNAVOIDABLE)
    state = step(partial, at(0.1, THREAT), PARAMS)
    assert (state.stage, state.reason) == (Stage.FULL, StageReason.LATEST_BRAKE_TIME)


@pytest.mark.parametrize("unseen,gap,kept", [
    (S // 2, 14.0, True), (S // 2 + 1000, 14.0, False), (S, 2.0, True), (S, 2.001, False),
])  # fmt: skip
def test_how_long_a_vanished_target_is_kept(unseen, gap, kept):
    before = replace(
        FULL, target=make_threat(gap), target_seen_ns=NOW + S // 50 - unseen, clear_ns=NOW - S // 10
    )
    state = step(before, at(0.02), PARAMS)
    assert (state.clear_ns is None) is kept


def test_a_vanished_target_moves_on():
    target = make_threat(14.0, lead_speed=2.0)
    state = step(replace(FULL, target=target), at(0.02), PARAMS)
    assert state.target.gap == pytest.approx(14.0 - 0.2 + 2.0 * 0.02)


@pytest.mark.parametrize("target,least", [(None, 6.0), (THREAT, 5.0)])
def test_blind_it_carries_on(target, least):
    before = replace(FULL, target=target, clear_ns=NOW - S // 10)
    state = step(before, at(0.02, is_judged=False), PARAMS)
    assert (state.stage, state.reason) == (Stage.FULL, StageReason.CONTINUED)
    assert state.clear_ns is None
    assert state.demand >= least
    weak = step(replace(before, target=None, demand=0.5), at(0.02, is_judged=False), PARAMS)
    assert weak.demand == BRAKE.emergency_demand


def test_what_is_over_is_forgotten():
    before = replace(FULL, clear_ns=NOW - S, target_seen_ns=NOW - S)
    state = step(before, at(0.0, travelled=0.0), PARAMS)
    assert (state.stage, state.reason, state.target) == (Stage.NONE, StageReason.RELEASED, None)


@pytest.mark.parametrize("speed,stage", [(7.5, Stage.PARTIAL), (7.49, Stage.NONE)])
def test_the_speed_that_doubt_may_cost(speed, stage):
    params = replace(PARAMS, stage=replace(LIMITS, speed_loss=2.5))
    doubtful = make_threat(14.0, confirmation=Confirmation.PROVISIONAL)
    before = replace(FULL, stage=Stage.PARTIAL, target=doubtful, entry_speed=10.0)
    assert step(before, at(0.1, doubtful, speed=speed), params).stage is stage


HELD = replace(FULL, stage=Stage.HOLD, reason=StageReason.STANDSTILL, demand=0.0, gear=Gear.DRIVE)


def test_a_hold_keeps_its_brake_and_its_gear():
    unknown = replace(DRIVER, gear=Gear.UNKNOWN)
    state = step(HELD, at(0.1, speed=0.0, driver=unknown), PARAMS)
    assert state == replace(HELD, demand=BRAKE.hold_demand, now_ns=NOW + S // 10)
    shifted = step(state, at(0.2, speed=0.0, driver=replace(DRIVER, gear=Gear.REVERSE)), PARAMS)
    assert (shifted.stage, shifted.target, shifted.insisted) == (Stage.NONE, None, True)


@pytest.mark.parametrize(
    "speed,gap,insists",
    [
        (LIMITS.warning_from, 2.0, True),
        (LIMITS.warning_from + 1e-6, 2.0, False),
        (1.0, 2.001, False),
        (LIMITS.standstill, 50.0, True),
        (LIMITS.standstill + 1e-6, 50.0, False),
    ],
)
def test_how_long_somebody_insists(speed, gap, insists):
    calm = make_threat(gap, latest_brake_time=9.0)
    state = step(StageState(insisted=True), at(0.0, calm, speed=speed), PARAMS)
    assert state.insisted is insists


@pytest.mark.parametrize(
    "measured,credited", [(0.5, 0.9 * 0.2), (1.0, 0.9 * 0.7), (0.0, 0.0), (-1.0, -0.7)]
)
def test_credit_by_hand(measured, credited):
    assert credited_deceleration(measured, PARAMS) == pytest.approx(credited)

# SPDX-License-Identifier: Apache-2.0
"""The stages: entry, hysteresis, caps, hold, release, override."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from aeb_makers import NOW, S, make_threat
from hypothesis import given
from hypothesis import strategies as st

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
    stop_margin,
)

PARAMS = AebParams()
DRIVER = Driver(seen=True, gear=Gear.DRIVE, tyre_angle=0.0)
PROVISIONAL = Confirmation.PROVISIONAL


def situation(*threats, at=0.0, speed=10.0, **values) -> Situation:
    now = Situation(
        NOW + round(at * S), speed, 0.02 * speed, threats, frozenset(t.key for t in threats),
        True, DRIVER, 0.0, 0.6,
    )  # fmt: skip
    return replace(now, **values)


def stage_for(left: float, state: StageState = StageState(), **values) -> Stage:  # noqa: B008
    speed = values.pop("speed", 10.0)
    threat = make_threat(latest_brake_time=left, **values)
    return step(state, situation(threat, speed=speed), PARAMS).stage


FULL = step(StageState(), situation(make_threat(14.0)), PARAMS)
WARNED = step(StageState(), situation(make_threat(latest_brake_time=0.8)), PARAMS)


@pytest.mark.parametrize(
    "left,stage",
    [
        (-1.0, Stage.FULL),
        (0.0, Stage.FULL),
        (0.001, Stage.PREFILL),
        (0.2, Stage.PREFILL),
        (0.201, Stage.WARNING),
        (0.9, Stage.WARNING),
        (0.901, Stage.NONE),
        (math.inf, Stage.NONE),
    ],
)
def test_the_time_left_asks_for_a_stage(left, stage):
    assert stage_for(left) is stage


def test_no_early_warning_at_low_speed():
    assert stage_for(0.8, speed=2.77) is Stage.NONE
    assert stage_for(0.8, speed=2.78) is Stage.WARNING
    assert stage_for(0.0, speed=1.0) is Stage.FULL


def test_unsure_targets_get_no_warning_and_partial_braking():
    assert stage_for(0.8, confirmation=PROVISIONAL) is Stage.NONE
    assert stage_for(0.0, confirmation=PROVISIONAL) is Stage.PARTIAL
    assert stage_for(0.0, confirmation=Confirmation.NONE) is Stage.NONE


def test_an_inattentive_driver_is_warned_earlier():
    away = replace(DRIVER, is_inattentive=True)
    threat = make_threat(latest_brake_time=1.3)
    assert step(StageState(), situation(threat, driver=away), PARAMS).stage is Stage.WARNING
    assert step(StageState(), situation(threat), PARAMS).stage is Stage.NONE


@pytest.mark.parametrize("values", [{"aside": 1.0}, {"is_behind": True}])
def test_what_is_steered_round_with_ease_is_no_warning_yet_but_braked_for(values):
    assert stage_for(0.5, ttc=1.5, **values) is Stage.NONE
    assert stage_for(0.1, ttc=1.0, **values) is Stage.NONE
    assert stage_for(0.0, ttc=1.0, **values) is Stage.FULL


def test_it_is_one_when_comfortable_steering_comes_too_late_or_nobody_looks():
    assert stage_for(0.5, ttc=0.8, aside=1.0) is Stage.WARNING
    away = replace(DRIVER, is_inattentive=True)
    threat = make_threat(latest_brake_time=0.5, ttc=1.5, aside=1.0)
    assert step(StageState(), situation(threat, driver=away), PARAMS).stage is Stage.WARNING


def test_what_can_wait_hides_no_vehicle_behind_it():
    cone = make_threat(latest_brake_time=0.3, ttc=1.5, aside=0.5, key=("lidar", 2))
    car = make_threat(latest_brake_time=0.6, ttc=1.8)
    after = step(StageState(), situation(cone, car), PARAMS)
    assert (after.stage, after.target) == (Stage.WARNING, car)
    alone = step(StageState(), situation(cone), PARAMS)
    assert (alone.stage, alone.target) == (Stage.NONE, cone)


def test_a_warning_has_hysteresis_and_keeps_its_beginning():
    assert WARNED.stage is Stage.WARNING
    assert WARNED.reason is StageReason.COLLISION_AHEAD
    later = situation(make_threat(latest_brake_time=1.2), at=0.1)
    kept = step(WARNED, later, PARAMS)
    assert (kept.stage, kept.warned_ns) == (Stage.WARNING, NOW)
    over = step(kept, situation(make_threat(latest_brake_time=1.21), at=0.2), PARAMS)
    assert (over.stage, over.warned_ns) == (Stage.NONE, None)


def test_no_threat_no_stage():
    after = step(WARNED, situation(), PARAMS)
    assert (after.stage, after.reason, after.target) == (Stage.NONE, StageReason.NONE, None)


def test_nothing_begins_on_old_data_or_at_standstill():
    threat = make_threat()
    assert step(StageState(), situation(threat, is_judged=False), PARAMS).stage is Stage.NONE
    assert step(WARNED, situation(threat, is_judged=False), PARAMS).stage is Stage.NONE
    assert step(StageState(), situation(threat, speed=0.15), PARAMS).stage is Stage.NONE


def test_full_braking_asks_for_what_the_target_needs():
    assert FULL.stage is Stage.FULL
    assert FULL.reason is StageReason.LATEST_BRAKE_TIME
    assert FULL.entry_speed == 10.0
    assert 5.0 <= FULL.demand <= 7.0
    late = step(StageState(), situation(make_threat(7.0)), PARAMS)
    assert late.reason is StageReason.UNAVOIDABLE
    assert late.demand == 10.0
    early = step(StageState(), situation(make_threat(40.0)), PARAMS)
    assert early.demand == 5.0


def test_partial_braking_is_upgraded_when_sure():
    partial = step(StageState(), situation(make_threat(14.0, confirmation=PROVISIONAL)), PARAMS)
    assert (partial.stage, partial.demand) == (Stage.PARTIAL, 4.0)
    still = step(partial, situation(make_threat(13.0, confirmation=PROVISIONAL), at=0.1), PARAMS)
    assert still.stage is Stage.PARTIAL
    sure = step(still, situation(make_threat(12.0), at=0.2), PARAMS)
    assert sure.stage is Stage.FULL
    assert sure.demand >= 5.0
    assert sure.entry_speed == 10.0


def test_full_braking_is_not_downgraded_by_doubt():
    doubt = situation(make_threat(13.0, confirmation=PROVISIONAL), at=0.1)
    assert step(FULL, doubt, PARAMS).stage is Stage.FULL


def test_an_unconfirmed_target_costs_only_so_much_speed():
    threat = make_threat(14.0, confirmation=PROVISIONAL)
    partial = step(StageState(), situation(threat), PARAMS)
    assert step(partial, situation(threat, at=0.5, speed=7.3), PARAMS).stage is Stage.PARTIAL
    capped = step(partial, situation(threat, at=0.5, speed=7.1), PARAMS)
    assert (capped.stage, capped.reason) == (Stage.NONE, StageReason.RELEASED)
    again = step(capped, situation(threat, at=0.6, speed=7.1), PARAMS)
    assert again.stage is Stage.NONE
    sure = step(again, situation(make_threat(8.0), at=0.7, speed=7.1), PARAMS)
    assert sure.stage is Stage.FULL
    other = make_threat(14.0, key=("lidar", 9), confirmation=PROVISIONAL)
    assert step(again, situation(other, at=0.7, speed=7.1), PARAMS).stage is Stage.PARTIAL


def test_danger_over_is_released_with_hysteresis():
    gone = make_threat(14.0, ttc=3.01, closing_speed=1.0, required_deceleration=0.99)
    clear = step(FULL, situation(gone, at=0.1), PARAMS)
    assert (clear.stage, clear.demand) == (Stage.FULL, 0.5)
    for values in ({"ttc": 3.0}, {"required_deceleration": 1.0}, {"gap": 2.0}):
        back = step(clear, situation(replace(gone, **values), at=0.2), PARAMS)
        assert back.clear_ns is None
        assert back.demand >= 5.0
    opening = replace(gone, gap=2.0, closing_speed=0.0)
    assert step(clear, situation(opening, at=0.2), PARAMS).clear_ns is not None
    almost = step(clear, situation(gone, at=0.39), PARAMS)
    assert almost.stage is Stage.FULL
    over = step(clear, situation(gone, at=0.4), PARAMS)
    assert (over.stage, over.reason, over.demand) == (Stage.NONE, StageReason.RELEASED, 0.0)


def test_the_target_that_needs_most_is_braked_for():
    mild = make_threat(30.0, key=("lidar", 2), required_deceleration=2.0, ttc=2.9)
    hard = make_threat(10.0, required_deceleration=6.0)
    after = step(FULL, situation(mild, hard, at=0.1), PARAMS)
    assert after.target == hard


def test_a_vanished_target_is_kept_for_a_moment():
    ghost = step(FULL, situation(at=0.3), PARAMS)
    assert ghost.target is not None
    assert ghost.target.gap == pytest.approx(14.0 - 0.2)
    assert ghost.demand >= 5.0
    assert ghost.clear_ns is None
    lost = step(FULL, situation(at=0.51), PARAMS)
    assert lost.clear_ns is not None


def test_a_target_that_may_have_been_refused_is_kept_as_long_as_that_goes_on():
    state = step(FULL, situation(at=0.3, is_doubted=True), PARAMS)
    state = step(state, situation(at=0.9, is_doubted=True), PARAMS)
    assert state.stage is Stage.FULL
    assert state.clear_ns is None
    trusted = step(state, situation(at=0.95), PARAMS)
    assert trusted.clear_ns is not None


def test_a_target_seen_elsewhere_is_no_ghost():
    seen = situation(at=0.1, seen=frozenset({("lidar", 1)}))
    assert step(FULL, seen, PARAMS).clear_ns is not None


def test_a_target_that_vanishes_under_the_bumper_is_kept_to_standstill():
    near = replace(FULL, target=make_threat(1.0), now_ns=NOW + 2 * S)
    after = step(near, situation(at=2.02, speed=2.0), PARAMS)
    assert after.stage is Stage.FULL
    assert after.clear_ns is None
    no_target = step(replace(FULL, target=None), situation(at=0.1), PARAMS)
    assert no_target.clear_ns is not None


def test_an_intervention_goes_on_without_data():
    blind = step(FULL, situation(at=0.02, is_judged=False), PARAMS)
    assert (blind.stage, blind.reason) == (Stage.FULL, StageReason.CONTINUED)
    assert blind.target.gap == pytest.approx(13.8)
    assert blind.demand >= FULL.demand - 0.5
    lost = step(replace(FULL, target=None, demand=6.0), situation(is_judged=False), PARAMS)
    assert lost.demand == 6.0
    assert lost.reason is StageReason.CONTINUED


def test_standstill_is_held():
    held = step(FULL, situation(make_threat(0.6), at=2.0, speed=0.1), PARAMS)
    assert (held.stage, held.reason) == (Stage.HOLD, StageReason.STANDSTILL)
    assert (held.demand, held.gear) == (3.0, Gear.DRIVE)
    kept = step(held, situation(at=60.0, speed=0.0), PARAMS)
    assert (kept.stage, kept.demand) == (Stage.HOLD, 3.0)


HELD = step(FULL, situation(make_threat(0.6), at=2.0, speed=0.1), PARAMS)


@pytest.mark.parametrize(
    "values,held",
    [
        ({"pressed_since_ns": NOW + 3 * S}, False),
        ({"pressed_since_ns": NOW + 2 * S}, False),
        ({"pressed_since_ns": NOW + 1 * S}, True),  # pressed all along: not a decision
        ({"gear": Gear.REVERSE}, False),
        ({"gear": Gear.UNKNOWN}, True),
        ({"seen": False, "unseen_since_ns": NOW}, True),
    ],
)
def test_the_driver_ends_the_hold(values, held):
    now = situation(at=4.0, speed=0.0, driver=replace(DRIVER, **values))
    after = step(HELD, now, PARAMS)
    assert (after.stage is Stage.HOLD) is held
    if not held:
        assert after.reason is StageReason.RELEASED
        assert after.insisted


def test_the_hold_cannot_wedge_without_a_driver_to_be_seen():
    unseen = Driver(unseen_since_ns=NOW)
    assert step(HELD, situation(at=4.99, speed=0.0, driver=unseen), PARAMS).stage is Stage.HOLD
    released = step(HELD, situation(at=5.0, speed=0.0, driver=unseen), PARAMS)
    assert released.stage is Stage.NONE
    assert not released.insisted


def test_the_gear_is_learnt_during_the_hold():
    unknown = replace(HELD, gear=Gear.UNKNOWN)
    after = step(unknown, situation(at=3.0, speed=0.0), PARAMS)
    assert (after.stage, after.gear) == (Stage.HOLD, Gear.DRIVE)


def test_a_held_car_that_drives_on_is_not_obeying():
    assert step(HELD, situation(at=3.0, speed=0.8), PARAMS).stage is Stage.HOLD
    assert step(HELD, situation(at=3.0, speed=0.81), PARAMS).stage is Stage.NONE


def test_who_goes_on_may_come_closer():
    insisting = StageState(insisted=True)
    assert stop_margin(insisting, 1.0, PARAMS) == 0.15
    assert stop_margin(StageState(), 10.0, PARAMS) == pytest.approx(0.7)
    far = make_threat(3.0, latest_brake_time=5.0)
    near = make_threat(2.0, latest_brake_time=5.0)
    assert step(insisting, situation(near, speed=1.0), PARAMS).insisted
    assert not step(insisting, situation(far, speed=1.0), PARAMS).insisted
    assert step(insisting, situation(far, speed=0.1), PARAMS).insisted
    assert not step(insisting, situation(near, speed=3.0), PARAMS).insisted


def full_pedal(since: float) -> Driver:
    return replace(DRIVER, full_since_ns=NOW + round(since * S))


def test_full_accelerator_after_the_warning_overrides():
    threat = make_threat(14.0)
    for state in (WARNED, FULL):
        now = situation(threat, at=0.5, driver=full_pedal(0.4))
        after = step(state, now, PARAMS)
        assert (after.stage, after.reason) == (Stage.WARNING, StageReason.DRIVER_OVERRIDE)
        assert after.demand == 0.0


def test_an_accelerator_pressed_before_the_warning_does_not_override():
    now = situation(make_threat(14.0), at=0.5, driver=full_pedal(-0.1))
    assert step(WARNED, now, PARAMS).stage is Stage.FULL
    assert step(StageState(), now, PARAMS).stage is Stage.FULL
    sudden = situation(make_threat(14.0), at=0.5, driver=full_pedal(0.5))
    assert step(StageState(), sudden, PARAMS).stage is Stage.FULL


def test_the_override_ends_with_the_pedal_and_braking_is_armed_again():
    over = step(WARNED, situation(make_threat(), at=0.5, driver=full_pedal(0.4)), PARAMS)
    again = step(over, situation(make_threat(), at=0.6), PARAMS)
    assert again.stage is Stage.FULL


def test_a_decided_turn_of_the_wheel_overrides():
    turning = replace(DRIVER, tyre_angle=0.1)
    assert step(FULL, situation(make_threat(), driver=turning), PARAMS).stage is Stage.WARNING
    assert step(WARNED, situation(make_threat(), driver=turning), PARAMS).stage is Stage.WARNING


def test_an_override_leaves_the_warning_alone():
    now = situation(make_threat(latest_brake_time=0.8), at=0.5, driver=full_pedal(0.4))
    after = step(WARNED, now, PARAMS)
    assert (after.stage, after.reason) == (Stage.WARNING, StageReason.COLLISION_AHEAD)


@pytest.mark.parametrize(
    "measured,credited",
    [(0.0, 0.0), (0.3, 0.0), (1.3, 0.9), (-0.2, 0.0), (-1.3, -1.0)],
)
def test_credit_for_present_deceleration(measured, credited):
    assert credited_deceleration(measured, PARAMS) == pytest.approx(credited)


threat_lists = st.lists(
    st.builds(
        make_threat,
        gap=st.floats(0.0, 50.0),
        latest_brake_time=st.floats(-3.0, 5.0),
        ttc=st.floats(0.0, 10.0),
        confirmation=st.sampled_from(Confirmation),
        required_deceleration=st.floats(0.0, 20.0),
    ),
    max_size=3,
)
drivers = st.builds(
    Driver,
    seen=st.booleans(),
    engaged=st.booleans(),
    gear=st.sampled_from(Gear),
    tyre_angle=st.sampled_from([0.0, 0.1, math.nan]),
    pressed_since_ns=st.sampled_from([None, NOW, NOW + 5 * S]),
    full_since_ns=st.sampled_from([None, NOW, NOW + 5 * S]),
)


@given(st.lists(st.tuples(threat_lists, st.floats(0.0, 20.0), st.booleans(), drivers), max_size=20))
def test_whatever_happens_demands_stay_within_limits(moments):
    state = StageState()
    for index, (threats, speed, judged, driver) in enumerate(moments):
        now = situation(*threats, at=0.1 * index, speed=speed, is_judged=judged, driver=driver)
        before, state = state, step(state, now, PARAMS)
        assert (state.demand > 0.0) == (state.stage >= Stage.PARTIAL)
        assert state.demand <= 10.0
        if not judged and not before.stage.brakes:
            assert state.stage in (Stage.NONE, before.stage)
        if state.stage is Stage.NONE:
            assert state.warned_ns is None

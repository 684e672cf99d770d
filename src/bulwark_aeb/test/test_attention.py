# SPDX-License-Identifier: Apache-2.0
"""Calling an inattentive driver back while assistance is engaged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aeb_makers import ENGAGED, NOW, STATUS, S, healthy, make_object
from hypothesis import given
from hypothesis import strategies as st

from bulwark_aeb.attention import Inattention, Recall, follow, jerk
from bulwark_aeb.core import AebCore
from bulwark_aeb.driver import Driver
from bulwark_aeb.gate import Source
from bulwark_aeb.inputs import Attention
from bulwark_aeb.messages import make_state
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import Stage, StageReason
from bulwark_core.component import Now

PARAMS = AebParams()
TIMES = PARAMS.attention
AWAY = Driver(seen=True, engaged=True, is_away=True)
TICK = S // 50


def after(lost: float, step: float = 0.0, driver: Driver = AWAY, quiet: bool = True) -> Inattention:
    return follow(Inattention(lost), driver, quiet, step, TIMES)


@pytest.mark.parametrize(
    "lost,recall",
    [(0.0, Recall.NONE), (4.99, Recall.NONE), (5.0, Recall.VISUAL), (7.99, Recall.VISUAL),
     (8.0, Recall.ACOUSTIC), (10.99, Recall.ACOUSTIC), (11.0, Recall.BRAKE_JERK),
     (14.99, Recall.BRAKE_JERK), (15.0, Recall.STOP), (1e6, Recall.STOP)],
)  # fmt: skip
def test_escalation(lost, recall):
    assert after(lost).recall is recall


@pytest.mark.parametrize(
    "lost,felt", [(10.99, False), (11.0, True), (11.29, True), (11.31, False), (15.0, False)]
)
def test_the_jerk_is_short(lost, felt):
    assert jerk(after(lost), TIMES) == (TIMES.jerk_deceleration if felt else 0.0)


@pytest.mark.parametrize(
    "driver",
    [replace(AWAY, is_away=False), replace(AWAY, engaged=False), Driver(), Driver(engaged=True)],
)
def test_attention_or_driving_oneself_starts_anew(driver):
    assert after(14.0, 0.02, driver) == Inattention()


def test_during_an_intervention_nobody_is_called_and_time_stands():
    assert after(14.0, 5.0, quiet=False) == Inattention(14.0, Recall.NONE)
    assert after(14.0, 1.0).recall is Recall.STOP


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60))
def test_it_never_escalates_faster_than_its_times(moments):
    state, away = Inattention(), 0.0
    for is_away, quiet in moments:
        state = follow(state, replace(AWAY, is_away=is_away), quiet, 0.5, TIMES)
        away = away + 0.5 if is_away else 0.0
        assert state.lost <= away
        assert state.recall is Recall.NONE or state.lost >= TIMES.visual
        assert quiet or state.recall is Recall.NONE


# Through the core: assistance engaged, 10 m/s.


class Trip:
    """A core that drives with the planner; 50 decisions a second."""

    def __init__(self, **values):
        self.core, self.k, self.speed = AebCore(PARAMS), 0, 10.0
        self.objects = ()
        self.status = replace(ENGAGED, **values)

    def go(self, time: float):
        for _ in range(round(time * 50)):
            self.k += 1
            now = NOW + self.k * TICK
            inputs = healthy(now, self.objects, self.speed, self.status, counter=self.k)
            decision = self.core.update(inputs, Now(now, now))
        self.inputs = inputs
        return decision


AWAYS = [
    {"eyes_on": Attention.NO, "hands_on": Attention.YES},
    {"eyes_on": Attention.UNKNOWN, "hands_on": Attention.NO},
]


@pytest.mark.parametrize("away", AWAYS)
def test_calls_then_a_comfort_stop_with_hazard_lights(away):
    trip = Trip(**away)
    assert trip.go(4.9).recall is Recall.NONE
    shown = trip.go(0.2)
    assert (shown.recall, shown.command.source) == (Recall.VISUAL, Source.PLANNER)
    assert not shown.command.takeover_request
    assert shown.stages.reason is StageReason.INATTENTION
    assert "inattentive" in shown.explanation
    assert trip.go(3.0).recall is Recall.ACOUSTIC
    felt = trip.go(3.0)
    assert felt.command.brake_deceleration == TIMES.jerk_deceleration
    assert felt.command.takeover_request
    assert trip.go(0.5).command.brake_deceleration == 0.0
    stop = trip.go(3.5)
    assert stop.recall is Recall.STOP
    command = stop.command
    assert (command.source, command.brake_deceleration) == (Source.FALLBACK, 2.0)
    assert command.hazard_lights
    assert command.takeover_request
    assert command.lateral_active
    message = make_state(stop, trip.inputs, NOW)
    assert message.attention == message.ATTENTION_STOP
    assert message.stage_reason == message.STAGE_REASON_INATTENTION


def test_attention_during_the_stop_lets_the_planner_drive_on():
    trip = Trip(eyes_on=Attention.NO)
    assert trip.go(15.5).command.source is Source.FALLBACK
    trip.status = ENGAGED
    assert trip.go(0.1).command.source is Source.PLANNER


def test_once_it_stands_the_driver_must_act():
    trip = Trip(eyes_on=Attention.NO)
    trip.go(15.5)
    trip.speed = 0.0
    trip.go(0.1)
    trip.status = ENGAGED
    held = trip.go(3.0).command
    assert (held.source, held.standstill_hold, held.hazard_lights) == (Source.FALLBACK, True, True)
    trip.status = replace(ENGAGED, accelerator=0.3)
    assert trip.go(0.1).command.source is Source.PLANNER


@pytest.mark.parametrize(
    "status",
    [
        ENGAGED,
        replace(ENGAGED, eyes_on=Attention.UNKNOWN, hands_on=Attention.UNKNOWN),
        replace(STATUS, eyes_on=Attention.NO),
    ],
)
def test_who_looks_who_cannot_be_seen_and_who_drives_is_not_called(status):
    trip = Trip()
    trip.status = status
    assert trip.go(20.0).recall is Recall.NONE


def test_emergency_braking_is_not_disturbed():
    trip = Trip(eyes_on=Attention.NO)
    trip.go(10.5)
    trip.objects = (make_object(3.7 + 8.0 + 2.0),)
    braking = trip.go(1.0)
    assert braking.stages.stage is Stage.FULL
    assert braking.recall is Recall.NONE
    assert braking.command.source is Source.AEB


def test_a_planner_that_brakes_harder_than_the_jerk_keeps_its_brake():
    trip = Trip(eyes_on=Attention.NO)
    trip.go(11.1)
    planned = replace(trip.inputs.planned.value, alive_counter=10**6, brake_deceleration=4.0)
    now = NOW + (trip.k + 1) * TICK
    inputs = healthy(now, speed=10.0, status=trip.status)
    inputs = replace(inputs, planned=replace(inputs.planned, value=planned))
    command = trip.core.update(inputs, Now(now, now)).command
    assert (command.source, command.brake_deceleration) == (Source.PLANNER, 4.0)
    assert command.takeover_request


@pytest.mark.parametrize("lost,felt", [(11.0, True), (11.4375, True), (11.5, False)])
def test_the_jerk_ends_at_its_time(lost, felt):
    times = replace(TIMES, jerk_time=0.5)
    state = follow(Inattention(lost), AWAY, True, 0.0, times)
    assert (jerk(state, times) > 0.0) is felt

# SPDX-License-Identifier: Apache-2.0
"""The fault table: the reaction, within its time, before and during an intervention."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from aeb_loop import Loop, Run, car
from aeb_makers import ENGAGED, NOW, S, healthy, make_object

from bulwark_aeb.core import AebCore, Decision, faulted
from bulwark_aeb.gate import Source
from bulwark_aeb.inputs import Feed, Gear, Inputs, PlannedCommand, VehicleStatus
from bulwark_aeb.monitor import Reason, State
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import Stage, StageReason
from bulwark_core.component import Now
from bulwark_core.objects import EgoMotion, TrackedObject

WITHIN = 0.2
SCAN = 0.1


def until(moment: float):
    return lambda time: time < moment


def first(run: Run, holds) -> float:
    for time, decision in zip(run.times, run.decisions, strict=True):
        if holds(decision):
            return time
    return math.inf


def unavailable(decision: Decision) -> bool:
    return decision.health.state is State.UNAVAILABLE


def planning(time: float, count: int) -> PlannedCommand:
    return PlannedCommand(count, acceleration=0.0, steering_tyre_angle=0.05)


def engaged(time: float) -> VehicleStatus:
    return VehicleStatus(Gear.DRIVE, 0.0, 0.0, 0.0, engaged=True)


def test_lost_lidar_is_said_in_time_and_nothing_begins():
    run = Loop(15.0, [car(60.0)], lidar_works=until(1.05)).run(3.9)
    due = 1.0 + SCAN + 0.06
    assert first(run, unavailable) <= due + WITHIN
    blind = next(d for d in run.decisions if unavailable(d))
    assert blind.health.reason is Reason.LIDAR_LOST
    assert run.peak <= Stage.WARNING
    assert run.decisions[-1].command.brake_deceleration == 0.0
    assert "lidar" in blind.explanation


def test_lost_odometry_is_said_in_time_and_nothing_begins():
    run = Loop(15.0, [car(60.0)], odometry_works=until(1.0)).run(3.9)
    assert first(run, unavailable) <= 1.0 + 0.02 + WITHIN
    assert run.peak <= Stage.WARNING
    blind = next(d for d in run.decisions if unavailable(d))
    assert blind.health.reason is Reason.ODOMETRY_LOST


@pytest.mark.parametrize("lost", ["lidar_works", "odometry_works"])
def test_an_intervention_is_carried_to_standstill(lost):
    run = Loop(15.0, [car(60.0)], **{lost: until(3.4)}).run(8.0)
    assert run.first(Stage.FULL) < 3.4
    assert run.contact_speed is None
    assert any(d.stages.reason is StageReason.CONTINUED for d in run.decisions)
    assert run.stages[-1] is Stage.HOLD
    assert 0.3 <= run.stop_gap <= 3.0


@pytest.mark.parametrize("gap,least", [(80.0, 2.0), (30.0, 2.5)])
def test_blind_while_engaged_stops_within_the_space_last_seen_free(gap, least):
    run = Loop(12.0, [car(gap)], lidar_works=until(0.35), status=engaged, planned=planning).run(9.0)
    assert run.contact_speed is None
    assert run.speeds[-1] == 0.0
    stopping = [d.command for d in run.decisions if d.command.source is Source.FALLBACK]
    assert max(c.brake_deceleration for c in stopping) >= least
    last = run.decisions[-1].command
    assert (last.takeover_request, last.standstill_hold, last.hazard_lights) == (True, True, True)
    assert last.steering_tyre_angle == pytest.approx(0.05)
    assert run.stop_gap > 0.5 if math.isfinite(run.stop_gap) else True


def test_blind_with_the_driver_driving_leaves_the_driver_alone():
    run = Loop(12.0, [car(60.0)], lidar_works=until(0.35)).run(3.0)
    assert all(d.command.source is Source.DRIVER for d in run.decisions)
    assert run.decisions[-1].health.state is State.UNAVAILABLE


def test_a_silent_planner_is_stopped_for_in_time():
    def silent(time: float, count: int) -> PlannedCommand | None:
        return planning(time, count) if time < 2.0 else None

    run = Loop(8.0, [], status=engaged, planned=silent).run(8.0)
    settled = [(t, d) for t, d in zip(run.times, run.decisions, strict=True) if t > 0.5]
    stopping = [t for t, d in settled if d.command.source is Source.FALLBACK]
    assert 2.0 < stopping[0] <= 2.0 + WITHIN
    assert settled[0][1].command.source is Source.PLANNER
    assert run.speeds[-1] == 0.0
    last = run.decisions[-1]
    assert last.command.hazard_lights
    assert last.health.reason is Reason.PLANNER_LOST


def test_a_lost_camera_only_degrades():
    core = AebCore(AebParams())
    decision = core.update(healthy(camera=Feed(True, NOW - S)), Now(NOW, NOW))
    assert decision.health.state is State.DEGRADED
    assert decision.health.reasons == (Reason.CAMERA_LOST,)
    assert "geometry only" in decision.explanation


class Drive:
    """Feeds a core by hand, tick by tick, toward a standing object."""

    def __init__(self, speed: float = 10.0, x: float = 60.0) -> None:
        self.core, self.now, self.steady = AebCore(AebParams()), NOW, NOW
        self.speed, self.x, self.seen = speed, x, 0
        self.objects: tuple[TrackedObject, ...] | None = None

    def inputs(self, now: int) -> Inputs:
        self.seen += 1
        standing = make_object(self.x, id=5, measurements=self.seen, last_seen_ns=now)
        objects = (standing,) if self.objects is None else self.objects
        return replace(healthy(now, speed=self.speed), objects=Feed(objects, now))

    def tick(self, count: int = 1, inputs: Inputs | None = None) -> Decision:
        for _ in range(count):
            self.now += S // 50
            self.steady += S // 50
            self.x -= self.speed / 50.0
            given = self.inputs(self.now) if inputs is None else inputs
            decision = self.core.update(given, Now(self.now, self.steady))
        return decision


def test_it_brakes_when_fed_by_hand():
    drive = Drive(x=19.0)
    assert drive.tick(10).stages.stage is Stage.FULL


@pytest.mark.parametrize(
    "values",
    [{"vx": 1e9}, {"length": 0.0, "width": 0.0}, {"x": math.nan}, {"position_variance": math.inf}],
)
def test_hostile_objects_are_refused_by_name_and_never_braked_for(values):
    drive = Drive()
    hostile = make_object(**{"x": 8.0} | values)
    drive.objects = (hostile,)
    decision = drive.tick(10)
    assert decision.stages.stage is Stage.NONE
    assert decision.health.reasons == (Reason.LIDAR_IMPLAUSIBLE,)


def test_a_hostile_object_does_not_hide_a_real_one():
    drive = Drive(x=19.0)
    for index in range(1, 10):
        real = make_object(18.0 - 0.2 * index, id=5, measurements=10 + index)
        drive.objects = (make_object(8.0, vx=1e9, id=9), real)
        decision = drive.tick()
    assert decision.stages.stage is Stage.FULL


@pytest.mark.parametrize("speed", [100.0, -3.0])
def test_an_odometry_that_jumps_is_not_believed(speed):
    drive = Drive()
    drive.tick(5)
    drive.speed = speed
    decision = drive.tick()
    assert decision.health.state is State.UNAVAILABLE
    assert decision.health.reason is Reason.ODOMETRY_IMPLAUSIBLE


def test_a_clock_that_stops():
    drive = Drive()
    drive.tick(5)
    for _ in range(11):
        drive.steady += S // 50
        decision = drive.core.update(drive.inputs(drive.now), Now(drive.now, drive.steady))
    assert decision.health.reason is Reason.CLOCK_STOPPED
    assert decision.health.state is State.UNAVAILABLE
    assert drive.tick().health.state is State.READY


def test_a_bag_that_begins_again_clears_all_and_fires_nothing():
    drive = Drive(x=16.0)
    assert drive.tick(10).stages.stage is Stage.FULL
    before = drive.inputs(drive.now)
    drive.now = NOW - 100 * S
    decision = drive.tick(inputs=before)
    assert decision.stages.stage is Stage.NONE
    assert decision.health.state is State.UNAVAILABLE
    assert decision.command.brake_deceleration == 0.0
    drive.x = 90.0
    assert drive.tick(5).health.state is State.READY


def test_a_clock_that_leaps_ahead_clears_the_evidence_and_fires_nothing():
    drive = Drive(x=22.0)
    drive.tick(5)
    old = drive.inputs(drive.now)
    drive.now += 5 * S
    decision = drive.tick(inputs=old)
    assert decision.health.reasons[0] is Reason.TIME_JUMP
    assert decision.stages.stage is Stage.NONE


def test_nothing_received_is_starting_then_unavailable():
    core = AebCore(AebParams())
    decision = core.update(Inputs(), Now(NOW, NOW))
    assert decision.health.state is State.STARTING
    assert decision.command.brake_deceleration == 0.0
    later = core.update(Inputs(), Now(NOW + 16 * S, NOW + 16 * S))
    assert later.health.state is State.UNAVAILABLE


def test_engaged_before_all_is_there_waits_without_latching():
    core = AebCore(AebParams())
    inputs = replace(healthy(status=ENGAGED, speed=0.0), planned=Feed())
    waiting = core.update(inputs, Now(NOW, NOW))
    assert (waiting.command.source, waiting.command.takeover_request) == (Source.FALLBACK, False)
    ready = core.update(healthy(NOW + S, status=ENGAGED, speed=0.0), Now(NOW + S, NOW + S))
    assert ready.command.source is Source.PLANNER


def test_a_lost_status_while_engaged_is_a_stop():
    core = AebCore(AebParams())
    core.update(healthy(status=ENGAGED, counter=1), Now(NOW, NOW))
    lost = replace(healthy(NOW + S, counter=2), status=Feed(ENGAGED, NOW))
    decision = core.update(lost, Now(NOW + S, NOW + S))
    assert decision.command.source is Source.FALLBACK
    assert decision.health.reason is Reason.STATUS_LOST


def test_without_status_the_direction_is_the_odometrys():
    core = AebCore(AebParams())
    now = NOW
    for index in range(48):
        now += S // 50
        item = make_object(-8.0 + 0.06 * index, id=5, measurements=10 + index)
        inputs = replace(healthy(now, speed=-3.0), objects=Feed((item,), now), status=Feed())
        decision = core.update(inputs, Now(now, now))
    assert decision.stages.stage is Stage.FULL
    assert decision.health.state is State.DEGRADED
    assert decision.speed == -3.0


def test_static_obstacles_are_judged_too_and_only_while_fresh():
    for age, stage in ((0.05, Stage.FULL), (0.6, Stage.NONE)):
        core, now = AebCore(AebParams()), NOW
        for index in range(20):
            now += S // 50
            stamp = now - round(age * S)
            wall = make_object(16.0 - 0.2 * index, id=3, length=0.3, width=30.0)
            inputs = replace(healthy(now), static_obstacles=Feed((wall,), stamp))
            decision = core.update(inputs, Now(now, now))
        assert decision.stages.stage is stage
        assert (Reason.STATIC_OBSTACLES_LOST in decision.health.reasons) is (age > 0.5)


def test_own_fault_is_a_named_state():
    error = ValueError("broken")
    fresh = faulted(None, error, AebParams())
    assert fresh.health.state is State.FAULT
    assert fresh.explanation == "own fault: ValueError: broken"
    drive = Drive(x=19.0)
    braking = drive.tick(10)
    kept = faulted(braking, error, AebParams())
    assert kept.command.brake_deceleration == braking.command.brake_deceleration


def test_no_odometry_yet_means_no_speed():
    core = AebCore(AebParams())
    inputs = replace(healthy(), odometry=Feed())
    decision = core.update(inputs, Now(NOW, NOW))
    assert decision.speed == 0.0
    assert decision.path.curvature == 0.0


def test_frozen_stamps_are_as_old_as_they_say():
    core = AebCore(AebParams())
    frozen = Feed((make_object(50.0),), NOW)
    states = []
    for index in range(25):
        now = NOW + index * S // 50
        motion = Feed(EgoMotion(now, 10.0, 0.0), now)
        inputs = replace(healthy(now), objects=frozen, odometry=motion)
        states.append(core.update(inputs, Now(now, now)).health.state)
    assert states[15] is State.READY
    assert states[16] is State.UNAVAILABLE

# SPDX-License-Identifier: Apache-2.0
"""Messages in, messages out: the component under the offline host."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from aeb_makers import NOW, S, make_object

from bulwark_aeb.component import AebSupervisor
from bulwark_aeb.core import Function
from bulwark_aeb.gate import Source
from bulwark_aeb.inputs import Attention, Gear
from bulwark_aeb.monitor import Reason, State
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import Stage, StageReason
from bulwark_core.component import Now
from bulwark_core.convert.clouds import make_cloud
from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.stamps import make_header, stamp_ns
from bulwark_core.errors import BadMessageError
from bulwark_core.health import Level, SensorHealth, Sight
from bulwark_core.interfaces import Direction, load_manifest
from bulwark_core.objects import EgoMotion
from bulwark_core.offline import OfflineHost
from bulwark_core.params import build, specs
from bulwark_msgs.msg import (
    AebState,
    CameraObjectArray,
    ControlCommand,
    Trajectory,
    TrajectoryPoint,
    VehicleStatus,
)


@pytest.mark.parametrize(
    "enum,message,prefix",
    [
        (State, AebState, "STATE_"),
        (Stage, AebState, "STAGE_"),
        (Reason, AebState, "REASON_"),
        (StageReason, AebState, "STAGE_REASON_"),
        (Function, AebState, "FUNCTION_"),
        (Source, ControlCommand, "SOURCE_"),
        (Gear, VehicleStatus, "GEAR_"),
        (Attention, VehicleStatus, "ATTENTION_"),
    ],
)
def test_numbers_are_those_of_the_messages(enum, message, prefix):
    assert {item.name: item.value for item in enum} == {
        item.name: getattr(message, prefix + item.name) for item in enum
    }


def test_handlers_are_the_ports_of_the_manifest():
    ports = load_manifest().nodes["aeb_supervisor"].of(Direction.INPUT)
    assert set(AebSupervisor(AebParams()).handlers()) == {port.name for port in ports}


class Rig:
    """A component under the offline host, fed with a drive toward a standing car."""

    def __init__(self, listened: bool = False) -> None:
        self.component = AebSupervisor(AebParams())
        self.component.is_listened_to = lambda port: listened
        self.host = OfflineHost([self.component])
        self.sent: list[tuple[str, object, int]] = []
        self.host.on_output(lambda *sent: self.sent.append(sent))

    def drive(self, duration: float, x: float = 60.0, speed: float = 10.0, engaged=False) -> None:
        for tick in range(round(duration * 50)):
            now = NOW + tick * S // 50
            header = make_header(now, "base_link")
            status = VehicleStatus(
                header=header, gear=VehicleStatus.GEAR_DRIVE, assistance_engaged=engaged
            )
            self.host.deliver("/vehicle/odometry", make_odometry(EgoMotion(now, speed, 0.0)), now)
            self.host.deliver("/vehicle/status", status, now)
            planned = ControlCommand(
                header=header, alive_counter=tick, longitudinal_active=True, acceleration=0.5
            )
            self.host.deliver("/control/planned", planned, now)
            if tick % 5 == 0:
                self.see(now, x - speed * tick / 50.0, tick // 5 + 1)
                plan = Trajectory(
                    header=header, points=[TrajectoryPoint(time_from_start=0.5 * i) for i in (0, 1)]
                )
                self.host.deliver("/planning/trajectory", plan, now)
                self.host.deliver(
                    "/perception/camera/objects", CameraObjectArray(header=header), now
                )
                self.host.deliver("/perception/static_obstacles", make_objects([], now), now)

    def see(self, now: int, x: float, measurements: int) -> None:
        item = make_object(x, id=7, measurements=measurements, last_seen_ns=now)
        self.host.deliver("/perception/lidar/objects", make_objects([item], now), now)

    def clear(self, now: int, speed: float) -> None:
        """Nothing on any list."""
        header = make_header(now, "base_link")
        self.host.deliver("/vehicle/odometry", make_odometry(EgoMotion(now, speed, 0.0)), now)
        status = VehicleStatus(header=header, gear=VehicleStatus.GEAR_DRIVE)
        self.host.deliver("/vehicle/status", status, now)
        self.host.deliver("/perception/camera/objects", CameraObjectArray(header=header), now)
        for topic in ("/perception/lidar/objects", "/perception/static_obstacles"):
            self.host.deliver(topic, make_objects([], now), now)

    def messages(self, topic: str) -> list:
        return [message for name, message, _ in self.sent if name == topic]


def test_it_brakes_and_explains():
    rig = Rig()
    rig.drive(2.0, x=36.0)
    states, commands = rig.messages("/aeb/state"), rig.messages("/control/command")
    assert len(states) == len(commands) > 100
    assert max(state.stage for state in states) == AebState.STAGE_FULL
    full = next(state for state in states if state.stage == AebState.STAGE_FULL)
    assert full.state == AebState.STATE_READY
    assert full.target_id == 7
    assert full.function == AebState.FUNCTION_AEB
    assert "full braking" in full.explanation
    assert full.brake_deceleration >= 5.0
    assert full.target_distance == pytest.approx(11.9, abs=0.4)
    assert stamp_ns(full.lidar_stamp) > NOW
    braking = [command for command in commands if command.source == ControlCommand.SOURCE_AEB]
    assert braking[0].torque_cut
    counters = [command.alive_counter for command in commands]
    assert counters == list(range(1, len(counters) + 1))


def test_it_is_needed_while_it_moves_or_brakes():
    rig = Rig()
    assert rig.component.why_needed(Now(NOW, NOW)) == ""
    rig.drive(0.5)
    end = NOW + S // 2
    assert rig.component.why_needed(Now(end, end)) == "the vehicle moves at 10.0 m/s"
    assert rig.component.why_needed(Now(end + 5 * S, end + 5 * S)) == ""
    rig.drive(0.5, speed=0.1)
    assert rig.component.why_needed(Now(end, end)) == ""
    braking = Rig()
    braking.drive(2.0, x=36.0)
    assert braking.component.why_needed(Now(NOW + 2 * S, NOW + 2 * S)) == "the AEB brakes: FULL"


def test_it_brakes_for_points_that_no_list_has():
    rig = Rig()
    for scan in range(20):
        now = NOW + scan * S // 10
        x = 30.0 - scan * 1.0
        points = [(x, y / 10.0, z / 4.0) for y in range(-8, 9) for z in range(1, 7)]
        rig.clear(now, 10.0)
        cloud = make_cloud(np.array(points, dtype=np.float32), "base_link", now)
        rig.host.deliver("/perception/lidar/obstacle_points", cloud, now)
        rig.host.advance(now + S // 10 - 1)
    states = rig.messages("/aeb/state")
    assert max(state.stage for state in states) == AebState.STAGE_FULL
    records = [json.loads(one.data) for one in rig.messages("/aeb/interventions")]
    assert not records or records[0]["summary"]["target_source"] == "points"
    elsewhere = make_cloud(np.zeros((3, 3), dtype=np.float32), "map", NOW + 3 * S)
    with pytest.raises(BadMessageError, match="obstacle points are in frame 'map'"):
        rig.component.handlers()["obstacle_points"](elsewhere, Now(NOW + 3 * S, NOW + 3 * S))


def test_it_decides_at_once_on_new_objects():
    rig = Rig()
    rig.drive(0.2)
    rig.sent.clear()
    now = NOW + round(0.205 * S)
    rig.see(now, 50.0, 9)
    assert [topic for topic, _, at in rig.sent if at == now] == ["/control/command", "/aeb/state"]


def test_the_planner_passes_while_engaged():
    rig = Rig()
    rig.drive(0.5, x=80.0, engaged=True)
    last = rig.messages("/control/command")[-1]
    assert last.source == ControlCommand.SOURCE_PLANNER
    assert last.acceleration == pytest.approx(0.5)


def test_a_frozen_alive_counter_is_a_silent_planner():
    rig = Rig()
    rig.drive(0.5, x=80.0, engaged=True)
    rig.sent.clear()
    for tick in range(25, 40):
        now = NOW + tick * S // 50
        header = make_header(now, "base_link")
        rig.host.deliver("/control/planned", ControlCommand(header=header, alive_counter=24), now)
    last = rig.messages("/control/command")[-1]
    assert last.source == ControlCommand.SOURCE_FALLBACK
    assert last.takeover_request


def test_before_any_message_it_says_so():
    rig = Rig()
    rig.host.deliver("/clock", None, NOW)
    rig.host.advance(NOW + S // 10)
    state = rig.messages("/aeb/state")[-1]
    assert state.state == AebState.STATE_STARTING
    assert math.isnan(state.lidar_age)
    assert math.isnan(state.target_distance)
    assert state.time_to_collision == math.inf
    assert stamp_ns(state.lidar_stamp) == 0


def test_bad_messages_are_refused_and_reported():
    rig = Rig()
    rig.drive(0.3)
    now = NOW + round(0.31 * S)
    hostile = make_objects([make_object(9.0)], now)
    hostile.objects[0].pose.position.x = math.nan
    component = rig.component
    with pytest.raises(BadMessageError):
        component.handlers()["objects"](hostile, Now(now, now))
    component.on_timer(Now(now, now))
    status = component.health(Now(now, now))[0]
    assert status.level is Level.DEGRADED
    assert "LIDAR_IMPLAUSIBLE" in status.values["reasons"]
    assert "not a finite number" in status.values["objects_refused"]
    with pytest.raises(BadMessageError, match="frame 'lidar'"):
        component.handlers()["objects"](make_objects([], now, "lidar"), Now(now, now))


def test_a_blind_lidar_is_believed_and_its_list_is_not():
    rig = Rig()
    rig.drive(0.3)
    now, before = NOW + round(0.31 * S), rig.component._inputs.objects
    blind = make_objects([make_object(9.0)], now, health=SensorHealth(Sight.BLIND, "covered"))
    state = list(rig.component.handlers()["objects"](blind, Now(now, now)))[1].message
    assert state.state == AebState.STATE_UNAVAILABLE
    assert state.explanation == "unavailable: lidar implausible: covered"
    assert rig.component._inputs.objects is before


def test_an_intervention_ends_in_one_record():
    rig = Rig()
    rig.drive(2.0, x=36.0)
    assert rig.messages("/aeb/interventions") == []
    now = NOW + 2 * S
    for _ in range(120):  # the car that stood there is gone
        now += S // 50
        rig.host.deliver("/vehicle/odometry", make_odometry(EgoMotion(now, 10.0, 0.0)), now)
        rig.host.deliver("/perception/lidar/objects", make_objects([], now), now)
    (message,) = rig.messages("/aeb/interventions")
    assert json.loads(message.data)["decisions"]


def test_an_impossible_own_speed_is_refused():
    component = AebSupervisor(AebParams())
    message = make_odometry(EgoMotion(NOW, 81.0, 0.0))
    with pytest.raises(BadMessageError, match="81 m/s"):
        component.handlers()["odometry"](message, Now(NOW, NOW))


def test_markers_only_for_who_listens_and_not_too_often():
    silent, watched = Rig(), Rig(listened=True)
    silent.drive(1.0, x=30.0)
    watched.drive(1.0, x=30.0)
    assert silent.messages("/markers/aeb") == []
    arrays = watched.messages("/markers/aeb")
    assert 8 <= len(arrays) <= 11
    names = {marker.ns for marker in arrays[-1].markers}
    assert names == {"path", "target"}


def test_health_follows_the_state():
    rig = Rig()
    assert rig.component.health(Now(NOW, NOW))[0].level is Level.STALE
    rig.drive(0.4)
    assert rig.component.health(Now(NOW + S, NOW + S))[0].level is Level.OK
    late = NOW + 2 * S
    rig.host.advance(late)
    status = rig.component.health(Now(late, late))[0]
    assert status.level is Level.ERROR
    assert status.message == "unavailable"


def test_reset_forgets_and_the_counter_goes_on():
    rig = Rig()
    rig.drive(0.4)
    before = rig.messages("/control/command")[-1].alive_counter
    rig.component.reset()
    now = NOW + S
    outputs = rig.component.on_timer(Now(now, now))
    assert outputs[1].message.state == AebState.STATE_STARTING
    assert outputs[0].message.alive_counter == before + 1


def test_own_fault_is_sent_not_raised(monkeypatch):
    rig = Rig()
    rig.drive(0.4, engaged=True, x=80.0)

    def broken(*_):
        raise ValueError("broken")

    monkeypatch.setattr(rig.component._core, "update", broken)
    now = NOW + round(0.41 * S)
    command, state = (output.message for output in rig.component.on_timer(Now(now, now)))
    assert state.state == AebState.STATE_FAULT
    assert "broken" in state.explanation
    assert command.source == ControlCommand.SOURCE_FALLBACK
    assert rig.component.health(Now(now, now))[0].level is Level.ERROR


def test_the_counter_goes_on_through_own_faults(monkeypatch):
    rig = Rig()
    rig.drive(0.4)
    update, now, counters = rig.component._core.update, NOW + round(0.4 * S), []
    for works in (True, False, False, True, True):
        now += S // 50
        with monkeypatch.context() as patch:
            if not works:
                patch.setattr(rig.component._core, "update", lambda *_: 1 / 0)
            counters.append(rig.component.on_timer(Now(now, now))[0].message.alive_counter)
    assert rig.component._core.update == update
    assert counters == list(range(counters[0], counters[0] + 5))


def test_unknown_enum_values_are_unknown():
    rig = Rig()
    rig.drive(0.1)
    now = NOW + S // 5
    status = VehicleStatus(header=make_header(now, ""), gear=99, eyes_on=77)
    rig.host.deliver("/vehicle/status", status, now)
    assert rig.component._inputs.status.value.gear is Gear.UNKNOWN
    assert rig.component._inputs.status.value.eyes_on is Attention.UNKNOWN


def test_warm_up_and_parameters():
    AebSupervisor(AebParams()).warm_up()
    names = {spec.name for spec in specs(AebParams)}
    assert {"brake.delay", "vehicle.width", "stage.warning_lead"} <= names
    assert all(spec.unit or spec.description for spec in specs(AebParams))
    built = build(AebParams, {"timer_rate": 100.0})
    assert AebSupervisor(built).timer_period_s == pytest.approx(0.01)
    assert replace(AebParams(), timer_rate=100.0) == built


def test_markers_without_a_target_show_the_path():
    rig = Rig(listened=True)
    rig.drive(0.3, x=300.0, speed=-2.0)
    markers = rig.messages("/markers/aeb")[-1].markers
    assert [marker.ns for marker in markers] == ["path", "path"]
    assert markers[0].points[0].x == pytest.approx(-1.0)
    assert markers[0].points[-1].x < -5.0

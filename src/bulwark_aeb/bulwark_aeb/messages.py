# SPDX-License-Identifier: Apache-2.0
"""ROS messages to the supervisor's plain data, and back."""

from __future__ import annotations

import array
import math
from enum import IntEnum
from typing import Any, TypeVar, cast

from bulwark_aeb.core import Decision
from bulwark_aeb.gate import Command
from bulwark_aeb.inputs import Attention, Gear, Inputs, PlannedCommand, PlanPoint, VehicleStatus
from bulwark_core.convert.copies import same_as
from bulwark_core.convert.stamps import make_header, to_stamp
from bulwark_msgs.msg import AebState, ControlCommand

E = TypeVar("E", bound=IntEnum)
FRAME = "base_link"
_COMMAND, _STATE = ControlCommand(), AebState()


def read_status(msg: Any) -> VehicleStatus:
    """Vehicle and driver; enum values that are not known count as UNKNOWN."""
    return VehicleStatus(
        _known(Gear, msg.gear),
        msg.steering_tyre_angle,
        msg.accelerator_pedal,
        msg.brake_pedal,
        _known(Attention, msg.hands_on),
        _known(Attention, msg.eyes_on),
        msg.assistance_engaged,
    )


def _known(kind: type[E], value: int) -> E:
    return cast(E, kind._value2member_map_.get(value, kind(0)))


def read_planned(msg: Any) -> PlannedCommand:
    """The planner's wish as it is; whether it is drivable is judged later."""
    return PlannedCommand(
        alive_counter=msg.alive_counter,
        longitudinal_active=msg.longitudinal_active,
        acceleration=msg.acceleration,
        brake_deceleration=msg.brake_deceleration,
        torque_cut=msg.torque_cut,
        standstill_hold=msg.standstill_hold,
        lateral_active=msg.lateral_active,
        steering_tyre_angle=msg.steering_tyre_angle,
        takeover_request=msg.takeover_request,
        hazard_lights=msg.hazard_lights,
    )


def read_trajectory(msg: Any) -> tuple[PlanPoint, ...]:
    """The plan as it is; whether it is physical is judged later."""
    return tuple(
        PlanPoint(
            point.time_from_start, point.x, point.y, point.yaw,
            point.speed, point.acceleration, point.yaw_rate,
        )
        for point in msg.points
    )  # fmt: skip


def make_command(command: Command, lidar_stamp_ns: int, now_ns: int) -> ControlCommand:
    """The command that the vehicle obeys."""
    msg = same_as(_COMMAND)
    msg.header = make_header(now_ns, FRAME)
    msg.alive_counter = command.alive_counter
    msg.source = int(command.source)
    msg.longitudinal_active = command.longitudinal_active
    msg.acceleration = float(command.acceleration)
    msg.brake_deceleration = float(command.brake_deceleration)
    msg.torque_cut = command.torque_cut
    msg.standstill_hold = command.standstill_hold
    msg.lateral_active = command.lateral_active
    msg.steering_tyre_angle = float(command.steering_tyre_angle)
    msg.takeover_request = command.takeover_request
    msg.hazard_lights = command.hazard_lights
    msg.lidar_stamp = to_stamp(lidar_stamp_ns)
    return msg


def make_state(decision: Decision, inputs: Inputs, now_ns: int) -> AebState:
    """The decision explained."""
    msg = same_as(_STATE)
    msg.header = make_header(now_ns, FRAME)
    msg.state = int(decision.health.state)
    msg.state_reason = int(decision.health.reason)
    msg.state_reasons = array.array("B", decision.health.reasons)
    msg.stage = int(decision.stages.stage)
    msg.stage_reason = int(decision.stages.reason)
    msg.function = int(decision.function)
    msg.attention = int(decision.recall)
    msg.explanation = decision.explanation
    msg.brake_deceleration = float(decision.command.brake_deceleration)
    msg.ego_speed = float(decision.speed)
    msg.path_curvature = float(decision.path.curvature)
    msg.driver_override = decision.driver_override
    msg.takeover_request = decision.command.takeover_request
    msg.lidar_stamp = to_stamp(decision.lidar_stamp_ns)
    _put_target(msg, decision)
    _put_ages(msg, inputs, now_ns)
    return msg


def _put_target(msg: AebState, decision: Decision) -> None:
    target = decision.target
    if target is None:
        msg.target_distance = math.nan
        msg.time_to_collision = msg.latest_brake_time = math.inf
        return
    msg.target_id = target.item.id
    msg.target_class = int(target.item.object_class)
    msg.target_distance = target.gap
    msg.closing_speed = target.closing_speed
    msg.time_to_collision = target.ttc
    msg.required_deceleration = target.required_deceleration
    msg.latest_brake_time = target.latest_brake_time


def _put_ages(msg: AebState, inputs: Inputs, now_ns: int) -> None:
    feeds: dict[str, Any] = {
        "lidar_age": inputs.objects,
        "odometry_age": inputs.odometry,
        "status_age": inputs.status,
        "plan_age": inputs.planned,
        "camera_age": inputs.camera,
    }
    for name, feed in feeds.items():
        setattr(msg, name, math.nan if feed.value is None else feed.age(now_ns))

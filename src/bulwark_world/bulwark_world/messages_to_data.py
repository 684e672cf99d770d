# SPDX-License-Identifier: Apache-2.0
"""What the world hears: commands and the supervisor's state as plain data."""

from __future__ import annotations

from typing import Any

from bulwark_core.convert.stamps import stamp_ns
from bulwark_world.recording import AebView
from bulwark_world.vehicle_interface import Command


def read_command(msg: Any) -> Command:
    """A bulwark_msgs/ControlCommand."""
    return Command(
        stamp_ns=stamp_ns(msg.header.stamp),
        alive_counter=msg.alive_counter,
        source=msg.source,
        longitudinal_active=msg.longitudinal_active,
        acceleration=msg.acceleration,
        brake_deceleration=msg.brake_deceleration,
        torque_cut=msg.torque_cut,
        standstill_hold=msg.standstill_hold,
        lateral_active=msg.lateral_active,
        steering_tyre_angle=msg.steering_tyre_angle,
        takeover_request=msg.takeover_request,
        hazard_lights=msg.hazard_lights,
        lidar_stamp_ns=stamp_ns(msg.lidar_stamp),
    )


def read_aeb_state(msg: Any) -> AebView:
    """A bulwark_msgs/AebState."""
    return AebView(
        state=msg.state,
        state_reason=msg.state_reason,
        state_reasons=tuple(msg.state_reasons),
        stage=msg.stage,
        stage_reason=msg.stage_reason,
        function=msg.function,
        attention=msg.attention,
        explanation=msg.explanation,
        target_id=msg.target_id,
        target_class=msg.target_class,
        target_distance=msg.target_distance,
        closing_speed=msg.closing_speed,
        time_to_collision=msg.time_to_collision,
        required_deceleration=msg.required_deceleration,
        latest_brake_time=msg.latest_brake_time,
        brake_deceleration=msg.brake_deceleration,
        takeover_request=msg.takeover_request,
        lidar_age=msg.lidar_age,
        plan_age=msg.plan_age,
    )

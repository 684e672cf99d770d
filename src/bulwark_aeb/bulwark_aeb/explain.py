# SPDX-License-Identifier: Apache-2.0
"""A decision in one sentence."""

from __future__ import annotations

import math

from bulwark_aeb.attention import Recall
from bulwark_aeb.monitor import Health, Reason, State
from bulwark_aeb.stages import Stage, StageReason, StageState

REASONS = {
    Reason.NONE: "",
    Reason.WAITING_FOR_INPUT: "waiting for lidar objects and odometry",
    Reason.LIDAR_LOST: "lidar objects missing, late or with a frozen stamp",
    Reason.ODOMETRY_LOST: "odometry missing, late or with a frozen stamp",
    Reason.CLOCK_STOPPED: "the clock stands still",
    Reason.LIDAR_IMPLAUSIBLE: "implausible objects refused",
    Reason.CAMERA_LOST: "no camera, geometry only",
    Reason.STATIC_OBSTACLES_LOST: "no static obstacles",
    Reason.STATUS_LOST: "no vehicle status, gear from odometry, driver unknown",
    Reason.PLANNER_LOST: "planner silent",
    Reason.PLAN_INFEASIBLE: "plan beyond physics",
    Reason.LIDAR_DEGRADED: "lidar sees less than it should",
    Reason.TIME_JUMP: "the clock jumped",
    Reason.ODOMETRY_IMPLAUSIBLE: "odometry implausible",
}

_STAGES = {
    Stage.WARNING: "warning of",
    Stage.PREFILL: "brakes readied for",
    Stage.PARTIAL: "partial braking for",
    Stage.FULL: "full braking for",
}
_WHY = {
    StageReason.UNAVOIDABLE: ", contact cannot be avoided any more",
    StageReason.CONTINUED: ", carried on without fresh data",
    StageReason.DRIVER_OVERRIDE: ", not braking: the driver decided otherwise",
}


_RECALLS = {
    Recall.VISUAL: "driver inattentive, shown",
    Recall.ACOUSTIC: "driver inattentive, shown and sounded",
    Recall.BRAKE_JERK: "driver inattentive, called with a short brake",
    Recall.STOP: "driver does not answer, stopping with hazard lights",
}


def explain(
    health: Health, stages: StageState, stopping: bool, recall: Recall = Recall.NONE
) -> str:
    """What is done and why, then what the supervisor lacks. stopping: the fallback stops."""
    parts = [_action(stages), _RECALLS.get(recall, "")]
    if stopping:
        parts.append("stopping with takeover request")
    if health.state is not State.READY:
        lacks = "; ".join(_lack(reason, health) for reason in health.reasons)
        parts.append(f"{health.state.name.lower()}: {lacks}")
    return "; ".join(part for part in parts if part) or "path clear"


def _lack(reason: Reason, health: Health) -> str:
    """A reason in words, with what the lidar says of itself."""
    if reason is Reason.LIDAR_IMPLAUSIBLE and health.detail:
        return f"lidar implausible: {health.detail}"
    text = REASONS[reason]
    with_detail = reason is Reason.LIDAR_DEGRADED and health.detail
    return f"{text}: {health.detail}" if with_detail else text


def _action(stages: StageState) -> str:
    if stages.reason is StageReason.MISACCELERATION:
        doing = "torque cut and held" if stages.stage is Stage.HOLD else "torque cut"
        return f"{doing} until the accelerator is let go: pressed hard towards {_target(stages)}"
    if stages.stage is Stage.HOLD:
        return "standing, held until the driver acts"
    if stages.stage is Stage.NONE:
        return "danger is over" if stages.reason is StageReason.RELEASED else ""
    return f"{_STAGES[stages.stage]} {_target(stages)}{_WHY.get(stages.reason, '')}"


def _target(stages: StageState) -> str:
    target = stages.target
    if target is None:
        return "a target no longer seen"
    name = target.item.object_class.name.lower().replace("_", " ")
    name = "object" if name == "unknown" else name
    text = f"{name} {target.item.id} at {target.gap:.1f} m"
    text += f", closing at {target.closing_speed:.1f} m/s"
    if math.isfinite(target.latest_brake_time):
        text += f", {target.latest_brake_time:.2f} s until the latest brake time"
    return text

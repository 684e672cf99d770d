# SPDX-License-Identifier: Apache-2.0
"""The planner's messages to plain data, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from geometry_msgs.msg import PoseStamped
from nav_msgs.msg import Path

from bulwark_core.convert.stamps import make_header, stamp_ns, to_stamp
from bulwark_core.errors import BadMessageError
from bulwark_msgs.msg import ControlCommand, Route, TrajectoryPoint
from bulwark_msgs.msg import Trajectory as TrajectoryMsg
from bulwark_planner.route_line import RouteLine
from bulwark_planner.tracking import Control
from bulwark_planner.trajectory import Trajectory

FRAME = "base_link"


@dataclass(frozen=True)
class RouteTask:
    """A route as received: in base_link at its stamp; speed limit [m/s]."""

    stamp_ns: int
    line: RouteLine
    speed_limit: float
    ends_here: bool


def check_frame(what: str, frame_id: str) -> None:
    """Raises BadMessageError where a message is not in base_link."""
    if frame_id != FRAME:
        raise BadMessageError(f"{what} is in frame '{frame_id}'; it must be in '{FRAME}'")


def read_route(msg: Any) -> RouteTask:
    """Raises BadMessageError where the line or the limit is no good."""
    check_frame("route", msg.header.frame_id)
    if len(msg.x) != len(msg.y):
        raise BadMessageError(f"route has {len(msg.x)} x but {len(msg.y)} y")
    limit = float(msg.speed_limit)
    if not math.isfinite(limit) or limit < 0.0:
        raise BadMessageError(f"route has the speed limit {limit}; it must be 0 or more")
    line = RouteLine.through(np.column_stack([msg.x, msg.y]).astype(np.float64))
    return RouteTask(stamp_ns(msg.header.stamp), line, limit, msg.command == Route.COMMAND_STOP)


def make_trajectory(trajectory: Trajectory, ns: int) -> TrajectoryMsg:
    """The rules' trajectory, which starts at this time."""
    points = [TrajectoryPoint(**_fields(row)) for row in trajectory.states.tolist()]
    header = make_header(ns, FRAME)
    return TrajectoryMsg(
        header=header, source=TrajectoryMsg.SOURCE_RULES, confidence=1.0, points=points
    )


def _fields(row: list[float]) -> dict[str, float]:
    names = (
        "time_from_start",
        "x",
        "y",
        "yaw",
        "speed",
        "acceleration",
        "yaw_rate",
        "steering_tyre_angle",
    )
    return dict(zip(names, row, strict=True))


def make_path(trajectory: Trajectory, ns: int) -> Path:
    """The same for RViz: poses only."""
    path = Path(header=make_header(ns, FRAME))
    for _, x, y, yaw, *_ in trajectory.states.tolist():
        pose = PoseStamped(header=path.header)
        pose.pose.position.x, pose.pose.position.y = x, y
        pose.pose.orientation.z, pose.pose.orientation.w = math.sin(yaw / 2), math.cos(yaw / 2)
        path.poses.append(pose)
    return path


def make_control(control: Control, ns: int, counter: int, lidar_stamp_ns: int) -> ControlCommand:
    """The planner's wish; `lidar_stamp_ns` 0: no objects were used."""
    return ControlCommand(
        header=make_header(ns, FRAME),
        alive_counter=counter,
        source=ControlCommand.SOURCE_PLANNER,
        longitudinal_active=True,
        acceleration=control.acceleration,
        lateral_active=True,
        steering_tyre_angle=control.steering,
        lidar_stamp=to_stamp(lidar_stamp_ns),
    )

# SPDX-License-Identifier: Apache-2.0
"""What a test robot does with pedals and wheel: a speed along the way, and the way itself."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from bulwark_core.vehicle import VehicleParams
from bulwark_world.dynamics import DriveTrain
from bulwark_world.motion import Pose
from bulwark_world.way import Way

_LEAST_REACH, _REACH_S = 3.0, 0.5
"""Errors are taken away over this distance [m], at speed over this time [s]."""
_AHEAD_S = 0.03  # what the steering actuator needs


@dataclass(frozen=True)
class SpeedPlan:
    """Speeds [m/s] at stations [m]; constant acceleration between them, constant speed outside."""

    points: tuple[tuple[float, float], ...]

    def at(self, station: float) -> tuple[float, float]:
        """Speed [m/s] and acceleration [m/s^2] at this station."""
        points = self.points
        i = bisect_right([place for place, _ in points], station)
        if i == 0 or i == len(points):
            return points[max(i - 1, 0)][1], 0.0
        (s0, v0), (s1, v1) = points[i - 1], points[i]
        acceleration = (v1**2 - v0**2) / (2.0 * (s1 - s0))
        return math.sqrt(v0**2 + 2.0 * acceleration * (station - s0)), acceleration


class WayKeeper:
    """Steers along a way: the way's curvature, and a critically damped return to it."""

    def __init__(self, way: Way, body: VehicleParams, drive_train: DriveTrain) -> None:
        self._way = way
        self._body = body
        self._drive_train = drive_train
        self.station = 0.0
        self._known = False

    def locate(self, pose: Pose) -> float:
        """Find the station of this pose of base_link, and remember it."""
        near = self.station if self._known else None
        self.station, _ = self._way.project(pose.x, pose.y, near)
        self._known = True
        return self.station

    def steering_angle(self, pose: Pose, speed: float) -> float:
        """The tyre angle [rad] at this pose; `locate` first. Right in a forward gear only."""
        if self._way.is_straight:
            return 0.0
        there = self._way.pose(self.station)
        dx, dy = pose.x - there.x, pose.y - there.y
        offset = dy * math.cos(there.yaw) - dx * math.sin(there.yaw)
        turned = math.remainder(pose.yaw - there.yaw, 2.0 * math.pi)
        reach = max(_LEAST_REACH, _REACH_S * abs(speed))
        wanted = self._way.curvature(self.station + _AHEAD_S * abs(speed))
        curvature = wanted - offset / reach**2 - 2.0 * turned / reach
        base = self._body.wheelbase + self._drive_train.understeer * speed * speed
        return math.atan(curvature * base)

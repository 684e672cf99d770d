# SPDX-License-Identifier: Apache-2.0
"""Tracking a trajectory: acceleration and tyre angle for the vehicle, rules or learned plan alike.

Acceleration is the plan's, taken ahead by the powertrain's lag, plus a proportional and an integral
part of the speed error. The integral holds still while the command is at a limit that it pushes
against, and while the car stands. The tyre angle is the plan's plus a correction of the offset and
heading error as a second-order system in the distance driven, damped critically; understeer counts
as a longer wheelbase (Gillespie, Fundamentals of Vehicle Dynamics, ch. 6).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bulwark_planner.params import PlannerParams
from bulwark_planner.planning import STANDING, look_ahead_distance
from bulwark_planner.trajectory import State, Trajectory, approach

HOLD_WITHIN_S = 0.5
"""A plan that does not move within this time asks for standing still [s]."""


@dataclass(frozen=True)
class Pose:
    """Where base_link is, in the trajectory's frame: m, m, rad."""

    x: float
    y: float
    yaw: float


@dataclass(frozen=True)
class Control:
    """Acceleration along the direction of travel [m/s^2] and tyre angle, left positive [rad]."""

    acceleration: float
    steering: float


class Tracker:
    """Holds the integral and the last command."""

    def __init__(self, params: PlannerParams) -> None:
        self._params = params
        self.last = Control(0.0, 0.0)
        self._integral = 0.0

    def restart(self) -> None:
        """Forget the integral: the plan starts anew."""
        self._integral = 0.0

    def control(
        self, trajectory: Trajectory, elapsed: float, pose: Pose, speed: float, dt: float
    ) -> Control:
        """The command `elapsed` [s] after the trajectory's start, `dt` [s] after the last one."""
        wanted = self._acceleration(trajectory, elapsed, speed, dt)
        acceleration = approach(
            self.last.acceleration, wanted, self._params.speed_control.max_jerk * dt
        )
        angle = self._steering(trajectory, elapsed, pose, speed)
        steering = approach(self.last.steering, angle, self._params.steering.max_rate * dt)
        self.last = Control(acceleration, steering)
        return self.last

    def _acceleration(
        self, trajectory: Trajectory, elapsed: float, speed: float, dt: float
    ) -> float:
        gains, comfort = self._params.speed_control, self._params.comfort
        if speed < STANDING and trajectory.highest_speed(elapsed + HOLD_WITHIN_S) < STANDING:
            self._integral = 0.0
            return -gains.hold
        error = trajectory.at(elapsed).speed - speed
        forward = trajectory.at(elapsed + gains.lag).acceleration
        wanted = forward + gains.proportional * error + self._integral
        low = -comfort.max_deceleration - gains.authority
        high = comfort.max_acceleration + gains.authority
        pushes = (wanted >= high and error > 0.0) or (wanted <= low and error < 0.0)
        if not pushes:
            change = self._integral + gains.integral * error * dt
            self._integral = min(max(change, -gains.max_integral), gains.max_integral)
        return min(max(wanted, low), high)

    def _steering(self, trajectory: Trajectory, elapsed: float, pose: Pose, speed: float) -> float:
        vehicle = self._params.vehicle
        ahead = trajectory.at(elapsed + self._params.steering.lag).steering
        curvature = math.tan(ahead) / vehicle.wheelbase
        curvature += _correction(
            trajectory.at(elapsed), pose, look_ahead_distance(speed, self._params)
        )
        wheelbase = vehicle.wheelbase + self._params.steering.understeer * speed**2
        angle = math.atan(wheelbase * curvature)
        return min(max(angle, -vehicle.max_steering_angle), vehicle.max_steering_angle)


def _correction(planned: State, pose: Pose, length: float) -> float:
    """Curvature that takes offset and heading error away within about `length` [1/m]."""
    dx, dy = pose.x - planned.x, pose.y - planned.y
    offset = dy * math.cos(planned.yaw) - dx * math.sin(planned.yaw)
    heading = math.remainder(pose.yaw - planned.yaw, 2.0 * math.pi)
    return -offset / length**2 - 2.0 * heading / length

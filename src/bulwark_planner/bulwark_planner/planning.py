# SPDX-License-Identifier: Apache-2.0
"""The rules: follow the line, no faster than the road allows, behind the leader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bulwark_planner.idm import RELAXATION_S, Idm
from bulwark_planner.leader import Leader, Obstacle, find_leader
from bulwark_planner.params import PlannerParams
from bulwark_planner.route_following import SpeedProfile, pure_pursuit, speed_profile
from bulwark_planner.route_line import RouteLine
from bulwark_planner.trajectory import Limits, State, Trajectory, roll_out

STANDING = 0.1
"""Slower than this is standing [m/s]."""
DESTINATION_ID = 0
"""The id of the standing leader at the route's end; objects never have it."""


@dataclass(frozen=True)
class Task:
    """What to do now, in base_link: the line, the speed limit [m/s], the obstacles.

    ends_here: the line ends at the destination. stop: come to a comfortable stop anyway.
    """

    line: RouteLine
    speed_limit: float
    obstacles: Sequence[Obstacle] = ()
    ends_here: bool = False
    stop: bool = False


@dataclass(frozen=True)
class Plan:
    """The trajectory in base_link, and the leaders it keeps behind."""

    trajectory: Trajectory
    leader: Leader | None
    gap: float
    """From the front bumper to the leader [m]; inf where there is none."""


def idm_of(params: PlannerParams) -> Idm:
    comfort, following = params.comfort, params.following
    return Idm(
        comfort.max_acceleration,
        comfort.deceleration,
        comfort.max_deceleration,
        following.time_gap,
        following.standstill_gap,
        following.exponent,
    )


def make_plan(task: Task, start: State, params: PlannerParams) -> Plan:
    """The rules' plan from a start whose speed, acceleration and steering count."""
    longitudinal = _Longitudinal(task, params)
    steering, vehicle = params.steering, params.vehicle

    def steer(state: State) -> float:
        look_ahead = look_ahead_distance(state.speed, params)
        return pure_pursuit(task.line, state.x, state.y, state.yaw, look_ahead, vehicle.wheelbase)

    limits = Limits(
        params.comfort.max_jerk, steering.max_rate, vehicle.max_steering_angle, vehicle.wheelbase
    )
    trajectory = roll_out(
        start.speed, start.acceleration, start.steering, longitudinal.accelerate, steer, limits
    )
    leader = longitudinal.leader
    gap = np.inf if leader is None else leader.arc - longitudinal.front_arc
    return Plan(trajectory, leader, float(gap))


def look_ahead_distance(speed: float, params: PlannerParams) -> float:
    """How far along the path to aim [m]."""
    steering = params.steering
    return max(steering.min_look_ahead, steering.look_ahead_time * speed)


class _Longitudinal:
    """Acceleration along the line: road, leader, destination."""

    def __init__(self, task: Task, params: PlannerParams) -> None:
        comfort, vehicle = params.comfort, params.vehicle
        self._idm, self._following = idm_of(params), params.following
        self._arc = float(task.line.project(np.zeros((1, 2)))[0][0])
        limit = 0.0 if task.stop else min(task.speed_limit, params.max_speed)
        self._profile: SpeedProfile = speed_profile(
            task.line, limit, comfort.max_lateral_acceleration, comfort.deceleration
        )
        half_width = vehicle.width / 2.0 + params.following.corridor_margin
        self.front_arc = self._arc + vehicle.front
        self.leader = find_leader(
            task.line, task.obstacles, half_width, self._arc + vehicle.wheelbase
        )
        self._leaders = [self.leader] if self.leader else []
        if task.ends_here:  # a standing leader such that base_link stops at the end
            arc = task.line.length + vehicle.front + params.following.standstill_gap
            self._leaders.append(Leader(DESTINATION_ID, arc, 0.0))

    def accelerate(self, state: State, travelled: float) -> float:
        """What road and leaders allow [m/s^2]."""
        desired = self._profile.ahead(self._arc + travelled, state.speed * RELAXATION_S)
        allowed = [self._idm.free(state.speed, desired)]
        allowed += [self._behind(leader, state, travelled) for leader in self._leaders]
        return min(allowed)

    def _behind(self, leader: Leader, state: State, travelled: float) -> float:
        gap = leader.arc + leader.speed * state.time - self.front_arc - travelled
        moves_off_at = self._following.standstill_gap + self._following.restart_gap
        if state.speed < STANDING and gap < moves_off_at and leader.speed < 2.0 * STANDING:
            return -self._idm.deceleration
        return self._idm.behind(state.speed, gap, leader.speed)

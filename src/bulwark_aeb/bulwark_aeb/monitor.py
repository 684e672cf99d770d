# SPDX-License-Identifier: Apache-2.0
"""Can the supervisor act? From the age of its inputs, the clock, and what is plausible."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from bulwark_aeb.ego import Ego
from bulwark_aeb.inputs import Inputs, PlannedCommand, PlanPoint, seconds
from bulwark_aeb.params import AebParams, AgeParams
from bulwark_core.health import SensorHealth, Sight

_ROUNDING = 1e-3
"""Messages carry single precision."""


class State(IntEnum):
    """The states of bulwark_msgs/AebState."""

    STARTING = 0
    READY = 1
    DEGRADED = 2
    UNAVAILABLE = 3
    FAULT = 4


class Reason(IntEnum):
    """The state reasons of bulwark_msgs/AebState."""

    NONE = 0
    WAITING_FOR_INPUT = 1
    LIDAR_LOST = 2
    ODOMETRY_LOST = 3
    CLOCK_STOPPED = 4
    LIDAR_IMPLAUSIBLE = 5
    CAMERA_LOST = 6
    STATIC_OBSTACLES_LOST = 7
    STATUS_LOST = 8
    PLANNER_LOST = 9
    PLAN_INFEASIBLE = 10
    LIDAR_DEGRADED = 11
    TIME_JUMP = 12
    ODOMETRY_IMPLAUSIBLE = 13


BLINDING = (
    Reason.CLOCK_STOPPED,
    Reason.TIME_JUMP,
    Reason.LIDAR_LOST,
    Reason.LIDAR_IMPLAUSIBLE,
    Reason.ODOMETRY_LOST,
    Reason.ODOMETRY_IMPLAUSIBLE,
)
"""What makes the supervisor unavailable, the gravest first; LIDAR_IMPLAUSIBLE where it is blind."""


class Jump(IntEnum):
    """How the node's clock moved."""

    NONE = 0
    AHEAD = 1
    BACK = 2


@dataclass(frozen=True)
class Clock:
    """The two clocks: the node's, and one that never stops [ns].

    moved_steady_ns: steady time when the node's clock last moved; jumped_ns: where it last jumped
    to, None: never; started_ns: node's time of the first decision.
    """

    ns: int
    steady_ns: int
    moved_steady_ns: int
    started_ns: int
    jumped_ns: int | None = None

    @classmethod
    def start(cls, ns: int, steady_ns: int) -> Clock:
        return cls(ns, steady_ns, steady_ns, ns)

    def tick(self, ns: int, steady_ns: int, ages: AgeParams) -> tuple[Clock, Jump]:
        """The clocks at the next call, and whether the node's clock jumped in between."""
        jump = self._jump(ns, steady_ns, ages)
        moved = self.moved_steady_ns if ns == self.ns else steady_ns
        started = ns if jump is Jump.BACK else self.started_ns
        jumped = self.jumped_ns if jump is Jump.NONE else ns
        return Clock(ns, steady_ns, moved, started, jumped), jump

    def _jump(self, ns: int, steady_ns: int, ages: AgeParams) -> Jump:
        leap = seconds(ns - self.ns)
        if leap < -ages.future:
            return Jump.BACK
        slept = seconds(max(steady_ns - self.steady_ns, 0))
        return Jump.AHEAD if leap - slept > ages.jump else Jump.NONE

    def stands(self, ages: AgeParams) -> bool:
        """Whether the node's clock does not move although time passes."""
        return seconds(self.steady_ns - self.moved_steady_ns) > ages.clock


@dataclass(frozen=True)
class Health:
    """State and reasons, the gravest first. detail: what the lidar says is wrong with it."""

    state: State
    reasons: tuple[Reason, ...]
    detail: str = ""

    @property
    def reason(self) -> Reason:
        return self.reasons[0] if self.reasons else Reason.NONE

    @property
    def can_judge(self) -> bool:
        """Whether objects and own motion are known well enough to begin an intervention."""
        return self.state in (State.READY, State.DEGRADED)

    @property
    def planner_failed(self) -> bool:
        return Reason.PLANNER_LOST in self.reasons or Reason.PLAN_INFEASIBLE in self.reasons


def check(
    inputs: Inputs,
    ego: Ego | None,
    clock: Clock,
    engaged: bool,
    believable: bool,
    params: AebParams,
) -> Health:
    """The state from all inputs at the clock's time. believable: all objects were."""
    blinding = _blinding(inputs, ego, clock, params)
    weakening = _weakening(inputs, clock.ns, engaged, believable, params)
    weakening = [reason for reason in weakening if reason not in blinding]
    detail = _lidar(inputs).detail
    if not blinding:
        return Health(State.DEGRADED if weakening else State.READY, tuple(weakening), detail)
    never = inputs.objects.value is None or inputs.odometry.value is None
    waiting = seconds(clock.ns - clock.started_ns) <= params.age.starting
    if never and waiting and not clock.stands(params.age):
        reasons = (Reason.WAITING_FOR_INPUT, *blinding, *weakening)
        return Health(State.STARTING, reasons, detail)
    return Health(State.UNAVAILABLE, (*blinding, *weakening), detail)


def _lidar(inputs: Inputs) -> SensorHealth:
    """What the lidar says of itself; other people's perception says nothing."""
    return inputs.lidar_health.value or SensorHealth()


def _blinding(inputs: Inputs, ego: Ego | None, clock: Clock, params: AebParams) -> list[Reason]:
    lidar = inputs.objects.is_fresh(clock.ns, params.age.lidar)
    odometry = inputs.odometry.is_fresh(clock.ns, params.age.odometry)
    before = clock.jumped_ns
    since_jump = before is None or min(inputs.objects.stamp_ns, inputs.odometry.stamp_ns) >= before
    distrusted = ego is not None and clock.ns < ego.distrusted_until_ns
    holds = {
        Reason.CLOCK_STOPPED: clock.stands(params.age),
        Reason.TIME_JUMP: not since_jump,
        Reason.LIDAR_LOST: not lidar,
        Reason.LIDAR_IMPLAUSIBLE: _lidar(inputs).sight is Sight.BLIND,
        Reason.ODOMETRY_LOST: not odometry,
        Reason.ODOMETRY_IMPLAUSIBLE: distrusted or inputs.odometry.is_malformed,
    }
    return [reason for reason in BLINDING if holds[reason]]


def _weakening(
    inputs: Inputs, now_ns: int, engaged: bool, believable: bool, params: AebParams
) -> list[Reason]:
    ages = params.age
    planned = inputs.planned.is_fresh(now_ns, ages.planned)
    planned = planned and inputs.trajectory.is_fresh(now_ns, ages.trajectory)
    checks = (
        (Reason.LIDAR_IMPLAUSIBLE, not believable or inputs.objects.is_malformed),
        (Reason.LIDAR_DEGRADED, _lidar(inputs).sight is Sight.DEGRADED),
        (Reason.STATUS_LOST, not inputs.status.is_fresh(now_ns, ages.status)),
        (Reason.PLANNER_LOST, engaged and not planned),
        (Reason.PLAN_INFEASIBLE, engaged and planned and not is_feasible(inputs, params)),
        (Reason.CAMERA_LOST, not inputs.camera.is_fresh(now_ns, ages.camera)),
        (Reason.STATIC_OBSTACLES_LOST, not inputs.static_obstacles.is_fresh(now_ns, ages.static)),
    )
    return [reason for reason, holds in checks if holds]


def is_feasible(inputs: Inputs, params: AebParams) -> bool:
    """Whether command and trajectory of the planner obey physics."""
    command, trajectory = inputs.planned.value, inputs.trajectory.value
    good_command = command is not None and is_drivable(command, params)
    return good_command and trajectory is not None and is_physical(trajectory, params)


def is_drivable(command: PlannedCommand, params: AebParams) -> bool:
    """Finite and within what the car can and may do."""
    limits = params.plausible
    numbers = (command.acceleration, command.brake_deceleration, command.steering_tyre_angle)
    return (
        all(math.isfinite(number) for number in numbers)
        and -limits.planned_deceleration <= command.acceleration <= limits.planned_acceleration
        and 0.0 <= command.brake_deceleration <= params.brake.strongest_demand
        and abs(command.steering_tyre_angle) <= params.vehicle.max_steering_angle + _ROUNDING
    )


def is_physical(points: Sequence[PlanPoint], params: AebParams) -> bool:
    """Finite, ordered in time, and within the limits of tyres and brakes."""
    limits = params.plausible
    for point in points:
        numbers = (point.x, point.y, point.yaw, point.speed, point.acceleration, point.yaw_rate)
        if not all(math.isfinite(number) for number in (*numbers, point.time)):
            return False
        if abs(point.speed * point.yaw_rate) > limits.lateral_acceleration:
            return False
        if not -limits.planned_deceleration <= point.acceleration <= limits.planned_acceleration:
            return False
    times = [point.time for point in points]
    return len(points) > 0 and all(a < b for a, b in pairwise(times))

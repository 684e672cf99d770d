# SPDX-License-Identifier: Apache-2.0
"""What the supervisor decides on, as plain data: feeds with their newest accepted value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

from bulwark_core.frozen import replace
from bulwark_core.health import SensorHealth
from bulwark_core.objects import EgoMotion, TrackedObject

T = TypeVar("T")


def seconds(ns: int) -> float:
    """Nanoseconds as seconds."""
    return ns / 1e9


def nanoseconds(time: float) -> int:
    """Seconds as nanoseconds."""
    return round(time * 1e9)


class Gear(IntEnum):
    """The gears of bulwark_msgs/VehicleStatus."""

    UNKNOWN = 0
    PARK = 1
    REVERSE = 2
    NEUTRAL = 3
    DRIVE = 4


class Attention(IntEnum):
    """The attention of bulwark_msgs/VehicleStatus."""

    UNKNOWN = 0
    NO = 1
    YES = 2


@dataclass(frozen=True)
class VehicleStatus:
    """Vehicle and driver; NaN where the vehicle cannot tell. Pedals 0..1, tyre angle [rad]."""

    gear: Gear = Gear.UNKNOWN
    steering_tyre_angle: float = math.nan
    accelerator: float = math.nan
    brake: float = math.nan
    hands_on: Attention = Attention.UNKNOWN
    eyes_on: Attention = Attention.UNKNOWN
    engaged: bool = False

    @property
    def is_inattentive(self) -> bool:
        return Attention.NO in (self.hands_on, self.eyes_on)


@dataclass(frozen=True)
class PlannedCommand:
    """The planner's wish, field by field as bulwark_msgs/ControlCommand."""

    alive_counter: int
    longitudinal_active: bool = True
    acceleration: float = 0.0
    brake_deceleration: float = 0.0
    torque_cut: bool = False
    standstill_hold: bool = False
    lateral_active: bool = True
    steering_tyre_angle: float = 0.0
    takeover_request: bool = False
    hazard_lights: bool = False


@dataclass(frozen=True)
class PlanPoint:
    """A point of the trajectory, units as bulwark_msgs/TrajectoryPoint."""

    time: float
    x: float
    y: float
    yaw: float
    speed: float
    acceleration: float
    yaw_rate: float


@dataclass(frozen=True)
class Feed(Generic[T]):
    """The newest accepted message of one input.

    A stamp that stands still, goes back or lies in the future is not accepted; the value then only
    grows older, so one check of its age finds missing, late, frozen and backward inputs alike.
    """

    value: T | None = None
    stamp_ns: int = 0
    refused: str = ""
    is_malformed: bool = False

    def accept(self, value: T, stamp_ns: int, now_ns: int, future_s: float) -> Feed[T]:
        """The feed after a message; `refused` says why it was not taken."""
        why = self._reason_against(stamp_ns, now_ns + nanoseconds(future_s))
        if why:
            return replace(self, refused=why, is_malformed=False)
        return Feed(value, stamp_ns)

    def _reason_against(self, stamp_ns: int, latest_ns: int) -> str:
        if stamp_ns > latest_ns:
            return "stamp in the future"
        if self.value is None or self.stamp_ns > latest_ns:  # the clock went back: a new start
            return ""
        if stamp_ns < self.stamp_ns:
            return "stamp goes back"
        return "stamp stands still" if stamp_ns == self.stamp_ns else ""

    def refuse(self, why: str) -> Feed[T]:
        """The feed after a message that contradicts itself."""
        return replace(self, refused=why, is_malformed=True)

    def age(self, now_ns: int) -> float:
        """Now minus the stamp [s]; inf when nothing was ever received."""
        return math.inf if self.value is None else seconds(now_ns - self.stamp_ns)

    def is_fresh(self, now_ns: int, limit_s: float) -> bool:
        """Young enough, and not from a time that is still to come."""
        return -limit_s <= self.age(now_ns) <= limit_s


Objects = tuple[TrackedObject, ...]


@dataclass(frozen=True)
class Inputs:
    """All feeds of the supervisor. `camera` only proves that the camera lives.

    unlisted: what the lidar's points show although no list has it.
    lidar_health: of the newest list, also of one that is no list because the lidar is blind.
    """

    objects: Feed[Objects] = field(default_factory=Feed[Objects])
    static_obstacles: Feed[Objects] = field(default_factory=Feed[Objects])
    unlisted: Feed[Objects] = field(default_factory=Feed[Objects])
    odometry: Feed[EgoMotion] = field(default_factory=Feed[EgoMotion])
    status: Feed[VehicleStatus] = field(default_factory=Feed[VehicleStatus])
    planned: Feed[PlannedCommand] = field(default_factory=Feed[PlannedCommand])
    trajectory: Feed[tuple[PlanPoint, ...]] = field(default_factory=Feed[tuple[PlanPoint, ...]])
    camera: Feed[bool] = field(default_factory=Feed[bool])
    lidar_health: Feed[SensorHealth] = field(default_factory=Feed[SensorHealth])

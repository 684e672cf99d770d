# SPDX-License-Identifier: Apache-2.0
"""What the peers share: the ports of the supervisor, and objects as they lie in the own strip."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bulwark_core.component import Component, Handler, Now, Output
from bulwark_core.convert.object_arrays import read_objects
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.stamps import make_header
from bulwark_core.health import Level, Status
from bulwark_core.objects import EgoMotion, FloatArray, TrackedObject
from bulwark_core.vehicle import VehicleParams
from bulwark_msgs.msg import AebState, ControlCommand

_FRAME = "base_link"
_STANDSTILL = 0.05


@dataclass(frozen=True)
class Ahead:
    """An object in the own strip. gap: from the leading bumper [m]; speed: of the object along the
    direction of travel [m/s].
    """

    item: TrackedObject
    gap: float
    speed: float


class Peer(Component):
    """A supervisor that brakes for objects, by a rule of its own: `decide`."""

    name = "aeb_supervisor"
    timer_period_s = 0.02

    def __init__(self, body: VehicleParams) -> None:
        super().__init__()
        self.body = body
        self.reset()

    def reset(self) -> None:
        self._objects: tuple[TrackedObject, ...] = ()
        self._standing: tuple[TrackedObject, ...] = ()
        self._motion: EgoMotion | None = None
        self._reverse = False
        self._counter = 0
        self._braking = 0.0

    @abstractmethod
    def decide(self, objects: list[TrackedObject], motion: EgoMotion, now_s: float) -> float:
        """The deceleration to ask for, 0 for none [m/s^2]."""

    def ahead(
        self, objects: Iterable[TrackedObject], motion: EgoMotion, curvature: float, margin: float
    ) -> list[Ahead]:
        """What lies in the strip of the own width plus `margin` on each side, nearest first [m].

        curvature: of the strip's middle, left positive [1/m].
        """
        direction = -1.0 if self.reverse(motion) else 1.0
        bumper = -self.body.rear if direction < 0.0 else self.body.front
        half = self.body.width / 2.0 + margin
        found = []
        for item in objects:
            corners: FloatArray = item.corners()
            along = direction * corners[:, 0]
            aside = corners[:, 1] - curvature * corners[:, 0] ** 2 / 2.0
            if along.max() < bumper or aside.min() > half or aside.max() < -half:
                continue
            gap = max(float(along.min()) - bumper, 0.0)
            found.append(Ahead(item, gap, direction * item.vx))
        return sorted(found, key=lambda one: one.gap)

    def reverse(self, motion: EgoMotion) -> bool:
        """Whether the car drives backwards, by its speed, at standstill by its gear."""
        return motion.speed < 0.0 or (abs(motion.speed) < _STANDSTILL and self._reverse)

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "objects": self._on_objects,
            "static_obstacles": self._on_standing,
            "camera_objects": _ignore,
            "odometry": self._on_odometry,
            "status": self._on_status,
            "trajectory": _ignore,
            "planned": _ignore,
        }

    def _on_objects(self, msg: Any, now: Now) -> Iterable[Output]:
        self._objects = tuple(read_objects(msg))
        return self._decide(now)

    def _on_standing(self, msg: Any, _now: Now) -> Iterable[Output]:
        self._standing = tuple(read_objects(msg))
        return ()

    def _on_odometry(self, msg: Any, _now: Now) -> Iterable[Output]:
        self._motion = read_odometry(msg)
        return ()

    def _on_status(self, msg: Any, _now: Now) -> Iterable[Output]:
        self._reverse = msg.gear == msg.GEAR_REVERSE
        return ()

    def on_timer(self, now: Now) -> Iterable[Output]:
        return self._decide(now)

    def _decide(self, now: Now) -> list[Output]:
        motion = self._motion
        if motion is not None:
            objects = [*self._objects, *self._standing]
            self._braking = self.decide(objects, motion, now.ns / 1e9)
        self._counter += 1
        return [Output("command", self._command(now)), Output("state", self._state(now))]

    def _command(self, now: Now) -> ControlCommand:
        brakes = self._braking > 0.0
        return ControlCommand(
            header=make_header(now.ns, _FRAME),
            alive_counter=self._counter,
            source=ControlCommand.SOURCE_AEB if brakes else ControlCommand.SOURCE_DRIVER,
            brake_deceleration=self._braking,
            torque_cut=brakes,
            standstill_hold=brakes,
        )

    def _state(self, now: Now) -> AebState:
        known = self._motion is not None
        return AebState(
            header=make_header(now.ns, _FRAME),
            state=AebState.STATE_READY if known else AebState.STATE_STARTING,
            stage=AebState.STAGE_FULL if self._braking > 0.0 else AebState.STAGE_NONE,
            target_distance=math.nan,
            time_to_collision=math.inf,
            latest_brake_time=math.inf,
            brake_deceleration=self._braking,
            ego_speed=0.0 if self._motion is None else self._motion.speed,
        )

    def health(self, now: Now) -> list[Status]:  # noqa: ARG002
        return [Status("aeb", Level.OK, self.name)]


def curvature_of(motion: EgoMotion) -> float:
    """Of the circle that yaw rate and speed tell, 0 when too slow to tell [1/m]."""
    return motion.yaw_rate / motion.speed if abs(motion.speed) > 1.0 else 0.0


def jerk_limited(last: float, wanted: float, jerk: float, step: float) -> float:
    """A deceleration that grows no faster than `jerk` [m/s^3] and falls at once."""
    return min(wanted, last + jerk * step) if wanted > last else wanted


def _ignore(_msg: Any, _now: Now) -> Iterable[Output]:
    return ()


def nearest(found: list[Ahead]) -> Ahead | None:
    """The nearest one, which is all that some peers look at."""
    return found[0] if found else None

# SPDX-License-Identifier: Apache-2.0
"""Hostile messages: sound ones with one to three fields replaced by what no sender should send."""

from __future__ import annotations

import array
import copy
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aeb_makers import S, make_object

from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.stamps import make_header, to_stamp
from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_msgs.msg import (
    CameraObjectArray,
    ControlCommand,
    Trajectory,
    TrajectoryPoint,
    VehicleStatus,
)

NUMBERS = (
    math.nan, math.inf, -math.inf, 0.0, -0.0, 1e-30, -1e-30, 0.3, -0.3, 4.0, -7.0, 15.0, -1.0,
    99.9, 100.1, -500.0, 1e6, -1e12, 3e38, -3e38,
)  # fmt: skip
TOPICS = {
    "objects": "/perception/lidar/objects",
    "static_obstacles": "/perception/static_obstacles",
    "camera_objects": "/perception/camera/objects",
    "odometry": "/vehicle/odometry",
    "status": "/vehicle/status",
    "trajectory": "/planning/trajectory",
    "planned": "/control/planned",
}
LEAPS = (-S, -40 * S, S // 2, 3 * S)


@dataclass
class Sender:
    """Sends sound messages at 10 m/s, or hostile ones, each with the time of its arrival."""

    chance: random.Random
    now: int
    engaged: bool = False
    objects: Callable[[random.Random, int], list[TrackedObject]] = lambda chance, now: []
    count: int = 0

    def sound(self, port: str) -> Any:
        """What a healthy sender would send now."""
        self.count += 1
        header = make_header(self.now, "base_link")
        if port == "objects":
            return make_objects(self.objects(self.chance, self.now), self.now)
        if port == "static_obstacles":
            return make_objects([], self.now)
        if port == "camera_objects":
            return CameraObjectArray(header=header)
        if port == "odometry":
            return make_odometry(EgoMotion(self.now, 10.0, 0.0))
        if port == "status":
            gear = VehicleStatus.GEAR_DRIVE
            return VehicleStatus(header=header, gear=gear, assistance_engaged=self.engaged)
        if port == "trajectory":
            points = [TrajectoryPoint(time_from_start=0.5 * i, x=5.0 * i) for i in range(4)]
            return Trajectory(header=header, points=points)
        return ControlCommand(header=header, alive_counter=self.count, longitudinal_active=True)

    def hostile(self, port: str) -> Any:
        """The same, spoilt; a copy, since messages share what is the same in all of them."""
        message = copy.deepcopy(self.sound(port))
        for _ in range(self.chance.randint(1, 3)):
            spoil(message, self.chance)
        return message

    def storm(self, count: int, share: float) -> Iterator[tuple[str, Any, int]]:
        """`count` hostile messages among sound ones: topic, message, time; `share`: of hostile."""
        left = count
        while left > 0:
            self.now += self.chance.choice((0, S // 1000, S // 100, S // 100, S // 50))
            if self.chance.random() < 0.002:
                self.now += self.chance.choice(LEAPS)
            port = self.chance.choice(tuple(TOPICS))
            is_hostile = self.chance.random() < share
            left -= is_hostile
            message = self.hostile(port) if is_hostile else self.sound(port)
            yield TOPICS[port], message, self.now


def spoil(message: Any, chance: random.Random) -> None:
    """Replace one field, at any depth."""
    kinds = message.get_fields_and_field_types()
    name = chance.choice(tuple(kinds))
    kind, value = kinds[name], getattr(message, name)
    if "[" in kind or "sequence" in kind:
        setattr(message, name, _spoilt_list(value, chance))
    elif hasattr(value, "get_fields_and_field_types"):
        spoil(value, chance)
    else:
        setattr(message, name, _spoilt(kind, value, chance))


def _spoilt(kind: str, value: Any, chance: random.Random) -> Any:
    if kind in ("float", "double"):
        return chance.choice(NUMBERS)
    if kind == "string":
        return chance.choice(("", "lidar", "odom", "map", "\u00e4\u00f6" * 200))
    if kind == "boolean":
        return not value
    bits = int(kind.removeprefix("u").removeprefix("int"))
    low, high = (
        (0, 2**bits - 1) if kind.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    )
    near = min(max(int(value) + chance.choice((-1, 1, -5, 5)), low), high)
    return chance.choice((low, high, near, near, chance.randint(low, high)))


def _spoilt_list(value: Any, chance: random.Random) -> Any:
    """Shorter, longer, or with a spoilt element; of numbers: with hostile ones."""
    if isinstance(value, array.array):
        return array.array("f", chance.choices(NUMBERS, k=chance.choice((1, 2, 5, 6, 40))))
    if hasattr(value, "dtype"):  # covariances, of fixed length
        spoilt = value.copy()
        spoilt[chance.randrange(len(spoilt))] = chance.choice(NUMBERS)
        return spoilt
    if value and chance.random() < 0.8:
        spoil(chance.choice(value), chance)
        return value
    return value * chance.choice((0, 2, 30)) if value else value


UNBELIEVABLE: tuple[dict[str, float], ...] = (
    {"vx": 101.0}, {"vy": -2e5}, {"length": -4.0}, {"width": -1e-3}, {"length": 600.0},
    {"length": 1e-3, "width": 1e-3}, {"x": 501.0}, {"y": -1e7}, {"x": math.nan}, {"yaw": math.nan},
    {"vx": math.nan}, {"position_variance": math.inf}, {"velocity_variance": math.nan},
    {"existence": math.nan}, {"width": math.inf},
)  # fmt: skip
"""Each alone makes an object one that cannot be."""


def unbelievable(chance: random.Random, now: int) -> list[TrackedObject]:
    """Objects right ahead, well measured, none of which can be: nothing to brake for."""
    count = chance.choice((0, 0, 1, 2, 5))
    return [
        make_object(
            **{"x": chance.uniform(5.0, 30.0), "id": chance.randint(0, 3), "last_seen_ns": now}
            | chance.choice(UNBELIEVABLE)
            | chance.choice(UNBELIEVABLE)  # two, lest a spoilt message makes it whole again
        )
        for _ in range(count)
    ]


def anything(chance: random.Random, now: int) -> list[TrackedObject]:
    """Objects everywhere: some to brake for, some that contradict themselves or each other."""
    far = chance.choice((2.0, 30.0, 200.0))
    return [
        make_object(
            chance.uniform(-far, far),
            chance.uniform(-far, far) / 10.0,
            id=chance.randint(0, 5),
            vx=chance.uniform(-30.0, 30.0),
            vy=chance.uniform(-5.0, 5.0),
            yaw=chance.uniform(-4.0, 4.0),
            length=chance.choice((0.02, 0.5, 4.0, 40.0)),
            width=chance.choice((0.0, 0.5, 1.8, 60.0)),
            measurements=chance.choice((0, 1, 2, 20)),
            last_seen_ns=now + chance.choice((0, -S, S)),
        )
        for _ in range(chance.choice((0, 1, 3, 12)))
    ]


def stamped(message: Any, ns: int) -> Any:
    """The message with this stamp."""
    message.header.stamp = to_stamp(ns)
    return message

# SPDX-License-Identifier: Apache-2.0
"""A small plant for closed-loop tests: the planner's component driving a car with drag and lag."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from bulwark_core.component import Now
from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.stamps import make_header
from bulwark_core.objects import EgoMotion, Motion, ObjectClass, TrackedObject
from bulwark_msgs.msg import Route
from bulwark_planner.component import Planner
from bulwark_planner.params import PlannerParams

STEP_NS = 10_000_000
STEP_S = STEP_NS / 1e9


@dataclass
class Car:
    """Single-track model, first-order acceleration lag, quadratic drag and rolling resistance."""

    lag: float = 0.3
    drag: float = 4e-4
    rolling: float = 0.12
    wheelbase: float = 2.8
    understeer: float = 0.0025
    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0
    speed: float = 0.0
    push: float = 0.0
    steering: float = 0.0

    def step(self, acceleration: float, angle: float) -> None:
        self.push += (acceleration - self.push) * (1.0 - math.exp(-STEP_S / self.lag))
        self.steering += np.clip(angle - self.steering, -0.6 * STEP_S, 0.6 * STEP_S)
        resistance = self.rolling + self.drag * self.speed**2 if self.speed > 0.0 else 0.0
        self.speed = max(0.0, self.speed + (self.push - resistance) * STEP_S)
        self.yaw += self.yaw_rate * STEP_S
        self.x += self.speed * math.cos(self.yaw) * STEP_S
        self.y += self.speed * math.sin(self.yaw) * STEP_S

    @property
    def yaw_rate(self) -> float:
        wheelbase = self.wheelbase + self.understeer * self.speed**2
        return self.speed * math.tan(self.steering) / wheelbase


@dataclass
class Drive:
    """line: (N, 2) in odom; objects in odom. rows: time, x, y, speed, command, push, steering."""

    params: PlannerParams
    line: np.ndarray
    limit: float
    objects: list[TrackedObject] = field(default_factory=list)
    car: Car = field(default_factory=Car)
    command: int = Route.COMMAND_FOLLOW
    messages: list = field(default_factory=list)

    def __post_init__(self) -> None:
        self.planner = Planner(self.params)
        self.time_ns = 1_000_000_000
        self._asked = (0.0, 0.0)

    def run(self, seconds: float, *, route: bool = True, odometry: bool = True) -> np.ndarray:
        rows = []
        for _ in range(round(seconds / STEP_S)):
            self._send(route, odometry)
            if self.time_ns % 20_000_000 == 0:
                self._tick()
            self.car.step(*self._asked)
            self.time_ns += STEP_NS
            car = self.car
            rows.append([self.time_ns / 1e9, car.x, car.y, car.speed, self._asked[0], car.push,
                         car.steering])  # fmt: skip
        return np.array(rows)

    def _send(self, route: bool, odometry: bool) -> None:
        if odometry and self.time_ns % 20_000_000 == 0:
            self.give("odometry", make_odometry(self.ego()))
        if self.time_ns % 100_000_000 == 0:
            seen = [self._in_base(tracked) for tracked in self.objects]
            self.give("objects", make_objects(seen, self.time_ns))
            self.give("static_obstacles", make_objects([], self.time_ns))
        if route and self.time_ns % 200_000_000 == 0:
            self.give("route", self.route())

    def give(self, port: str, message: object) -> None:
        self.planner.handlers()[port](message, Now(self.time_ns, self.time_ns))

    def _tick(self) -> None:
        for output in self.planner.on_timer(Now(self.time_ns, self.time_ns)):
            self.messages.append((output.port, output.message))
            if output.port == "control":
                self._asked = (output.message.acceleration, output.message.steering_tyre_angle)

    def ego(self) -> EgoMotion:
        car = self.car
        return EgoMotion(self.time_ns, car.speed, car.yaw_rate, car.x, car.y, car.yaw)

    def route(self) -> Route:
        nearest = int(np.argmin(np.hypot(*(self.line - (self.car.x, self.car.y)).T)))
        ahead = self._points_in_base(self.line[max(nearest - 1, 0) : nearest + 150])
        return Route(
            header=make_header(self.time_ns, "base_link"),
            command=self.command,
            speed_limit=self.limit,
            x=ahead[:, 0].tolist(),
            y=ahead[:, 1].tolist(),
        )

    def _points_in_base(self, points: np.ndarray) -> np.ndarray:
        cos, sin = math.cos(self.car.yaw), math.sin(self.car.yaw)
        return (points - (self.car.x, self.car.y)) @ np.array([[cos, -sin], [sin, cos]])

    def _in_base(self, tracked: TrackedObject) -> TrackedObject:
        (x, y), = self._points_in_base(np.array([[tracked.x, tracked.y]]))  # fmt: skip
        return TrackedObject(
            tracked.id, x, y, tracked.z, tracked.yaw - self.car.yaw,
            tracked.length, tracked.width, tracked.height,
            vx=tracked.vx * math.cos(self.car.yaw), vy=-tracked.vx * math.sin(self.car.yaw),
            motion=tracked.motion, object_class=tracked.object_class,
        )  # fmt: skip

    def of(self, port: str) -> list:
        return [message for name, message in self.messages if name == port]


def standing_car(x: float, y: float = 0.0) -> TrackedObject:
    """Its rear bumper is at x."""
    return TrackedObject(
        1, x + 2.2, y, 0.75, 0.0, 4.4, 1.8, 1.5,
        object_class=ObjectClass.CAR, motion=Motion.STATIONARY,
    )  # fmt: skip


def straight(length: float = 1000.0) -> np.ndarray:
    return np.column_stack([np.arange(0.0, length, 2.0), np.zeros(int(length / 2.0))])


def bend(radius: float, before: float = 60.0) -> np.ndarray:
    """Straight, then a left bend of 180 degrees, then straight back."""
    start = np.column_stack([np.arange(0.0, before, 1.0), np.zeros(int(before))])
    angle = np.arange(0.0, math.pi, 1.0 / radius)
    arc = np.column_stack([before + radius * np.sin(angle), radius * (1.0 - np.cos(angle))])
    back = np.column_stack([before - np.arange(0.0, 100.0, 1.0), np.full(100, 2.0 * radius)])
    return np.concatenate([start, arc, back])

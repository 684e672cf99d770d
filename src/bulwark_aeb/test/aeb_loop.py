# SPDX-License-Identifier: Apache-2.0
"""A small closed loop around the core: ego with a brake model, actors, sensors with latency."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from bulwark_aeb.core import AebCore, Decision
from bulwark_aeb.inputs import Feed, Gear, Inputs, PlannedCommand, PlanPoint, VehicleStatus
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import Stage
from bulwark_core.component import Now
from bulwark_core.objects import EgoMotion, Motion, ObjectClass, TrackedObject
from bulwark_core.vehicle import BRAKE_MODELS, BrakeModel

START_NS = 1_000_000_000_000
DT = 0.01


@dataclass
class Actor:
    """A box that moves along its heading with a speed profile (time -> acceleration)."""

    x: float
    y: float
    yaw: float = 0.0
    speed: float = 0.0
    length: float = 4.5
    width: float = 1.8
    object_class: ObjectClass = ObjectClass.CAR
    acceleration: Callable[[float], float] = lambda time: 0.0
    vanishes_at: float = math.inf
    appears_at: float = 0.0
    first_seen_ns: int | None = None
    measurements: int = 0

    def step(self, time: float, dt: float) -> None:
        speed = self.speed + self.acceleration(time) * dt
        speed = max(speed, 0.0) if self.speed >= 0.0 else speed
        mean = (self.speed + speed) / 2.0
        self.x += mean * math.cos(self.yaw) * dt
        self.y += mean * math.sin(self.yaw) * dt
        self.speed = speed

    def seen(self, key: int, ego: EgoMotion, noise: np.random.Generator | None) -> TrackedObject:
        dx, dy = self.x - ego.x, self.y - ego.y
        cos, sin = math.cos(ego.yaw), math.sin(ego.yaw)
        yaw = self.yaw - ego.yaw
        self.measurements += 1
        shake = noise.normal(0.0, 1.0, 4) if noise is not None else np.zeros(4)
        if self.first_seen_ns is None:
            self.first_seen_ns = ego.stamp_ns
        known = 0.0 if self.measurements == 1 else 1.0  # one scan shows no velocity
        deviation = 10.0 if known == 0.0 else max(0.15, 0.7 * (2.0 / self.measurements) ** 1.5)
        return TrackedObject(
            key,
            dx * cos + dy * sin + 0.05 * shake[0],
            dy * cos - dx * sin + 0.05 * shake[1],
            0.8,
            yaw,
            self.length,
            self.width,
            1.5,
            known * self.speed * math.cos(yaw) + 0.1 * shake[2],
            known * self.speed * math.sin(yaw) + 0.1 * shake[3],
            object_class=self.object_class,
            existence=0.95,
            motion=Motion.UNKNOWN,
            position_variance=0.05**2,
            velocity_variance=deviation**2,
            first_seen_ns=self.first_seen_ns,
            last_seen_ns=ego.stamp_ns,
            measurements=self.measurements,
        )


@dataclass
class Brakes:
    """A brake model driven by demands: pure delay, jerk limit, largest deceleration."""

    model: BrakeModel
    queue: deque[float] = field(default_factory=deque)
    deceleration: float = 0.0

    def step(self, demand: float) -> float:
        self.queue.append(demand)
        delayed = self.queue.popleft() if len(self.queue) > self.model.delay / DT else 0.0
        wanted = min(delayed, self.model.deceleration)
        change = self.model.jerk * DT
        self.deceleration += min(max(wanted - self.deceleration, -change), change)
        return self.deceleration


@dataclass
class Run:
    """What a run showed."""

    contact_speed: float | None = None
    stop_gap: float = math.inf
    stages: list[Stage] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)

    @property
    def peak(self) -> Stage:
        return max(self.stages, default=Stage.NONE)

    def first(self, stage: Stage) -> float:
        """When a stage at least as high was first reached [s]."""
        for time, decision in zip(self.times, self.decisions, strict=True):
            if decision.stages.stage >= stage:
                return time
        return math.inf

    def warning_lead(self) -> float:
        return self.first(Stage.PARTIAL) - self.first(Stage.WARNING)


@dataclass
class Loop:
    """One scenario; the hooks say what differs from plain driving at constant speed."""

    speed: float
    actors: list[Actor]
    brake: str = "mid"
    params: AebParams = field(default_factory=AebParams)
    settle: float = 0.4
    reverse: bool = False
    curvature: float = 0.0
    sight: float = 150.0
    scan: float = 0.1
    latency: float = 0.06
    noise: np.random.Generator | None = None
    yaw_noise: float = 0.0
    speed_noise: float = 0.0
    own_deceleration: Callable[[float], float] = lambda time: 0.0
    status: Callable[[float], VehicleStatus | None] = lambda time: VehicleStatus(
        Gear.DRIVE, math.nan, 0.0, 0.0
    )
    planned: Callable[[float, int], PlannedCommand | None] = lambda time, count: None
    lidar_works: Callable[[float], bool] = lambda time: True
    odometry_works: Callable[[float], bool] = lambda time: True
    on_decision: Callable[[float, Decision], None] = lambda time, decision: None

    def run(self, duration: float) -> Run:
        self.core = AebCore(self.params)
        self.brakes = Brakes(BRAKE_MODELS[self.brake])
        self.ego = EgoMotion(START_NS, -self.speed if self.reverse else self.speed, 0.0)
        self.inputs, self.result, pending = Inputs(), Run(), deque()
        demand, speed = 0.0, self.speed
        for tick in range(round(duration / DT)):
            time = tick * DT
            now = START_NS + round(time * 1e9)
            if tick % round(self.scan / DT) == 0 and self.lidar_works(time):
                pending.append((time + self.latency, self._scan(time, now)))
            arrived = False
            while pending and pending[0][0] <= time + 1e-9:
                self._deliver(pending.popleft()[1], now)
                arrived = True
            if tick % 2 == 0:
                self._sense(time, now, tick)
            if arrived or tick % 2 == 0:
                decision = self.core.update(self.inputs, Now(now, now))
                self._note(time, decision, speed)
                command = decision.command
                demand = command.brake_deceleration
                if command.longitudinal_active:
                    demand = max(demand, -command.acceleration)
            deceleration = max(self.brakes.step(demand), self.own_deceleration(time))
            speed = self._move(time, speed, deceleration)
            if self.result.contact_speed is not None or self._settled():
                break
        self.result.stop_gap = self._gap() if speed == 0.0 else math.inf
        return self.result

    def _settled(self) -> bool:
        ticks = min(self.settle, 1e6) / DT
        recent = self.result.stages[-max(1, round(ticks / 2)) :]
        return len(recent) * 2 >= ticks and all(stage is Stage.HOLD for stage in recent)

    def _scan(self, time: float, now: int) -> tuple[int, tuple[TrackedObject, ...]]:
        stamped = replace(self.ego, stamp_ns=now)
        visible = [
            actor.seen(key + 1, stamped, self.noise)
            for key, actor in enumerate(self.actors)
            if math.hypot(actor.x - self.ego.x, actor.y - self.ego.y) <= self.sight + 6.0
            and actor.appears_at <= time < actor.vanishes_at
        ]
        return now, tuple(visible)

    def _deliver(self, scan: tuple[int, tuple[TrackedObject, ...]], now: int) -> None:
        feed = self.inputs.objects.accept(scan[1], scan[0], now, 0.05)
        self.inputs = replace(self.inputs, objects=feed)

    def _sense(self, time: float, now: int, tick: int) -> None:
        shake = self.noise.normal(0.0, 1.0, 2) if self.noise is not None else np.zeros(2)
        motion = replace(
            self.ego,
            stamp_ns=now,
            speed=self.ego.speed + self.speed_noise * shake[0],
            yaw_rate=self.ego.speed * self.curvature + self.yaw_noise * shake[1],
        )
        accept = {}
        if self.odometry_works(time):
            accept["odometry"] = self.inputs.odometry.accept(motion, now, now, 0.05)
        status = self.status(time)
        if status is not None:
            accept["status"] = self.inputs.status.accept(status, now, now, 0.05)
        planned = self.planned(time, tick)
        if planned is not None:
            accept["planned"] = self.inputs.planned.accept(planned, now, now, 0.05)
            points = tuple(PlanPoint(t, 5.0 * t, 0.0, 0.0, 5.0, 0.0, 0.0) for t in (0.0, 1.0, 2.0))
            accept["trajectory"] = self.inputs.trajectory.accept(points, now, now, 0.05)
        accept["camera"] = Feed(True, now)
        accept["static_obstacles"] = Feed((), now)
        self.inputs = replace(self.inputs, **accept)

    def _note(self, time: float, decision: Decision, speed: float) -> None:
        result = self.result
        result.decisions.append(decision)
        result.times.append(time)
        result.stages.append(decision.stages.stage)
        result.speeds.append(speed)
        self.on_decision(time, decision)

    def _move(self, time: float, speed: float, deceleration: float) -> float:
        after = max(speed - deceleration * DT, 0.0)
        travel = (speed + after) / 2.0 * DT * (-1.0 if self.reverse else 1.0)
        yaw = self.ego.yaw + travel * self.curvature / 2.0
        self.ego = replace(
            self.ego,
            speed=-after if self.reverse else after,
            x=self.ego.x + travel * math.cos(yaw),
            y=self.ego.y + travel * math.sin(yaw),
            yaw=self.ego.yaw + travel * self.curvature,
        )
        for actor in self.actors:
            actor.step(time, DT)
        if after > 0.0 and self._gap() <= 0.0:
            self.result.contact_speed = after
        return after

    def _gap(self) -> float:
        """Distance between the bodies [m], 0 on contact."""
        gaps = [math.inf]
        body = self.params.vehicle.corners()
        for actor in self.actors:
            stamped = replace(actor, measurements=0)
            corners = stamped.seen(1, self.ego, None).corners()
            gaps.append(polygon_distance(body, corners))
        return min(gaps)


def polygon_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Distance of two convex polygons by separating axes; 0 where they overlap."""
    best = 0.0
    for polygon in (first, second):
        edges = np.roll(polygon, -1, axis=0) - polygon
        normals = np.stack([edges[:, 1], -edges[:, 0]], axis=1)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        for normal in normals:
            a, b = first @ normal, second @ normal
            best = max(best, b.min() - a.max(), a.min() - b.max())
    return best


def car(gap: float, y: float = 0.0, **values: object) -> Actor:
    """A car whose rear is `gap` ahead of the front bumper (rear bumper for negative gaps)."""
    front = AebParams().vehicle.front
    return Actor(x=front + gap + 2.25, y=y, **values)  # type: ignore[arg-type]

# SPDX-License-Identifier: Apache-2.0
"""Scripted scenes in the ray-cast world, scanned on the way, with what is true at each scan."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from bulwark_core.geometry import rigid
from bulwark_core.objects import EgoMotion
from bulwark_lidar.cloud import Float32Array, FloatArray
from bulwark_lidar.ego import EgoHistory
from bulwark_world.actors import Actor
from bulwark_world.beams import LIDAR_MODELS
from bulwark_world.dynamics import VehicleState
from bulwark_world.lidar import Lidar
from bulwark_world.motion import Pose
from bulwark_world.odometry import OdometrySensor
from bulwark_world.params import OdometryParams
from bulwark_world.road import Road
from bulwark_world.scene import Scene

MOUNT = rigid(1.0, 0.0, 1.73)
SECOND = 1_000_000_000
_ODOMETRY_S = 0.02
_MOMENT = 1e-3

Path = Callable[[float], Pose]


@dataclass(frozen=True)
class Mover(Actor):
    """An actor on any path: its pose as a function of time."""

    path: Path = field(default=lambda time_s: Pose(), compare=False)

    def pose(self, time_s: float) -> Pose:
        return self.path(time_s)

    def velocity(self, time_s: float) -> tuple[float, float]:
        before, after = self.path(time_s - _MOMENT), self.path(time_s + _MOMENT)
        step = 2.0 * _MOMENT
        return (after.x - before.x) / step, (after.y - before.y) / step

    def yaw_rate(self, time_s: float) -> float:
        turn = self.path(time_s + _MOMENT).yaw - self.path(time_s - _MOMENT).yaw
        return math.remainder(turn, 2.0 * math.pi) / (2.0 * _MOMENT)


@dataclass(frozen=True)
class Script:
    """What happens: the own drive at constant speed [m/s] and yaw rate [rad/s], who moves, who
    stands.
    """

    name: str
    speed: float
    movers: tuple[Mover, ...] = ()
    standing: tuple[Actor, ...] = ()
    yaw_rate: float = 0.0
    duration: float = 3.0

    def ego(self, time_s: float) -> VehicleState:
        """The true own motion at a time."""
        turn = self.yaw_rate * time_s
        chord = self.speed * time_s * float(np.sinc(turn / (2.0 * math.pi)))
        x, y = chord * math.cos(turn / 2.0), chord * math.sin(turn / 2.0)
        return VehicleState(x, y, turn, self.speed, yaw_rate=self.yaw_rate)


@dataclass(frozen=True)
class Look:
    """One scan of a script: the cloud in the lidar's frame, the odometry, and the true pose."""

    time_s: float
    stamp_ns: int
    xyz: Float32Array
    ego: EgoMotion
    true_ego: Pose

    def in_base(self, points: FloatArray) -> FloatArray:
        """World points (N, 2) in the true base_link."""
        return (points - (self.true_ego.x, self.true_ego.y)) @ self._rotation()

    def turned(self, vector: tuple[float, float]) -> FloatArray:
        """A world vector on the true base_link's axes."""
        return np.array(vector) @ self._rotation()

    def _rotation(self) -> FloatArray:
        cos, sin = math.cos(self.true_ego.yaw), math.sin(self.true_ego.yaw)
        return np.array([[cos, -sin], [sin, cos]])


def looks(script: Script, model: str, rate: float, seed: int = 1) -> Iterator[Look]:
    """The scans of a script by a lidar that turns at this rate [Hz]."""
    road = Road(kerbs=True, roadside=False)
    scene = Scene(road, script.standing, script.movers, threads=1)
    lidar = Lidar(LIDAR_MODELS[model], MOUNT, seed)
    odometry = OdometrySensor(OdometryParams(), script.ego(0.0), seed)
    history, heard = EgoHistory(), -1
    for index in range(round(script.duration * rate)):
        time_s = index / rate
        while heard * _ODOMETRY_S < time_s:
            heard += 1
            at = heard * _ODOMETRY_S
            history.add(odometry.measure(script.ego(at), SECOND + round(at * SECOND)))
        stamp_ns = SECOND + round(time_s * SECOND)
        scene.place(time_s)
        state = script.ego(time_s)
        scan = lidar.scan(scene, rigid(state.x, state.y, yaw=state.yaw), stamp_ns, index)
        ego = history.at(stamp_ns)
        assert ego is not None
        yield Look(time_s, stamp_ns, scan.xyz, ego, Pose(state.x, state.y, state.yaw))


def footprints(actors: Sequence[Actor], look: Look) -> list[FloatArray]:
    """The outlines of actors in base_link."""
    return [look.in_base(actor.footprint(look.time_s)) for actor in actors]

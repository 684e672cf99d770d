# SPDX-License-Identifier: Apache-2.0
"""Labelled scans of the world: things all around a standing lidar, mounted as KITTI's is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bulwark_cli.evaluate.labelled_scans import Kind, LabelledScan
from bulwark_core.geometry import rigid
from bulwark_world.actors import Actor
from bulwark_world.beams import LIDAR_MODELS
from bulwark_world.kinds import kinds
from bulwark_world.lidar import Lidar, Scan
from bulwark_world.motion import Pose
from bulwark_world.road import Road
from bulwark_world.scene import Scene

HEIGHT = 1.73
"""Of KITTI's lidar above the road [m]."""
COLUMNS = 2083
"""Of its firings a turn: 0.1728 degrees at 10 Hz (HDL-64E S2 manual)."""

_KINDS = {
    "car": Kind.CAR, "pedestrian": Kind.PERSON, "pole": Kind.POLE, "tree": Kind.TRUNK,
    "house": Kind.BUILDING,
}  # fmt: skip
_PER_SCAN = {"car": 9, "pedestrian": 4, "pole": 4, "house": 3}
_NEAREST, _FARTHEST, _HOUSES_FROM = 6.0, 58.0, 18.0
_MARGIN = 0.08  # a return so far outside of a box is still the thing's [m]
_GROUND = 0.12


def world_scans(count: int, seed: int = 1) -> Iterator[LabelledScan]:
    """Scans of as many scenes, the same for the same seed; their points go ring by ring."""
    model = replace(LIDAR_MODELS["hdl64e"], columns=COLUMNS)
    mount = rigid(0.0, 0.0, HEIGHT)
    for index in range(count):
        actors = _things(np.random.default_rng((seed, index)))
        road = Road(-200.0, 200.0, lanes=2, roadside=False, kerbs=False, shoulder=40.0)
        scene = Scene(road, [], actors)
        scene.place(0.0)
        scan = Lidar(model, mount, seed).scan(scene, rigid(), 0, index)
        yield _labelled(scan, actors, index)


def _things(rng: np.random.Generator) -> list[Actor]:
    """Things that stand free of each other, seen from anywhere."""
    actors: list[Actor] = []
    for name, number in _PER_SCAN.items():
        kind = kinds()[name]
        nearest = _HOUSES_FROM if name == "house" else _NEAREST
        for _ in range(number):
            bearing = rng.uniform(-math.pi, math.pi)
            away = rng.uniform(nearest, _FARTHEST)
            pose = Pose(away * math.cos(bearing), away * math.sin(bearing), rng.uniform(0.0, 6.28))
            size = math.hypot(kind.length, kind.width)
            if all(_apart(pose, other) > size / 2.0 + 0.5 for other in actors):
                actors.append(Actor(f"{name}_{len(actors)}", kind, pose))
    return actors


def _apart(pose: Pose, other: Actor) -> float:
    """From a place to the other's circle [m]."""
    size = math.hypot(other.kind.length, other.kind.width)
    return math.hypot(pose.x - other.start.x, pose.y - other.start.y) - size / 2.0


def _labelled(scan: Scan, actors: list[Actor], index: int) -> LabelledScan:
    order = np.argsort(scan.ring, kind="stable")  # it comes column by column
    xyz = scan.xyz[order]
    kinds_of = np.full(len(xyz), Kind.UNKNOWN, np.int8)
    instances = np.full(len(xyz), -1, np.int32)
    kinds_of[xyz[:, 2] + HEIGHT < _GROUND] = Kind.GROUND
    for number, actor in enumerate(actors):
        inside = _inside(xyz, actor)
        kinds_of[inside] = _KINDS[actor.kind.name]
        instances[inside] = number
    return LabelledScan(
        "world", f"{index:03d}", xyz, scan.intensity[order], kinds_of, instances, False
    )


def _inside(xyz: npt.NDArray[np.float32], actor: Actor) -> npt.NDArray[np.bool_]:
    pose, kind = actor.start, actor.kind
    cos, sin = math.cos(pose.yaw), math.sin(pose.yaw)
    x, y = xyz[:, 0] - pose.x, xyz[:, 1] - pose.y
    along, across = np.abs(x * cos + y * sin), np.abs(y * cos - x * sin)
    above = xyz[:, 2] + HEIGHT > _GROUND / 2.0
    near = (along < kind.length / 2 + _MARGIN) & (across < kind.width / 2 + _MARGIN)
    return np.asarray(near & above)

# SPDX-License-Identifier: Apache-2.0
"""Clouds of a drive through the world: a street with traffic, and what is true about it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from bulwark_cli.bench.lidar.frames import SCAN_NS, Drive, Frame
from bulwark_core.geometry import rigid
from bulwark_core.objects import EgoMotion
from bulwark_world.actors import Actor
from bulwark_world.beams import LIDAR_MODELS, LidarModel
from bulwark_world.dynamics import VehicleState
from bulwark_world.kinds import kinds
from bulwark_world.lidar import Lidar
from bulwark_world.motion import Pose, SpeedProfile
from bulwark_world.params import LidarMount
from bulwark_world.road import Road
from bulwark_world.scene import Scene
from bulwark_world.truth import truth_object

SPEED = 8.0
"""Of the own vehicle [m/s]."""
_SEED = 1
_TRAFFIC = (  # kind, x and y at the start [m], heading [deg], speed [m/s]
    ("car", 22.0, 0.0, 0.0, SPEED),
    ("car", 70.0, 3.5, 180.0, 10.0),
    ("truck", 52.0, 3.5, 180.0, 6.0),
    ("car", 38.0, 0.0, 0.0, SPEED),
    ("cyclist", 13.0, -1.9, 0.0, 5.0),
    ("pedestrian", 17.0, -3.6, 0.0, 1.4),
    ("child", 18.0, -3.4, 0.0, 1.4),
    ("pedestrian", 27.0, 7.2, 180.0, 1.4),
    ("pedestrian", 36.0, -3.8, 180.0, 1.4),
    ("round_pillar", 31.0, -3.6, 0.0, 0.0),
    ("crash_barrel", 29.0, 5.6, 0.0, 0.0),
    ("water_barrier", 34.0, 5.4, 90.0, 0.0),
    ("pole", 43.0, -3.2, 0.0, 0.0),
)


def scaled(points: int) -> LidarModel:
    """A lidar like the 64-beam one with more or fewer beams and columns, for about so many points.

    Both change by the same factor, so that the points stay as far apart upwards as sideways.
    """
    whole = LIDAR_MODELS["hdl64e"]
    factor = math.sqrt(points / _returns(whole))
    old = np.arange(len(whole.elevations))
    beams = max(2, round(len(old) * factor))
    elevations = np.interp(np.linspace(0, old[-1], beams), old, whole.elevations)
    return replace(whole, elevations=elevations, columns=max(8, round(whole.columns * factor)))


def world_drive(model: LidarModel, scans: int) -> Drive:
    """Scans of the street at 10 Hz, the same ones each time."""
    scene, actors = _street()
    mount = LidarMount().pose
    lidar = Lidar(model, mount, _SEED)
    frames = []
    for index in range(scans):
        time_s, stamp_ns = index * SCAN_NS / 1e9, (index + 1) * SCAN_NS
        x = SPEED * time_s
        scene.place(time_s)
        scan = lidar.scan(scene, rigid(x), stamp_ns, index)
        state = VehicleState(x=x, speed=SPEED)
        truth = [truth_object(a, k, state, time_s, stamp_ns) for k, a in enumerate(actors)]
        ego = EgoMotion(stamp_ns, SPEED, 0.0, x)
        frames.append(Frame(stamp_ns, scan.xyz, ego, mount, tuple(truth)))
    return tuple(frames)


def _returns(model: LidarModel) -> int:
    """How many of a turn's rays meet something at the start of the drive."""
    scene, _ = _street()
    scene.place(0.0)
    return len(Lidar(model, LidarMount().pose, _SEED).scan(scene, rigid(), 0, 0).xyz)


def _street() -> tuple[Scene, list[Actor]]:
    """The scene, and everything in it that stands or moves."""
    road = Road()
    furniture = road.furniture(_SEED)
    traffic = [
        Actor(f"{kind}_{k}", kinds()[kind], Pose(x, y, math.radians(deg)), SpeedProfile(speed))
        for k, (kind, x, y, deg, speed) in enumerate(_TRAFFIC)
    ]
    return Scene(road, furniture, traffic), [*traffic, *furniture]

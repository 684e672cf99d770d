# SPDX-License-Identifier: Apache-2.0
"""Drives up to things, to learn the lidar chain's errors: ray-cast scans, tracks, and the truth.

The chain is the node's own component with the world's noisy odometry; the lidar is an HDL-64E.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bulwark_core.convert.object_arrays import read_objects
from bulwark_core.objects import TrackedObject
from bulwark_core.offline import OfflineHost
from bulwark_world.actors import Actor
from bulwark_world.edges import Edges, edges_of, is_outside, nearest_point
from bulwark_world.kinds import kinds
from bulwark_world.motion import Phase, Pose, SpeedProfile
from bulwark_world.params import SensorParams
from bulwark_world.road import Road
from bulwark_world.sensors_to_messages import make_messages, make_tf_static
from bulwark_world.simulation import Simulation
from bulwark_world.weather import CLEAR, Weather
from bulwark_world.world import Ego, World

FROM, TO = 125.0, 5.0
"""Between which distances to the thing a drive goes [m]."""
_TRACKS = "/perception/lidar/objects"
_TOPICS = {"points": "/lidar/points", "odometry": "/vehicle/odometry"}
_GATE = 1.0  # farther outside of the thing the middle of a track is not one of it [m]
_ON = 0.3  # that of a piece of a big one, which may show its skin alone [m]
_STEP_OFF, _BRAKES = 3.0, 5.0  # [m/s^2]


@dataclass(frozen=True)
class Approach:
    """A drive at a steady speed up to one thing.

    speed: own [m/s]; of: the thing's along its yaw [m/s], 0 for one that stands. from_m: where the
    thing is at the start, ahead of base_link [m]. starts_s: when it starts to move, standing until
    then. stops_s: when it brakes to standstill, 0 for never.
    """

    kind: str
    speed: float
    of: float = 0.0
    yaw_deg: float = 0.0
    lateral: float = 0.0
    from_m: float = FROM
    starts_s: float = 0.0
    stops_s: float = 0.0
    weather: Weather = field(default=CLEAR)

    def actor(self) -> Actor:
        """The thing."""
        pose = Pose(self.from_m, self.lateral, math.radians(self.yaw_deg))
        if self.of == 0.0:
            return Actor("thing", kinds()[self.kind], pose)
        first = 0.0 if self.starts_s else self.of
        phases = [Phase(self.starts_s, self.of, _STEP_OFF)] if self.starts_s else []
        phases += [Phase(self.stops_s, 0.0, _BRAKES)] if self.stops_s else []
        return Actor("thing", kinds()[self.kind], pose, SpeedProfile(first, phases))


@dataclass(frozen=True)
class Sample:
    """The thing and its track at a scan; track None where no track is near.

    distance: from base_link's origin to the thing's nearest point [m]. edges: the errors of all
    tracks on it together, in its own frame; track: the nearest of them. acceleration: along its
    heading [m/s^2].
    """

    time_s: float
    distance: float
    truth: TrackedObject
    acceleration: float
    track: TrackedObject | None
    edges: Edges | None


def standard_approaches() -> list[Approach]:
    """Each kind standing, ahead and beside the way, and moving along and across it."""
    standing = [
        Approach(kind, speed, yaw_deg=yaw, lateral=lateral)
        for kind in ("car", "truck", "pedestrian", "child", "cyclist", "pillar", "pole",
                     "water_barrier", "crash_barrel", "wall")
        for speed, yaw, lateral in ((10.0, 0.0, 0.0), (22.0, 0.0, 0.4), (14.0, 90.0, -2.5))
    ]  # fmt: skip
    along = [
        Approach(kind, own, of, yaw, lateral, near)
        for kind, own, of, yaw, lateral, near in (
            ("car", 20.0, 8.0, 0.0, 0.0, 110.0),
            ("car", 14.0, 8.0, 0.0, 0.5, 50.0),
            ("car", 12.0, 10.0, 180.0, 3.5, FROM),
            ("truck", 20.0, 8.0, 0.0, 0.0, 110.0),
            ("truck", 12.0, 10.0, 180.0, 3.5, FROM),
            ("cyclist", 14.0, 5.0, 0.0, 0.0, 90.0),
            ("cyclist", 10.0, 4.0, 0.0, -1.0, 50.0),
            ("pedestrian", 8.0, 1.4, 0.0, 0.5, 70.0),
            ("pedestrian", 8.0, 1.4, 180.0, -0.5, 70.0),
        )
    ]
    stopping = [
        Approach(kind, own, of, from_m=near, stops_s=3.0)
        for kind, own, of, near in (
            ("car", 10.0, 10.0, 35.0),
            ("car", 14.0, 14.0, 45.0),
            ("truck", 10.0, 10.0, 40.0),
            ("cyclist", 5.0, 5.0, 25.0),
        )
    ]
    across = [
        Approach(kind, own, of, side * 90.0, -side * _way(of), 4.5 * own + 8.0, 0.5)
        for kind, of in (("pedestrian", 1.4), ("pedestrian", 2.2), ("child", 1.4),
                         ("cyclist", 4.2), ("car", 6.0))
        for own, side in ((8.0, 1.0), (14.0, -1.0))
    ]  # fmt: skip
    return [*standing, *along, *stopping, *across]


def _way(speed: float) -> float:
    """From where a thing that crosses comes, to be on the way after 4 s [m]."""
    return speed * 3.5


def drive(approach: Approach, seed: int, sensors: SensorParams | None = None) -> Iterator[Sample]:
    """The samples of a drive until the thing is near, the same for the same seed.

    sensors: the vehicle's, an HDL-64E on the roof by default.
    """
    from bulwark_lidar.component import LidarPerception
    from bulwark_lidar.params import LidarParams

    actor, sensors = approach.actor(), sensors or SensorParams()
    world = World(
        Road(roadside=True, end=500.0), (actor,), Ego(speed=approach.speed),
        weather=approach.weather,
    )  # fmt: skip
    world = replace(world, furniture=tuple(world.place.furniture(seed)))
    simulation = Simulation(world, sensors, seed)
    simulation.wants_picture = lambda: False
    host, tracks = OfflineHost([LidarPerception(LidarParams())]), _Newest()
    host.on_output(tracks.take)
    host.deliver("/tf_static", make_tf_static(sensors), simulation.now_ns)
    while simulation.contact is None:
        frames = simulation.step()
        for port, message in make_messages(simulation, frames, sensors):
            if port in _TOPICS:
                host.deliver(_TOPICS[port], message, simulation.now_ns)
        if frames.objects is None:
            continue
        truth, time_s = frames.objects[0], simulation.time_s
        yield _sample(time_s, truth, actor.profile.acceleration(time_s), tracks.objects)
        if np.hypot(*nearest_point(truth)) < TO or truth.x < 0.0:
            return


class _Newest:
    """The tracks of the newest scan."""

    def __init__(self) -> None:
        self.objects: list[TrackedObject] = []

    def take(self, topic: str, message: Any, _ns: int) -> None:
        if topic == _TRACKS:
            self.objects = read_objects(message)


def _sample(
    time_s: float, truth: TrackedObject, acceleration: float, tracks: list[TrackedObject]
) -> Sample:
    distance = float(np.hypot(*nearest_point(truth)))
    on_it = [track for track in tracks if _apart(track, truth) < _GATE]
    if not on_it:
        return Sample(time_s, distance, truth, acceleration, None, None)
    nearest = min(on_it, key=lambda track: float(np.hypot(*track.footprint().T).min()))
    inside = [track for track in on_it if track is nearest or _apart(track, truth) < _ON]
    outline = np.concatenate([track.footprint() for track in inside])
    return Sample(time_s, distance, truth, acceleration, nearest, edges_of(outline, truth))


def _apart(track: TrackedObject, truth: TrackedObject) -> float:
    """How far a track's middle is outside of the thing's box, negative inside [m]."""
    return is_outside(np.array([track.x, track.y]), truth)

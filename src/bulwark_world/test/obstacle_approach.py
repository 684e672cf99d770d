# SPDX-License-Identifier: Apache-2.0
"""A car of the world that drives up to a thing at walking pace and stops before it, in lock step.

Ray-cast scans through lidar_perception and static_obstacles, with the world's noisy odometry.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bulwark_core.convert.object_arrays import read_objects
from bulwark_core.geometry import invert, rigid
from bulwark_core.objects import ObjectClass
from bulwark_core.offline import OfflineHost
from bulwark_core.vehicle import VehicleParams
from bulwark_lidar.component import LidarPerception
from bulwark_lidar.params import LidarParams
from bulwark_obstacles.component import StaticObstacles
from bulwark_obstacles.params import LidarParams as Sight
from bulwark_obstacles.params import StaticObstaclesParams
from bulwark_obstacles.table import distances_to_body, make_table
from bulwark_world.actors import Actor
from bulwark_world.beams import LIDAR_MODELS
from bulwark_world.driver import DriverInput
from bulwark_world.kinds import Kind, kinds
from bulwark_world.materials import Material
from bulwark_world.mesh import box, cylinder
from bulwark_world.motion import Pose
from bulwark_world.params import LidarMount, SensorParams
from bulwark_world.road import Road
from bulwark_world.sensors_to_messages import make_messages, make_tf_static
from bulwark_world.simulation import Simulation
from bulwark_world.world import Ego, World

BODY = VehicleParams()
LOW = {
    "bollard": Kind(
        "bollard", ObjectClass.UNKNOWN, 0.3, 0.3, 0.3,
        lambda kind: cylinder(0.15, 0.0, 0.3, Material.CONCRETE), True,
    ),
    "low_wall": Kind(
        "low_wall", ObjectClass.WALL, 0.3, 4.0, 0.5,
        lambda kind: box(0.3, 4.0, 0.0, 0.5, Material.BRICK),
    ),
}  # fmt: skip
MOUNTS = {
    "hdl64e": LidarMount(model="hdl64e"),
    "os1_128": LidarMount(model="os1_128"),
    "vlp16": LidarMount(model="vlp16", x=3.6, z=0.6),
}
SHOWN = "/perception/static_obstacles"
PACE, GAP, START = 1.2, 0.5, 6.0


@dataclass(frozen=True)
class Moment:
    """At a scan: the true gap between body and thing, what is reported of it, and whether seen.

    gap: [m]; reported: the nearest gap of a reported obstacle that covers the thing, NaN without;
    is_seen: whether the lidar still has it.
    """

    time_s: float
    speed: float
    gap: float
    reported: float
    is_seen: bool


class Parker:
    """Drives at walking pace until the true gap is small, then stays; steers from a time on."""

    def __init__(self, steering: float, steers_from: float) -> None:
        self.gap, self.speed = START, 0.0
        self._steering, self._from = steering, steers_from

    def act(self, situation):
        braking_way = self.speed**2 / (2.0 * 0.5) + 0.15 * self.speed
        angle = self._steering if situation.time_s >= self._from else 0.0
        if self.gap <= GAP + braking_way:
            return DriverInput(0.0, 0.15, angle)
        return DriverInput(max(0.05 + 0.4 * (PACE - self.speed), 0.0), 0.0, angle)


def approach(
    kind, model="hdl64e", *, reverse=False, lateral=0.0, steering=0.0, steers_from=3.0, stand_s=4.0
):
    """The moments of a drive up to a thing, at standstill before it for `stand_s` at the end."""
    thing = _placed(LOW.get(kind) or kinds()[kind], lateral, reverse)
    parker = Parker(steering, steers_from)
    ego = replace(Ego(direction=-1 if reverse else 1), driver=parker)
    sensors = SensorParams(lidar=MOUNTS[model])
    simulation = Simulation(World(Road(roadside=False), (thing,), ego, BODY), sensors, seed=3)
    simulation.wants_picture = lambda: False
    host, messages = OfflineHost([LidarPerception(LidarParams()), _obstacles(model)]), []
    host.on_output(lambda topic, message, _ns: messages.append((topic, message)))
    host.deliver("/tf_static", make_tf_static(sensors), simulation.now_ns)
    moments, stood = [], 0
    while stood < stand_s * 100 and simulation.time_s < 40.0:
        _step(simulation, sensors, host)
        parker.gap, parker.speed = _gap(thing, simulation), abs(simulation.state.speed)
        stood += parker.speed < 0.01 and simulation.time_s > 2.0
        shown = [message for topic, message in messages if topic == SHOWN]
        if shown:
            messages.clear()
            moments.append(_moment(thing, simulation, shown[-1]))
    return moments


def _obstacles(model):
    beams = LIDAR_MODELS[model]
    sight = Sight(lowest_beam=float(-beams.elevations.min()), min_range=beams.min_range)
    return StaticObstacles(StaticObstaclesParams(lidar=sight))


def _placed(kind, lateral, reverse):
    half = kind.length / 2.0
    x = BODY.rear - START - half if reverse else BODY.front + START + half
    return Actor("thing", kind, Pose(x, lateral))


def _step(simulation, sensors, host):
    topics = {"points": "/lidar/points", "odometry": "/vehicle/odometry"}
    for port, message in make_messages(simulation, simulation.step(), sensors):
        if port in topics:
            host.deliver(topics[port], message, simulation.now_ns)


def _in_base(thing, simulation):
    state = simulation.state
    matrix = invert(rigid(state.x, state.y, yaw=state.yaw))
    return thing.footprint(0.0) @ matrix[:2, :2].T + matrix[:2, 3]


def _gap(thing, simulation):
    points = _in_base(thing, simulation)
    samples = points + np.linspace(0.0, 1.0, 40)[:, None, None] * (
        np.roll(points, -1, axis=0) - points
    )
    x, y = samples.reshape(-1, 2).T
    dx = np.maximum(np.maximum(BODY.rear - x, x - BODY.front), 0.0)
    return float(np.hypot(dx, np.maximum(np.abs(y) - BODY.width / 2.0, 0.0)).min())


def _moment(thing, simulation, message):
    low, high = _in_base(thing, simulation).min(axis=0), _in_base(thing, simulation).max(axis=0)
    objects = [
        item
        for item in read_objects(message)
        if (low - 0.3 <= (item.x, item.y)).all() and ((item.x, item.y) <= high + 0.3).all()
    ]
    gaps = distances_to_body(make_table(objects), BODY)
    return Moment(
        simulation.time_s,
        abs(simulation.state.speed),
        _gap(thing, simulation),
        float(gaps.min()) if objects else np.nan,
        any(item.last_seen_ns >= simulation.now_ns for item in objects),
    )

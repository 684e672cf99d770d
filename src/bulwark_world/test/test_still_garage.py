# SPDX-License-Identifier: Apache-2.0
"""The lidar chain in a scene in which nothing moves but the own vehicle: it shall say so."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest

from bulwark_core.objects import Motion
from bulwark_core.vehicle import VehicleParams
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline
from bulwark_world.params import LidarMount, SensorParams
from bulwark_world.scenario import load_scenario
from bulwark_world.simulation import Simulation

BODY = VehicleParams()
SETTLED = 4
"""Measurements after which a track's speed is looked at."""


@dataclass(frozen=True)
class Seen:
    """Speeds [m/s] of all settled tracks in all scans, and what of them was said to move."""

    speeds: np.ndarray
    movers: list


def drive(model, **values):
    """Creep through the garage with noisy odometry."""
    world, _ = load_scenario("garage").build(values, 1, BODY)
    sensors = SensorParams(lidar=LidarMount(model=model))
    simulation = Simulation(world, sensors, 1)
    simulation.wants_picture = lambda: False
    pipeline, ego, tracks = LidarPipeline(LidarParams()), None, []
    while simulation.time_s < world.end.after_s:
        frames = simulation.step()
        ego = frames.odometry or ego
        if frames.scan is not None:
            mount = sensors.lidar.pose
            result = pipeline.update(frames.scan.xyz, ego, frames.stamp_ns, mount)
            tracks += [o for o in result.objects if o.measurements >= SETTLED]
    speeds = np.array([np.hypot(o.vx, o.vy) for o in tracks])
    return Seen(speeds, [o for o in tracks if o.motion is Motion.MOVING])


@lru_cache
def seen(model):
    return drive(model)


def comes_into_the_way(tracked):
    """Whether it moves towards the car and lies in the strip ahead that the body will cover."""
    outline = tracked.footprint()
    across = np.abs(outline[:, 1]).min() < BODY.width / 2 or (
        outline[:, 1].min() < 0.0 < outline[:, 1].max()
    )
    towards = tracked.vx * tracked.x + tracked.vy * tracked.y < 0.0
    return bool(across and towards and outline[:, 0].max() > BODY.front)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["hdl64e", "os1_128"])
def test_what_stands_has_no_speed(model):
    found = seen(model)
    assert len(found.speeds) > 5000
    assert np.percentile(found.speeds, 95) < 0.4


@pytest.mark.slow
@pytest.mark.parametrize("model", ["hdl64e", "vlp16"])
def test_nothing_comes_into_the_way(model):
    assert not [o for o in seen(model).movers if comes_into_the_way(o)]

# SPDX-License-Identifier: Apache-2.0
"""The camera's pitch in the world: over humps, places are better with the lidar than without."""

import numpy as np
import pytest

from bulwark_camera.camera_motion import CameraMotion
from bulwark_camera.lidar_check import LidarCheck
from bulwark_camera.params import AlignmentParams, GroundParams, PitchParams
from bulwark_camera.placement import View
from bulwark_core.camera_model import CameraModel
from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.health import SensorHealth, Sight
from bulwark_core.objects import EgoMotion, Motion, ObjectClass, TrackedObject
from bulwark_core.vehicle import VehicleParams
from bulwark_world.camera import OPTICAL, intrinsics_of
from bulwark_world.motion import Pose
from bulwark_world.params import SensorParams
from bulwark_world.scenario import load_scenario
from bulwark_world.simulation import Simulation

GROUND = GroundParams()
CARS = np.array([(14.0, 2.6), (22.0, -2.8), (33.0, 2.6)])  # rear ends in base_link [m]
SENSORS = SensorParams()
MOUNT = SENSORS.camera.pose @ OPTICAL


def camera_model():
    one = intrinsics_of(SENSORS.camera)
    return CameraModel((one.height, one.width), "plumb_bob", one.matrix, np.array(one.distortion))


def poses(shape, speed_kmh, height):
    """Attitude of the car ten times a second while it drives over something: (4, 4), pitch."""
    values = {"shape": shape, "speed_kmh": speed_kmh, "height": height, "first": 8.0}
    world = load_scenario("drive_over").build(values, 1, VehicleParams())[0]
    one = Simulation(world, SENSORS, 1)
    one.wants_scan = one.wants_picture = one.wants_echoes = lambda: False
    for index in range(900):
        one.step()
        if index % 10 == 0:
            yield one.attitude


def boxes(camera, attitude, rng):
    """Boxes of the cars as a detector finds them, 2 % of their height off at each edge.

    The cars stand on the level road; the car's own rear axle is above its place in the plane.
    """
    feet = [(x + GROUND.overhang, y + side, 0.0) for x, y in CARS for side in (-0.9, 0.9)]
    tops = [(x, y + side, 1.5) for x, y in CARS for side in (-0.9, 0.9)]
    corners = np.array([feet, tops]).reshape(2, len(CARS), 2, 3).transpose(1, 0, 2, 3)
    pose = attitude.base(Pose(0.0, 0.0)) @ MOUNT
    points = (corners.reshape(-1, 3) - pose[:3, 3]) @ pose[:3, :3]
    pixels = camera.project(points).reshape(len(CARS), 4, 2)
    found = np.concatenate([pixels.min(axis=1), pixels.max(axis=1)], axis=1)
    return found + rng.normal(0.0, 0.02, found.shape) * (found[:, 3] - found[:, 1])[:, None]


def errors(attitudes, use):
    """Median relative error of the places while the car is tilted, and calibration's hits."""
    camera, rng, classes = camera_model(), np.random.default_rng(1), [ObjectClass.CAR] * len(CARS)
    check = LidarCheck(GROUND, PitchParams(use=use), AlignmentParams())
    told, motion = View(camera, MOUNT, GROUND, GROUND.pitch_std), CameraMotion()
    cars = [
        TrackedObject(1, x + 2.0, y, 0.75, 0.0, 4.0, 1.8, 1.5, motion=Motion.STATIONARY)
        for x, y in CARS
    ]
    off, within = [], []
    for k, attitude in enumerate(attitudes):
        ns = 1_000_000_000 + 100_000_000 * k
        motion.add(EgoMotion(ns, 0.0, 0.0))
        check.add(make_objects(cars, ns, "base_link", SensorHealth(Sight.OK)))
        found = boxes(camera, attitude, rng)
        places = check.view(told, found, classes, ns, motion).place(found, classes)
        if abs(attitude.pitch) > 0.008:
            error = np.abs(places.xyz[:, 0] - CARS[:, 0])[places.is_known]
            off += (error / CARS[places.is_known, 0]).tolist()
            within += (error < 2.0 * places.range_std[places.is_known]).tolist()
    return float(np.median(off)), float(np.mean(within)), check


@pytest.mark.parametrize("shape, speed_kmh, height", [("table", 8.0, 0.06), ("hump", 5.0, 0.05)])
def test_over_a_hump_the_lidar_keeps_the_cameras_range(shape, speed_kmh, height):
    attitudes = list(poses(shape, speed_kmh, height))
    without, _, _ = errors(attitudes, use=False)
    corrected, within, check = errors(attitudes, use=True)
    assert max(abs(one.pitch) for one in attitudes) > 0.01
    assert corrected < 0.7 * without
    assert within > 0.8
    assert check.alignment.problem() == ""

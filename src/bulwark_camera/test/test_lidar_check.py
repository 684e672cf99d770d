# SPDX-License-Identifier: Apache-2.0
"""Camera against lidar: pitch, sideways error and focal length, from cars that both see."""

import numpy as np
import pytest

from bulwark_camera.camera_motion import CameraMotion
from bulwark_camera.lidar_check import LidarCheck
from bulwark_camera.params import AlignmentParams, GroundParams, PitchParams
from bulwark_camera.placement import View
from bulwark_camera.plausible_camera import implausible
from bulwark_core.camera_model import CameraModel
from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.geometry import rigid
from bulwark_core.health import SensorHealth, Sight
from bulwark_core.objects import EgoMotion, Motion, ObjectClass, TrackedObject
from bulwark_core.projection import project, solids

OPTICAL = np.array([[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
K = np.array([[600.0, 0, 400], [0, 600.0, 240], [0, 0, 1]])
CAMERA = CameraModel((480, 800), "plumb_bob", K, np.zeros(5), "camera")
GROUND = GroundParams(overhang=0.8)
MS = 1_000_000
CARS = [(14.0, 2.5), (22.0, -1.0), (30.0, 3.5)]


def lidar_car(x, y, speed=0.0):
    motion = Motion.MOVING if speed else Motion.STATIONARY
    return TrackedObject(
        1, x, y, 0.75, 0.0, 4.0, 1.8, 1.5, vx=speed, object_class=ObjectClass.CAR, motion=motion
    )


def boxes_of(cars, camera, pose, overhang=0.8):
    """What a good detector finds: the car's columns and top, and its wheels on the road."""
    seen = project(solids(cars, 0.0, lambda outline: outline), camera, pose)
    feet = [[car.x - car.length / 2.0 + overhang, car.y, 0.0] for car in cars]
    points = (np.array(feet) - pose[:3, 3]) @ pose[:3, :3]
    boxes = seen.boxes.copy()
    boxes[:, 3] = camera.project(points)[:, 1]
    return boxes


class Drive:
    """A camera that is what it is, and a node that takes it for what it was told."""

    def __init__(self, true_pitch=0.0, true_yaw=0.0, focal=600.0, speed=0.0, **pitch):
        self.check = LidarCheck(GROUND, PitchParams(**pitch), AlignmentParams())
        self.told = View(CAMERA, rigid(1.5, 0.0, 1.4) @ OPTICAL, GROUND, GROUND.pitch_std)
        self.pose = rigid(1.5, 0.0, 1.4, pitch=true_pitch, yaw=true_yaw) @ OPTICAL
        k = K * np.array([[focal / 600.0, 1, 1], [1, focal / 600.0, 1], [1, 1, 1]])
        self.camera = CameraModel((480, 800), "plumb_bob", k, np.zeros(5), "camera")
        self.motion = CameraMotion()
        self.speed = speed

    def go(self, pictures=40, late_ms=0, health=None):
        for k in range(pictures):
            ns = (1000 + 100 * k) * MS
            self.motion.add(EgoMotion(ns, self.speed, 0.0))
            cars = [lidar_car(x, y) for x, y in CARS]
            seen = [lidar_car(x - self.speed * late_ms / 1e3, y) for x, y in CARS]
            message = make_objects(cars, ns, "base_link", health or SensorHealth(Sight.OK))
            self.check.add(message)
            boxes = boxes_of(seen, self.camera, self.pose)
            classes = [ObjectClass.CAR] * len(cars)
            self.view = self.check.view(self.told, boxes, classes, ns + late_ms * MS, self.motion)
            self.places = self.view.place(boxes, classes)
        return self


def range_errors(drive):
    near = np.array([x - 2.0 for x, _ in CARS])
    return np.abs(drive.places.xyz[:, 0] - near) / near


def test_a_level_camera_stays_level():
    drive = Drive().go()
    assert drive.check.pitch.angle == pytest.approx(0.0, abs=0.001)
    assert drive.check.alignment.problem() == ""


@pytest.mark.parametrize("pitch", [-0.012, 0.008, 0.02])
def test_pitch_is_found_and_places_are_right_again(pitch):
    drive, without = Drive(pitch).go(), Drive(pitch, use=False).go()
    assert drive.check.pitch.angle == pytest.approx(pitch, rel=0.25)
    assert range_errors(drive).max() < 0.4 * range_errors(without).max()
    assert np.mean(np.abs(drive.places.xyz[:, 0] - [12, 20, 28]) < 2 * drive.places.range_std) == 1


def test_the_way_between_scan_and_picture_is_not_taken_for_pitch():
    drive = Drive(speed=15.0).go(late_ms=90)
    assert drive.check.pitch.angle == pytest.approx(0.0, abs=0.001)


def test_a_lidar_that_is_blind_or_old_says_nothing():
    drive = Drive(0.02).go(health=SensorHealth(Sight.BLIND, "dirt"))
    assert drive.check.pitch.angle == 0.0
    late = Drive(0.02).go(late_ms=400)
    assert late.check.pitch.angle == 0.0
    assert late.check.alignment.values() == {}


@pytest.mark.parametrize("yaw, side", [(0.03, "right"), (-0.03, "left")])
def test_a_camera_that_looks_elsewhere_is_named(yaw, side):
    drive = Drive(true_yaw=yaw).go()
    assert f"deg to the {side}" in drive.check.alignment.problem()


@pytest.mark.parametrize("focal, way", [(780.0, "wider"), (450.0, "narrower")])
def test_a_wrong_focal_length_is_named(focal, way):
    drive = Drive(focal=focal).go()
    assert f"% {way} than what the lidar sees: focal length" in drive.check.alignment.problem()


def test_few_boxes_prove_nothing():
    assert Drive(true_yaw=0.03).go(pictures=3).check.alignment.problem() == ""


@pytest.mark.parametrize(
    "fx, fy, cx, size, words",
    [
        (600.0, 600.0, 400.0, (480, 800), ""),
        (30.0, 30.0, 400.0, (480, 800), "see 171 deg"),
        (9000.0, 9000.0, 400.0, (480, 800), "see 5 deg"),
        (600.0, 400.0, 400.0, (480, 800), "differ by 50%"),
        (600.0, 600.0, 790.0, (480, 800), "optical axis is at column 790"),
        (600.0, 600.0, 10.0, (480, 800), "optical axis is at column 10"),
    ],
)
def test_intrinsics_that_cannot_be(fx, fy, cx, size, words):
    k = np.array([[fx, 0, cx], [0, fy, size[0] / 2], [0, 0, 1]])
    said = implausible(CameraModel(size, "plumb_bob", k, np.zeros(5)))
    assert words in said
    assert bool(said) is bool(words)


def test_way_counts_each_odometry_once():
    motion = CameraMotion()
    for ms in (0, 100, 200, 200, 150, 300, 5000, 5100):
        motion.add(EgoMotion(ms * MS, -10.0, 0.0))
    assert motion.way_m == pytest.approx(4.0)

# SPDX-License-Identifier: Apache-2.0
"""Pictures against the pinhole's formula."""

import math

import numpy as np
import pytest

from bulwark_core.geometry import invert, rigid
from bulwark_world.actors import Actor
from bulwark_world.camera import OPTICAL, Camera, Intrinsics
from bulwark_world.kinds import kinds
from bulwark_world.motion import Pose
from bulwark_world.road import Road
from bulwark_world.scene import Scene

MOUNT = rigid(1.7, 0.0, 1.35)
BARE = Road(kerbs=False, roadside=False)
INTRINSICS = Intrinsics.from_field_of_view(320, 200, 70.0)


def picture(*actors, road=BARE, seed=1, index=0):
    scene = Scene(road, [], actors)
    scene.place(0.0)
    return Camera(INTRINSICS, MOUNT, seed).picture(scene, rigid(), index)


def pixel(x, y, z):
    """Where a point of base_link is in the picture."""
    right, down, depth = (invert(MOUNT @ OPTICAL) @ (x, y, z, 1.0))[:3]
    cx, cy = INTRINSICS.centre
    return cx + INTRINSICS.focal * right / depth, cy + INTRINSICS.focal * down / depth


def test_the_field_of_view_is_as_asked_for():
    left, right = INTRINSICS.directions().reshape(200, 320, 3)[100, [0, -1]]
    inner = math.degrees(math.acos(float(left @ right)))
    assert inner == pytest.approx(70.0, abs=0.4)  # pixel centres lie half a pixel inside


def test_optical_frame_is_x_right_y_down_z_forward():
    assert OPTICAL[:3, 2] == pytest.approx([1.0, 0.0, 0.0])
    assert OPTICAL[:3, 0] == pytest.approx([0.0, -1.0, 0.0])
    assert OPTICAL[:3, 1] == pytest.approx([0.0, 0.0, -1.0])


def test_an_object_is_where_its_corners_project_to():
    empty = picture().astype(int)
    wall = Actor("wall", kinds()["wall"], Pose(15.0, 1.0))
    changed = np.abs(picture(wall).astype(int) - empty).sum(axis=2) > 60
    rows, columns = np.nonzero(changed)
    left, top = pixel(14.85, 5.0, 2.5)
    right, bottom = pixel(14.85, -3.0, 0.0)
    assert columns.min() == pytest.approx(left, abs=1.5)
    assert columns.max() == pytest.approx(right, abs=1.5)
    assert rows.min() == pytest.approx(top, abs=1.5)
    assert rows.max() == pytest.approx(bottom, abs=1.5)


def test_sky_is_above_the_horizon_and_ground_below():
    image = picture()
    horizon = int(INTRINSICS.centre[1])
    assert image[: horizon - 2].mean() > 150.0
    assert image[horizon + 10 :].mean() < 130.0


def test_lane_lines_are_painted_where_they_are():
    image = picture().astype(int)
    u, v = pixel(8.0, -1.75, 0.0)
    column = image[round(v), round(u) - 12 : round(u) + 13].sum(axis=1)
    assert abs(int(np.argmax(column)) - 12) <= 1
    assert column.max() > column[0] + 200


def test_the_same_seed_gives_the_same_picture():
    car = Actor("car", kinds()["car"], Pose(12.0, 0.0))
    assert picture(car).tobytes() == picture(car).tobytes()
    assert picture(car, seed=2).tobytes() != picture(car).tobytes()

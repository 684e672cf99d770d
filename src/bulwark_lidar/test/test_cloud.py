# SPDX-License-Identifier: Apache-2.0
"""Usable points: what is left out, and that it is counted."""

import math

import numpy as np
import pytest

from bulwark_core.geometry import rigid
from bulwark_core.vehicle import VehicleParams
from bulwark_lidar.cloud import SECTORS, usable_points

MOUNT = rigid(1.0, 0.0, 1.7)


def usable(points, mount=MOUNT):
    xyz = np.array(points, np.float32).reshape(-1, 3)
    return usable_points(xyz, mount, VehicleParams(), 80.0, 0.3, 0.5)


def test_points_are_moved_to_base_link():
    moved = usable([[10.0, 2.0, -1.0]], rigid(1.0, 0.5, 1.7, yaw=math.pi / 2)).xyz
    np.testing.assert_allclose(moved, [[-1.0, 10.5, 0.7]], atol=1e-6)


@pytest.mark.parametrize(
    "point, field",
    [
        ([math.nan, 0.0, 0.0], "not_finite"),
        ([0.0, math.inf, 0.0], "not_finite"),
        ([0.0, 0.0, -math.inf], "not_finite"),
        ([0.0, 0.1, 0.1], "near"),
        ([90.0, 0.0, 0.0], "far"),
        ([1e9, -1e9, 1e9], "far"),
        ([3e38, 3e38, 3e38], "far"),
        ([0.5, 0.6, -0.9], "body"),
    ],
)
def test_what_is_left_out_is_counted(point, field):
    points = usable([point, [20.0, 0.0, -1.0]])
    assert len(points.xyz) == 1
    assert points.total == 2
    assert getattr(points, field) == 1


def test_a_thing_right_before_the_bumper_is_kept():
    front = VehicleParams().front
    assert len(usable([[front + 0.05 - 1.0, 0.0, -0.9]]).xyz) == 1


def test_sectors_count_returns_all_around():
    bearings = (np.arange(SECTORS * 8) + 0.5) / (SECTORS * 8) * 2 * math.pi - math.pi
    ring = np.column_stack([20 * np.cos(bearings), 20 * np.sin(bearings), -np.ones(len(bearings))])
    sectors = usable(ring).sectors
    assert sectors.sum() == len(ring)
    assert sectors.min() > 0


def test_an_empty_cloud_gives_no_points():
    points = usable(np.empty((0, 3)))
    assert points.total == 0
    assert points.xyz.shape == (0, 3)

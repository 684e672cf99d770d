# SPDX-License-Identifier: Apache-2.0
"""Clusters of points whose grouping is known."""

import math

import numpy as np
import pytest

from bulwark_lidar.beams import BeamSteps
from bulwark_lidar.clusters import cluster
from bulwark_lidar.frames import Pose
from bulwark_lidar.ground import ObstaclePoints
from bulwark_lidar.params import ClusterParams

STEPS = BeamSteps(math.radians(0.2), math.radians(0.4))
PARAMS = ClusterParams()


def obstacles(*groups):
    xy = np.vstack(groups)
    xyz = np.column_stack([xy, np.full(len(xy), 0.8)]).astype(np.float32)
    xyz[::2, 2] = 0.4
    ranges, bearings = np.hypot(*xy.T), np.arctan2(xy[:, 1], xy[:, 0])
    return ObstaclePoints(
        xyz, xyz[:, 2].copy(), ranges.astype(np.float32), bearings.astype(np.float32)
    )


def line(x0, y0, x1, y1, step=0.1):
    count = int(math.hypot(x1 - x0, y1 - y0) / step) + 1
    return np.column_stack([np.linspace(x0, x1, count), np.linspace(y0, y1, count)])


def grouped(points, pose=Pose()):  # noqa: B008
    return cluster(points, (0.0, 0.0), pose, 80.0, STEPS, PARAMS)


def test_things_apart_are_two_and_things_that_touch_are_one():
    near, apart = line(10, -1, 10, 1), line(10, 1.9, 10, 3)
    assert grouped(obstacles(near, apart)).count == 2
    assert grouped(obstacles(near, apart, line(10, 1.1, 10, 1.9))).count == 1


def test_few_or_low_points_are_nothing():
    points = obstacles(line(10, 0, 10, 0.2))
    assert grouped(points).count == 0
    points = obstacles(line(10, 0, 10, 2))
    points.above[:] = 0.2
    assert grouped(points).count == 0


def test_a_grazed_wall_is_one_thing_although_its_returns_lie_far_apart():
    azimuth = np.arange(math.radians(8.0), math.radians(12.0), STEPS.azimuth)
    columns = np.repeat(np.column_stack([4.0 / np.tan(azimuth), np.full(len(azimuth), 4.0)]), 4, 0)
    labels = grouped(obstacles(columns)).labels
    assert np.diff(columns[::4, 0]).min() < -PARAMS.link * 1.4
    assert set(labels) == {0}


@pytest.mark.parametrize("x", [0.0, 0.7, 3.1])
def test_a_long_wall_is_cut_where_odom_says_wherever_the_car_is(x):
    wall = line(-16.0, 6.0, 24.0, 6.0)
    clusters = grouped(obstacles(wall - (x, 0.0)), Pose(x, 0.0, 0.0))
    assert clusters.count == 10
    assert clusters.cut.all()
    for k in range(clusters.count):
        piece = wall[clusters.labels == k, 0]
        assert piece.max() - piece.min() < PARAMS.piece + 0.3
        inner = (piece.min() % PARAMS.piece, piece.max() % PARAMS.piece)
        assert all(min(edge, PARAMS.piece - edge) < 0.3 for edge in inner)


def test_a_car_is_not_cut():
    clusters = grouped(obstacles(line(10, -1, 10, 0.8), line(10, -1, 14.5, -1)))
    assert clusters.count == 1
    assert not clusters.cut.any()


def test_a_roof_behind_a_rear_belongs_to_it_and_a_head_above_it_does_not():
    rear, roof = line(10, -0.9, 10, 0.9), line(11.5, -0.5, 11.5, 0.5)
    points = obstacles(rear, roof)
    heights = np.tile([0.3, 1.5], 100)[: len(points.above)]
    points.above[:] = np.where(points.xyz[:, 0] > 11.0, 1.4, heights)
    assert grouped(points).count == 1
    points.above[points.xyz[:, 0] > 11.0] = 1.9
    assert grouped(points).count == 2


def test_no_points_are_no_clusters():
    assert grouped(obstacles(np.empty((0, 2)))).count == 0

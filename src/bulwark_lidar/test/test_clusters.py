# SPDX-License-Identifier: Apache-2.0
"""Clusters of points whose grouping is known."""

import math

import numpy as np
import pytest

from bulwark_lidar.beams import BeamSteps
from bulwark_lidar.clusters import cluster
from bulwark_lidar.frames import Pose
from bulwark_lidar.ground import Points
from bulwark_lidar.params import ClusterParams

STEPS = BeamSteps(math.radians(0.2), math.radians(0.4))
PARAMS = ClusterParams()


def as_points(xyz):
    xyz = np.asarray(xyz, np.float32).reshape(-1, 3)
    ranges, bearings = np.hypot(*xyz[:, :2].T), np.arctan2(xyz[:, 1], xyz[:, 0])
    index = np.arange(len(xyz), dtype=np.int32)
    return Points(xyz, xyz[:, 2].copy(), ranges, bearings, index)


def obstacles(*groups):
    xy = np.vstack(groups)
    xyz = np.column_stack([xy, np.full(len(xy), 0.8)])
    xyz[::2, 2] = 0.4
    return as_points(xyz)


def line(x0, y0, x1, y1, step=0.1):
    count = int(math.hypot(x1 - x0, y1 - y0) / step) + 1
    return np.column_stack([np.linspace(x0, x1, count), np.linspace(y0, y1, count)])


def grouped(points, pose=Pose(), overhead=()):  # noqa: B008
    return cluster(points, as_points(overhead), (0.0, 0.0, 1.7), pose, 80.0, STEPS, PARAMS)


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


def post(x, y, low, high):
    heights = np.arange(low, high, 0.1)
    spread = np.linspace(-0.08, 0.08, len(heights))
    return np.column_stack([np.full(len(heights), x), y + spread, heights])


def hedge(height):
    xy = line(12.0, -2.0, 12.0, 2.0)
    return np.vstack(
        [np.column_stack([xy, np.full(len(xy), z)]) for z in np.arange(0.3, height, 0.2)]
    )


def test_a_post_in_a_hedge_is_a_thing_of_its_own():
    points = np.vstack([hedge(0.9), post(12.0, 0.5, 0.3, 2.0)])
    clusters = grouped(as_points(points), overhead=post(12.0, 0.5, 2.0, 3.5))
    assert clusters.count == 2
    of_post = clusters.labels[len(hedge(0.9)) :]
    assert len(set(of_post)) == 1
    assert (clusters.labels == of_post[0]).sum() < len(of_post) + 60


@pytest.mark.parametrize("top", [1.9, 2.2])
def test_who_stands_at_a_hedge_is_not_taken_for_a_post(top):
    points = np.vstack([hedge(0.9), post(12.0, 0.5, 0.3, min(top, 2.0))])
    assert grouped(as_points(points), overhead=post(12.0, 0.5, 2.0, top)).count == 1


def test_a_post_may_end_where_the_view_ends():
    points, above = as_points(np.vstack([hedge(0.9), post(12.0, 0.5, 0.3, 2.0)])), as_points([])
    level = BeamSteps(STEPS.azimuth, STEPS.elevation, highest=math.radians(1.5))
    clusters = cluster(points, above, (0.0, 0.0, 1.7), Pose(), 80.0, level, PARAMS)
    assert clusters.count == 2


@pytest.mark.parametrize("height", [0.5, 0.8])
def test_a_rider_is_not_parted_from_the_bicycle(height):
    bicycle = np.column_stack([*line(12.0, -0.9, 12.0, 0.9).T, np.full(19, height)])
    higher = bicycle + np.array([0.0, 0.0, 0.1])
    points = np.vstack([bicycle, higher, post(12.0, 0.0, 0.3, 1.9)])
    level = BeamSteps(STEPS.azimuth, STEPS.elevation, highest=0.0)
    clusters = cluster(
        as_points(points), as_points([]), (0.0, 0.0, 1.7), Pose(), 80.0, level, PARAMS
    )
    assert clusters.count == 1

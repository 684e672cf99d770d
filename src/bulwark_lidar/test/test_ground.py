# SPDX-License-Identifier: Apache-2.0
"""Ground removal on roads whose shape is known."""

import math

import numpy as np
import pytest

from bulwark_core.geometry import rigid, transform_points
from bulwark_lidar.ground import GROUND, OBSTACLE, OVERHEAD, remove_ground, ring_edges
from bulwark_lidar.params import GroundParams
from bulwark_lidar.plane import fit_road_plane

HEIGHT = 1.73


def in_base(cloud):
    return transform_points(rigid(0.0, 0.0, HEIGHT), cloud)


def labelled(cloud):
    return remove_ground(cloud, 0.0, 0.0, 80.0, GroundParams())


def share(ground, label, chosen):
    return float((ground.labels[chosen] == label).mean())


def test_a_flat_road_is_ground(scan):
    ground = labelled(in_base(scan([])))
    assert share(ground, GROUND, slice(None)) > 0.999


@pytest.mark.parametrize("grade", [-0.08, 0.05, 0.10])
def test_a_slope_that_begins_ahead_is_ground(scan, grade):
    cloud = in_base(scan([]))
    cloud[:, 2] += np.where(cloud[:, 0] > 15.0, (cloud[:, 0] - 15.0) * grade, 0.0)
    assert share(labelled(cloud), GROUND, cloud[:, 0] < 60.0) > 0.99


def test_a_kerb_is_ground_and_a_low_box_is_not(scan, solid):
    cloud = in_base(scan([solid(10.0, 0.0, 0.4, 4.0, 0.12), solid(15.0, -2.0, 0.6, 0.8, 0.32)]))
    ground = labelled(cloud)
    kerb = (np.abs(cloud[:, 0] - 10.0) < 0.25) & (np.abs(cloud[:, 1]) < 2.0)
    box = (np.abs(cloud[:, 0] - 15.0) < 0.4) & (np.abs(cloud[:, 1] + 2.0) < 0.45)
    assert share(ground, OBSTACLE, kerb) == 0.0
    assert share(ground, OBSTACLE, box & (cloud[:, 2] > 0.22)) == 1.0


def test_a_bridge_is_overhead_and_a_barrier_below_it_is_not(scan, solid):
    cloud = in_base(
        scan([solid(30.0, 0.0, 4.0, 20.0, 1.0, bottom=2.3), solid(25.0, 0.0, 0.3, 3.0, 1.0)])
    )
    ground = labelled(cloud)
    assert share(ground, OVERHEAD, cloud[:, 2] > 2.2) == 1.0
    barrier = (np.abs(cloud[:, 0] - 25.0) < 0.3) & (cloud[:, 2] > 0.3) & (cloud[:, 2] < 1.1)
    assert barrier.any()
    assert share(ground, OBSTACLE, barrier) == 1.0


def test_the_road_behind_a_truck_is_still_ground(scan, solid):
    cloud = in_base(scan([solid(12.0, 0.0, 8.0, 2.5, 3.0)]))
    road = cloud[:, 2] < 0.05
    assert share(labelled(cloud), GROUND, road) > 0.999


@pytest.mark.parametrize("height", [-0.5, 0.0, 0.3, 1.0])
@pytest.mark.parametrize("pitch", [-0.12, -0.04, 0.0, 0.03, 0.1])
@pytest.mark.parametrize("roll", [0.0, 0.08])
def test_height_and_tilt_of_the_mount_are_found(scan, solid, height, pitch, roll):
    seen = scan([solid(12.0, 3.0, 4.0, 1.8, 1.5), solid(-9.0, -3.0, 4.0, 1.8, 1.5)])
    cloud = transform_points(rigid(0.0, 0.0, HEIGHT + height, roll=roll, pitch=pitch), seen)
    plane = fit_road_plane(cloud, 0.0, 0.0)
    assert plane.height == pytest.approx(height, abs=0.04)
    assert plane.tilt == pytest.approx(math.acos(math.cos(pitch) * math.cos(roll)), abs=0.005)


def test_a_narrow_view_shows_the_tilt_too(scan, solid):
    seen = scan([solid(15.0, 3.0, 4.0, 1.8, 1.5)])
    flat, bearing = np.hypot(seen[:, 0], seen[:, 1]), np.arctan2(seen[:, 1], seen[:, 0])
    ahead = seen[(np.abs(bearing) < math.radians(27.0)) & (flat > 6.0)]
    cloud = transform_points(rigid(0.0, 0.0, HEIGHT, roll=0.03, pitch=-0.05), ahead)
    plane = fit_road_plane(cloud, 0.0, 0.0)
    assert plane.height == pytest.approx(0.0, abs=0.05)
    assert plane.tilt == pytest.approx(math.hypot(0.03, 0.05), abs=0.01)


def test_without_enough_road_the_mount_is_believed():
    plane = fit_road_plane(np.zeros((0, 3), np.float32), 0.0, 0.0)
    assert not plane.is_estimated
    assert plane.height == 0.0


def test_ground_of_a_plane_wall_of_points_does_not_fail():
    wall = np.column_stack([np.full(500, 5.0), np.linspace(-3, 3, 500), np.linspace(0, 3, 500)])
    assert len(labelled(wall.astype(np.float32)).labels) == 500


def test_rings_reach_the_greatest_range():
    edges = ring_edges(80.0)
    assert edges[0] == 0.0
    assert edges[-1] >= 80.0
    assert (np.diff(edges) > 0.0).all()
    assert math.isclose(edges[2] - edges[1], 0.5)

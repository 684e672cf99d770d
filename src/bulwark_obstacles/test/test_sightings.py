# SPDX-License-Identifier: Apache-2.0
"""A camera's class counts for the obstacle at its bearing and range."""

import numpy as np
import pytest
from obstacle_scene import Scene, thing

from bulwark_core.objects import ObjectClass
from bulwark_obstacles.footprints import to_base
from bulwark_obstacles.params import LidarParams, StaticObstaclesParams
from bulwark_obstacles.scan import take
from bulwark_obstacles.sightings import Sighting, moved, votes
from bulwark_obstacles.table import make_table

CAMERA = np.array([1.7, 0.0])
ROW = [thing(1, 8.0, 0.0), thing(2, 8.0, 2.0), thing(3, 12.0, 0.0)]


def sighting(x, y, kind=ObjectClass.WATER_BARRIER, score=0.9, range_std=0.3):
    return Sighting(kind, score, x, y, range_std)


@pytest.mark.parametrize(
    "x, y, row",
    [
        (7.7, 0.0, 0),
        (7.4, 0.1, 0),  # in front of it by half a metre
        (7.7, 2.2, 1),
        (11.6, 0.1, 2),
        (9.5, 0.0, None),  # between two in range
        (7.7, 1.0, None),  # between two in bearing
        (3.0, 0.0, None),
    ],
)
def test_a_sighting_is_the_obstacle_at_its_bearing_and_range(x, y, row):
    found = votes(make_table(ROW), [sighting(x, y)], CAMERA, 0.5)
    expected = np.zeros_like(found)
    if row is not None:
        expected[row, ObjectClass.WATER_BARRIER] = 0.9
    assert (found == expected).all()


def test_an_uncertain_range_reaches_farther():
    (far,) = [sighting(9.4, 0.0, range_std=1.0)]
    assert votes(make_table(ROW[:1]), [far], CAMERA, 0.5)[0, ObjectClass.WATER_BARRIER] == 0.9


def test_a_sighting_counts_for_one_obstacle_only():
    twins = [thing(1, 8.0, 0.0), thing(2, 8.1, 0.1)]
    assert (votes(make_table(twins), [sighting(7.7, 0.0)], CAMERA, 0.5) > 0.0).sum() == 1


def test_no_obstacles_no_votes():
    assert votes(make_table([]), [sighting(7.7, 0.0)], CAMERA, 0.5).shape[0] == 0


def test_a_sighting_moves_with_the_frame():
    scene = Scene(x=2.0, yaw=np.pi / 2.0)
    there = moved(sighting(2.0, 5.0), to_base(scene.ego))
    assert (there.x, there.y) == pytest.approx((5.0, 0.0))


def named(scene, called):
    scan = take([scene.in_base(t) for t in scene.things], scene.ego, scene.params.lidar,
                scene.params)  # fmt: skip
    given = votes(scan.table, called, CAMERA, 0.5)
    (shown,) = scene.memory.update(scan, given)
    scene.stamp_ns += 100_000_000
    return shown


def test_a_camera_outvotes_the_shape_and_is_remembered():
    scene = Scene(thing(1, 8.0, 0.0))
    assert named(scene, []).object_class is ObjectClass.CRASH_BARREL
    for _ in range(8):
        shown = named(scene, [sighting(7.7, 0.0)])
    assert shown.object_class is ObjectClass.WATER_BARRIER
    assert named(scene, []).object_class is ObjectClass.WATER_BARRIER


def test_a_hardly_certain_camera_does_not():
    scene = Scene(thing(1, 8.0, 0.0))
    for _ in range(8):
        shown = named(scene, [sighting(7.7, 0.0, score=0.2)])
    assert shown.object_class is ObjectClass.CRASH_BARREL


def test_a_camera_does_not_shorten_the_memory():
    """No learned part may take away what the geometry brakes for."""
    blind = StaticObstaclesParams(lidar=LidarParams(x=3.0, lowest_beam=0.14))
    scene = Scene(thing(1, 5.0, 0.0), params=blind)
    for _ in range(5):
        shown = named(scene, [sighting(4.7, 0.0, kind=ObjectClass.PEDESTRIAN)])
    assert shown.object_class is ObjectClass.PEDESTRIAN
    assert len(scene.scans(30, 1)) == 1

# SPDX-License-Identifier: Apache-2.0
"""Returns from the air against things, in the small world of boxes."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulwark_lidar.beams import measure_steps
from bulwark_lidar.ground import OBSTACLE, remove_ground
from bulwark_lidar.params import LidarParams
from bulwark_lidar.weather import AIRBORNE, WeatherFilter

PARAMS = LidarParams()
HEIGHT = 1.73
FIXTURES = [HealthCheck.function_scoped_fixture]


def judged(cloud, params=PARAMS.weather):
    """Points of base_link and their labels, with returns from the air marked."""
    xyz = cloud + np.array([0.0, 0.0, HEIGHT], np.float32)
    ground = remove_ground(xyz, 0.0, 0.0, 80.0, PARAMS.ground)
    count = WeatherFilter(params).mark(xyz, ground, HEIGHT, measure_steps(cloud))
    assert (ground.labels == AIRBORNE).sum() == count
    return xyz, ground.labels


def share_gone(labels):
    """Of the points that would else be obstacles."""
    gone = (labels == AIRBORNE).sum()
    return gone / max(gone + (labels == OBSTACLE).sum(), 1)


def scattered(count, seed=0, near=3.0, far=9.0):
    """Points (N, 3) of the lidar's frame at random ranges and bearings, above the road."""
    rng = np.random.default_rng(seed)
    reach, bearing = rng.uniform(near, far, count), rng.uniform(-math.pi, math.pi, count)
    height = rng.uniform(-1.2, 0.2, count)
    xyz = np.column_stack([reach * np.cos(bearing), reach * np.sin(bearing), height])
    return xyz.astype(np.float32)


def in_scan_order(cloud):
    """The points as a spinning lidar sends them: bearing by bearing."""
    return cloud[np.argsort(np.arctan2(cloud[:, 1], cloud[:, 0]), kind="stable")]


def test_scattered_points_go_and_a_wall_stays(scan, solid):
    street = scan([solid(10.0, 5.0, 20.0, 0.3, 2.0)])
    drops = scattered(2000)
    _, labels = judged(np.vstack([street, drops]))
    of_street, of_drops = labels[: len(street)], labels[len(street) :]
    assert share_gone(of_drops) > 0.85
    assert share_gone(of_street) < 0.02


@pytest.mark.parametrize("order", ["ring by ring", "bearing by bearing", "none"])
def test_the_order_of_the_cloud_does_not_matter_to_what_goes(scan, solid, order):
    street = scan([solid(12.0, -2.0, 4.0, 1.8, 1.5)])
    cloud = np.vstack([street, scattered(1500)])
    is_drop = np.arange(len(cloud)) >= len(street)
    by = {
        "ring by ring": np.argsort(np.arctan2(cloud[:, 2], np.hypot(*cloud[:, :2].T))),
        "bearing by bearing": np.argsort(np.arctan2(cloud[:, 1], cloud[:, 0])),
        "none": np.random.default_rng(3).permutation(len(cloud)),
    }[order]
    _, labels = judged(cloud[by])
    drops = labels[is_drop[by]]
    things = labels[~is_drop[by]]
    assert share_gone(drops) > 0.9
    assert share_gone(things) < 0.03


THINGS = {
    "pole": (0.1, 0.1, 2.5),
    "bollard": (0.3, 0.3, 0.9),
    "low bollard": (0.3, 0.3, 0.45),
    "pedestrian": (0.5, 0.5, 1.8),
    "barrier": (0.5, 1.8, 0.9),
    "car": (4.3, 1.8, 1.5),
}


@given(
    st.sampled_from(sorted(THINGS)), st.floats(4.0, 35.0), st.floats(-math.pi, math.pi),
    st.floats(-1.5, 1.5), st.integers(0, 99), st.sampled_from([16, 48]), st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None, suppress_health_check=FIXTURES)
def test_in_clear_air_no_thing_loses_a_point(
    scan, solid, name, reach, bearing, yaw, seed, beams, hedge_behind
):
    length, width, height = THINGS[name]
    x, y = reach * math.cos(bearing), reach * math.sin(bearing)
    things = [solid(x, y, length, width, height, yaw)]
    if hedge_behind:
        beyond = (reach + 4.0) / reach
        things.append(solid(x * beyond, y * beyond, 0.5, 12.0, 2.0, bearing))
    cloud = in_scan_order(scan(things, seed=seed, beams=beams))
    xyz, labels = judged(cloud)
    on_it = np.hypot(xyz[:, 0] - x, xyz[:, 1] - y) < math.hypot(length, width) / 2 + 0.2
    assert not (labels[on_it] == AIRBORNE).any()


@given(st.sampled_from(["pedestrian", "barrier", "car"]), st.floats(5.0, 20.0), st.integers(0, 99))
@settings(max_examples=25, deadline=None, suppress_health_check=FIXTURES)
def test_among_scattered_points_a_thing_is_kept(scan, solid, name, reach, seed):
    length, width, height = THINGS[name]
    street = scan([solid(reach + length / 2, 0.3, length, width, height)], seed=seed)
    cloud = np.vstack([street, scattered(1500, seed)])
    xyz, labels = judged(cloud)
    xyz, labels = xyz[: len(street)], labels[: len(street)]
    on_it = (np.abs(xyz[:, 1] - 0.3) < width / 2 + 0.1) & (xyz[:, 0] > reach - 0.2)
    on_it &= xyz[:, 0] < reach + length + 0.2
    assert (labels[on_it] == OBSTACLE).any()
    assert share_gone(labels[on_it]) < 0.1


def test_what_is_far_is_taken_as_it_is():
    far = scattered(500, near=32.0, far=60.0)
    _, labels = judged(np.vstack([scattered(3000, near=4.0, far=6.0), far]))
    assert not (labels[3000:] == AIRBORNE).any()


def test_nothing_at_all_and_a_single_point():
    for count in (0, 1):
        cloud = scattered(count)
        xyz = cloud + np.array([0.0, 0.0, HEIGHT], np.float32)
        ground = remove_ground(xyz, 0.0, 0.0, 80.0, PARAMS.ground)
        steps = measure_steps(scattered(2000))
        assert WeatherFilter(PARAMS.weather).mark(xyz, ground, HEIGHT, steps) == 0


def test_a_range_of_zero_switches_it_off(scan):
    off = dataclasses.replace(PARAMS.weather, max_range=0.0)
    cloud = np.vstack([scan([]), scattered(1000)])
    assert not (judged(cloud, off)[1] == AIRBORNE).any()
    assert (judged(cloud)[1] == AIRBORNE).any()


def test_it_begins_with_the_weather_and_starts_afresh(scan):
    watch, clear = WeatherFilter(PARAMS.weather), scan([])
    steps = measure_steps(clear)

    def marked(cloud):
        xyz = cloud + np.array([0.0, 0.0, HEIGHT], np.float32)
        return watch.mark(xyz, remove_ground(xyz, 0.0, 0.0, 80.0, PARAMS.ground), HEIGHT, steps)

    assert marked(clear) == 0
    assert marked(np.vstack([clear, scattered(1000)])) > 500
    watch.reset()
    assert marked(clear) == 0


def test_a_few_points_alone_among_many_are_no_weather(scan, solid):
    """Some drops fall, but so few that a wall could look like that at its edge."""
    wall = scan([solid(6.0, 3.0, 20.0, 0.3, 2.0), solid(6.0, -3.0, 20.0, 0.3, 2.0)])
    few = np.vstack([wall, scattered(60, near=4.0, far=5.0)])
    assert not (judged(few)[1] == AIRBORNE).any()
    eager = dataclasses.replace(PARAMS.weather, min_share=0.0)
    assert (judged(few, eager)[1] == AIRBORNE).any()

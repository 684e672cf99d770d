# SPDX-License-Identifier: Apache-2.0
"""Brightness: a thing's intensity against that of all obstacle points, whatever the sensor says."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bulwark_core.geometry import rigid
from bulwark_core.objects import EgoMotion
from bulwark_lidar.brightness import brightness, intensities
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline

MOUNT = rigid(0.0, 0.0, 1.73)
SECOND = 1_000_000_000


def ratios(values, labels, count=2):
    clusters = SimpleNamespace(labels=np.array(labels, np.int32), count=count)
    return brightness(np.array(values, np.float32), clusters).tolist()


def test_a_thing_is_compared_with_all_obstacle_points():
    assert ratios([30.0, 50.0, 10.0, 10.0, 0.0], [0, 0, 1, 1, -1]) == [2.0, 0.5]


def test_the_sensors_scale_does_not_matter():
    values, labels = np.array([3.0, 5.0, 1.0, 7.0]), [0, 0, 1, 1]
    assert ratios(values, labels) == pytest.approx(ratios(values * 255.0, labels))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -1.0])
def test_intensities_that_cannot_be_do_not_count(bad):
    assert ratios([4.0, bad, 2.0, bad], [0, 0, 1, -1]) == pytest.approx([4.0 / 3.0, 2.0 / 3.0])
    known, unknown = ratios([4.0, bad], [0, 1])
    assert known == 1.0
    assert np.isnan(unknown)


@pytest.mark.parametrize("values", [[0.0, 0.0], [np.nan, np.nan]])
def test_without_any_light_nothing_is_known(values):
    assert np.isnan(ratios(values, [0, 1])).all()


@settings(max_examples=50)
@given(
    arrays(np.float32, 20, elements=st.floats(width=32)),
    arrays(np.int32, 20, elements=st.integers(-1, 3)),
)
def test_what_is_known_is_never_negative_or_infinite(values, labels):
    found = np.array(ratios(values, labels, 4))
    assert (np.isnan(found) | ((found >= 0.0) & (found <= 20.0 * (1.0 + 1e-9)))).all()


def test_rows_lead_to_the_points_of_the_cloud():
    cloud = np.arange(10, dtype=np.float32)
    index, rows = np.array([1, 3, 5, 7, 9], np.int32), np.array([0, 2, 4], np.int32)
    assert intensities(cloud, index, rows).tolist() == [1.0, 5.0, 9.0]


@pytest.fixture
def drive(scan, solid):
    """Scans of a bright box at the left and a dull one at the right, and the road between them."""

    def run(shines, light=lambda k, y: np.where(y > 0.0, 90.0, 30.0)):
        pipeline, results = LidarPipeline(LidarParams()), []
        boxes = [solid(12.0, 4.0, 2.0, 1.8, 1.5), solid(12.0, -4.0, 2.0, 1.8, 1.5)]
        for k, shine in enumerate(shines):
            cloud, ns = scan(boxes, seed=k), SECOND + k * SECOND // 10
            values = light(k, cloud[:, 1]).astype(np.float32) if shine else None
            results.append(pipeline.update(cloud, EgoMotion(ns, 0.0, 0.0), ns, MOUNT, values))
        return results

    return run


def by_side(result):
    left, right = sorted(result.objects, key=lambda tracked: -tracked.y)
    return left.brightness, right.brightness


def test_a_bright_thing_is_told_from_a_dull_one(drive):
    result = drive([True] * 5)[-1]
    left, right = by_side(result)
    assert left / right == pytest.approx(3.0, rel=0.01)
    y = result.obstacle_points[:, 1]
    assert result.obstacle_intensity.tolist() == np.where(y > 0.0, 90.0, 30.0).tolist()


def test_without_intensity_it_is_not_known(drive):
    result = drive([False] * 4)[-1]
    assert result.obstacle_intensity is None
    assert np.isnan(by_side(result)).all()


def test_it_is_remembered_where_a_scan_has_no_intensity(drive):
    before, after = (by_side(result) for result in drive([True] * 4 + [False])[-2:])
    assert before == after


def test_it_follows_slowly(drive):
    light = lambda k, y: np.where(y > 0.0, 90.0 if k < 5 else 30.0, 30.0)  # noqa: E731
    lefts = [by_side(result)[0] for result in drive([True] * 25, light)[4:]]
    assert lefts[0] > 1.3
    assert (np.diff(lefts) < 0.0).all()
    assert lefts[0] - lefts[1] < 0.5 * (lefts[0] - 1.0)
    assert lefts[-1] == pytest.approx(1.0, abs=0.01)


def test_intensity_changes_nothing_else_and_twice_gives_the_same_bits(drive):
    first, second, without = drive([True] * 6)[-1], drive([True] * 6)[-1], drive([False] * 6)[-1]
    assert first.objects == second.objects
    dark = [tracked.but(brightness=0.0) for tracked in first.objects]
    assert dark == [tracked.but(brightness=0.0) for tracked in without.objects]


def test_as_many_intensities_as_points(scan):
    cloud = scan([])
    with pytest.raises(ValueError, match=f"3 intensities for {len(cloud)} points"):
        LidarPipeline(LidarParams()).update(cloud, None, SECOND, MOUNT, np.ones(3, np.float32))

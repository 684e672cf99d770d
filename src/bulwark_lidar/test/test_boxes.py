# SPDX-License-Identifier: Apache-2.0
"""The L-shape fit on boxes that are known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulwark_lidar.boxes import bounding_box, l_shape_yaw
from bulwark_lidar.outlines import convex_hull

QUARTER = math.pi / 2


def l_shape(x, y, yaw, length=4.5, width=1.8, noise=0.01, seed=0):
    """The two sides of a box that a sensor at the origin sees."""
    along = np.column_stack([np.linspace(-length / 2, length / 2, 45), np.full(45, -width / 2)])
    across = np.column_stack([np.full(18, -length / 2), np.linspace(-width / 2, width / 2, 18)])
    points = np.vstack([along, across]) + np.random.default_rng(seed).normal(0, noise, (63, 2))
    cos, sin = math.cos(yaw), math.sin(yaw)
    return points @ np.array([[cos, sin], [-sin, cos]]) + (x, y)


def yaw_of(points):
    return l_shape_yaw(points, convex_hull(points))


def apart(a, b):
    """Difference of two yaws that mean the same rectangle."""
    return abs((a - b + QUARTER / 2) % QUARTER - QUARTER / 2)


@pytest.mark.parametrize("degrees", range(-90, 91, 7))
def test_the_fit_finds_a_box_of_any_yaw(degrees):
    points = l_shape(12.0, 4.0, math.radians(degrees))
    yaw = yaw_of(points)
    assert apart(yaw, math.radians(degrees)) < math.radians(2.0)
    x, y, length, width, _ = bounding_box(convex_hull(points), yaw)
    assert (length, width) == pytest.approx((4.5, 1.8), abs=0.15)
    assert (x, y) == pytest.approx((12.0, 4.0), abs=0.15)


@given(st.floats(-math.pi, math.pi), st.floats(-30, 30), st.floats(-30, 30))
@settings(max_examples=60, deadline=None)
def test_a_turned_cloud_gives_the_turned_box(turn, x, y):
    points = l_shape(0.0, 0.0, 0.2)
    cos, sin = math.cos(turn), math.sin(turn)
    moved = points @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
    here = bounding_box(convex_hull(points), 0.2)
    there = bounding_box(convex_hull(moved), 0.2 + turn)
    assert there[2:4] == pytest.approx(here[2:4], abs=1e-6)
    centre = np.array(here[:2]) @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
    assert there[:2] == pytest.approx(tuple(centre), abs=1e-6)
    assert apart(yaw_of(moved), yaw_of(points) + turn) < math.radians(3.0)


def test_length_is_the_longer_side():
    x, y, length, width, yaw = bounding_box(np.array([[0.0, 0], [1, 0], [1, 3], [0, 3]]), 0.0)
    assert (x, y, length, width) == pytest.approx((0.5, 1.5, 3.0, 1.0))
    assert yaw == pytest.approx(QUARTER)


def test_one_point_is_a_small_box():
    assert bounding_box(np.array([[3.0, 4.0]]), 0.0)[:2] == (3.0, 4.0)

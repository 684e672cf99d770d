# SPDX-License-Identifier: Apache-2.0
"""Convex hulls against scipy's, and outlines of many points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial import ConvexHull, QhullError

from bulwark_lidar.ground import Points
from bulwark_lidar.outlines import MAX_VERTICES, convex_hull, convex_outlines

POINTS = arrays(
    np.float64,
    st.tuples(st.integers(1, 60), st.just(2)),
    elements=st.integers(-400, 400).map(lambda n: n / 16),
)


def area(hull):
    x, y = hull.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


@given(POINTS)
@settings(max_examples=150, deadline=None)
def test_hull_encloses_the_same_area_as_scipys_counter_clockwise(points):
    hull = convex_hull(points)
    try:
        expected = ConvexHull(points).volume
    except QhullError:
        expected = 0.0
    if len(hull) < 3:
        assert expected == pytest.approx(0.0, abs=1e-9)
    else:
        assert area(hull) == pytest.approx(expected, abs=1e-9)


@given(POINTS)
@settings(max_examples=80, deadline=None)
def test_every_vertex_is_one_of_the_points_and_none_comes_twice(points):
    hull = {tuple(vertex) for vertex in convex_hull(points)}
    assert hull <= {tuple(point) for point in points}
    assert len(hull) == len(convex_hull(points))


def outline_of(points):
    xyz = np.column_stack([points, np.ones(len(points))]).astype(np.float32)
    ranges, bearings = np.hypot(*xyz[:, :2].T), np.arctan2(xyz[:, 1], xyz[:, 0])
    index = np.arange(len(points), dtype=np.int32)
    seen = Points(xyz, xyz[:, 2].copy(), ranges, bearings, index)
    outlines, sizes = convex_outlines(seen, index, np.array([0, len(points)], np.int32), 0.003)
    return outlines[0, : sizes[0]]


def test_a_lone_return_before_a_dense_face_is_left_out():
    face = np.column_stack([np.full(200, 10.0), np.linspace(-0.9, 0.9, 200)])
    outline = outline_of(np.vstack([face, [[9.6, 0.1]]]))
    assert outline[:, 0].min() == pytest.approx(10.0)


def test_few_points_are_all_believed():
    assert outline_of(np.array([[10.0, 0.0], [10.0, 1.0], [9.5, 0.5], [11.0, 0.5]]))[
        :, 0
    ].min() == pytest.approx(9.5)


def test_outlines_are_thinned():
    angles = np.linspace(0.0, 2.0 * np.pi, 400, endpoint=False)
    outline = outline_of(np.column_stack([10 + 2 * np.cos(angles), 2 * np.sin(angles)]))
    assert len(outline) <= MAX_VERTICES
    assert area(outline) == pytest.approx(4 * np.pi, rel=0.03)


def test_many_equal_points_are_one_vertex():
    assert len(outline_of(np.tile([[5.0, 1.0]], (100, 1)))) == 1

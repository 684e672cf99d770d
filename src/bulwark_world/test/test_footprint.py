# SPDX-License-Identifier: Apache-2.0
"""Overlap and gap of convex outlines."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_world.footprint import gap, overlap
from bulwark_world.motion import Pose

poses = st.builds(Pose, st.floats(-10, 10), st.floats(-10, 10), st.floats(-math.pi, math.pi))
sizes = st.tuples(st.floats(0.2, 6), st.floats(0.2, 6))
UNIT = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) / 2.0


def rectangle(pose, size):
    return pose.to_world(UNIT * size)


def moved(outline, x, y):
    return outline + np.array([x, y])


@given(poses, sizes, poses, sizes)
def test_both_are_symmetric_and_agree(pose_a, size_a, pose_b, size_b):
    a, b = rectangle(pose_a, size_a), rectangle(pose_b, size_b)
    assert overlap(a, b) == overlap(b, a)
    assert gap(a, b) == pytest.approx(gap(b, a), abs=1e-9)
    assert (gap(a, b) == 0.0) == overlap(a, b)


@given(poses, sizes, poses, sizes)
def test_moving_apart_along_an_axis_opens_exactly_that_gap(pose_a, size_a, pose_b, size_b):
    a, b = rectangle(pose_a, size_a), rectangle(pose_b, size_b)
    shift = a[:, 0].max() - b[:, 0].min() + 5.0
    apart = moved(b, shift, 0.0)
    assert not overlap(a, apart)
    assert gap(a, apart) >= 5.0 - 1e-9


@given(poses, sizes, poses, sizes)
def test_the_gap_is_no_longer_than_between_any_two_points(pose_a, size_a, pose_b, size_b):
    a, b = rectangle(pose_a, size_a), rectangle(pose_b, size_b)
    between_corners = np.linalg.norm(a[:, None] - b[None], axis=2).min()
    assert gap(a, b) <= between_corners + 1e-9


@given(poses, sizes, poses, sizes)
def test_a_point_of_one_inside_the_other_is_overlap(pose_a, size_a, pose_b, size_b):
    a, b = rectangle(pose_a, size_a), rectangle(pose_b, size_b)
    shifted = b - b.mean(axis=0) + a.mean(axis=0)
    assert overlap(a, shifted)


def test_edge_to_edge_and_corner_to_corner():
    square = UNIT * 2.0
    assert gap(square, moved(square, 3.0, 0.0)) == pytest.approx(1.0)
    assert gap(square, moved(square, 3.0, 3.0)) == pytest.approx(math.sqrt(2.0))
    assert overlap(square, moved(square, 2.0, 0.0)), "touching counts"
    assert not overlap(square, moved(square, 2.0 + 1e-9, 0.0))

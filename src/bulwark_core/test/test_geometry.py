# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.geometry import (
    from_quaternion,
    invert,
    rigid,
    to_quaternion,
    transform_points,
    wrap_angle,
    yaw_of,
)
from bulwark_core.transforms import TransformError, TransformTree

angle = st.floats(-math.pi, math.pi)
metre = st.floats(-100, 100)
pose = st.builds(rigid, metre, metre, metre, angle, angle, angle)


@given(pose)
def test_inverse_undoes(matrix):
    assert np.allclose(matrix @ invert(matrix), np.eye(4), atol=1e-9)


@given(pose)
def test_quaternion_round_trip(matrix):
    again = from_quaternion(*matrix[:3, 3], *to_quaternion(matrix))
    assert np.allclose(again, matrix, atol=1e-9)


@given(angle)
def test_yaw_round_trip(yaw):
    assert math.isclose(wrap_angle(yaw_of(*to_quaternion(rigid(yaw=yaw))) - yaw), 0, abs_tol=1e-9)


def test_axes_follow_rep_103():
    turned_left = rigid(yaw=math.pi / 2) @ (1, 0, 0, 1)
    nose_down = rigid(pitch=math.pi / 2) @ (1, 0, 0, 1)
    right_side_down = rigid(roll=math.pi / 2) @ (0, 1, 0, 1)
    assert np.allclose(turned_left, (0, 1, 0, 1))
    assert np.allclose(nose_down, (0, 0, -1, 1))
    assert np.allclose(right_side_down, (0, 0, 1, 1))


@pytest.mark.parametrize("quaternion", [(0, 0, 0, 0), (math.nan, 0, 0, 1), (math.inf, 0, 0, 0)])
def test_no_rotation_is_refused(quaternion):
    with pytest.raises(ValueError, match="no rotation"):
        from_quaternion(0, 0, 0, *quaternion)


def test_points_keep_their_precision():
    points = np.ones((3, 3), dtype=np.float32)
    assert transform_points(rigid(x=1), points).dtype == np.float32


@given(pose, pose, pose)
def test_tree_composes_up_and_down(a, b, c):
    tree = TransformTree()
    tree.add("base_link", "mast", a)
    tree.add("mast", "lidar", b)
    tree.add("base_link", "camera", c)
    assert np.allclose(tree.lookup("base_link", "lidar"), a @ b, atol=1e-6)
    assert np.allclose(tree.lookup("camera", "lidar"), invert(c) @ a @ b, atol=1e-6)
    assert np.allclose(tree.lookup("lidar", "lidar"), np.eye(4))


def test_tree_names_what_it_lacks():
    tree = TransformTree()
    tree.add("base_link", "lidar", np.eye(4))
    with pytest.raises(TransformError, match=r"'camera' to 'base_link'.*base_link, lidar"):
        tree.lookup("base_link", "camera")


def test_tree_refuses_loops_and_nonsense():
    tree = TransformTree()
    tree.add("a", "b", np.eye(4))
    with pytest.raises(TransformError, match="loop"):
        tree.add("b", "a", np.eye(4))
    with pytest.raises(TransformError, match="loop"):
        tree.add("a", "a", np.eye(4))
    with pytest.raises(TransformError, match="not finite"):
        tree.add("a", "c", np.full((4, 4), np.nan))


def test_tree_takes_the_newest_pose_of_a_frame():
    tree = TransformTree()
    tree.add("base_link", "lidar", rigid(z=1))
    tree.add("/base_link", "/lidar", rigid(z=2))
    assert tree.lookup("base_link", "lidar")[2, 3] == 2

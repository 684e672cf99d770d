# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.camera_model import CameraModel
from bulwark_core.geometry import rigid
from bulwark_core.projection import Solids, project

OPTICAL = np.array([[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
POSE = rigid(1.0, 0.0, 1.5) @ OPTICAL
K = np.array([[500.0, 0, 400], [0, 500.0, 200], [0, 0, 1]])
CAMERA = CameraModel((400, 800), "plumb_bob", K, np.zeros(5), "camera")
BARREL_LENS = CameraModel((400, 800), "plumb_bob", K, np.array([-0.4, 0.1, 0, 0, 0]), "camera")


def solid(x, y, length=2.0, width=2.0, bottom=0.0, top=1.5):
    outline = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * (length / 2, width / 2) + (x, y)
    return outline, bottom, top


def boxes(*solids, camera=CAMERA):
    outlines, bottom, top = zip(*solids, strict=True)
    return project(Solids(list(outlines), np.array(bottom), np.array(top)), camera, POSE)


def test_box_of_a_thing_ahead():
    seen = boxes(solid(12.0, 0.0))  # its near side is 10 m ahead of the camera
    assert seen.boxes[0] == pytest.approx([350.0, 200.0, 450.0, 275.0])
    assert seen.depth[0] == pytest.approx(10.0)
    assert (seen.seen[0], seen.visible[0]) == (True, 1.0)


@pytest.mark.parametrize("place", [(-12.0, 0.0), (5.0, 40.0), (2.0, 0.0), (1.0, 3.0)])
def test_behind_beside_and_around_the_camera_nothing_is_seen(place):
    assert not boxes(solid(*place)).seen[0]


def test_boxes_end_at_the_pictures_edge():
    seen = boxes(solid(5.0, 4.0, width=4.0))
    assert seen.seen[0]
    assert seen.boxes[0, 0] == 0.0


def test_the_nearer_covers_the_one_behind():
    seen = boxes(solid(30.0, 0.0), solid(12.0, 0.0, top=2.5))
    assert seen.visible == pytest.approx([0.0, 1.0])


def test_the_columns_in_sight_are_those_that_are_not_covered():
    behind, before = solid(30.0, 0.0, width=4.0), solid(12.0, 1.0, top=2.5)
    seen = boxes(behind, before)
    assert 0.3 < seen.visible[0] < 0.7
    left, right = seen.columns[0]
    assert left == pytest.approx(seen.boxes[1, 2], abs=6.0)
    assert right == pytest.approx(seen.boxes[0, 2], abs=6.0)


def test_a_low_thing_leaves_the_columns_of_a_high_one():
    seen = boxes(solid(15.0, 0.0, width=1.0, top=1.8), solid(10.0, 0.0, width=3.0, top=0.6))
    assert 0.2 < seen.visible[0] < 0.9
    assert seen.columns[0] == pytest.approx(seen.boxes[0, [0, 2]], abs=6.0)


def test_a_lens_that_folds_back_outside_of_its_view_shows_no_ghost():
    """At 80 degrees the polynomial of this lens would come back into the picture."""
    assert not boxes(solid(2.2, 8.0, length=1.0, width=1.0), camera=BARREL_LENS).seen[0]


def test_nothing():
    empty = project(Solids([], np.empty(0), np.empty(0)), CAMERA, POSE)
    assert empty.boxes.shape == (0, 4)
    assert empty.visible.shape == (0,)


@given(st.floats(5.0, 60.0), st.floats(-15.0, 15.0), st.floats(0.2, 3.0), st.floats(0.3, 3.0))
def test_every_corner_in_the_picture_is_in_the_box(x, y, width, top):
    outline, bottom, top = solid(x, y, width=width, top=top)
    seen = boxes((outline, bottom, top))
    xyz = np.array([(*corner, z) for corner in outline for z in (bottom, top)]) - POSE[:3, 3]
    pixels = CAMERA.project(xyz @ POSE[:3, :3])
    inside = ((pixels >= 0) & (pixels <= (800, 400))).all(axis=1)
    if seen.seen[0]:
        low, high = seen.boxes[0, :2], seen.boxes[0, 2:]
        assert (pixels[inside] >= low - 1e-6).all()
        assert (pixels[inside] <= high + 1e-6).all()


@given(st.lists(st.tuples(st.floats(3.0, 60.0), st.floats(-9.0, 9.0)), min_size=1, max_size=8))
def test_shares_are_shares_and_the_nearest_is_whole(places):
    seen = boxes(*[solid(x, y) for x, y in places])
    assert ((seen.visible >= 0.0) & (seen.visible <= 1.0)).all()
    if seen.seen.any():
        depth = np.where(seen.seen, seen.depth, np.inf)
        nearest = np.flatnonzero(depth == depth.min())
        assert seen.visible[nearest].max() == 1.0

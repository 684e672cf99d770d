# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bulwark_camera.ground_range import ground_points
from bulwark_core.camera_model import CameraModel
from bulwark_core.geometry import invert, rigid, transform_points

OPTICAL = np.array([[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
K = np.array([[700.0, 0, 640], [0, 700.0, 360], [0, 0, 1]])
CAMERAS = {
    "plumb_bob": CameraModel((720, 1280), "plumb_bob", K, np.array([-0.2, 0.05, 1e-3, 1e-3, 0])),
    "equidistant": CameraModel((720, 1280), "equidistant", K, np.array([-0.02, 0.004, 0, 0])),
}
small = st.floats(-0.15, 0.15)


def mounting(height=1.5, roll=0.0, pitch=0.0, yaw=0.0):
    return rigid(1.0, 0.2, height, roll, pitch, yaw) @ OPTICAL


def place(pixels, camera, pose, pixel_std=1.0, pitch_std=0.005):
    stds = np.full(len(pixels), pixel_std)
    return ground_points(pixels, stds, camera, pose, pitch_std)


@pytest.mark.parametrize("name", CAMERAS)
@given(st.floats(3.0, 80.0), st.floats(-10.0, 10.0), st.floats(0.5, 3.0), small, small, small)
def test_a_projected_ground_point_is_found_again(name, x, y, height, roll, pitch, yaw):
    camera, pose = CAMERAS[name], mounting(height, roll, pitch, yaw)
    seen = transform_points(invert(pose), np.array([[x, y, 0.0]]))
    assume(seen[0, 2] > 0.5 and abs(seen[0, 0]) < seen[0, 2] and abs(seen[0, 1]) < seen[0, 2])
    pixel = camera.project(seen)
    found = place(pixel, camera, pose)
    assert found.is_known.tolist() == [True]
    assert found.xyz[0] == pytest.approx([x, y, 0.0], rel=1e-4, abs=1e-3)


@given(st.floats(0.0, 360.0), st.floats(0.0, 1280.0))
def test_above_the_horizon_there_is_no_place(v, u):
    camera = CameraModel((720, 1280), "plumb_bob", K, np.zeros(5))
    found = place(np.array([[u, v]]), camera, mounting())
    assert found.is_known.tolist() == [False]
    assert np.isnan(found.xyz).any()


@given(st.floats(3.0, 60.0), st.floats(0.8, 2.5))
def test_uncertainty_is_what_a_wrong_pitch_does(x, height):
    camera = CameraModel((720, 1280), "plumb_bob", K, np.zeros(5))
    pixel = camera.project(transform_points(invert(mounting(height)), np.array([[1 + x, 0.2, 0]])))
    error = 1e-6
    wrong = place(pixel, camera, mounting(height, pitch=error)).xyz[0, 0] - (1 + x)
    found = place(pixel, camera, mounting(height), pixel_std=0.0, pitch_std=error)
    assert found.range_std[0] == pytest.approx(abs(wrong), rel=1e-3)


def test_uncertainty_of_pixel_and_pitch_add_in_squares():
    camera, pose, pixel = CAMERAS["plumb_bob"], mounting(), np.array([[640.0, 460.0]])
    both, pitch, row = (
        place(pixel, camera, pose, *stds).range_std[0]
        for stds in ((2.0, 0.005), (0.0, 0.005), (2.0, 0.0))
    )
    assert both == pytest.approx(np.hypot(pitch, row))


def test_no_pixels():
    assert place(np.empty((0, 2)), CAMERAS["plumb_bob"], mounting()).xyz.shape == (0, 3)

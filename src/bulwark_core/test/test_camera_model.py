# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sensor_msgs.msg import CameraInfo

from bulwark_core.camera_model import CameraModel
from bulwark_core.convert.camera_info import read_camera_info
from bulwark_core.errors import BadMessageError

K = [700.0, 0.0, 320.0, 0.0, 710.0, 240.0, 0.0, 0.0, 1.0]
DISTORTIONS = {
    "plumb_bob": [-0.25, 0.08, 0.001, -0.0005, -0.01],
    "rational_polynomial": [-0.2, 0.05, 0.001, -0.001, 0.01, 0.05, 0.02, 0.005],
    "equidistant": [-0.02, 0.004, -0.001, 0.0002],
}


def info(**fields):
    values = {"width": 640, "height": 480, "k": K, "distortion_model": "plumb_bob"}
    return CameraInfo(**{**values, "d": [0.0] * 5, **fields})


@pytest.mark.parametrize("model", DISTORTIONS)
@given(st.floats(0.0, 640.0), st.floats(0.0, 480.0))
def test_a_ray_projects_to_its_pixel(model, u, v):
    camera = read_camera_info(info(distortion_model=model, d=DISTORTIONS[model]))
    pixel = np.array([[u, v]])
    rays = camera.rays(pixel)
    assert np.isfinite(rays).all()
    assert camera.project(rays)[0] == pytest.approx(pixel[0], abs=0.01)


@given(st.floats(-0.6, 0.6), st.floats(-0.6, 0.6))
def test_rays_without_distortion_are_the_pinhole(x, y):
    camera = read_camera_info(info())
    rays = camera.rays(np.array([[700.0 * x + 320.0, 710.0 * y + 240.0]]))
    assert rays[0] == pytest.approx([x, y, 1.0], abs=1e-9)


def test_pixel_that_no_direction_reaches_is_unknown():
    """This lens folds back: no direction falls further out than 471 px."""
    k = np.array(K).reshape(3, 3)
    camera = CameraModel((480, 640), "plumb_bob", k, np.array([-0.33, 0.0, 0.0, 0.0, 0.0]))
    rays = camera.rays(np.array([[320.0, 240.0], [320.0 + 700.0, 240.0]]))
    assert np.isfinite(rays[0]).all()
    assert np.isnan(rays[1]).all()


def test_no_pixels():
    camera = read_camera_info(info())
    assert camera.rays(np.empty((0, 2))).shape == (0, 3)
    assert camera.project(np.empty((0, 3))).shape == (0, 2)


@pytest.mark.parametrize("model, d", [("", []), ("plumb_bob", []), ("whatever", [0.0] * 3)])
def test_no_distortion_needs_no_known_model(model, d):
    camera = read_camera_info(info(distortion_model=model, d=d))
    assert camera.project(np.array([[1.0, 1.0, 2.0]]))[0] == pytest.approx([670.0, 595.0])


def test_binning_and_region_of_interest():
    message = info(binning_x=2, binning_y=4)
    message.roi.x_offset, message.roi.y_offset = 100, 40
    message.roi.width, message.roi.height = 400, 200
    camera = read_camera_info(message)
    assert camera.size == (50, 200)
    # Full-sensor pixel 370, 300 is 270, 260 in the region: 135, 65 after binning.
    full = read_camera_info(info()).rays(np.array([[370.0, 300.0]]))
    assert camera.project(full)[0] == pytest.approx([135.0, 65.0])


@pytest.mark.parametrize(
    "fields, message",
    [
        ({"k": [0.0] * 9}, "not calibrated"),
        ({"k": [float("nan"), *K[1:]]}, "not finite"),
        ({"d": [float("inf"), 0.0, 0.0, 0.0, 0.0]}, "not finite"),
        ({"distortion_model": "thin_prism", "d": [0.1] * 5}, "'thin_prism' is not supported"),
        ({"d": [0.1] * 3}, "3 coefficients in D, not 4 or 5"),
        ({"distortion_model": "equidistant", "d": [0.1] * 5}, "5 coefficients in D, not 4"),
        ({"width": 0}, "width or height is 0"),
    ],
)
def test_unusable_camera_info_is_named(fields, message):
    with pytest.raises(BadMessageError, match=message):
        read_camera_info(info(**fields))

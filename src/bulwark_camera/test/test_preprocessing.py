# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from bulwark_camera.preprocessing import DETR, Preprocessing

CANVAS = np.random.default_rng(2).integers(0, 256, (6, 4, 3), dtype=np.uint8)


def test_blue_comes_first_and_nothing_is_scaled():
    tensor = Preprocessing().tensor(CANVAS, "float32")
    assert tensor.shape == (1, 3, 6, 4)
    assert tensor.flags["C_CONTIGUOUS"]
    assert np.array_equal(tensor[0, 0], CANVAS[:, :, 0].astype(np.float32))


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-6), ("float16", 2e-3)])
def test_mean_and_deviation_are_in_the_order_of_the_model(dtype, tolerance):
    tensor = DETR.tensor(CANVAS, dtype)
    red = (CANVAS[:, :, 2] / 255.0 - 0.485) / 0.229
    blue = (CANVAS[:, :, 0] / 255.0 - 0.406) / 0.225
    assert tensor.dtype == dtype
    assert tensor[0, 0] == pytest.approx(red, abs=tolerance)
    assert tensor[0, 2] == pytest.approx(blue, abs=tolerance)


def test_bytes_stay_bytes():
    tensor = Preprocessing(channel_order="rgb").tensor(CANVAS, "uint8")
    assert np.array_equal(tensor[0, 0], CANVAS[:, :, 2])
    assert tensor.dtype == np.uint8

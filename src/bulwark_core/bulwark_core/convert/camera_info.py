# SPDX-License-Identifier: Apache-2.0
"""sensor_msgs/CameraInfo to a camera."""

from __future__ import annotations

from typing import Any

import numpy as np

from bulwark_core.camera_model import FISHEYE, CameraModel
from bulwark_core.errors import BadMessageError
from bulwark_core.objects import FloatArray


def read_camera_info(msg: Any) -> CameraModel:
    """The camera of a sensor_msgs/CameraInfo, with its binning and region of interest.

    Raises BadMessageError where it is not calibrated or its distortion model is not supported.
    """
    k: FloatArray = np.array(msg.k, dtype=np.float64).reshape(3, 3)
    distortion = np.array(msg.d, dtype=np.float64)
    if not (np.isfinite(k).all() and np.isfinite(distortion).all()):
        raise BadMessageError("K or D has a value that is not finite")
    if k[0, 0] <= 0.0 or k[1, 1] <= 0.0:
        raise BadMessageError("the camera is not calibrated (focal length in K is not positive)")
    model, distortion = _distortion(str(msg.distortion_model), distortion)
    size, k = _as_received(msg, k)
    return CameraModel(size, model, k, distortion, str(msg.header.frame_id))


def _distortion(model: str, coefficients: FloatArray) -> tuple[str, FloatArray]:
    lengths = {"plumb_bob": (4, 5), "rational_polynomial": (8, 12, 14), FISHEYE: (4,)}
    if not coefficients.any() and model != FISHEYE:
        return "plumb_bob", np.zeros(5)
    if model not in lengths:
        raise BadMessageError(
            f"distortion model '{model}' is not supported; use one of: {', '.join(lengths)}"
        )
    if model == FISHEYE and not len(coefficients):
        return model, np.zeros(4)
    if len(coefficients) not in lengths[model]:
        wanted = " or ".join(map(str, lengths[model]))
        raise BadMessageError(f"{model} has {len(coefficients)} coefficients in D, not {wanted}")
    return model, coefficients


def _as_received(msg: Any, k: FloatArray) -> tuple[tuple[int, int], FloatArray]:
    """Size and K of the picture that is sent: K is that of the full sensor."""
    roi = msg.roi
    height, width = int(roi.height or msg.height), int(roi.width or msg.width)
    bin_x, bin_y = max(int(msg.binning_x), 1), max(int(msg.binning_y), 1)
    if height == 0 or width == 0:
        raise BadMessageError("width or height is 0")
    k = k.copy()
    k[:2, 2] -= (roi.x_offset, roi.y_offset)
    k[0] /= bin_x
    k[1] /= bin_y
    return (height // bin_y, width // bin_x), k

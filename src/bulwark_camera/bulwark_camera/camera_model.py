# SPDX-License-Identifier: Apache-2.0
"""A calibrated camera: from sensor_msgs/CameraInfo, and from pixels to viewing directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from bulwark_camera.detections import FloatArray
from bulwark_core.errors import BadMessageError

PINHOLE = ("plumb_bob", "rational_polynomial")
FISHEYE = "equidistant"

_MAX_RESIDUAL_PX = 0.5
"""How far an undistorted pixel may fall from itself when it is projected again."""
_UNDISTORT = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 50, 1e-9)


@dataclass(frozen=True)
class CameraModel:
    """Intrinsics of a picture as it is received, before rectification.

    size: (height, width) [px]. k: (3, 3) [px]. distortion: coefficients D in OpenCV's order.
    """

    size: tuple[int, int]
    model: str
    k: FloatArray
    distortion: FloatArray
    frame_id: str = ""

    @property
    def focal_px(self) -> float:
        """The smaller focal length [px]."""
        return float(min(self.k[0, 0], self.k[1, 1]))

    def rays(self, pixels: FloatArray) -> FloatArray:
        """Viewing directions (N, 3) with z = 1 in the optical frame, for pixels (N, 2).

        NaN where the distortion cannot be inverted, far outside of what was calibrated.
        """
        if not len(pixels):
            return np.empty((0, 3))
        normal = self._undistort(pixels.reshape(-1, 1, 2)).reshape(-1, 2)
        rays = np.column_stack([normal, np.ones(len(normal))])
        residual = np.linalg.norm(self.project(rays) - pixels, axis=1)
        rays[~(residual < _MAX_RESIDUAL_PX)] = np.nan
        return rays

    def project(self, points: FloatArray) -> FloatArray:
        """Pixels (N, 2) of points (N, 3) in the optical frame that lie in front of the camera."""
        if not len(points):
            return np.empty((0, 2))
        project = cv2.fisheye.projectPoints if self.model == FISHEYE else cv2.projectPoints
        zero = np.zeros(3)
        pixels, _ = project(points.reshape(-1, 1, 3), zero, zero, self.k, self.distortion)
        return np.asarray(pixels).reshape(-1, 2)

    def _undistort(self, pixels: FloatArray) -> FloatArray:
        if self.model == FISHEYE:
            return np.asarray(cv2.fisheye.undistortPoints(pixels, self.k, self.distortion))
        undistorted = cv2.undistortPointsIter(
            pixels, self.k, self.distortion, np.eye(3), np.eye(3), _UNDISTORT
        )
        return np.asarray(undistorted)


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

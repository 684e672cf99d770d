# SPDX-License-Identifier: Apache-2.0
"""A calibrated camera: from pixels to viewing directions and back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from bulwark_core.objects import FloatArray

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

# SPDX-License-Identifier: Apache-2.0
"""Where a pixel lies on the ground: its viewing ray cut with the plane z = 0 of the base frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_camera.detections import FloatArray
from bulwark_core.camera_model import CameraModel
from bulwark_core.geometry import Matrix


@dataclass(frozen=True)
class GroundPoints:
    """Places on the ground for N pixels.

    xyz: (N, 3) in the base frame [m]; range_std: (N,) one standard deviation of the distance along
    the ground [m]; both NaN where `is_known` (N,) is false.
    """

    xyz: FloatArray
    range_std: FloatArray
    is_known: npt.NDArray[np.bool_]


def ground_points(
    pixels: FloatArray,
    pixel_std: FloatArray,
    camera: CameraModel,
    camera_to_base: Matrix,
    pitch_std: float,
) -> GroundPoints:
    """The ground under pixels (N, 2), known to pixel_std (N,) [px] and pitch_std [rad].

    camera_to_base: the pose of the optical frame (z forward, x right, y down) in the base frame.
    A pixel at or above the horizon has no place.

    With the camera at height h, range r = h / tan(depression), so an error e of the angle makes an
    error of e (h^2 + r^2) / h. The angle's is that of the pitch and that of the pixel, together.
    """
    directions = camera.rays(pixels) @ camera_to_base[:3, :3].T
    height = camera_to_base[2, 3]
    is_known = directions[:, 2] < 0.0  # also false for NaN
    fall = np.where(is_known, directions[:, 2], np.nan)
    steps = directions * (-height / fall)[:, None]
    distance = np.hypot(steps[:, 0], steps[:, 1])
    angle_std = np.hypot(pitch_std, pixel_std / camera.focal_px)
    range_std = angle_std * (height**2 + distance**2) / height
    xyz = camera_to_base[:3, 3] + steps
    xyz[is_known, 2] = 0.0
    return GroundPoints(xyz, range_std, is_known)

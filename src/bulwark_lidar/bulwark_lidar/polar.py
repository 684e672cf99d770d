# SPDX-License-Identifier: Apache-2.0
"""Points as the sensor sees them: height above a plane, range and bearing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bulwark_lidar.cloud import Float32Array, FloatArray
from bulwark_lidar.kernels import kernel

# Minimax polynomial of atan on 0..1 in odd powers, within 2e-6 rad in single precision.
_A1, _A3, _A5 = np.float32(0.99997726), np.float32(-0.33262347), np.float32(0.19354346)
_A7, _A9, _A11 = np.float32(-0.11643287), np.float32(0.05265332), np.float32(-0.0117212)
_PI, _HALF_PI = np.float32(math.pi), np.float32(math.pi / 2)
_ZERO, _TINY = np.float32(0.0), np.float32(1e-9)


@kernel
def polar(xyz: Float32Array, plane: FloatArray, sensor_x: float, sensor_y: float) -> Any:
    """Height above a plane (slope_x, slope_y, height), range and bearing of points (N, 3).

    Three arrays (N,) [m, m, rad]. In single precision and without branches, so that several points
    are done at once: the library's atan2 alone would take many times as long as all of this.
    """
    slope_x, slope_y, height = np.float32(plane[0]), np.float32(plane[1]), np.float32(plane[2])
    at_x, at_y = np.float32(sensor_x), np.float32(sensor_y)
    above = np.empty(len(xyz), np.float32)
    ranges = np.empty(len(xyz), np.float32)
    bearings = np.empty(len(xyz), np.float32)
    for i in range(len(xyz)):
        x, y = xyz[i, 0], xyz[i, 1]
        above[i] = xyz[i, 2] - (slope_x * x + slope_y * y + height)
        dx, dy = x - at_x, y - at_y
        ranges[i] = math.sqrt(dx * dx + dy * dy)
        wide, high = abs(dx), abs(dy)
        slope = min(wide, high) / (max(wide, high) + _TINY)
        square = slope * slope
        angle = _A5 + square * (_A7 + square * (_A9 + square * _A11))
        angle = slope * (_A1 + square * (_A3 + square * angle))
        angle = _HALF_PI - angle if high > wide else angle
        angle = _PI - angle if dx < _ZERO else angle
        bearings[i] = -angle if dy < _ZERO else angle
    return above, ranges, bearings

# SPDX-License-Identifier: Apache-2.0
"""The plane of the road near the car, estimated from the cloud alone.

Lowest points of 1 m cells vote for a height and a tilt; a plane is fitted to those near the winner
and refined with ever closer neighbours (iterated trimmed least squares). It says how high and how
tilted the lidar really sits, and it is the reference of the local height model in `ground`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bulwark_lidar.cloud import Float32Array, FloatArray
from bulwark_lidar.kernels import kernel

_REACH = 20.0
_SIDE = int(2 * _REACH)  # cells of 1 m
_NEAR_REACH = 10.0
_LOWEST, _HIGHEST = -3.0, 3.0
_HEIGHT_STEP = 0.1
_HEIGHTS = int(round((_HIGHEST - _LOWEST) / _HEIGHT_STEP))
_TILTS, _TILT_STEP = 2, 0.06  # so many slopes to either side of level, and their distance
_TILT_PULL = 1.0  # votes lost per slope, as a share
_ENOUGH_NEAR = 80  # cells near the sensor that tell the tilt
_SUPPORT = 0.1  # a cell whose lowest point is so near to the plane supports it [m]
_REFINEMENTS = np.array([[8.0, 0.25], [10.0, 0.2], [14.0, 0.15], [_REACH, 0.12], [_REACH, 0.1]])
"""Reach around the sensor and distance from the last plane [m] of what each refinement uses."""
_MIN_CELLS = 20
_ASSUMED_PULL = 0.05
"""Votes lost per metre that a height lies away from where the mount puts the road, as a share."""


@dataclass(frozen=True)
class RoadPlane:
    """z = slope_x * x + slope_y * y + height, in base_link.

    cells: 1 m cells that support it; 0 where there were too few and the mount is believed.
    spread: root mean square of their distances from it [m].
    """

    slope_x: float = 0.0
    slope_y: float = 0.0
    height: float = 0.0
    cells: int = 0
    spread: float = 0.0

    @property
    def is_estimated(self) -> bool:
        """Whether the cloud showed enough road."""
        return self.cells > 0

    @property
    def tilt(self) -> float:
        """Angle between the plane and base_link's xy plane [rad]."""
        return math.atan(math.hypot(self.slope_x, self.slope_y))

    def array(self) -> FloatArray:
        """(slope_x, slope_y, height)."""
        return np.array([self.slope_x, self.slope_y, self.height])


def fit_road_plane(xyz: Float32Array, sensor_x: float, sensor_y: float) -> RoadPlane:
    """The road near the sensor, from points (N, 3) in base_link [m]."""
    lows = _lowest_points(xyz, sensor_x, sensor_y)
    if len(lows) < _MIN_CELLS:
        return RoadPlane()
    slope_x, slope_y, height, cells, spread = _fit_plane(lows, sensor_x, sensor_y, _REFINEMENTS)
    if cells < _MIN_CELLS:
        return RoadPlane()
    return RoadPlane(slope_x, slope_y, height, int(cells), spread)


@kernel
def _fit_plane(lows: FloatArray, sensor_x: float, sensor_y: float, refinements: FloatArray) -> Any:
    """Slopes, height, supporting cells and spread of the plane through the lowest points (M, 3)."""
    squared = (lows[:, 0] - sensor_x) ** 2 + (lows[:, 1] - sensor_y) ** 2
    plane = _voted_plane(lows, squared)
    for k in range(len(refinements)):
        _refine(lows, squared, plane, refinements[k, 0], refinements[k, 1])
    cells, total = 0, 0.0
    for i in range(len(lows)):
        residual = lows[i, 2] - (lows[i, 0] * plane[0] + lows[i, 1] * plane[1] + plane[2])
        if abs(residual) < _SUPPORT:
            cells += 1
            total += residual * residual
    spread = math.sqrt(total / cells) if cells > 0 else 0.0
    return plane[0], plane[1], plane[2], cells, spread


@kernel
def _voted_plane(lows: FloatArray, squared: FloatArray) -> Any:
    """The plane that most cells share, of some tilts; a level one where votes are close."""
    chosen = lows[squared < _NEAR_REACH * _NEAR_REACH]
    if len(chosen) < _ENOUGH_NEAR:
        chosen = lows
    plane, best = np.zeros(3), -1.0
    for i in range(-_TILTS, _TILTS + 1):
        for j in range(-_TILTS, _TILTS + 1):
            slope_x, slope_y = i * _TILT_STEP, j * _TILT_STEP
            heights = chosen[:, 2] - slope_x * chosen[:, 0] - slope_y * chosen[:, 1]
            height, votes = _voted_height(heights)
            votes *= 1.0 - _TILT_PULL * (abs(slope_x) + abs(slope_y))
            if votes > best:
                plane[0], plane[1], plane[2], best = slope_x, slope_y, height, votes
    return plane


@kernel
def _voted_height(heights: FloatArray) -> Any:
    """The height that most share, the assumed one where votes are close; and the votes."""
    votes = np.zeros(_HEIGHTS + 2)  # an empty one beside the lowest and the highest
    for height in heights:
        if _LOWEST <= height <= _HIGHEST:
            votes[1 + min(int((height - _LOWEST) / _HEIGHT_STEP), _HEIGHTS - 1)] += 1.0
    best, most = 0.0, -1.0
    for k in range(1, _HEIGHTS + 1):
        height = _LOWEST + (k - 0.5) * _HEIGHT_STEP
        score = votes[k] + 0.5 * (votes[k - 1] + votes[k + 1])
        score *= 1.0 - _ASSUMED_PULL * abs(height)
        if score > most:
            best, most = height, score
    return best, most


@kernel
def _refine(
    lows: FloatArray, squared: FloatArray, plane: FloatArray, reach: float, tolerance: float
) -> None:
    """Least squares over what is near the sensor and the plane; too few leave it as it is.

    A weak pull to level keeps a road seen on one side only from tilting about its long axis.
    """
    xx, xy, yy, x, y, xz, yz, z = 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    n = 0
    for i in range(len(lows)):
        a, b, c = lows[i, 0], lows[i, 1], lows[i, 2]
        if squared[i] >= reach * reach:
            continue
        if abs(c - (a * plane[0] + b * plane[1] + plane[2])) >= tolerance:
            continue
        xx, xy, yy, x, y = xx + a * a, xy + a * b, yy + b * b, x + a, y + b
        xz, yz, z = xz + a * c, yz + b * c, z + c
        n += 1
    if n < _MIN_CELLS // 2:
        return
    normal = np.array([[xx, xy, x], [xy, yy, y], [x, y, float(n)]])
    plane[:] = np.linalg.solve(normal, np.array([xz, yz, z]))


@kernel
def _lowest_points(xyz: Float32Array, sensor_x: float, sensor_y: float) -> Any:
    """The lowest point of each cell around the sensor: (M, 3)."""
    cells = _cells(xyz, np.float32(sensor_x - _REACH), np.float32(sensor_y - _REACH))
    lowest = np.full(_SIDE * _SIDE + 1, np.float32(np.inf))
    where = np.full(_SIDE * _SIDE + 1, -1, np.int32)
    for i in range(len(xyz)):
        if xyz[i, 2] < lowest[cells[i]]:
            lowest[cells[i]] = xyz[i, 2]
            where[cells[i]] = i
    chosen = where[:-1][where[:-1] >= 0]
    points = np.empty((len(chosen), 3))
    for k in range(len(chosen)):
        for axis in range(3):
            points[k, axis] = xyz[chosen[k], axis]
    return points


@kernel
def _cells(xyz: Float32Array, left: Any, right: Any) -> Any:
    """The cell of each point, the one behind the last for all that is too far, low or high."""
    low, high, reach = np.float32(_LOWEST), np.float32(_HIGHEST), np.float32(2.0 * _REACH)
    cells = np.empty(len(xyz), np.int32)
    for i in range(len(xyz)):
        x, y, z = xyz[i, 0] - left, xyz[i, 1] - right, xyz[i, 2]
        is_near = (x >= 0.0) & (x < reach) & (y >= 0.0) & (y < reach) & (z >= low) & (z <= high)
        cells[i] = np.int32(y) * _SIDE + np.int32(x) if is_near else _SIDE * _SIDE
    return cells

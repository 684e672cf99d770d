# SPDX-License-Identifier: Apache-2.0
"""The plane of the road near the car, estimated from the cloud alone.

Lowest points of 1 m cells vote for a height; a plane is fitted to those near the winner and
refined with ever closer neighbours (iterated trimmed least squares). It says how high and how
tilted the lidar really sits, and it is the reference of the local height model in `ground`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_lidar.cloud import Float32Array, FloatArray
from bulwark_lidar.kernels import kernel

_CELL = 1.0
_REACH = 20.0
_NEAR_REACH = 10.0
_LOWEST, _HIGHEST = -3.0, 3.0
_HEIGHT_STEP = 0.1
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
    distance = np.hypot(lows[:, 0] - sensor_x, lows[:, 1] - sensor_y)
    near = lows[distance < _NEAR_REACH]
    plane = np.array([0.0, 0.0, _voted_height(near if len(near) >= _MIN_CELLS else lows)])
    for reach, tolerance in ((8.0, 0.25), (10.0, 0.2), (14.0, 0.15), (_REACH, 0.12), (_REACH, 0.1)):
        fitted = _fit(lows[distance < reach], plane, tolerance)
        plane = plane if fitted is None else fitted
    residuals = lows[:, 2] - lows[:, :2] @ plane[:2] - plane[2]
    inliers = residuals[np.abs(residuals) < 0.1]
    if len(inliers) < _MIN_CELLS:
        return RoadPlane()
    spread = float(np.sqrt(np.mean(inliers**2)))
    return RoadPlane(float(plane[0]), float(plane[1]), float(plane[2]), len(inliers), spread)


def _voted_height(lows: FloatArray) -> float:
    """The height that most cells share, nearer to the assumed one where votes are close."""
    edges = np.arange(_LOWEST, _HIGHEST + _HEIGHT_STEP, _HEIGHT_STEP)
    votes, _ = np.histogram(lows[:, 2], edges)
    shared = np.convolve(votes, [0.5, 1.0, 0.5], mode="same")
    centres = (edges[:-1] + edges[1:]) / 2
    return float(centres[np.argmax(shared * (1.0 - _ASSUMED_PULL * np.abs(centres)))])


def _fit(lows: FloatArray, plane: FloatArray, tolerance: float) -> FloatArray | None:
    residuals = lows[:, 2] - lows[:, :2] @ plane[:2] - plane[2]
    chosen = lows[np.abs(residuals) < tolerance]
    if len(chosen) < _MIN_CELLS // 2:
        return None
    design = np.column_stack([chosen[:, :2], np.ones(len(chosen))])
    # A weak pull to level keeps a road seen on one side only from tilting about its long axis.
    normal = design.T @ design + np.diag([1.0, 1.0, 0.0])
    solution: npt.NDArray[np.float64] = np.linalg.solve(normal, design.T @ chosen[:, 2])
    return solution


@kernel
def _lowest_points(xyz: Float32Array, sensor_x: float, sensor_y: float) -> Any:
    """The lowest point of each cell around the sensor: (M, 3)."""
    side = int(2 * _REACH / _CELL)
    lowest = np.full(side * side, np.inf)
    where = np.full(side * side, -1, np.int64)
    for i in range(len(xyz)):
        z = xyz[i, 2]
        if z < _LOWEST or z > _HIGHEST:
            continue
        column = int((xyz[i, 0] - sensor_x + _REACH) / _CELL)
        row = int((xyz[i, 1] - sensor_y + _REACH) / _CELL)
        if 0 <= column < side and 0 <= row < side:
            cell = row * side + column
            if z < lowest[cell]:
                lowest[cell] = z
                where[cell] = i
    points = np.empty((len(where), 3))
    n = 0
    for chosen in where:
        if chosen >= 0:
            for axis in range(3):
                points[n, axis] = xyz[chosen, axis]
            n += 1
    return points[:n]

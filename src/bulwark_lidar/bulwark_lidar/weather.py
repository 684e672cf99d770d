# SPDX-License-Identifier: Apache-2.0
"""Returns from the air: fog, rain, snow, spray and dust, told from things and rejected.

On a thing, a beam and its neighbours end at nearly the same range. What floats in the air returns
single beams, here and there, at ranges of their own. So each obstacle point is compared with those
in the beams around it, in an image of ranges over bearing and slope: as the dynamic radius filter
(Charron, Phillips and Waslander, "De-noising of lidar point clouds corrupted by snowfall", CRV
2018) does in space, but without a search, and without regard to how far apart beams are there.

A thing of a few points has neighbours of its own and is not touched. Where a good part of what is
nearby is alone, the points that are go, and where much of it is, all do. In clear air a few points
are alone, too, on surfaces that the beams graze; so nothing at all is rejected unless that would
be a share of the near points over some scans that clear air does not show.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_lidar.beams import BeamSteps
from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.ground import OBSTACLE, ByteArray, Ground
from bulwark_lidar.kernels import kernel
from bulwark_lidar.params import WeatherParams

AIRBORNE = 5
"""Label of returns from the air, beside those of `ground.py`."""

BoolArray = npt.NDArray[np.bool_]

_STEEPEST = 0.6  # slopes of beams up to here have a row of their own
_REACH = 2  # columns and rows around a point that are its neighbours
_GAIN = 0.2  # of the smoothing over scans
_FEWEST_NEAR = 1000  # near points of which a share tells anything
_FEWEST = 4  # points alone in a neighbourhood
_ENOUGH = 2  # of the four nearest beams
_AGREES = 0.67  # share of the limit that the square itself has to reach


class WeatherFilter:
    """Marks returns from the air in one scan after another. Same scans, same marks."""

    def __init__(self, params: WeatherParams) -> None:
        self._params = params
        self.reset()

    def reset(self) -> None:
        """Forget what the air was like."""
        self._share: float | None = None

    def mark(self, xyz: Float32Array, ground: Ground, sensor_z: float, steps: BeamSteps) -> int:
        """Turn labels of `ground` from obstacle to AIRBORNE where that is so; how many these are.

        xyz: points (N, 3) of base_link that were labelled; sensor_z: of the lidar there [m];
        steps: angles between neighbouring returns.
        """
        rows, near = airborne(xyz, ground, sensor_z, steps, self._params)
        share = len(rows) / max(near, _FEWEST_NEAR)
        last = share if self._share is None else self._share
        self._share = last + _GAIN * (share - last)
        if self._share < self._params.min_share:
            return 0
        ground.labels[rows] = AIRBORNE
        return len(rows)


def airborne(
    xyz: Float32Array, ground: Ground, sensor_z: float, steps: BeamSteps, params: WeatherParams
) -> tuple[IntArray, int]:
    """Rows of the obstacle points that look like returns from the air, and how many were looked at.

    xyz, sensor_z, steps: as for `WeatherFilter.mark`.
    """
    limits = np.array([params.tolerance, params.tolerance_per_m, params.min_support])
    half = int(params.max_range) + 2
    squares, near, close = _look_closer(
        xyz, ground.ranges, ground.labels, limits, half, params.max_range, params.alone_share
    )
    if not close.any():
        return np.zeros(0, np.int32), near
    columns = max(int(round(2.0 * np.pi / steps.azimuth)), 2 * _REACH + 1)
    rows = int(2.0 * _STEEPEST / steps.elevation) + 1
    chosen = _chosen(squares, close)
    image, at = _image(xyz, ground.ranges, ground.bearings, sensor_z, columns, rows, chosen)
    alone = _all_alone(ground.ranges, chosen, image, at, columns + 2 * _REACH, limits)
    gone = _gone(alone, squares[chosen], 2 * half + 1, params.alone_share, params.air_share)
    return chosen[gone], near


@kernel
def _look_closer(
    xyz: Float32Array,
    ranges: Float32Array,
    labels: ByteArray,
    limits: FloatArray,
    half: int,
    max_range: float,
    share: float,
) -> Any:
    """The square metre of each near obstacle point (N,), else -1, and how many these are; and
    which squares need a closer look: flat.

    Those do where many points are at other ranges than the one before and the one behind them.
    Where the cloud has the order of the scan these are neighbours; in any other order all squares
    get the closer look.
    """
    size = 2 * half + 1
    count = len(ranges)
    squares = np.full(count, -1, np.int32)
    near, alone = np.zeros(size * size, np.int32), np.zeros(size * size, np.int32)
    unlike = True
    for i in range(count):
        reach = ranges[i]
        before = unlike
        unlike = i + 1 == count or abs(ranges[i + 1] - reach) > limits[0] + limits[1] * reach
        if labels[i] != OBSTACLE or not 0.0 < reach <= max_range:
            continue
        column, row = int(xyz[i, 0] + half + 0.5), int(xyz[i, 1] + half + 0.5)
        column, row = min(max(column, 0), size - 1), min(max(row, 0), size - 1)
        square = row * size + column
        squares[i] = square
        near[square] += 1
        alone[square] += before and unlike
    return squares, near.sum(), _suspicious(near, alone, size, share)


@kernel
def _suspicious(near: IntArray, alone: IntArray, size: int, share: float) -> BoolArray:
    """Squares in whose neighbourhood at least a share of the points, and some, are alone."""
    found = np.zeros(len(near), np.bool_)
    for k in range(len(near)):
        if near[k] == 0:
            continue
        singles = _around(alone, k, size)
        found[k] = singles >= _FEWEST and singles >= share * _around(near, k, size)
    return found


@kernel
def _around(counts: IntArray, k: int, size: int) -> int:
    """The sum over a square and its neighbours."""
    total = 0
    row, column = k // size, k % size
    for r in range(max(row - 1, 0), min(row + 2, size)):
        for c in range(max(column - 1, 0), min(column + 2, size)):
            total += counts[r * size + c]
    return total


@kernel
def _chosen(squares: IntArray, close: BoolArray) -> IntArray:
    """The rows of the points in squares that need a closer look."""
    rows = np.empty(len(squares), np.int32)
    count = 0
    for i in range(len(squares)):
        if squares[i] >= 0 and close[squares[i]]:
            rows[count] = i
            count += 1
    return rows[:count].copy()


@kernel
def _image(
    xyz: Float32Array,
    ranges: Float32Array,
    bearings: Float32Array,
    sensor_z: float,
    columns: int,
    rows: int,
    chosen: IntArray,
) -> Any:
    """Ranges of the chosen points over slope and bearing, 0 for none, and each one's place there.

    The image is flat and has a margin; its first and last columns are repeated at the other end.
    """
    width = columns + 2 * _REACH
    image = np.zeros((rows + 2 * _REACH) * width, np.float32)
    at = np.empty(len(chosen), np.int32)
    per_turn, per_slope = columns / (2.0 * np.pi), rows / (2.0 * _STEEPEST)
    for k in range(len(chosen)):
        i = chosen[k]
        column = int((bearings[i] + np.pi) * per_turn)
        column = min(max(column, 0), columns - 1)
        row = int(((xyz[i, 2] - sensor_z) / ranges[i] + _STEEPEST) * per_slope)
        row = min(max(row, 0), rows - 1)
        place = (row + _REACH) * width + column + _REACH
        at[k] = place
        image[place] = ranges[i]
        if column < _REACH:
            image[place + columns] = ranges[i]
        elif column >= columns - _REACH:
            image[place - columns] = ranges[i]
    return image, at


@kernel
def _all_alone(
    ranges: Float32Array,
    chosen: IntArray,
    image: Float32Array,
    at: IntArray,
    width: int,
    limits: FloatArray,
) -> BoolArray:
    """Which of the chosen points are alone."""
    alone = np.empty(len(chosen), np.bool_)
    for k in range(len(chosen)):
        alone[k] = _is_alone(image, at[k], width, ranges[chosen[k]], limits)
    return alone


@kernel
def _is_alone(
    image: Float32Array, place: int, width: int, reach: float, limits: FloatArray
) -> bool:
    """Whether hardly any of the returns around a place of the image has the range `reach`.

    It is not where two of the four nearest have, or two above each other, as on a thin pole.
    """
    tolerance = limits[0] + limits[1] * reach
    above = abs(image[place + width] - reach) < tolerance
    below = abs(image[place - width] - reach) < tolerance
    nearest = above + below
    nearest += abs(image[place - 1] - reach) < tolerance
    nearest += abs(image[place + 1] - reach) < tolerance
    if nearest >= _ENOUGH:
        return False
    if above and abs(image[place + 2 * width] - reach) < tolerance:
        return False
    if below and abs(image[place - 2 * width] - reach) < tolerance:
        return False
    agree, occupied = 0, 0
    for row in range(-_REACH, _REACH + 1):
        for column in range(-_REACH, _REACH + 1):
            other = image[place + row * width + column]
            if other == 0.0 or (row == 0 and column == 0):
                continue
            occupied += 1
            agree += abs(other - reach) < tolerance
    return agree == 0 or agree < limits[2] * occupied


@kernel
def _gone(
    alone: BoolArray, squares: IntArray, size: int, alone_share: float, air_share: float
) -> BoolArray:
    """Which points are returns from the air: by themselves, or by what is nearby.

    What is nearby decides only where the square itself agrees: a pedestrian in dense fog fills it.
    """
    near, singles = np.zeros(size * size, np.int32), np.zeros(size * size, np.int32)
    for k in range(len(squares)):
        near[squares[k]] += 1
        singles[squares[k]] += alone[k]
    some = _suspicious(near, singles, size, alone_share)
    most = _suspicious(near, singles, size, air_share)
    gone = np.empty(len(squares), np.bool_)
    for k in range(len(squares)):
        square = squares[k]
        agrees = singles[square] >= _AGREES * air_share * near[square]
        gone[k] = (most[square] and agrees) or (alone[k] and some[square])
    return gone

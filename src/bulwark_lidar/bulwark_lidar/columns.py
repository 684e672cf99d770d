# SPDX-License-Identifier: Apache-2.0
"""What stands in each occupied cell of the grid, up to what hangs above the car's clearance."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bulwark_lidar.cloud import Float32Array, IntArray
from bulwark_lidar.ground import Points
from bulwark_lidar.kernels import kernel

_HIGHEST = 4.5  # what is higher above the road belongs to a bridge or a tree [m]
_MID_LOW, _MID_HIGH = 0.65, 1.4  # above grass, below what hangs from a tree [m]


class Columns(NamedTuple):
    """What stands in each occupied cell: (C,) each.

    points: how many obstacle points. top: z of the highest one [m], reach: its height above the
    ground [m]. full_top, full_reach: the same with what hangs above the clearance. mid: how many
    obstacle points are at half the height of a post: above grass, below what hangs from a tree.
    """

    points: IntArray
    top: Float32Array
    reach: Float32Array
    full_top: Float32Array
    full_reach: Float32Array
    mid: IntArray


@kernel
def cell_columns(obstacles: Points, cell_of: IntArray, count: int) -> Any:
    """The columns of the obstacle points, whose cells are `cell_of` out of `count`."""
    points = np.zeros(count, np.int32)
    top = np.full(count, np.float32(-np.inf))
    reach = np.zeros(count, np.float32)
    mid = np.zeros(count, np.int32)
    for i in range(len(cell_of)):
        cell = cell_of[i]
        points[cell] += 1
        mid[cell] += _MID_LOW < obstacles.above[i] < _MID_HIGH
        if obstacles.xyz[i, 2] > top[cell]:
            top[cell], reach[cell] = obstacles.xyz[i, 2], obstacles.above[i]
    return Columns(points, top, reach, top.copy(), reach.copy(), mid)


@kernel
def add_overhead(columns: Columns, overhead: Points, index: IntArray, size: float) -> None:
    """Raise the columns to what hangs in their cells above the clearance.

    index: map from row and column to the cell, -1 for free ones, with base_link in its middle.
    size: edge of a cell [m].
    """
    half = len(index) // 2
    for i in range(len(overhead.above)):
        if overhead.above[i] > _HIGHEST:
            continue
        column = int(np.floor(overhead.xyz[i, 0] / size))
        row = int(np.floor(overhead.xyz[i, 1] / size))
        if abs(column) > half or abs(row) > half:
            continue
        cell = index[row + half, column + half]
        if cell >= 0 and overhead.xyz[i, 2] > columns.full_top[cell]:
            columns.full_top[cell] = overhead.xyz[i, 2]
            columns.full_reach[cell] = overhead.above[i]

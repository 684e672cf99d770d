# SPDX-License-Identifier: Apache-2.0
"""Poles and trunks that stand in a hedge, or so near a car or a wall that they would be one thing.

Something that rises from a post's middle to above the clearance, is no thicker than a trunk and has
only low things around it, is a thing of its own. Walls and tall bushes are left as they are: what is
taken out of them would differ from scan to scan.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bulwark_lidar.cloud import Float32Array, IntArray
from bulwark_lidar.columns import Columns
from bulwark_lidar.kernels import kernel

_POST = 2.3  # height from which on a thing may be a post [m]
_THICKEST = 4  # cells
_ALONE, _LOW = 4, 2.0  # within so many cells around it all else is lower than this [m]
_STANDS_OUT = 2  # by so many cells at least is the other thing larger


@kernel
def is_post(columns: Columns) -> Any:
    """Which cells (C,) are as high as a post."""
    return columns.is_mid & (columns.full_reach > _POST)


@kernel
def split_uprights(
    cells: IntArray, index: IntArray, things: IntArray, uprights: IntArray, columns: Columns
) -> Any:
    """Component of each cell (C,), where uprights are ones of their own, and how many there are.

    things: component of each cell before; uprights: component among the tall cells; both are the
    index of one of its cells.
    """
    count = len(cells)
    is_tall = is_post(columns)
    extent = extents(cells, things, count)
    slim = extents(cells[is_tall], uprights[is_tall], count)
    crowded = _crowded(cells, index, uprights, is_tall, columns.full_reach)
    split = things.copy()
    half = len(index) // 2
    for k in range(count):
        if not is_tall[k] or crowded[uprights[k]]:
            continue
        if not _stands_out(slim[uprights[k]], extent[things[k]]):
            continue
        column, row = cells[k, 0] + half, cells[k, 1] + half
        for r in range(max(row - 1, 0), min(row + 1, 2 * half) + 1):
            for c in range(max(column - 1, 0), min(column + 1, 2 * half) + 1):
                other = index[r, c]
                if other >= 0 and things[other] == things[k]:
                    split[other] = count + uprights[k]
    return _numbered(split, 2 * count)


@kernel
def _crowded(
    cells: IntArray, index: IntArray, uprights: IntArray, is_tall: Any, reach: Float32Array
) -> Any:
    """Which uprights have anything high close by, as branches and walls do: (C,) by component."""
    half = len(index) // 2
    crowded = np.zeros(len(cells), np.bool_)
    for k in range(len(cells)):
        if not is_tall[k]:
            continue
        column, row = cells[k, 0] + half, cells[k, 1] + half
        for r in range(max(row - _ALONE, 0), min(row + _ALONE, 2 * half) + 1):
            for c in range(max(column - _ALONE, 0), min(column + _ALONE, 2 * half) + 1):
                other = index[r, c]
                if other < 0 or reach[other] < _LOW:
                    continue
                is_own = is_tall[other] and uprights[other] == uprights[k]
                if not is_own and max(abs(r - row), abs(c - column)) > 1:
                    crowded[uprights[k]] = True
    return crowded


@kernel
def _numbered(labels: IntArray, limit: int) -> Any:
    """Labels below a limit, numbered in order of appearance, and how many different ones there are."""
    numbers = np.full(limit, -1, np.int32)
    numbered = np.empty(len(labels), np.int32)
    n = 0
    for k in range(len(labels)):
        if numbers[labels[k]] < 0:
            numbers[labels[k]] = n
            n += 1
        numbered[k] = numbers[labels[k]]
    return numbered, n


@kernel
def _stands_out(upright: IntArray, thing: IntArray) -> bool:
    """Whether an upright of this extent is slim, and smaller than the thing it is part of."""
    thickness = max(upright[1] - upright[0], upright[3] - upright[2])
    size = max(thing[1] - thing[0], thing[3] - thing[2])
    return bool(thickness < _THICKEST and size >= thickness + _STANDS_OUT)


@kernel
def extents(cells: IntArray, labels: IntArray, count: int) -> Any:
    """Lowest and highest column, lowest and highest row of the cells of each label: (count, 4)."""
    extent = np.empty((count, 4), np.int32)
    extent[:, 0::2], extent[:, 1::2] = 1 << 30, -(1 << 30)
    for k in range(len(cells)):
        label = labels[k]
        extent[label, 0] = min(extent[label, 0], cells[k, 0])
        extent[label, 1] = max(extent[label, 1], cells[k, 0])
        extent[label, 2] = min(extent[label, 2], cells[k, 1])
        extent[label, 3] = max(extent[label, 3], cells[k, 1])
    return extent

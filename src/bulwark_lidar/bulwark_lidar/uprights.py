# SPDX-License-Identifier: Apache-2.0
"""Poles and trunks that stand in a hedge, or so near a car or a wall that they would be one thing.

Something that rises from a post's middle to above the clearance, or to where the view ends, is no
thicker than a trunk and has only low things around it, is a thing of its own. Walls, tall bushes
and riders on their bicycles are left as they are.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bulwark_lidar.cloud import FloatArray, IntArray
from bulwark_lidar.columns import Columns
from bulwark_lidar.components import join, root_of
from bulwark_lidar.kernels import kernel

_POST = 2.3  # height from which on a thing may be a post [m]
_LOWEST_POST = 1.6  # the same where the view ends below that [m]
_VIEW_MARGIN = 0.25  # so little below the end of the view counts as reaching it [m]
_THICKEST = 4  # cells
_GAP = 2  # cells between what is one upright
_AROUND = 4  # cells from it in which all else is lower
_GRASS = 0.65  # what is lower than this around a post is not part of it [m]
_ABOVE = 0.7  # nor is what is so much lower than the post, where it is much larger [m]
_HEDGE = 1.5  # or lower than this, where the view may end below the post's top [m]
_SOLID = 0.25  # what has fewer points than this share of the post's is twigs
_LARGER, _MUCH_LARGER = 2, 10  # cells


@kernel
def is_post(columns: Columns, cells: IntArray, size: float, sensor: FloatArray, top: float) -> Any:
    """Which cells (C,) are as high as a post, or up to the end of the view as far as one can see.

    size: edge of a cell [m]. sensor: where it is (3,) [m]; top: how steeply it looks up at most, as
    a tangent.
    """
    post = np.zeros(len(cells), np.bool_)
    for c in range(len(cells)):
        if columns.mid[c] == 0 or columns.full_reach[c] < _LOWEST_POST:
            continue
        x, y = (cells[c, 0] + 0.5) * size - sensor[0], (cells[c, 1] + 0.5) * size - sensor[1]
        end = sensor[2] + top * math.hypot(x, y) - _VIEW_MARGIN
        post[c] = columns.full_reach[c] > _POST or columns.full_top[c] > end
    return post


@kernel
def split_uprights(
    cells: IntArray,
    index: IntArray,
    things: IntArray,
    uprights: IntArray,
    is_tall: Any,
    columns: Columns,
) -> Any:
    """Component of each cell (C,), where uprights are ones of their own, and how many there are.

    things: component of each cell before; uprights: component among the tall cells; both are the
    index of one of its cells.
    """
    count = len(cells)
    _join_close(cells, index, uprights, is_tall)
    extent = extents(cells, things, count)
    slim = extents(cells[is_tall], uprights[is_tall], count)
    around, top = _around(cells, index, uprights, is_tall, columns)
    split = things.copy()
    half = len(index) // 2
    for k in range(count):
        if not is_tall[k]:
            continue
        post = uprights[k]
        if not _stands_out(slim[post], extent[things[k]], around[post], top[post]):
            continue
        column, row = cells[k, 0] + half, cells[k, 1] + half
        for r in range(max(row - 1, 0), min(row + 1, 2 * half) + 1):
            for c in range(max(column - 1, 0), min(column + 1, 2 * half) + 1):
                other = index[r, c]
                if other >= 0 and things[other] == things[k] and columns.reach[other] > _GRASS:
                    split[other] = count + post
    return _numbered(split, 2 * count)


@kernel
def _join_close(cells: IntArray, index: IntArray, uprights: IntArray, is_tall: Any) -> None:
    """Join uprights that have hardly a gap between them: both sides of one trunk."""
    half = len(index) // 2
    for k in range(len(cells)):
        if not is_tall[k]:
            continue
        column, row = cells[k, 0] + half, cells[k, 1] + half
        for r in range(row, min(row + _GAP, 2 * half) + 1):
            for c in range(max(column - _GAP, 0), min(column + _GAP, 2 * half) + 1):
                other = index[r, c]
                if other >= 0 and is_tall[other] and uprights[other] != uprights[k]:
                    join(uprights, k, other)
    for k in range(len(cells)):
        uprights[k] = root_of(uprights, k)


@kernel
def _around(
    cells: IntArray, index: IntArray, uprights: IntArray, is_tall: Any, columns: Columns
) -> Any:
    """Height of the highest thing around each upright (C,), and its own (C,): what hangs above or
    has few points beside it does not count, nor what touches it.
    """
    half = len(index) // 2
    around, top, solid = np.zeros(len(cells)), np.zeros(len(cells)), np.zeros(len(cells))
    for k in range(len(cells)):
        if is_tall[k]:
            top[uprights[k]] = max(top[uprights[k]], columns.full_reach[k])
            solid[uprights[k]] = max(solid[uprights[k]], columns.mid[k])
    for k in range(len(cells)):
        if not is_tall[k]:
            continue
        column, row = cells[k, 0] + half, cells[k, 1] + half
        for r in range(max(row - _AROUND, 0), min(row + _AROUND, 2 * half) + 1):
            for c in range(max(column - _AROUND, 0), min(column + _AROUND, 2 * half) + 1):
                other = index[r, c]
                if other < 0 or max(abs(r - row), abs(c - column)) <= 1:
                    continue
                if columns.mid[other] < _SOLID * solid[uprights[k]]:
                    continue
                if not is_tall[other] or uprights[other] != uprights[k]:
                    around[uprights[k]] = max(around[uprights[k]], columns.reach[other])
    return around, top


@kernel
def _stands_out(upright: IntArray, thing: IntArray, around: float, top: float) -> bool:
    """Whether an upright of this extent and height is slim, higher than what is around it, and so
    much smaller than the thing it is part of as its being a post, and not a rider, asks for.
    """
    thickness = max(upright[1] - upright[0], upright[3] - upright[2])
    size = max(thing[1] - thing[0], thing[3] - thing[2])
    more = _LARGER if around < _GRASS and top > _POST else _MUCH_LARGER
    return bool(
        around < max(top - _ABOVE, _HEDGE) and thickness < _THICKEST and size >= thickness + more
    )


@kernel
def _numbered(labels: IntArray, limit: int) -> Any:
    """Labels below a limit, numbered in order of appearance, and how many there are."""
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

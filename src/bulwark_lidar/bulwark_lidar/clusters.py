# SPDX-License-Identifier: Apache-2.0
"""Clusters: obstacle points that belong together, on a grid seen from above.

Occupied cells are linked over gaps that grow with range as the beams spread, and joined with
union-find. Poles and trunks are taken out of the hedges they stand in. Big things (walls, hedges,
rows of cars) are cut along squares that are fixed to odom, so that the pieces stand still while the
car drives past and none of them covers the road.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_lidar.beams import BeamSteps
from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.columns import Columns, add_overhead, cell_columns
from bulwark_lidar.components import join, root_of
from bulwark_lidar.fragments import join_fragments
from bulwark_lidar.frames import Pose
from bulwark_lidar.ground import Points
from bulwark_lidar.kernels import kernel
from bulwark_lidar.params import ClusterParams
from bulwark_lidar.uprights import extents, is_post, split_uprights

Int64Array = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_DIRECTIONS = 12
_GRAZING = math.radians(5.0)  # a face is still one face where beams graze it like this
_SLOPE = math.radians(30.0)  # and so is one that is as flat as this


@dataclass(frozen=True)
class Clusters:
    """Which points belong together.

    labels: (N,) int32 cluster of each point, -1 for none. cut: (K,) a piece of something bigger.
    cell_labels: (C,) the same of each occupied cell. columns: what stands in these cells.
    """

    labels: IntArray
    count: int
    cut: Any
    cell_labels: IntArray
    columns: Columns


def cluster(
    points: Points,
    overhead: Points,
    sensor: tuple[float, float, float],
    pose: Pose,
    max_range: float,
    steps: BeamSteps,
    params: ClusterParams,
) -> Clusters:
    """Group obstacle points of base_link.

    overhead: what is above the clearance, which tells posts. sensor: where it is [m]. pose: of
    base_link in odom. steps: angles between neighbouring returns.
    """
    cell_of, cells, index = _occupied_cells(points.xyz, max_range, params.cell)
    columns = cell_columns(points, cell_of, len(cells))
    add_overhead(columns, overhead, index, params.cell)
    reach = _reach(cells, np.array(sensor), _reach_per_m(steps), _limits(params))
    squares = _squares(cells, np.array([pose.x, pose.y, pose.yaw]), params.cell, params.piece)
    is_tall = is_post(columns, cells, params.cell, np.array(sensor), math.tan(steps.highest))
    things, pieces, uprights = _connect(cells, reach, index, squares, is_tall)
    things, count = split_uprights(cells, index, things, uprights, is_tall, columns)
    in_big = _big(cells, things, count, params.cell, params.max_width, params.max_length)
    parts, cut = _parts(np.where(in_big, pieces, things), in_big, columns, _least(params))
    labels, parts, cut = join_fragments(
        parts, cell_of, cut, points.above, points.ranges, points.bearings
    )
    return Clusters(labels, len(cut), cut, parts, columns)


@kernel
def _occupied_cells(xyz: Float32Array, max_range: float, size: float) -> Any:
    """Index of each point's cell among the occupied ones, their columns and rows, and a map.

    The map leads from row and column, counted from the middle, to the index, -1 for free cells.
    """
    half = int(max_range / size) + 1
    index = np.full((2 * half + 1, 2 * half + 1), -1, np.int32)
    cell_of = np.empty(len(xyz), np.int32)
    cells = np.empty((len(xyz), 2), np.int32)
    n = 0
    for i in range(len(xyz)):
        column = min(max(int(np.floor(xyz[i, 0] / size)), -half), half)
        row = min(max(int(np.floor(xyz[i, 1] / size)), -half), half)
        at = index[row + half, column + half]
        if at < 0:
            at = n
            index[row + half, column + half] = n
            cells[n, 0], cells[n, 1] = column, row
            n += 1
        cell_of[i] = at
    return cell_of, cells[:n].copy(), index


def _reach_per_m(steps: BeamSteps) -> FloatArray:
    """What has to be bridged along and across the beams, per metre of range.

    Across the beams it is some azimuth steps. Along them it is what two neighbouring beams leave
    free on one face: of azimuth on a wall they graze, of elevation on a bonnet or windscreen.
    """
    across = steps.azimuth
    along = max(steps.azimuth / math.tan(_GRAZING), steps.elevation / math.tan(_SLOPE))
    return np.array([along, across])


def _limits(params: ClusterParams) -> FloatArray:
    return np.array([params.cell, params.link_steps, params.link, params.max_link])


@kernel
def _reach(cells: IntArray, sensor: FloatArray, per_m: FloatArray, limits: FloatArray) -> Any:
    """How cells are linked: (C, 3) coefficients a, b, c of the ellipse a x^2 + 2 b x y + c y^2 = 1.

    x and y count columns and rows. per_m: see `_reach_per_m`; limits: see `_limits`.
    """
    size, link_steps, least, most = limits
    reach = np.empty((len(cells), 3))
    for k in range(len(cells)):
        x, y = (cells[k, 0] + 0.5) * size - sensor[0], (cells[k, 1] + 0.5) * size - sensor[1]
        distance = max(math.hypot(x, y), size)
        x, y = x / distance, y / distance
        across = link_steps * per_m[1] * distance
        along = max(per_m[0] * distance, across)
        along = (size / min(max(along, least), most)) ** 2
        across = (size / min(max(across, least), most)) ** 2
        reach[k, 0] = x * x * along + y * y * across
        reach[k, 1] = x * y * (along - across)
        reach[k, 2] = y * y * along + x * x * across
    return reach


@kernel
def _connect(
    cells: IntArray, reach: FloatArray, index: IntArray, squares: Int64Array, is_tall: BoolArray
) -> Any:
    """Three components of each cell (C,): of all that is linked, of what is linked within one
    square, and of the tall cells alone. Each is the index of one of its cells.
    """
    half = len(index) // 2
    things = np.arange(len(cells)).astype(np.int32)
    pieces, uprights = things.copy(), things.copy()
    for k in range(len(cells)):
        column, row = cells[k, 0] + half, cells[k, 1] + half
        a, b, c = reach[k]
        rows = max(int(math.sqrt(a / (a * c - b * b))), 1)
        for r in range(min(rows, 2 * half - row) + 1):
            first, last = _extent(a, b, c, r)
            for at in range(max(column + first, 0), min(column + last, 2 * half) + 1):
                other = index[row + r, at]
                if other < 0:
                    continue
                if things[other] != things[k]:
                    join(things, k, other)
                if pieces[other] != pieces[k] and squares[other] == squares[k]:
                    join(pieces, k, other)
                if is_tall[other] and is_tall[k]:
                    join(uprights, k, other)
    for parent in (things, pieces, uprights):
        for k in range(len(cells)):
            parent[k] = root_of(parent, k)
    return things, pieces, uprights


@kernel
def _extent(a: float, b: float, c: float, row: int) -> Any:
    """The first and last column of an ellipse in a row; neighbouring cells are always in it.

    In the row of the middle only what follows it, since links go both ways.
    """
    root = math.sqrt(max(b * b * row * row - a * (c * row * row - 1.0), 0.0))
    first, last = math.ceil((-b * row - root) / a), math.floor((-b * row + root) / a)
    if row == 0:
        return 1, max(int(last), 1)
    if row == 1:
        return min(int(first), -1), max(int(last), 1)
    return int(first), int(last)


@kernel
def _big(
    cells: IntArray, labels: IntArray, count: int, size: float, max_width: float, max_length: float
) -> Any:
    """Which cells (C,) are of a component whose least width over some directions, or whose greatest
    length, is too large.
    """
    extent = extents(cells, labels, count)
    widest = max_width / size
    may_be = np.empty(count, np.bool_)
    for label in range(count):
        columns, rows = extent[label, 1] - extent[label, 0], extent[label, 3] - extent[label, 2]
        may_be[label] = max(columns, rows) > widest / math.sqrt(2.0)
    least, greatest = np.full(count, np.inf), np.zeros(count)
    low, high = np.empty(count), np.empty(count)
    for d in range(_DIRECTIONS):
        angle = d * math.pi / _DIRECTIONS
        cos, sin = math.cos(angle) * size, math.sin(angle) * size
        low[:], high[:] = np.inf, -np.inf
        for k in range(len(cells)):
            label = labels[k]
            if may_be[label]:
                along = cells[k, 0] * cos + cells[k, 1] * sin
                low[label], high[label] = min(low[label], along), max(high[label], along)
        for label in range(count):
            if may_be[label]:
                least[label] = min(least[label], high[label] - low[label])
                greatest[label] = max(greatest[label], high[label] - low[label])
    is_big = np.empty(len(cells), np.bool_)
    for k in range(len(cells)):
        label = labels[k]
        is_big[k] = may_be[label] and (least[label] > max_width or greatest[label] > max_length)
    return is_big


@kernel
def _squares(cells: IntArray, pose: FloatArray, size: float, piece: float) -> Any:
    """The square of odom that each cell lies in, as one number."""
    cos, sin = math.cos(pose[2]), math.sin(pose[2])
    squares = np.empty(len(cells), np.int64)
    for k in range(len(cells)):
        x, y = (cells[k, 0] + 0.5) * size, (cells[k, 1] + 0.5) * size
        column = np.int64(math.floor((x * cos - y * sin + pose[0]) / piece))
        row = np.int64(math.floor((x * sin + y * cos + pose[1]) / piece))
        squares[k] = (column << 32) + row
    return squares


def _least(params: ClusterParams) -> FloatArray:
    return np.array([params.min_points, params.min_height])


@kernel
def _parts(labels: IntArray, in_big: BoolArray, columns: Columns, least: FloatArray) -> Any:
    """Number of the part that each cell belongs to, -1 where it has too few points or is too low,
    and which parts are pieces of something big.

    labels: component of each cell, apart for cells of big things and others. least: points, height.
    """
    count = len(labels)
    points, top = np.zeros((2, count), np.int32), np.zeros((2, count), np.float32)
    for k in range(len(labels)):
        big = 1 if in_big[k] else 0
        points[big, labels[k]] += columns.points[k]
        top[big, labels[k]] = max(top[big, labels[k]], columns.reach[k])
    numbers = np.full((2, count), -1, np.int32)
    parts = np.full(len(labels), -1, np.int32)
    cut = np.empty(len(labels), np.bool_)
    n = 0
    for k in range(len(labels)):
        big, label = 1 if in_big[k] else 0, labels[k]
        if points[big, label] < least[0] or top[big, label] < least[1]:
            continue
        if numbers[big, label] < 0:
            numbers[big, label] = n
            cut[n] = in_big[k]
            n += 1
        parts[k] = numbers[big, label]
    return parts, cut[:n].copy()

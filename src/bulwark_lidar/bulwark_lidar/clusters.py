# SPDX-License-Identifier: Apache-2.0
"""Clusters: obstacle points that belong together, on a grid seen from above.

Occupied cells are linked over gaps that grow with range as the beams spread, and joined with
union-find. Big things (walls, hedges, rows of cars) are cut along squares that are fixed to odom,
so that the pieces stand still while the car drives past and none of them covers the road.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_lidar.beams import BeamSteps
from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.components import join, numbered
from bulwark_lidar.fragments import join_fragments
from bulwark_lidar.frames import Pose
from bulwark_lidar.ground import ObstaclePoints
from bulwark_lidar.kernels import kernel
from bulwark_lidar.params import ClusterParams

Int64Array = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_DIRECTIONS = 12
_GRAZING = math.radians(5.0)  # a face is still one face where beams graze it like this
_SLOPE = math.radians(30.0)  # and so is one that is as flat as this


@dataclass(frozen=True)
class Clusters:
    """Which points belong together.

    labels: (N,) int32 cluster of each point, -1 for none. cut: (K,) a piece of something bigger.
    cell_of: (N,) occupied cell of each point, out of so many cells; index: map from row and column
    to the occupied cell, -1 for none, with base_link in its middle. cell: edge of a cell [m].
    """

    labels: IntArray
    count: int
    cut: Any
    cell_of: IntArray
    cells: int
    index: IntArray
    cell: float


def cluster(
    points: ObstaclePoints,
    sensor_xy: tuple[float, float],
    pose: Pose,
    max_range: float,
    steps: BeamSteps,
    params: ClusterParams,
) -> Clusters:
    """Group obstacle points of base_link.

    pose: of base_link in odom. steps: angles between neighbouring returns.
    """
    xyz, above = points.xyz, points.above
    cell_of, cells, index = _occupied_cells(xyz, max_range, params.cell)
    reach = _reach(cells, sensor_xy, steps, params)
    one, all_open = np.zeros(len(cells), np.int32), np.ones(len(cells), np.bool_)
    whole, n_whole = _connect(cells, reach, index, one.astype(np.int64), all_open, one)
    is_big = _big(cells, whole, n_whole, params.cell, params.max_width, params.max_length)
    in_big = is_big[whole]
    squares = _squares(cells, pose, params.cell, params.piece)
    parts, n_parts = _connect(cells, reach, index, squares, in_big, whole)
    labels, cut = _keep(
        parts, n_parts, cell_of, above, in_big, params.min_points, params.min_height
    )
    labels, cut = join_fragments(labels, cut, above, points.ranges, points.bearings)
    return Clusters(labels, len(cut), cut, cell_of, len(cells), index, params.cell)


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


def _reach(
    cells: IntArray, sensor_xy: tuple[float, float], steps: BeamSteps, params: ClusterParams
) -> FloatArray:
    """How cells are linked: (C, 4) direction away from the sensor, reach along and across it.

    Reach is in cells. Across the beams it spans some azimuth steps. Along them it spans what two
    neighbouring beams leave free on one face: of azimuth on a wall they graze, of elevation on a
    bonnet or windscreen.
    """
    away = (cells + 0.5) * params.cell - np.array(sensor_xy)
    distance = np.maximum(np.hypot(away[:, 0], away[:, 1]), params.cell)
    across = params.link_steps * steps.azimuth
    along = max(steps.azimuth / math.tan(_GRAZING), steps.elevation / math.tan(_SLOPE), across)
    reach = np.outer(distance, (along, across))
    reach = np.clip(reach, params.link, params.max_link) / params.cell
    return np.column_stack([away / distance[:, None], reach])


@kernel
def _connect(
    cells: IntArray,
    reach: FloatArray,
    index: IntArray,
    squares: Int64Array,
    open_: BoolArray,
    known: Any,
) -> Any:
    """Component of each cell in order of appearance, and how many there are.

    Open cells are linked with those of the same square; the others keep the component `known`.
    """
    half = len(index) // 2
    parent = np.arange(len(cells)).astype(np.int32)
    leader = np.full(len(cells), -1, np.int32)
    for k in range(len(cells)):
        if not open_[k]:
            if leader[known[k]] < 0:
                leader[known[k]] = k
            join(parent, leader[known[k]], k)
            continue
        column, row = cells[k, 0] + half, cells[k, 1] + half
        columns, rows = _extent(reach[k])
        for r in range(row, min(row + rows, 2 * half) + 1):
            first = column + 1 if r == row else max(column - columns, 0)
            for c in range(first, min(column + columns, 2 * half) + 1):
                other = index[r, c]
                if other < 0 or not open_[other] or squares[other] != squares[k]:
                    continue
                if _links(reach[k], c - column, r - row):
                    join(parent, k, other)
    return numbered(parent)


@kernel
def _extent(reach: FloatArray) -> Any:
    """How many columns and rows the ellipse of a reach spans to either side."""
    columns = math.hypot(reach[0] * reach[2], reach[1] * reach[3])
    rows = math.hypot(reach[1] * reach[2], reach[0] * reach[3])
    return max(int(columns), 1), max(int(rows), 1)


@kernel
def _links(reach: FloatArray, columns: int, rows: int) -> bool:
    """Whether a cell links to another that is so many columns and rows away: an ellipse."""
    if abs(columns) <= 1 and abs(rows) <= 1:
        return True
    along = (columns * reach[0] + rows * reach[1]) / reach[2]
    across = (rows * reach[0] - columns * reach[1]) / reach[3]
    return bool(along * along + across * across <= 1.0)


@kernel
def _big(
    cells: IntArray, labels: IntArray, count: int, size: float, max_width: float, max_length: float
) -> Any:
    """Components whose least width or greatest length over some directions is too large."""
    least = np.full(count, np.inf)
    greatest = np.zeros(count)
    for d in range(_DIRECTIONS):
        angle = d * math.pi / _DIRECTIONS
        cos, sin = math.cos(angle) * size, math.sin(angle) * size
        low, high = np.full(count, np.inf), np.full(count, -np.inf)
        for k in range(len(cells)):
            along = cells[k, 0] * cos + cells[k, 1] * sin
            low[labels[k]] = min(low[labels[k]], along)
            high[labels[k]] = max(high[labels[k]], along)
        for label in range(count):
            extent = high[label] - low[label]
            least[label] = min(least[label], extent)
            greatest[label] = max(greatest[label], extent)
    too_big = np.zeros(count, np.bool_)
    for label in range(count):
        too_big[label] = least[label] > max_width or greatest[label] > max_length
    return too_big


def _squares(cells: IntArray, pose: Pose, size: float, piece: float) -> Int64Array:
    """The square of odom that each cell lies in, as one number."""
    centres = np.asarray((cells + 0.5) * size, np.float64)
    square = np.floor(pose.to_odom(centres) / piece).astype(np.int64)
    return np.asarray((square[:, 0] << 32) + square[:, 1])


@kernel
def _keep(
    parts: IntArray,
    count: int,
    cell_of: IntArray,
    above: Float32Array,
    is_big: Any,
    min_points: int,
    min_height: float,
) -> Any:
    """Labels of points without the clusters that are too few or too low, and which are pieces."""
    points = np.zeros(count, np.int32)
    top = np.zeros(count, np.float32)
    cut = np.zeros(count, np.bool_)
    for i in range(len(cell_of)):
        part = parts[cell_of[i]]
        points[part] += 1
        top[part] = max(top[part], above[i])
        cut[part] = is_big[cell_of[i]]
    numbers = np.full(count, -1, np.int32)
    n = 0
    for part in range(count):
        if points[part] >= min_points and top[part] >= min_height:
            numbers[part] = n
            cut[n] = cut[part]
            n += 1
    labels = np.empty(len(cell_of), np.int32)
    for i in range(len(cell_of)):
        labels[i] = numbers[parts[cell_of[i]]]
    return labels, cut[:n].copy()

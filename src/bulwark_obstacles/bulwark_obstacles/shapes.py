# SPDX-License-Identifier: Apache-2.0
"""Measures of an object's shape, from its box and its convex outline.

| measure | what |
| --- | --- |
| `LONGER`, `SHORTER` | sides of the box [m] |
| `HEIGHT` | above the ground, also where the foot was hidden or taken for ground [m] |
| `RATIO` | shorter side over longer side |
| `FILL` | area of the outline over that of the box: 0.5 for an L, whose outline is a triangle |
| `STRAIGHT` | share of the three longest edges in the whole outline: 1 for a wall or an L |
| `ROUND` | 1 where a circle fits, 0 where the box does, 0.5 where neither can be told |
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import FloatArray
from bulwark_obstacles.table import IntArray, ObjectTable

LONGER, SHORTER, HEIGHT, RATIO, FILL, STRAIGHT, ROUND = range(7)
MEASURES = 7

HIDDEN_HEIGHT = 0.4
"""How much of an obstacle's foot may be taken for ground or hidden [m]."""
LARGEST_ROUND = 1.3
"""Longer things are not asked whether they are round [m]."""
FARTHEST_ROUND = 15.0
"""Farther away the noise of ranges hides what is round [m]."""
_LEAST_DEPTH = 0.3  # of a round thing, over its width, as far as the lidar sees it
_LARGEST_RADIUS = 0.75  # of a round thing, over its width
_CLEAR = 0.025  # how much better one shape must fit to be clear [m]
_TINY = 1e-9


def measure(table: ObjectTable, lidar: FloatArray) -> FloatArray:
    """The measures of N objects: (N, MEASURES). lidar: where it is, in the objects' frame (2,)."""
    found = np.empty((len(table), MEASURES))
    if len(table) == 0:
        return found
    longer = np.maximum(table.length, table.width)
    shorter = np.minimum(table.length, table.width)
    found[:, LONGER], found[:, SHORTER] = longer, shorter
    height = table.top - table.bottom
    found[:, HEIGHT] = np.minimum(np.maximum(table.top, height), height + HIDDEN_HEIGHT)
    found[:, RATIO] = shorter / np.maximum(longer, _TINY)
    found[:, FILL] = _areas(table) / np.maximum(longer * shorter, _TINY)
    found[:, STRAIGHT] = _straightness(table)
    found[:, ROUND] = _roundness(table, longer, shorter, lidar)
    return found


def _areas(table: ObjectTable) -> FloatArray:
    centre = np.stack([table.x, table.y], axis=1)[table.owner]
    a, b = table.corners - centre, table.following - centre
    return _sums(table.owner, (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2.0, len(table))


def _straightness(table: ObjectTable) -> FloatArray:
    edges = np.hypot(*(table.following - table.corners).T)
    order = np.lexsort((-edges, table.owner))
    rank = np.arange(len(order)) - table.first[table.owner]
    longest = _sums(table.owner, np.where(rank < 3, edges[order], 0.0), len(table))
    return np.asarray(longest / np.maximum(_sums(table.owner, edges, len(table)), _TINY))


def _roundness(
    table: ObjectTable, longer: FloatArray, shorter: FloatArray, lidar: FloatArray
) -> FloatArray:
    """Circle against box, by the edges that face the lidar."""
    is_near = np.hypot(table.x - lidar[0], table.y - lidar[1]) <= FARTHEST_ROUND
    asked = (longer <= LARGEST_ROUND) & (longer > 0.0) & is_near
    if not asked.any():
        return np.full(len(table), 0.5)
    points, owner = _facing(table, asked, lidar)
    count = len(table)
    radius, of_circle = _circle_misfits(points, owner, count)
    of_box = _box_misfits(points, owner, table)
    found = np.clip(0.5 + (of_box - of_circle) / _CLEAR / 2.0, 0.0, 1.0)
    no_circle = (radius > _LARGEST_RADIUS * longer) | (shorter < _LEAST_DEPTH * longer)
    found = np.where(no_circle, np.minimum(found, 0.3), found)
    return np.where(asked & (np.bincount(owner, minlength=count) >= 6), found, 0.5)


def _facing(
    table: ObjectTable, asked: npt.NDArray[np.bool_], lidar: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Ends and middles of the edges that face the lidar, about the box's centre, and whose."""
    chosen = asked[table.owner]
    start, owner = table.corners[chosen], table.owner[chosen]
    step, away = table.following[chosen] - start, lidar - start
    faces = step[:, 0] * away[:, 1] - step[:, 1] * away[:, 0] < 0.0
    step, owner = step[faces], owner[faces]
    start = start[faces] - np.stack([table.x, table.y], axis=1)[owner]
    points = np.concatenate([start, start + step / 2.0, start + step])
    return points, np.concatenate([owner, owner, owner])


def _circle_misfits(
    points: FloatArray, owner: IntArray, count: int
) -> tuple[FloatArray, FloatArray]:
    """Radius of the best circle of each object and how far its points are from it: (N,) [m].

    Least squares of the algebraic distance (I. Kåsa, 1976).
    """
    x, y = points.T
    z = x**2 + y**2
    products = (x * x, x * y, x, y * y, y, x * z, y * z, z)
    xx, xy, sx, yy, sy, xz, yz, sz = (_sums(owner, product, count) for product in products)
    number = np.bincount(owner, minlength=count)
    normal = np.empty((count, 3, 3))
    normal[:, 0] = np.stack([4.0 * xx, 4.0 * xy, 2.0 * sx], axis=1)
    normal[:, 1] = np.stack([4.0 * xy, 4.0 * yy, 2.0 * sy], axis=1)
    normal[:, 2] = np.stack([2.0 * sx, 2.0 * sy, number], axis=1)
    normal += 1e-6 * np.eye(3)
    right = np.stack([2.0 * xz, 2.0 * yz, sz], axis=1)
    solution = np.linalg.solve(normal, right[..., None])[..., 0]
    radius = np.sqrt(np.maximum(solution[:, 2] + (solution[:, :2] ** 2).sum(axis=1), 0.0))
    miss = np.hypot(x - solution[owner, 0], y - solution[owner, 1]) - radius[owner]
    return radius, _deviation(owner, miss, count)


def _box_misfits(points: FloatArray, owner: IntArray, table: ObjectTable) -> FloatArray:
    """How far the points are from the sides of the box: (N,) [m]."""
    cos, sin = np.cos(table.yaw)[owner], np.sin(table.yaw)[owner]
    along = np.abs(points[:, 0] * cos + points[:, 1] * sin)
    across = np.abs(points[:, 1] * cos - points[:, 0] * sin)
    miss = np.minimum(
        np.abs(table.length[owner] / 2.0 - along), np.abs(table.width[owner] / 2.0 - across)
    )
    return _deviation(owner, miss, len(table))


def _deviation(owner: IntArray, miss: FloatArray, count: int) -> FloatArray:
    number = np.maximum(np.bincount(owner, minlength=count), 1)
    return np.asarray(np.sqrt(_sums(owner, miss**2, count) / number))


def _sums(owner: IntArray, values: FloatArray, count: int) -> FloatArray:
    return np.asarray(np.bincount(owner, weights=values, minlength=count), np.float64)

# SPDX-License-Identifier: Apache-2.0
"""Convex outlines of point groups: Andrew's monotone chain behind the Akl-Toussaint filter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.kernels import kernel

MAX_VERTICES = 16
"""Outlines are thinned to at most so many vertices."""

_MANY = 50  # groups of fewer points are left as they are
_FEW = 2  # a vertex with so few points around it, itself among them, is lone
_LONE_RADIUS = 0.08  # [m]
_PEELINGS = 3
_TOLERANCE = 0.02  # a vertex that stands out less is left out [m]


@kernel
def convex_outlines(
    xyz: Float32Array,
    order: IntArray,
    starts: IntArray,
    sensor_x: float,
    sensor_y: float,
    beam_step: float,
) -> Any:
    """The convex outline of each group of points: (K, MAX_VERTICES, 2) and vertex counts (K,).

    Single returns that stand out from many (reflectors make them) are left out.
    """
    count = len(starts) - 1
    outlines = np.zeros((count, MAX_VERTICES, 2))
    sizes = np.zeros(count, np.int32)
    for k in range(count):
        members = order[starts[k] : starts[k + 1]]
        points = np.empty((len(members), 2))
        for j in range(len(members)):
            points[j, 0], points[j, 1] = xyz[members[j], 0], xyz[members[j], 1]
        reach = math.hypot(points[0, 0] - sensor_x, points[0, 1] - sensor_y)
        radius = _LONE_RADIUS + beam_step * reach
        hull = convex_hull(_outer(points))
        for _ in range(_PEELINGS):
            if len(points) < _MANY:
                break
            peeled = _without_lone(points, hull, radius)
            if len(peeled) == len(points):
                break
            points = peeled
            hull = convex_hull(_outer(points))
        outline = _thinned(hull)
        sizes[k] = len(outline)
        outlines[k, : len(outline)] = outline
    return outlines, sizes


@kernel
def _without_lone(points: FloatArray, hull: FloatArray, radius: float) -> Any:
    """The points without those vertices of their hull that have hardly a neighbour."""
    kept = np.ones(len(points), np.bool_)
    for v in range(len(hull)):
        x, y = hull[v, 0], hull[v, 1]
        neighbours = 0
        for i in range(len(points)):
            if (points[i, 0] - x) ** 2 + (points[i, 1] - y) ** 2 < radius * radius:
                neighbours += 1
                if neighbours > _FEW:
                    break
        if neighbours <= _FEW:
            kept &= (points[:, 0] != x) | (points[:, 1] != y)
    return points[kept]


@kernel
def convex_hull(points: FloatArray) -> Any:
    """The hull of points (N, 2), counter-clockwise, without collinear points."""
    points = _sorted(points)
    n = len(points)
    if n < 3:
        return points
    hull = np.empty((2 * n, 2))
    size = 0
    for i in range(n):
        size = _append(hull, size, 0, points[i, 0], points[i, 1])
    lower = size
    for i in range(n - 2, -1, -1):
        size = _append(hull, size, lower - 1, points[i, 0], points[i, 1])
    return hull[: size - 1].copy()


@kernel
def _append(hull: FloatArray, size: int, keep: int, x: float, y: float) -> int:
    while size >= keep + 2:
        ax, ay, bx, by = hull[size - 2, 0], hull[size - 2, 1], hull[size - 1, 0], hull[size - 1, 1]
        if _cross(ax, ay, bx, by, x, y) > 0.0:
            break
        size -= 1
    hull[size, 0], hull[size, 1] = x, y
    return size + 1


@kernel
def _cross(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> float:
    """Positive where (x, y) lies to the left of the way from a to b."""
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax)


@kernel
def _sorted(points: FloatArray) -> Any:
    """Points by x, then y, without repetitions."""
    by_y = points[np.argsort(points[:, 1], kind="mergesort")]
    points = by_y[np.argsort(by_y[:, 0], kind="mergesort")]
    n = 0
    for i in range(len(points)):
        if n == 0 or points[i, 0] != points[n - 1, 0] or points[i, 1] != points[n - 1, 1]:
            points[n] = points[i]
            n += 1
    return points[:n]


@kernel
def _outer(points: FloatArray) -> Any:
    """The points that are not strictly inside the octagon of the eight extreme ones."""
    if len(points) < 24:
        return points
    corners = np.empty((9, 2))
    for d in range(8):
        cos, sin = math.cos(d * math.pi / 4), math.sin(d * math.pi / 4)
        best, at = -np.inf, 0
        for i in range(len(points)):
            along = points[i, 0] * cos + points[i, 1] * sin
            if along > best:
                best, at = along, i
        corners[d, 0], corners[d, 1] = points[at, 0], points[at, 1]
    corners[8] = corners[0]
    kept = np.empty_like(points)
    n = 0
    for i in range(len(points)):
        if not _is_inside(corners, points[i, 0], points[i, 1]):
            kept[n, 0], kept[n, 1] = points[i, 0], points[i, 1]
            n += 1
    return kept[:n] if n > 0 else points[:1]  # none where all points are the same one


@kernel
def _is_inside(corners: FloatArray, x: float, y: float) -> bool:
    """Whether a point is inside a closed convex polygon; edges of no length do not count."""
    for d in range(len(corners) - 1):
        ax, ay, bx, by = corners[d, 0], corners[d, 1], corners[d + 1, 0], corners[d + 1, 1]
        if (ax != bx or ay != by) and _cross(ax, ay, bx, by, x, y) <= 0.0:
            return False
    return True


@kernel
def _thinned(hull: FloatArray) -> Any:
    """The hull without the vertices that stand out least."""
    hull = hull.copy()
    n = len(hull)
    while n > 3:
        least, at = np.inf, 0
        for i in range(n):
            stands_out = _stands_out(hull[i - 1 if i > 0 else n - 1], hull[i], hull[(i + 1) % n])
            if stands_out < least:
                least, at = stands_out, i
        if n <= MAX_VERTICES and least > _TOLERANCE:
            break
        for i in range(at, n - 1):
            hull[i] = hull[i + 1]
        n -= 1
    return hull[:n].copy()


@kernel
def _stands_out(before: FloatArray, vertex: FloatArray, after: FloatArray) -> float:
    base = math.hypot(after[0] - before[0], after[1] - before[1])
    twice_area = _cross(before[0], before[1], vertex[0], vertex[1], after[0], after[1])
    return abs(twice_area) / base if base > 0.0 else 0.0

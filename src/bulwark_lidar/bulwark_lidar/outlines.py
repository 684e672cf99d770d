# SPDX-License-Identifier: Apache-2.0
"""Convex outlines of point groups: quickhull, without lone returns, thinned to few vertices."""

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
        hull = _peeled_hull(points, _LONE_RADIUS + 2.0 * beam_step * reach)
        outline = _thinned(hull)
        sizes[k] = len(outline)
        for v in range(len(outline)):
            outlines[k, v, 0], outlines[k, v, 1] = outline[v, 0], outline[v, 1]
    return outlines, sizes


@kernel
def _peeled_hull(points: FloatArray, radius: float) -> Any:
    """The hull of points, or of many points without those that have hardly a neighbour."""
    hull = convex_hull(points)
    for _ in range(_PEELINGS):
        if len(points) < _MANY:
            break
        peeled = _without_lone(points, hull, radius)
        if len(peeled) == len(points):
            break
        points = peeled
        hull = convex_hull(points)
    return hull


@kernel
def _without_lone(points: FloatArray, hull: FloatArray, radius: float) -> Any:
    """The points without those vertices of their hull that have hardly a neighbour."""
    kept, n = points, len(points)
    for v in range(len(hull)):
        x, y = hull[v, 0], hull[v, 1]
        neighbours = 0
        for i in range(len(points)):
            if (points[i, 0] - x) ** 2 + (points[i, 1] - y) ** 2 < radius * radius:
                neighbours += 1
                if neighbours > _FEW:
                    break
        if neighbours <= _FEW:
            kept, n = _without(kept, n, x, y)
    return kept[:n]


@kernel
def _without(points: FloatArray, count: int, x: float, y: float) -> Any:
    """The first `count` points but those at (x, y), and how many they are."""
    kept = np.empty((len(points), 2))
    n = 0
    for i in range(count):
        if points[i, 0] != x or points[i, 1] != y:
            kept[n, 0], kept[n, 1] = points[i, 0], points[i, 1]
            n += 1
    return kept, n


@kernel
def convex_hull(points: FloatArray) -> Any:
    """The hull of points (N, 2), counter-clockwise, without collinear points: quickhull.

    C. Barber, D. Dobkin, H. Huhdanpaa, "The quickhull algorithm for convex hulls", ACM TOMS 1996.
    """
    first, last = _leftmost_and_rightmost(points)
    if first == last:
        return points[first : first + 1].copy()
    hull = np.empty((len(points), 2))
    size = _half_hull(points, first, last, hull, 0)
    size = _half_hull(points, last, first, hull, size)
    return hull[:size].copy()


@kernel
def _leftmost_and_rightmost(points: FloatArray) -> Any:
    first, last = 0, 0
    for i in range(len(points)):
        x, y = points[i, 0], points[i, 1]
        if x < points[first, 0] or (x == points[first, 0] and y < points[first, 1]):
            first = i
        if x > points[last, 0] or (x == points[last, 0] and y > points[last, 1]):
            last = i
    return first, last


@kernel
def _half_hull(points: FloatArray, first: int, last: int, hull: FloatArray, size: int) -> int:
    """Append the vertices from `first` on, and before `last`, to the hull; returns its new size.

    Each open edge p-q holds the points to its right; the farthest of them splits it into two.
    """
    members = np.arange(len(points))
    later = np.empty(len(points), np.int64)
    edges = np.empty((len(points) + 1, 4), np.int64)  # p, q, start and end of its members
    edges[0, 0], edges[0, 1], edges[0, 2], edges[0, 3] = first, last, 0, len(points)
    depth = 1
    while depth > 0:
        depth -= 1
        p, q, start, end = edges[depth, 0], edges[depth, 1], edges[depth, 2], edges[depth, 3]
        farthest = _farthest(points, members, p, q, start, end)
        if farthest < 0:
            hull[size, 0], hull[size, 1] = points[p, 0], points[p, 1]
            size += 1
            continue
        middle, stop = _split(points, members, later, p, farthest, q, start, end)
        edges[depth, 0], edges[depth, 1] = farthest, q
        edges[depth, 2], edges[depth, 3] = middle, stop
        edges[depth + 1, 0], edges[depth + 1, 1] = p, farthest
        edges[depth + 1, 2], edges[depth + 1, 3] = start, middle
        depth += 2
    return size


@kernel
def _farthest(points: FloatArray, members: Any, p: int, q: int, start: int, end: int) -> int:
    """The member farthest to the right of the edge p-q; -1 where none is."""
    ax, ay = points[p, 0], points[p, 1]
    dx, dy = points[q, 0] - ax, points[q, 1] - ay
    best, at = 1e-12, -1
    for k in range(start, end):
        i = members[k]
        distance = dy * (points[i, 0] - ax) - dx * (points[i, 1] - ay)
        if distance > best:
            best, at = distance, i
    return at


@kernel
def _split(
    points: FloatArray, members: Any, later: Any, p: int, f: int, q: int, start: int, end: int
) -> Any:
    """Sort the members into those right of p-f and then those right of f-q; where each ends."""
    fx, fy = points[f, 0], points[f, 1]
    ax, ay = fx - points[p, 0], fy - points[p, 1]
    bx, by = points[q, 0] - fx, points[q, 1] - fy
    middle, n_later = start, 0
    for k in range(start, end):
        i = members[k]
        dx, dy = points[i, 0] - fx, points[i, 1] - fy
        if ay * dx - ax * dy > 0.0:
            members[middle] = i
            middle += 1
        elif by * dx - bx * dy > 0.0:
            later[n_later] = i
            n_later += 1
    for k in range(n_later):
        members[middle + k] = later[k]
    return middle, middle + n_later


@kernel
def _thinned(hull: FloatArray) -> Any:
    """The hull without the vertices that stand out least."""
    hull = hull.copy()
    n = len(hull)
    while n > 3:
        least, at = np.inf, 0
        for i in range(n):
            stands_out = _stands_out(hull, i - 1 if i > 0 else n - 1, i, (i + 1) % n)
            if stands_out < least:
                least, at = stands_out, i
        if n <= MAX_VERTICES and least > _TOLERANCE:
            break
        for i in range(at, n - 1):
            hull[i, 0], hull[i, 1] = hull[i + 1, 0], hull[i + 1, 1]
        n -= 1
    return hull[:n].copy()


@kernel
def _stands_out(hull: FloatArray, before: int, vertex: int, after: int) -> float:
    """How far a vertex is from the line through its neighbours."""
    ax, ay = hull[before, 0], hull[before, 1]
    dx, dy = hull[after, 0] - ax, hull[after, 1] - ay
    base = math.hypot(dx, dy)
    if base == 0.0:
        return 0.0
    return float(abs(dx * (hull[vertex, 1] - ay) - dy * (hull[vertex, 0] - ax)) / base)

# SPDX-License-Identifier: Apache-2.0
"""Convex outlines of point groups: quickhull, without lone returns, thinned to few vertices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.ground import Points
from bulwark_lidar.kernels import kernel

MAX_VERTICES = 16
"""Outlines are thinned to at most so many vertices."""

_MANY = 50  # groups of fewer points are left as they are
_FEW = 2  # a vertex with so few points around it, itself among them, is lone
_RAYS = 8192  # bearings of which the nearest and the farthest point count
_PI, _RAYS_PER_RAD = np.float32(math.pi), np.float32(_RAYS / (2.0 * math.pi))
_LONE_RADIUS = 0.08  # [m]
_PEELINGS = 2
_TOLERANCE = 0.02  # a vertex that stands out less is left out [m]


@kernel
def convex_outlines(obstacles: Points, order: IntArray, starts: IntArray, beam_step: float) -> Any:
    """The convex outline of each group of points: (K, MAX_VERTICES, 2) and vertex counts (K,).

    Single returns that stand out from many (reflectors make them) are left out.
    """
    count = len(starts) - 1
    outlines = np.zeros((count, MAX_VERTICES, 2))
    sizes = np.zeros(count, np.int32)
    points, ranges, rays = _sorted(obstacles, order)
    ends = np.full(_RAYS, -1, np.int32), np.empty((_RAYS, 2), np.int32)
    for k in range(count):
        first, last = starts[k], starts[k + 1]
        if last - first < _MANY:
            hull = convex_hull(points[first:last])
        else:
            radius = _LONE_RADIUS + 2.0 * beam_step * ranges[first]
            chosen = _silhouette(ranges[first:last], rays[first:last], first, ends)
            hull = _peeled_hull(points[first:last], chosen, radius)
        outline = _thinned(hull)
        sizes[k] = len(outline)
        for v in range(len(outline)):
            outlines[k, v, 0], outlines[k, v, 1] = outline[v, 0], outline[v, 1]
    return outlines, sizes


@kernel
def _sorted(obstacles: Points, order: IntArray) -> Any:
    """Positions (M, 2), ranges (M,) and rays (M,) of the obstacles in this order."""
    points = np.empty((len(order), 2))
    ranges, rays = np.empty(len(order), np.float32), np.empty(len(order), np.int32)
    for j in range(len(order)):
        i = order[j]
        points[j, 0], points[j, 1] = obstacles.xyz[i, 0], obstacles.xyz[i, 1]
        ranges[j] = obstacles.ranges[i]
        rays[j] = min(np.int32((obstacles.bearings[i] + _PI) * _RAYS_PER_RAD), np.int32(_RAYS - 1))
    return points, ranges, rays


@kernel
def _peeled_hull(points: FloatArray, chosen: IntArray, radius: float) -> Any:
    """The hull (V, 2) of the chosen points without those that have hardly a neighbour in all."""
    for _ in range(_PEELINGS):
        hull = _hull(points[chosen])
        is_kept = np.ones(len(chosen), np.bool_)
        alone = 0
        for v in hull:
            if _is_lone(points, chosen[v], radius):
                is_kept[v] = False
                alone += 1
        if alone == 0 or alone == len(chosen):
            return points[chosen[hull]]
        chosen = chosen[is_kept]
    return convex_hull(points[chosen])


@kernel
def _silhouette(ranges: Float32Array, rays: IntArray, group: int, ends: Any) -> Any:
    """Indices of the nearest and the farthest of a group's points on each ray: all of its hull.

    group: a number of its own; ends: scratch space of owners (RAYS,) and of two indices (RAYS, 2).
    """
    owner, index = ends
    used = np.empty(min(len(ranges), _RAYS), np.int32)
    n = 0
    for j in range(len(ranges)):
        ray = rays[j]
        if owner[ray] != group:
            owner[ray] = group
            index[ray, 0], index[ray, 1] = j, j
            used[n] = ray
            n += 1
        elif ranges[j] < ranges[index[ray, 0]]:
            index[ray, 0] = j
        elif ranges[j] > ranges[index[ray, 1]]:
            index[ray, 1] = j
    chosen = np.empty(2 * n, np.int32)
    size = 0
    for k in range(n):
        chosen[size] = index[used[k], 0]
        size += 1
        if index[used[k], 1] != index[used[k], 0]:
            chosen[size] = index[used[k], 1]
            size += 1
    return chosen[:size]


@kernel
def _is_lone(points: FloatArray, v: int, radius: float) -> bool:
    """Whether hardly a point is near point v; neighbours in the scan are looked at first."""
    x, y = points[v, 0], points[v, 1]
    neighbours, squared = 1, radius * radius
    for step in range(1, len(points)):
        for i in (v - step, v + step):
            if i < 0 or i >= len(points):
                continue
            neighbours += (points[i, 0] - x) ** 2 + (points[i, 1] - y) ** 2 < squared
        if neighbours > _FEW:
            return False
    return True


@kernel
def convex_hull(points: FloatArray) -> Any:
    """The hull of points (N, 2), counter-clockwise, without collinear points."""
    return points[_hull(points)]


@kernel
def _hull(points: FloatArray) -> Any:
    """Indices of the vertices of the hull of points (N, 2): quickhull.

    C. Barber, D. Dobkin, H. Huhdanpaa, "The quickhull algorithm for convex hulls", ACM TOMS 1996.
    """
    first, last = _leftmost_and_rightmost(points)
    if first == last:
        return np.full(1, first, np.int32)
    below, above = _split_by_line(points, first, last)
    hull = np.empty(len(points), np.int32)
    size = _half_hull(points, below, first, last, hull, 0)
    size = _half_hull(points, above, last, first, hull, size)
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
def _split_by_line(points: FloatArray, first: int, last: int) -> Any:
    """The points on the right and on the left of the line from the first to the last."""
    ax, ay = points[first, 0], points[first, 1]
    dx, dy = points[last, 0] - ax, points[last, 1] - ay
    right, left = np.empty(len(points), np.int32), np.empty(len(points), np.int32)
    rights, lefts = 0, 0
    for i in range(len(points)):
        side = dy * (points[i, 0] - ax) - dx * (points[i, 1] - ay)
        right[rights] = i
        left[lefts] = i
        rights += side > 0.0
        lefts += side < 0.0
    return right[:rights], left[:lefts]


@kernel
def _half_hull(
    points: FloatArray, members: IntArray, first: int, last: int, hull: IntArray, size: int
) -> int:
    """Append the vertices from `first` on, and before `last`, to the hull; returns its new size.

    members: the points on the right of the way there. Each open edge p-q holds the points on its
    right; the farthest of them splits it into two.
    """
    later = np.empty(len(members), np.int32)
    edges = np.empty((len(members) + 1, 4), np.int64)  # p, q, start and end of its members
    edges[0, 0], edges[0, 1], edges[0, 2], edges[0, 3] = first, last, 0, len(members)
    depth = 1
    while depth > 0:
        depth -= 1
        p, q, start, end = edges[depth, 0], edges[depth, 1], edges[depth, 2], edges[depth, 3]
        farthest = _farthest(points, members, p, q, start, end)
        if farthest < 0:
            hull[size] = p
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

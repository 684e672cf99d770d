# SPDX-License-Identifier: Apache-2.0
"""Convex outlines on the ground: whether they touch, how far they are apart, seen from where.

Compiled: they are asked for each row of a run, and for what is near at each step.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Placed = tuple[float, float, float]
"""A pose in the plane: x, y [m], yaw [rad]."""


@numba.njit(cache=True, nogil=True)
def overlap(a: FloatArray, b: FloatArray) -> bool:
    """Whether two convex polygons (N, 2) touch or overlap (separating axis theorem)."""
    return not (_separated_by_edge_of(a, b) or _separated_by_edge_of(b, a))


@numba.njit(cache=True, nogil=True)
def gap(a: FloatArray, b: FloatArray) -> float:
    """The distance between two convex polygons (N, 2) [m]; 0 where they overlap."""
    if overlap(a, b):
        return 0.0
    return math.sqrt(min(_nearest_squared(a, b), _nearest_squared(b, a)))


@numba.njit(cache=True, nogil=True)
def seen_from(viewer: Placed, placed: Placed, outline: FloatArray) -> FloatArray:
    """An outline (N, 2) in the frame of `placed`, in that of `viewer` [m]; both in the world."""
    cos, sin = math.cos(placed[2]), math.sin(placed[2])
    viewer_cos, viewer_sin = math.cos(viewer[2]), math.sin(viewer[2])
    seen = np.empty_like(outline)
    for i in range(len(outline)):
        x = outline[i, 0] * cos - outline[i, 1] * sin + placed[0] - viewer[0]
        y = outline[i, 0] * sin + outline[i, 1] * cos + placed[1] - viewer[1]
        seen[i, 0] = x * viewer_cos + y * viewer_sin
        seen[i, 1] = y * viewer_cos - x * viewer_sin
    return seen


@numba.njit(cache=True, nogil=True)
def lie(
    own: FloatArray, viewer: Placed, placed: Placed, outline: FloatArray, direction: float
) -> tuple[float, float, float, float]:
    """How an outline lies to the own body (N, 2) in the frame of `viewer`.

    Returns the gap [m], the nearest point along `direction` (1 or -1), and its right and left
    end [m].
    """
    seen = seen_from(viewer, placed, outline)
    along = (direction * seen[:, 0]).min()
    return gap(own, seen), along, seen[:, 1].min(), seen[:, 1].max()


@numba.njit(cache=True, nogil=True)
def _separated_by_edge_of(a: FloatArray, b: FloatArray) -> bool:
    for i in range(len(a)):
        start, end = a[i - 1], a[i]
        x, y = end[1] - start[1], start[0] - end[0]
        low_a, high_a = _span(a, x, y)
        low_b, high_b = _span(b, x, y)
        if high_a < low_b or high_b < low_a:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def _span(polygon: FloatArray, x: float, y: float) -> tuple[float, float]:
    low, high = math.inf, -math.inf
    for i in range(len(polygon)):
        value = polygon[i, 0] * x + polygon[i, 1] * y
        low, high = min(low, value), max(high, value)
    return low, high


@numba.njit(cache=True, nogil=True)
def _nearest_squared(points: FloatArray, polygon: FloatArray) -> float:
    """The smallest squared distance of the points to the polygon's edges."""
    nearest = math.inf
    for i in range(len(polygon)):
        start, end = polygon[i - 1], polygon[i]
        x, y = end[0] - start[0], end[1] - start[1]
        length = max(x * x + y * y, 1e-12)
        for k in range(len(points)):
            dx, dy = points[k, 0] - start[0], points[k, 1] - start[1]
            share = min(max((dx * x + dy * y) / length, 0.0), 1.0)
            dx, dy = dx - share * x, dy - share * y
            nearest = min(nearest, dx * dx + dy * dy)
    return nearest

# SPDX-License-Identifier: Apache-2.0
"""Footprints: moving them between frames, and whether they hold a point."""

from __future__ import annotations

import math

import numpy as np

from bulwark_core.geometry import Matrix, invert, rigid, wrap_angle
from bulwark_core.objects import EgoMotion, FloatArray, TrackedObject


def to_odom(ego: EgoMotion) -> Matrix:
    """Maps points in base_link into odom: 4x4."""
    return rigid(ego.x, ego.y, yaw=ego.yaw)


def to_base(ego: EgoMotion) -> Matrix:
    """Maps points in odom into base_link: 4x4."""
    return invert(to_odom(ego))


def between(then: EgoMotion, now: EgoMotion) -> Matrix:
    """Maps points in base_link of then into base_link of now: 4x4."""
    return to_base(now) @ to_odom(then)


def moved(tracked: TrackedObject, matrix: Matrix) -> TrackedObject:
    """The same object in another frame of the plane."""
    rotation, shift = matrix[:2, :2], matrix[:2, 3]
    x, y = rotation @ (tracked.x, tracked.y) + shift
    vx, vy = rotation @ (tracked.vx, tracked.vy)
    yaw = wrap_angle(tracked.yaw + math.atan2(matrix[1, 0], matrix[0, 0]))
    outline = tracked.outline @ rotation.T + shift
    return tracked.but(x=float(x), y=float(y), yaw=yaw, vx=float(vx), vy=float(vy), outline=outline)


def joined(tracked: TrackedObject, known: TrackedObject) -> TrackedObject:
    """The object with the ground that it was known to cover, in the same frame.

    Centre and sides are those of the joint outline along the box of the larger of both.
    """
    points = np.concatenate([tracked.footprint(), known.footprint()])
    outline = hull(points)
    larger = max((tracked, known), key=lambda one: one.length * one.width)
    cos, sin = math.cos(larger.yaw), math.sin(larger.yaw)
    turn = np.array([[cos, -sin], [sin, cos]])
    along = outline @ turn
    low, high = along.min(axis=0), along.max(axis=0)
    (x, y), (length, width) = turn @ (low + high) / 2.0, high - low
    top = max(tracked.z + tracked.height / 2.0, known.z + known.height / 2.0)
    bottom = min(tracked.z - tracked.height / 2.0, known.z - known.height / 2.0)
    return tracked.but(
        x=float(x),
        y=float(y),
        z=(top + bottom) / 2.0,
        yaw=larger.yaw,
        length=float(length),
        width=float(width),
        height=top - bottom,
        outline=outline,
    )


def hull(points: FloatArray) -> FloatArray:
    """The convex hull of points (N, 2), counter-clockwise: (M, 2). Andrew's monotone chain."""
    rows = sorted(set(map(tuple, points.tolist())))
    chains: list[list[tuple[float, ...]]] = []
    for ordered in (rows, rows[::-1]):
        chain: list[tuple[float, ...]] = []
        for point in ordered:
            while len(chain) >= 2 and _turn(chain[-2], chain[-1], point) <= 0.0:
                chain.pop()
            chain.append(point)
        chains.append(chain[:-1])
    return np.array(chains[0] + chains[1]).reshape(-1, 2)


def _turn(a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...]) -> float:
    """Positive where the way from a over b to c turns left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def contains(footprint: FloatArray, point: FloatArray) -> bool:
    """Whether a convex counter-clockwise footprint (N, 2) holds the point (2,), edge included."""
    steps, away = np.roll(footprint, -1, axis=0) - footprint, point - footprint
    return bool((steps[:, 0] * away[:, 1] - steps[:, 1] * away[:, 0] >= 0.0).all())

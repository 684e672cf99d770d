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
    return tracked.but(
        x=float(x), y=float(y), yaw=yaw, vx=float(vx), vy=float(vy), outline=outline
    )


def contains(footprint: FloatArray, point: FloatArray) -> bool:
    """Whether a convex counter-clockwise footprint (N, 2) holds the point (2,), edge included."""
    steps, away = np.roll(footprint, -1, axis=0) - footprint, point - footprint
    return bool((steps[:, 0] * away[:, 1] - steps[:, 1] * away[:, 0] >= 0.0).all())

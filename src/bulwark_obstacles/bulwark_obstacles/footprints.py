# SPDX-License-Identifier: Apache-2.0
"""Footprints: moving them between frames, sampling their edge, distance to the car's body."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from bulwark_core.geometry import Matrix, invert, rigid, wrap_angle
from bulwark_core.objects import EgoMotion, FloatArray, TrackedObject
from bulwark_core.vehicle import VehicleParams

SAMPLE_STEP = 0.25
"""Distance between the samples of an edge [m]."""
MAX_SAMPLES = 200
"""Of one footprint; a longer edge is sampled less densely."""


def to_odom(ego: EgoMotion) -> Matrix:
    """Maps points in base_link into odom: 4x4."""
    return rigid(ego.x, ego.y, yaw=ego.yaw)


def to_base(ego: EgoMotion) -> Matrix:
    """Maps points in odom into base_link: 4x4."""
    return invert(to_odom(ego))


def moved(tracked: TrackedObject, matrix: Matrix) -> TrackedObject:
    """The same object in another frame of the plane."""
    rotation, shift = matrix[:2, :2], matrix[:2, 3]
    x, y = rotation @ (tracked.x, tracked.y) + shift
    vx, vy = rotation @ (tracked.vx, tracked.vy)
    yaw = wrap_angle(tracked.yaw + math.atan2(matrix[1, 0], matrix[0, 0]))
    outline = tracked.outline @ rotation.T + shift
    return replace(
        tracked, x=float(x), y=float(y), yaw=yaw, vx=float(vx), vy=float(vy), outline=outline
    )


def edge_samples(footprint: FloatArray) -> FloatArray:
    """Points along the closed edge of (N, 2): (M, 2) [m]."""
    steps = np.roll(footprint, -1, axis=0) - footprint
    lengths = np.hypot(*steps.T)
    step = max(SAMPLE_STEP, float(lengths.sum()) / MAX_SAMPLES)
    counts = np.maximum(np.ceil(lengths / step), 1).astype(int)
    edge = np.repeat(np.arange(len(footprint)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(counts.sum()) - first) / counts[edge]
    return np.asarray(footprint[edge] + share[:, None] * steps[edge])


def distance_to_body(points: FloatArray, vehicle: VehicleParams) -> float:
    """From the car's body to the nearest of the points (M, 2) in base_link, 0 inside [m]."""
    dx = np.maximum(np.maximum(vehicle.rear - points[:, 0], points[:, 0] - vehicle.front), 0.0)
    dy = np.maximum(np.abs(points[:, 1]) - vehicle.width / 2.0, 0.0)
    return float(np.hypot(dx, dy).min())


def contains(footprint: FloatArray, point: FloatArray) -> bool:
    """Whether a convex counter-clockwise footprint (N, 2) holds the point (2,), edge included."""
    steps, away = np.roll(footprint, -1, axis=0) - footprint, point - footprint
    return bool((steps[:, 0] * away[:, 1] - steps[:, 1] * away[:, 0] >= 0.0).all())

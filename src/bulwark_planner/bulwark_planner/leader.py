# SPDX-License-Identifier: Apache-2.0
"""Which obstacle is the leader: the nearest along the line whose footprint reaches into the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bulwark_core.geometry import Matrix
from bulwark_core.objects import FloatArray, TrackedObject
from bulwark_planner.ego_frames import move
from bulwark_planner.route_line import RouteLine

SAMPLE_STEP = 0.4
"""Distance between the samples of a footprint's edge [m]."""
MAX_SAMPLES = 100
"""Of one footprint; a longer edge is sampled less densely."""


@dataclass(frozen=True)
class Obstacle:
    """A footprint (N, 2) [m] and velocity over ground (2,) [m/s] in the line's frame."""

    id: int
    footprint: FloatArray
    velocity: FloatArray


@dataclass(frozen=True)
class Leader:
    """The obstacle ahead: arc length of its nearest part [m], speed along the line [m/s]."""

    id: int
    arc: float
    speed: float


def obstacle_from(tracked: TrackedObject, matrix: Matrix, dt: float) -> Obstacle:
    """The object `dt` [s] after its stamp, through `matrix` into another frame."""
    velocity = np.array([tracked.vx, tracked.vy])
    footprint = move(matrix, tracked.footprint() + velocity * dt)
    return Obstacle(tracked.id, footprint, matrix[:2, :2] @ velocity)


def find_leader(
    line: RouteLine, obstacles: Sequence[Obstacle], half_width: float, from_arc: float
) -> Leader | None:
    """The nearest obstacle within `half_width` [m] of the line and beyond `from_arc` [m]."""
    near = _near(line, obstacles, half_width)
    if not near:
        return None
    samples = [_edge_samples(obstacle.footprint) for obstacle in near]
    arc, offset = line.project(np.concatenate(samples))
    arc = np.where((np.abs(offset) <= half_width) & (arc >= from_arc), arc, np.inf)
    nearest = int(np.argmin(arc))
    if not np.isfinite(arc[nearest]):
        return None
    owner = np.repeat(np.arange(len(near)), [len(points) for points in samples])
    obstacle, where = near[owner[nearest]], float(arc[nearest])
    return Leader(obstacle.id, where, float(obstacle.velocity @ line.direction_at(where)))


def _near(line: RouteLine, obstacles: Sequence[Obstacle], half_width: float) -> list[Obstacle]:
    """Those whose enclosing circle reaches into the way."""
    if not obstacles:
        return []
    centres = np.array([obstacle.footprint.mean(axis=0) for obstacle in obstacles])
    radii = [
        float(np.hypot(*(obstacle.footprint - centre).T).max())
        for obstacle, centre in zip(obstacles, centres, strict=True)
    ]
    offset = np.abs(line.project(centres)[1])
    return [
        obstacle
        for obstacle, distance, radius in zip(obstacles, offset, radii, strict=True)
        if distance <= radius + half_width
    ]


def _edge_samples(footprint: FloatArray) -> FloatArray:
    """Points along the closed edge: (M, 2)."""
    steps = np.roll(footprint, -1, axis=0) - footprint
    lengths = np.hypot(*steps.T)
    step = max(SAMPLE_STEP, float(lengths.sum()) / MAX_SAMPLES)
    counts = np.maximum(np.ceil(lengths / step), 1).astype(int)
    edge = np.repeat(np.arange(len(footprint)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(counts.sum()) - first) / counts[edge]
    return np.asarray(footprint[edge] + share[:, None] * steps[edge])

# SPDX-License-Identifier: Apache-2.0
"""Convex outlines on the ground: whether they touch, and how far they are apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def overlap(a: FloatArray, b: FloatArray) -> bool:
    """Whether two convex polygons (N, 2) touch or overlap (separating axis theorem)."""
    return not (_separated_by_edge_of(a, b) or _separated_by_edge_of(b, a))


def gap(a: FloatArray, b: FloatArray) -> float:
    """The distance between two convex polygons (N, 2) [m]; 0 where they overlap."""
    if overlap(a, b):
        return 0.0
    return float(np.sqrt(min(_nearest_squared(a, b), _nearest_squared(b, a))))


def _separated_by_edge_of(a: FloatArray, b: FloatArray) -> bool:
    edges = np.roll(a, -1, axis=0) - a
    normals = np.stack([edges[:, 1], -edges[:, 0]], axis=1)
    of_a, of_b = normals @ a.T, normals @ b.T
    apart = (of_a.max(axis=1) < of_b.min(axis=1)) | (of_b.max(axis=1) < of_a.min(axis=1))
    return bool(apart.any())


def _nearest_squared(points: FloatArray, polygon: FloatArray) -> float:
    """The smallest squared distance of the points to the polygon's edges."""
    edges = np.roll(polygon, -1, axis=0) - polygon
    offsets = points[:, None, :] - polygon[None, :, :]
    lengths = np.maximum((edges**2).sum(axis=1), 1e-12)
    share = np.clip((offsets * edges).sum(axis=2) / lengths, 0.0, 1.0)
    residual = offsets - share[:, :, None] * edges
    return float((residual**2).sum(axis=2).min())

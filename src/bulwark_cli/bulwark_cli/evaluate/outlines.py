# SPDX-License-Identifier: Apache-2.0
"""Which points lie in or near which obstacle's outline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def nearest_outline(xy: FloatArray, outlines: Sequence[FloatArray], margin: float) -> FloatArray:
    """The outline that is nearest to each point (N, 2) [m], -1 where none is within the margin.

    An outline is convex and counter-clockwise: (V, 2) [m]; inside it the distance is zero. Of
    several that are equally near it is the smallest: a post in a hedge, not the hedge.
    """
    best = np.full(len(xy), margin)
    nearest = np.full(len(xy), -1)
    for number in np.argsort([_area(outline) for outline in outlines], kind="stable"):
        outline = outlines[number]
        low, high = outline.min(axis=0) - margin, outline.max(axis=0) + margin
        near = np.flatnonzero(((xy >= low) & (xy <= high)).all(axis=1))
        distance = distance_to(xy[near], outline)
        closer = distance < best[near]
        best[near[closer]] = distance[closer]
        nearest[near[closer]] = number
    return nearest


def distance_to(xy: FloatArray, outline: FloatArray) -> FloatArray:
    """From points (N, 2) to a convex outline (V, 2), zero inside [m]."""
    edges = np.roll(outline, -1, axis=0) - outline
    away = xy[:, None] - outline[None]
    lengths = np.maximum((edges**2).sum(axis=1), 1e-12)
    share = np.clip((away * edges).sum(axis=2) / lengths, 0.0, 1.0)
    gaps = np.linalg.norm(away - share[..., None] * edges, axis=2).min(axis=1)
    inside = (edges[:, 0] * away[..., 1] - edges[:, 1] * away[..., 0] >= 0.0).all(axis=1)
    return np.asarray(np.where(inside & (len(outline) > 2), 0.0, gaps))


def _area(outline: FloatArray) -> float:
    x, y = outline.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2.0

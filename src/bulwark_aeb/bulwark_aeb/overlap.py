# SPDX-License-Identifier: Apache-2.0
"""What seems to be inside the own body: it passes above it, or was wrapped around it."""

from __future__ import annotations

import numpy as np

from bulwark_aeb.path import Body
from bulwark_aeb.scene import Scene
from bulwark_core.objects import FloatArray

INSIDE = 0.5
"""What reaches farther than this into the body [m] is no obstacle: they would have met."""


def is_inside(outline: FloatArray, body: Body) -> bool:
    """Whether a convex outline (N, 2) in base_link overlaps the body more than `INSIDE` deep.

    By separating axes of it and what is then left of the body: first the body's own, then those of
    the outline's edges.
    """
    low = np.array([body.rear + INSIDE, INSIDE - body.half_width])
    high = np.array([body.front - INSIDE, body.half_width - INSIDE])
    if (outline.max(axis=0) <= low).any() or (outline.min(axis=0) >= high).any():
        return False
    edges = np.roll(outline, -1, axis=0) - outline
    edges = edges[edges.any(axis=1)]
    normals = np.stack([edges[:, 1], -edges[:, 0]], axis=1)
    theirs = outline @ normals.T
    first, second = normals * low, normals * high
    begins, ends = np.minimum(first, second).sum(axis=1), np.maximum(first, second).sum(axis=1)
    return bool(((theirs.max(axis=0) > begins) & (theirs.min(axis=0) < ends)).all())


def outside(scene: Scene, body: Body) -> Scene:
    """The scene without what is inside the body."""
    x, y = scene.centre.T
    ahead = np.maximum(x - body.front + INSIDE, body.rear + INSIDE - x)
    beside = np.abs(y) - body.half_width + INSIDE
    near = np.hypot(np.maximum(ahead, 0.0), np.maximum(beside, 0.0)) <= scene.radius
    if not near.any():
        return scene
    kept = np.ones(len(scene), np.bool_)
    for index in np.flatnonzero(near):
        kept[index] = not is_inside(scene.corners[scene.owner == index], body)
    return scene.pick(np.flatnonzero(kept))

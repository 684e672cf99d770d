# SPDX-License-Identifier: Apache-2.0
"""Two bodies over time: when they first touch."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bulwark_core.vehicle import VehicleParams
from bulwark_world.actors import STANDING, Actor

FloatArray = npt.NDArray[np.float64]


def poses_of(actor: Actor, times: FloatArray) -> FloatArray:
    """Its x, y [m] and yaw [rad] at these times: (T, 3)."""
    if actor.profile is STANDING:
        return np.tile((actor.start.x, actor.start.y, actor.start.yaw), (len(times), 1))
    if actor.path is None:
        gone = np.array([actor.profile.distance(float(t)) for t in times])
        start, yaw = actor.start, actor.start.yaw
        x, y = start.x + gone * math.cos(yaw), start.y + gone * math.sin(yaw)
        return np.stack([x, y, np.full_like(x, yaw)], axis=1)
    poses = [actor.pose(float(t)) for t in times]
    return np.array([(pose.x, pose.y, pose.yaw) for pose in poses])


def first_contact(
    own: FloatArray, theirs: FloatArray, body: VehicleParams, outline: FloatArray
) -> int | None:
    """The first of T instants at which two bodies touch; None for none.

    own: poses (T, 3) of base_link. theirs: poses (T, 3) of a body with a convex outline (N, 2).
    """
    corners = body.corners()
    reach = np.hypot(*corners.T).max() + np.hypot(*outline.T).max()
    near = np.flatnonzero(np.hypot(*(own[:, :2] - theirs[:, :2]).T) <= reach)
    if not len(near):
        return None
    touching = _overlap(_placed(corners, own[near]), _placed(outline, theirs[near]))
    return int(near[int(touching.argmax())]) if touching.any() else None


def _placed(points: FloatArray, poses: FloatArray) -> FloatArray:
    """Points (N, 2) of a body at its poses (T, 3): (T, N, 2)."""
    cos, sin = np.cos(poses[:, 2, None]), np.sin(poses[:, 2, None])
    x, y = points.T
    moved = np.stack([cos * x - sin * y, sin * x + cos * y], axis=2)
    return np.asarray(moved + poses[:, None, :2])


def _overlap(a: FloatArray, b: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether convex polygons (T, N, 2) and (T, M, 2) touch: (T,) (separating axis theorem)."""
    return np.asarray(~(_apart(a, b) | _apart(b, a)))


def _apart(a: FloatArray, b: FloatArray) -> npt.NDArray[np.bool_]:
    """Whether an edge of `a` separates them: (T,)."""
    edges = np.roll(a, -1, axis=1) - a
    normals = np.stack([edges[..., 1], -edges[..., 0]], axis=2)
    of_a = np.einsum("tek,tnk->ten", normals, a)
    of_b = np.einsum("tek,tnk->ten", normals, b)
    apart = (of_a.max(2) < of_b.min(2)) | (of_b.max(2) < of_a.min(2))
    return np.asarray(apart.any(axis=1))

# SPDX-License-Identifier: Apache-2.0
"""Where things around the car lie in a picture, and how much of each nearer things leave to see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.camera_model import CameraModel
from bulwark_core.geometry import Matrix
from bulwark_core.objects import FloatArray, Motion, TrackedObject

NEAREST_M = 0.5
"""What reaches nearer to the camera's plane than this has no box in its picture."""
_CELLS = 160
"""Covering is computed in cells of this part of the picture's width."""


@dataclass(frozen=True)
class Solids:
    """N upright prisms in base_link: outlines as (corners, 2) [m], bottom and top (N,) z [m]."""

    outlines: Sequence[FloatArray]
    bottom: FloatArray
    top: FloatArray

    def __len__(self) -> int:
        return len(self.outlines)


@dataclass(frozen=True)
class PictureBoxes:
    """N solids in a picture.

    boxes: (N, 4) x_min, y_min, x_max, y_max within the picture [px]. depth: (N,) of the nearest
    corner along the optical axis [m]. seen: (N,) whether it is in the picture at all; where not,
    box and depth mean nothing. visible: (N,) share of the box that no nearer box covers.
    columns: (N, 2) first and last column of the visible part [px].
    """

    boxes: FloatArray
    depth: FloatArray
    seen: npt.NDArray[np.bool_]
    visible: FloatArray
    columns: FloatArray


def solids(
    objects: Sequence[TrackedObject], step_s: float, carried: Callable[[FloatArray], FloatArray]
) -> Solids:
    """Objects as they are a step later [s], or earlier where it is negative.

    carried: what the own motion makes of standing points (N, 2) in base_link in that time.
    """
    outlines = [item.footprint() for item in objects]
    if not outlines:
        return Solids([], np.empty(0), np.empty(0))
    sizes = [len(outline) for outline in outlines]
    moves = [(o.vx, o.vy) if o.motion is Motion.MOVING else (0.0, 0.0) for o in objects]
    flat = carried(np.concatenate(outlines) + step_s * np.repeat(moves, sizes, axis=0))
    outlines = np.split(flat, np.cumsum(sizes)[:-1])
    z = np.array([(item.z, item.height / 2.0) for item in objects]).reshape(-1, 2)
    return Solids(outlines, z[:, 0] - z[:, 1], z[:, 0] + z[:, 1])


def project(things: Solids, camera: CameraModel, camera_to_base: Matrix) -> PictureBoxes:
    """The boxes of solids in the picture of a camera with this pose (optical frame) in base_link.

    A solid behind the camera, beside its picture or through its plane is not seen.
    """
    count = len(things)
    if count == 0:
        none = np.empty(0)
        return PictureBoxes(np.empty((0, 4)), none, np.empty(0, np.bool_), none, np.empty((0, 2)))
    corners, first = _corners(things, camera_to_base)
    depth = np.minimum.reduceat(corners[:, 2], first)
    ahead = depth > NEAREST_M
    boxes = _boxes(corners, first, camera)
    seen = ahead & ((boxes[:, 2:] - boxes[:, :2]) > 1.0).all(axis=1)
    visible, columns = _uncovered(boxes, depth, seen, camera.size)
    return PictureBoxes(boxes, depth, seen, visible, columns)


def _corners(things: Solids, camera_to_base: Matrix) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """All corners, bottom and top, in the optical frame (C, 3), and each solid's first."""
    sizes = np.array([len(outline) for outline in things.outlines])
    flat = np.repeat(np.concatenate(list(things.outlines)), 2, axis=0)
    z = np.column_stack([np.repeat(things.bottom, sizes), np.repeat(things.top, sizes)]).ravel()
    xyz = np.column_stack([flat, z]) - camera_to_base[:3, 3]
    return xyz @ camera_to_base[:3, :3], 2 * (np.cumsum(sizes) - sizes)


def _boxes(corners: FloatArray, first: npt.NDArray[np.intp], camera: CameraModel) -> FloatArray:
    """Boxes around the corners, cut at the picture's edges.

    Directions are cut before the lens distorts them: outside of its view its model is none.
    """
    depth = np.maximum(corners[:, 2:], NEAREST_M)
    low, high = _field(camera)
    rays = np.column_stack([np.clip(corners[:, :2] / depth, low, high), np.ones(len(depth))])
    height, width = camera.size
    pixels = np.clip(camera.project(rays), 0.0, (width, height))
    return np.column_stack([np.minimum.reduceat(pixels, first), np.maximum.reduceat(pixels, first)])


def _field(camera: CameraModel) -> tuple[FloatArray, FloatArray]:
    """The least and the greatest x / z, y / z that the picture shows."""
    height, width = camera.size
    x, y = np.linspace(0.0, width, 5), np.linspace(0.0, height, 5)
    edge = [(u, v) for u in x for v in y if u in (0.0, width) or v in (0.0, height)]
    rays = camera.rays(np.array(edge, dtype=np.float64))[:, :2]
    rays = rays[np.isfinite(rays).all(axis=1)]
    if not len(rays):
        return np.full(2, -np.inf), np.full(2, np.inf)
    return rays.min(axis=0), rays.max(axis=0)


def _uncovered(
    boxes: FloatArray,
    depth: FloatArray,
    seen: npt.NDArray[np.bool_],
    size: tuple[int, int],
) -> tuple[FloatArray, FloatArray]:
    """How much of each box is left when they are painted from the farthest to the nearest."""
    height, width = size
    cell = width / _CELLS
    rows, columns = max(int(np.ceil(height / cell)), 1), _CELLS
    canvas = np.full((rows, columns), -1, dtype=np.int32)
    low = np.floor(boxes[:, :2] / cell).astype(int)
    high = np.maximum(np.ceil(boxes[:, 2:] / cell).astype(int), low + 1)
    order = [int(k) for k in np.lexsort((np.arange(len(depth)), -depth)) if seen[k]]
    for k in order:
        canvas[low[k, 1] : high[k, 1], low[k, 0] : high[k, 0]] = k
    visible, left = np.zeros(len(depth)), boxes[:, [0, 2]].copy()
    for k in order:
        mine = canvas[low[k, 1] : high[k, 1], low[k, 0] : high[k, 0]] == k
        visible[k] = mine.mean()
        open_columns = np.flatnonzero(mine.any(axis=0))
        if len(open_columns):
            ends = (low[k, 0] + open_columns[[0, -1]] + (0, 1)) * cell
            left[k] = np.clip(ends, boxes[k, 0], boxes[k, 2])
    return visible, left

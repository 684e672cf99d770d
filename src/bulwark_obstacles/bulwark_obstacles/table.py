# SPDX-License-Identifier: Apache-2.0
"""Many objects as arrays: what is computed for all of them is computed at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import NO_OUTLINE, FloatArray, TrackedObject
from bulwark_core.vehicle import VehicleParams

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ObjectTable:
    """N objects with together V outline corners, all in one frame.

    x, y, yaw, length, width: (N,) of the boxes [m, rad]; bottom, top: (N,) z [m]; brightness: (N,).
    corners, following: (V, 2) start and end of every outline edge [m]; owner: (V,) whose, in order;
    first: (N,) each object's first corner.
    """

    objects: tuple[TrackedObject, ...]
    x: FloatArray
    y: FloatArray
    yaw: FloatArray
    length: FloatArray
    width: FloatArray
    bottom: FloatArray
    top: FloatArray
    brightness: FloatArray
    corners: FloatArray
    following: FloatArray
    owner: IntArray
    first: IntArray

    def __len__(self) -> int:
        return len(self.objects)

    def pick(self, chosen: npt.NDArray[np.bool_]) -> ObjectTable:
        """The table with only the objects that a mask (N,) chooses."""
        if chosen.all():
            return self
        kept, place = chosen[self.owner], np.cumsum(chosen) - 1
        sizes = np.bincount(self.owner, minlength=len(self))[chosen]
        return ObjectTable(
            tuple(self.objects[row] for row in np.flatnonzero(chosen)),
            self.x[chosen],
            self.y[chosen],
            self.yaw[chosen],
            self.length[chosen],
            self.width[chosen],
            self.bottom[chosen],
            self.top[chosen],
            self.brightness[chosen],
            self.corners[kept],
            self.following[kept],
            place[self.owner[kept]],
            np.cumsum(sizes) - sizes,
        )


def make_table(objects: Sequence[TrackedObject]) -> ObjectTable:
    """Arrays from objects; outlines where there are any, else boxes."""
    rows = [(o.x, o.y, o.yaw, o.length, o.width, o.z, o.height, o.brightness) for o in objects]
    x, y, yaw, length, width, z, height, brightness = np.array(rows, float).reshape(-1, 8).T
    outlines = [item.footprint() for item in objects]
    sizes = np.array([len(outline) for outline in outlines], dtype=np.int64)
    corners = np.concatenate([NO_OUTLINE, *outlines])
    first = np.cumsum(sizes) - sizes
    following = np.arange(1, len(corners) + 1)
    following[first + sizes - 1] = first
    return ObjectTable(
        tuple(objects), x, y, yaw, length, width, z - height / 2.0, z + height / 2.0, brightness,
        corners, corners[following], np.repeat(np.arange(len(objects)), sizes), first,
    )  # fmt: skip


def distances_to_body(table: ObjectTable, vehicle: VehicleParams) -> FloatArray:
    """From the car's body to each object's outline in base_link: (N,), 0 inside [m]."""
    if len(table) == 0:
        return np.zeros(0)
    x, y = table.corners.T
    dx = np.maximum(np.maximum(vehicle.rear - x, x - vehicle.front), 0.0)
    dy = np.maximum(np.abs(y) - vehicle.width / 2.0, 0.0)
    nearest = np.hypot(dx, dy)
    for corner in vehicle.corners():
        nearest = np.minimum(nearest, _to_edges(corner, table))
    return np.asarray(np.minimum.reduceat(nearest, table.first))


def _to_edges(point: FloatArray, table: ObjectTable) -> FloatArray:
    """From a point (2,) to every outline edge: (V,) [m]."""
    step, away = table.following - table.corners, point - table.corners
    share = (away * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 1e-12)
    return np.asarray(np.hypot(*(away - np.clip(share, 0.0, 1.0)[:, None] * step).T))

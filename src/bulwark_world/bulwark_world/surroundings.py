# SPDX-License-Identifier: Apache-2.0
"""What of a long place is near: a tree of all its triangles would be built anew for each scan."""

from __future__ import annotations

import math

import numpy as np

from bulwark_world.mesh import Mesh

_STRIDE = 25.0  # as far as one gets with the same part [m]


class Surroundings:
    """mesh: the triangles that come nearer than `reach` [m] to a place, or anywhere where inf."""

    def __init__(self, whole: Mesh, reach: float) -> None:
        self.mesh = whole
        self._whole, self._reach = whole, reach
        self._middle: tuple[float, float] | None = None
        corners = whole.vertices[whole.triangles][:, :, :2]
        self._low, self._high = corners.min(axis=1), corners.max(axis=1)

    def move(self, to: tuple[float, float]) -> bool:
        """Go on to this place (x, y) [m]; whether the mesh is another one now."""
        if math.isinf(self._reach) or self._is_near(to):
            return False
        self._middle = to
        far = np.float32(self._reach + _STRIDE)
        here = np.array(to, np.float32)
        chosen = np.all((self._high >= here - far) & (self._low <= here + far), axis=1)
        triangles = self._whole.triangles[chosen]
        used = np.unique(triangles)
        numbers = np.zeros(len(self._whole.vertices), np.uint32)
        numbers[used] = np.arange(len(used), dtype=np.uint32)
        materials = self._whole.materials[chosen]
        self.mesh = Mesh(self._whole.vertices[used], numbers[triangles], materials)
        return True

    def _is_near(self, to: tuple[float, float]) -> bool:
        at = self._middle
        return at is not None and math.hypot(to[0] - at[0], to[1] - at[1]) < _STRIDE

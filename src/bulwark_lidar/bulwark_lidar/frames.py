# SPDX-License-Identifier: Apache-2.0
"""Between base_link and odom, in the plane."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bulwark_core.objects import EgoMotion
from bulwark_lidar.cloud import FloatArray


@dataclass(frozen=True)
class Pose:
    """base_link in odom: x, y [m], yaw [rad]."""

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0

    def to_odom(self, points: FloatArray) -> FloatArray:
        """Points (..., 2) of base_link in odom [m]."""
        return np.asarray(self.turn_to_odom(points) + np.array((self.x, self.y)))

    def to_base(self, points: FloatArray) -> FloatArray:
        """Points (..., 2) of odom in base_link [m]."""
        return self.turn_to_base(points - np.array((self.x, self.y)))

    def turn_to_odom(self, vectors: FloatArray) -> FloatArray:
        """Vectors (..., 2) on base_link's axes, on odom's axes."""
        return np.asarray(vectors @ self._rotation().T)

    def turn_to_base(self, vectors: FloatArray) -> FloatArray:
        """Vectors (..., 2) on odom's axes, on base_link's axes."""
        return np.asarray(vectors @ self._rotation())

    def _rotation(self) -> FloatArray:
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        return np.array([[cos, -sin], [sin, cos]])


def pose_of(ego: EgoMotion | None) -> Pose:
    """The pose of the own motion; the origin where that is not known."""
    return Pose() if ego is None else Pose(ego.x, ego.y, ego.yaw)

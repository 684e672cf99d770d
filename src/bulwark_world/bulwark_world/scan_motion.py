# SPDX-License-Identifier: Apache-2.0
"""Motion during a scan: every column of rays starts from where the sensor is at its own time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from bulwark_core.geometry import Matrix

Float32Array = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sweep:
    """How the vehicle and the world move while the lidar turns.

    speed: of base_link along its x [m/s]; yaw_rate [rad/s]; both count as steady for the scan.
    place: moves the actors to where they are so long after the stamp [s].
    """

    speed: float
    yaw_rate: float
    place: Callable[[float], None]

    def poses(self, base: Matrix, mount: Matrix, times: FloatArray) -> FloatArray:
        """The sensor in the world at these times (C,) after the stamp [s]: (C, 4, 4)."""
        turn, way = self.yaw_rate * times, self.speed * times
        moved = np.tile(np.eye(4), (len(times), 1, 1))
        moved[:, 0, 0] = moved[:, 1, 1] = np.cos(turn)
        moved[:, 1, 0], moved[:, 0, 1] = np.sin(turn), -np.sin(turn)
        moved[:, 0, 3], moved[:, 1, 3] = way * np.cos(turn / 2.0), way * np.sin(turn / 2.0)
        return np.asarray(base @ moved @ mount)


@numba.njit(cache=True, nogil=True)
def aim_columns(rays: Float32Array, directions: Float32Array, poses: Float32Array) -> None:
    """Fill rays (N, 6) from directions (N, 3), as many for each of the poses (C, 4, 4)."""
    size = len(rays) // len(poses)
    for i in range(len(rays)):
        pose = poses[i // size]
        for axis in range(3):
            rays[i, axis] = pose[axis, 3]
            rays[i, 3 + axis] = (
                pose[axis, 0] * directions[i, 0]
                + pose[axis, 1] * directions[i, 1]
                + pose[axis, 2] * directions[i, 2]
            )

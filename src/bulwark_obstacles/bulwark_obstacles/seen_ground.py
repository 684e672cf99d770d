# SPDX-License-Identifier: Apache-2.0
"""Which ground near the car was seen before it came into the lidar's blind zone.

A grid in odom around the lidar. A cell counts as seen when nothing hides it and it is so far away
that a thing of some height on it would have been seen. What has not been seen is not free.
"""

from __future__ import annotations

import math

import numpy as np

from bulwark_core.objects import EgoMotion, FloatArray
from bulwark_core.vehicle import VehicleParams
from bulwark_obstacles.params import FreeSpaceParams, LidarParams
from bulwark_obstacles.skyline import SECTORS, sectors
from bulwark_obstacles.table import IntArray
from bulwark_obstacles.visibility import blind_range, place_of

CELL = 0.25
"""Edge of a cell [m]."""
CELLS = 64
"""Along each side of the grid."""
_NEVER = -(1 << 62)
_DIAGONAL = CELL * math.sqrt(0.5)
_HALF = CELL * (CELLS / 2 - 1)  # from the lidar to the grid's edge [m]


class SeenGround:
    """Call `update` once a scan. The grid goes with the car; cells are used again as it passes."""

    def __init__(self, params: FreeSpaceParams, body: VehicleParams) -> None:
        self._params, self._body = params, body
        self.clear()

    def clear(self) -> None:
        """Nothing was seen: odometry was lost, or time jumped."""
        self._cell = np.full((CELLS, CELLS, 2), _NEVER)
        self._seen_ns = np.full((CELLS, CELLS), _NEVER)

    def update(self, ego: EgoMotion, lidar: LidarParams, skyline: FloatArray) -> FloatArray:
        """Take in a scan's skyline; how far each sector was seen without a gap: (SECTORS,) [m]."""
        cell, place = self._window(ego, lidar)
        at = (cell[..., 0] % CELLS, cell[..., 1] % CELLS)
        sector, distance = sectors(place, place_of(lidar))
        blind = blind_range(self._params.height, lidar)
        visible = (distance > blind + _DIAGONAL) & (distance < skyline[sector] - _DIAGONAL)
        known = (self._cell[at] == cell).all(axis=-1)
        seen_ns = np.where(visible, ego.stamp_ns, np.where(known, self._seen_ns[at], _NEVER))
        self._cell[at], self._seen_ns[at] = cell, seen_ns
        is_old = seen_ns < ego.stamp_ns - round(self._params.max_age * 1e9)
        gap = is_old & (distance <= blind + _DIAGONAL) & ~self._is_body(place)
        reach = _nearest(distance[gap], place[gap] - place_of(lidar))
        return np.minimum(reach, _HALF) if blind > _HALF else reach

    def _window(self, ego: EgoMotion, lidar: LidarParams) -> tuple[IntArray, FloatArray]:
        """The cells (CELLS, CELLS, 2) about the lidar, and their middles in base_link [m]."""
        cos, sin = math.cos(ego.yaw), math.sin(ego.yaw)
        turn = np.array([[cos, -sin], [sin, cos]])
        middle = turn @ place_of(lidar) + (ego.x, ego.y)
        corner = np.floor(middle / CELL).astype(np.int64) - CELLS // 2
        offset = np.stack(np.meshgrid(*[np.arange(CELLS)] * 2, indexing="ij"), axis=-1)
        cell = corner + offset
        return cell, ((cell + 0.5) * CELL - (ego.x, ego.y)) @ turn

    def _is_body(self, place: FloatArray) -> FloatArray:
        x, y = place[..., 0], place[..., 1]
        body = self._body
        return (x > body.rear) & (x < body.front) & (np.abs(y) < body.width / 2.0)


def _nearest(distance: FloatArray, place: FloatArray) -> FloatArray:
    """The nearest of some cells in each sector: (SECTORS,), inf where there is none [m].

    A cell near the lidar is wider than a sector: it also counts where its sides are.
    """
    found = np.full(SECTORS, math.inf)
    near = np.maximum(distance - _DIAGONAL, 0.0)
    across = np.stack([-place[:, 1], place[:, 0]], axis=1) / np.maximum(distance, 1e-6)[:, None]
    for side in (-0.5, -0.25, 0.0, 0.25, 0.5):
        to_side, _ = sectors(place + side * CELL * across, np.zeros(2))
        np.minimum.at(found, to_side, near)
    return found

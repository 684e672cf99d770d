# SPDX-License-Identifier: Apache-2.0
"""Which ground near the car was seen before it came into the lidar's blind zone.

A grid in odom around the lidar. A cell counts as seen when nothing hides it and it is so far away
that a thing of some height on it would have been seen. What has not been seen is not free.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import EgoMotion, FloatArray
from bulwark_core.vehicle import VehicleParams
from bulwark_obstacles.params import FreeSpaceParams, LidarParams
from bulwark_obstacles.skyline import SECTORS, STEP, sectors
from bulwark_obstacles.table import IntArray
from bulwark_obstacles.visibility import blind_range, place_of

CELL = 0.25
"""Edge of a cell [m]."""
_NEVER = -(1 << 62)
_DIAGONAL = CELL * math.sqrt(0.5)
_AROUND = 2.5  # the grid's border beyond the blind zone: where ground is seen before [m]


class SeenGround:
    """Call `update` once a scan. The grid goes with the car; cells are used again as it passes."""

    def __init__(self, params: FreeSpaceParams, body: VehicleParams) -> None:
        self._params, self._body = params, body
        self._resize(0)

    def _resize(self, cells: int) -> None:
        """An empty grid of cells x cells."""
        self._cells = cells
        self._cell = np.full((2, cells, cells), _NEVER)
        self._seen_ns = np.full((cells, cells), _NEVER)

    def update(self, ego: EgoMotion, lidar: LidarParams, skyline: FloatArray) -> FloatArray:
        """Take in a scan's skyline; how far each sector was seen without a gap: (SECTORS,) [m]."""
        blind = blind_range(self._params.height, lidar) + _DIAGONAL
        cells = 2 * math.ceil((blind + _AROUND) / CELL)
        if cells != self._cells:
            self._resize(cells)
        cell, x, y = self._window(ego, lidar)
        at = (cell[0] % cells, cell[1] % cells)
        sector, distance = sectors(np.stack([x, y], axis=-1), place_of(lidar))
        visible = (distance > blind) & (distance < skyline[sector] - _DIAGONAL)
        known = (self._cell[:, at[0], at[1]] == cell).all(axis=0)
        seen_ns = np.where(visible, ego.stamp_ns, np.where(known, self._seen_ns[at], _NEVER))
        self._cell[:, at[0], at[1]], self._seen_ns[at] = cell, seen_ns
        is_old = seen_ns < ego.stamp_ns - round(self._params.max_age * 1e9)
        gap = is_old & (distance <= blind) & ~self._is_body(x, y)
        return _nearest(distance[gap], x[gap] - lidar.x, y[gap] - lidar.y)

    def _window(
        self, ego: EgoMotion, lidar: LidarParams
    ) -> tuple[IntArray, FloatArray, FloatArray]:
        """The cells (2, n, n) about the lidar, and their middles in base_link: (n, n) each [m]."""
        cos, sin, here = math.cos(ego.yaw), math.sin(ego.yaw), np.arange(self._cells)
        middle = (
            ego.x + cos * lidar.x - sin * lidar.y,
            ego.y + sin * lidar.x + cos * lidar.y,
        )
        first_x, first_y = (math.floor(value / CELL) - self._cells // 2 for value in middle)
        dx = ((first_x + here + 0.5) * CELL - ego.x)[:, None]
        dy = ((first_y + here + 0.5) * CELL - ego.y)[None, :]
        cell = np.stack(np.meshgrid(first_x + here, first_y + here, indexing="ij"))
        return cell, dx * cos + dy * sin, dy * cos - dx * sin

    def _is_body(self, x: FloatArray, y: FloatArray) -> npt.NDArray[np.bool_]:
        body = self._body
        return (x > body.rear) & (x < body.front) & (np.abs(y) < body.width / 2.0)


def _nearest(distance: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """The nearest of cells at (x, y) from the lidar in each sector: (SECTORS,), inf for none [m].

    A cell near the lidar is wider than a sector, so it also counts where its sides are.
    """
    found = np.full(SECTORS, math.inf)
    half = np.arctan(_DIAGONAL / np.maximum(distance, _DIAGONAL))
    first = np.floor((np.arctan2(y, x) - half) / STEP).astype(np.int64)
    counts = np.ceil(2.0 * half / STEP).astype(np.int64) + 1
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    sector = (np.repeat(first, counts) + within) % SECTORS
    np.minimum.at(found, sector, np.repeat(np.maximum(distance - _DIAGONAL, 0.0), counts))
    return found

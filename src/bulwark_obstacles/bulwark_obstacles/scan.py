# SPDX-License-Identifier: Apache-2.0
"""A scan's objects with all that is computed for each of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bulwark_core.objects import EgoMotion, FloatArray, TrackedObject
from bulwark_obstacles.classify import fits
from bulwark_obstacles.params import LidarParams, StaticObstaclesParams
from bulwark_obstacles.shapes import measure
from bulwark_obstacles.skyline import skyline
from bulwark_obstacles.table import ObjectTable, make_table
from bulwark_obstacles.visibility import place_of


@dataclass(frozen=True)
class Scan:
    """N objects in base_link of `ego`.

    lidar: with the place that it has on this car. near: those within reach of the free space.
    measures, fits: (N, ...) of `shapes` and `classify`.
    """

    table: ObjectTable
    ego: EgoMotion
    lidar: LidarParams
    near: ObjectTable
    measures: FloatArray
    fits: FloatArray

    @cached_property
    def skyline(self) -> FloatArray:
        """How far it is to the near objects in each sector: (SECTORS,) [m]."""
        return skyline(self.near.corners, self.near.following, place_of(self.lidar))


def take(
    objects: Sequence[TrackedObject],
    ego: EgoMotion,
    lidar: LidarParams,
    params: StaticObstaclesParams,
) -> Scan:
    """The scan of these objects."""
    table = make_table(objects)
    reach = max(params.free_space.max_range, params.memory.radius + params.vehicle.length)
    extent = np.hypot(table.length, table.width)
    is_near = np.hypot(table.x - lidar.x, table.y - lidar.y) - extent <= reach
    measures = measure(table, place_of(lidar))
    return Scan(
        table,
        ego,
        lidar,
        table.pick(is_near),
        measures,
        fits(measures, table.brightness),
    )

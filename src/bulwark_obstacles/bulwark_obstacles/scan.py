# SPDX-License-Identifier: Apache-2.0
"""A scan's objects with all that is computed for each of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    skyline: of all that is near, from the lidar. measures, fits: (N, ...) of `shapes` and
    `classify`.
    """

    table: ObjectTable
    ego: EgoMotion
    lidar: LidarParams
    near: ObjectTable
    skyline: FloatArray
    measures: FloatArray
    fits: FloatArray


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
    near, place = table.pick(is_near), place_of(lidar)
    measures = measure(table, place)
    return Scan(
        table,
        ego,
        lidar,
        near,
        skyline(near.corners, near.following, place),
        measures,
        fits(measures, table.brightness),
    )

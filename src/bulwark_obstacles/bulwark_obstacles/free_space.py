# SPDX-License-Identifier: Apache-2.0
"""The polygon around the car that is known to be free.

It is a star about the lidar: at each bearing it ends before the first obstacle, or where it was
never seen whether there is one. What is behind an obstacle is not seen. Nor is what the car's own
body hides from a lidar below its roof.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bulwark_core.objects import FloatArray, TrackedObject
from bulwark_core.vehicle import VehicleParams
from bulwark_obstacles.params import FreeSpaceParams, LidarParams
from bulwark_obstacles.scan import Scan
from bulwark_obstacles.seen_ground import SeenGround
from bulwark_obstacles.skyline import SECTORS, STEP, sectors, skyline
from bulwark_obstacles.table import make_table
from bulwark_obstacles.ultrasonic import Heard, Reading
from bulwark_obstacles.visibility import place_of

_BODY_WAY = 0.3
"""A beam that has to go so far through the car's body does not get out [m]."""
_BORDERS = np.arange(SECTORS, dtype=np.float64) * STEP


class FreeSpace:
    """Call `update` once a scan."""

    def __init__(self, params: FreeSpaceParams, body: VehicleParams) -> None:
        self._params, self._body = params, body
        self._ground = SeenGround(params, body)

    def update(
        self, scan: Scan, standing: Sequence[TrackedObject], heard: Sequence[Heard]
    ) -> FloatArray:
        """The corners in base_link after a scan: (SECTORS, 2) [m].

        standing: what is known to stand, seen or remembered; the scan also has what moves.
        """
        lidar, stamp = scan.lidar, scan.ego.stamp_ns
        reach = np.minimum(scan.skyline, self._ground.update(scan.ego, lidar, scan.skyline))
        hidden = [item for item in standing if item.last_seen_ns < stamp]
        if hidden:
            table = make_table(hidden)
            reach = np.minimum(reach, skyline(table.corners, table.following, place_of(lidar)))
        for one in heard:
            reach = limited_by_echo(reach, one.reading, lidar)
        reach = limited_by_body(reach, lidar, self._body)
        return polygon(reach, lidar, self._params.max_range)


def limited_by_echo(reach: FloatArray, reading: Reading, lidar: LidarParams) -> FloatArray:
    """How far it is free in each sector, with the arc of an echo; unchanged without one."""
    if reading.echo is None:
        return reach
    bearing = reading.yaw + np.linspace(-reading.half_angle, reading.half_angle, 9)
    arc = reading.echo * np.stack([np.cos(bearing), np.sin(bearing)], axis=1)
    sector, distance = sectors(arc + np.array([reading.x, reading.y]), place_of(lidar))
    reach = reach.copy()
    np.minimum.at(reach, sector, distance)
    return reach


def limited_by_body(reach: FloatArray, lidar: LidarParams, body: VehicleParams) -> FloatArray:
    """How far it is free in each sector, where the car's body hides the rest."""
    if lidar.z >= body.height:
        return reach
    way, leaves = _through_body(_BORDERS + STEP / 2.0, place_of(lidar), body)
    return np.where(way > _BODY_WAY, np.minimum(reach, leaves), reach)


def polygon(reach: FloatArray, lidar: LidarParams, max_range: float) -> FloatArray:
    """Corners of the free space in base_link, counter-clockwise: (SECTORS, 2) [m].

    reach: (SECTORS,) how far it is free. A corner lies on the border of two sectors and no farther
    than the nearer of them, so the polygon never enters what is not free.
    """
    reach = np.minimum(reach, max_range)
    border = np.minimum(reach, np.roll(reach, 1))
    rays = np.stack([np.cos(_BORDERS), np.sin(_BORDERS)], axis=1)
    return np.asarray(place_of(lidar) + border[:, None] * rays)


def _through_body(
    bearing: FloatArray, place: FloatArray, body: VehicleParams
) -> tuple[FloatArray, FloatArray]:
    """How far each ray goes through the body, and where it leaves it [m]."""
    low = np.array([body.rear, -body.width / 2.0]) - place
    high = np.array([body.front, body.width / 2.0]) - place
    rays = np.stack([np.cos(bearing), np.sin(bearing)], axis=1)
    rays = np.where(np.abs(rays) < 1e-9, 1e-9, rays)
    first, second = low / rays, high / rays
    enters = np.maximum(np.minimum(first, second).max(axis=1), 0.0)
    leaves = np.maximum(first, second).min(axis=1)
    return np.maximum(leaves - enters, 0.0), np.where(leaves > enters, leaves, math.inf)

# SPDX-License-Identifier: Apache-2.0
"""Whether the lidar should see an obstacle: not in the blind zone, not behind another one."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import FloatArray
from bulwark_obstacles.params import LidarParams
from bulwark_obstacles.skyline import sectors
from bulwark_obstacles.table import ObjectTable

EXPECTED_SHARE = 0.5
"""Of an obstacle's edge that must be in view to expect that it is found."""
BEHIND_M = 0.3
"""What is this much farther away than another obstacle is behind it [m]."""


def should_be_seen(
    table: ObjectTable, seen: FloatArray, lidar: LidarParams
) -> npt.NDArray[np.bool_]:
    """Whether each of N obstacles in base_link must appear in a scan: (N,).

    seen: skyline of what the scan shows, from the lidar.
    """
    points = np.concatenate([table.corners, (table.corners + table.following) / 2.0])
    owner = np.concatenate([table.owner, table.owner])
    sector, distance = sectors(points, place_of(lidar))
    blind = np.array([blind_range(top, lidar) for top in table.top.tolist()])
    in_view = (distance > blind[owner] + lidar.margin) & (distance <= seen[sector] + BEHIND_M)
    shown = np.bincount(owner, weights=in_view, minlength=len(table))
    return np.asarray(shown >= EXPECTED_SHARE * np.bincount(owner, minlength=len(table)))


def half_blind(table: ObjectTable, lidar: LidarParams) -> npt.NDArray[np.bool_]:
    """Which of N objects in a scan may already be in part below the lowest beam: (N,)."""
    middle = np.hypot(table.x - lidar.x, table.y - lidar.y)
    nearest = middle - np.hypot(table.length, table.width) / 2.0
    below = nearest <= lidar.z / math.tan(lidar.lowest_beam) + lidar.margin
    return np.asarray(below & (table.top < lidar.z))


def blind_range(top: float, lidar: LidarParams) -> float:
    """Nearer to the lidar than this, an obstacle with this top is below the lowest beam [m]."""
    drop = lidar.z - (top - lidar.min_visible_height)
    return max(lidar.min_range, drop / math.tan(lidar.lowest_beam))


def place_of(lidar: LidarParams) -> FloatArray:
    """Where the lidar is in base_link, seen from above: (2,) [m]."""
    return np.array([lidar.x, lidar.y])

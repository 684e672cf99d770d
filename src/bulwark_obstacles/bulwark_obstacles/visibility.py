# SPDX-License-Identifier: Apache-2.0
"""Whether the lidar should see an obstacle: not in the blind zone, not behind another one."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import FloatArray
from bulwark_obstacles.params import LidarParams

EXPECTED_SHARE = 0.5
"""Of an obstacle's edge that must be in view to expect that it is found."""
BEHIND_M = 0.3
"""What is this much farther away than another obstacle is behind it [m]."""


def should_be_seen(
    edge: FloatArray, top: float, others: Iterable[FloatArray], lidar: LidarParams
) -> bool:
    """Whether an obstacle with this edge (M, 2) and top [m] must appear in a scan.

    others: edges (K, 2) of what the scan shows. All in base_link.
    """
    bearing, distance = _polar(edge, lidar)
    in_view = distance > blind_range(top, lidar) + lidar.margin
    for other in others:
        in_view &= ~_hides(other, bearing, distance, lidar)
    return bool(in_view.mean() >= EXPECTED_SHARE)


def blind_range(top: float, lidar: LidarParams) -> float:
    """Nearer to the lidar than this, an obstacle with this top is below the lowest beam [m]."""
    drop = lidar.z - (top - lidar.min_visible_height)
    return max(lidar.min_range, drop / math.tan(lidar.lowest_beam))


def _polar(points: FloatArray, lidar: LidarParams) -> tuple[FloatArray, FloatArray]:
    dx, dy = points[:, 0] - lidar.x, points[:, 1] - lidar.y
    return np.arctan2(dy, dx), np.hypot(dx, dy)


def _hides(
    other: FloatArray, bearing: FloatArray, distance: FloatArray, lidar: LidarParams
) -> npt.NDArray[np.bool_]:
    other_bearing, other_distance = _polar(other, lidar)
    middle = math.atan2(np.sin(other_bearing).sum(), np.cos(other_bearing).sum())
    spread = np.abs(_wrapped(other_bearing - middle)).max()
    within = np.abs(_wrapped(bearing - middle)) <= spread
    return np.asarray(within & (distance > other_distance.min() + BEHIND_M))


def _wrapped(angle: FloatArray) -> FloatArray:
    return np.asarray((angle + math.pi) % (2.0 * math.pi) - math.pi)

# SPDX-License-Identifier: Apache-2.0
"""Surfaces that rise and fall along a way: crests, dips, ramps, humps, plates."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from bulwark_world.way import Way

Profile = tuple[tuple[float, float], ...]
"""(station, height) points [m], stations growing; straight between them, constant outside."""


@dataclass(frozen=True)
class Relief:
    """A height that depends on the station; beside `half_width` [m] the ground is z = 0."""

    way: Way
    profile: Profile
    half_width: float = math.inf

    def height(self, x: float, y: float) -> float:
        """Z of the ground [m]."""
        station, offset = self.way.project(x, y)
        return self.at(station) if abs(offset) <= self.half_width else 0.0

    def at(self, station: float) -> float:
        """Z on the way at this station [m]."""
        points = self.profile
        i = bisect_right(points, station, key=_station)
        if i == 0 or i == len(points):
            return points[max(i - 1, 0)][1]
        (s0, z0), (s1, z1) = points[i - 1], points[i]
        return z0 + (z1 - z0) * (station - s0) / (s1 - s0)


def _station(point: tuple[float, float]) -> float:
    return point[0]

# SPDX-License-Identifier: Apache-2.0
"""Following the line: where to steer, and how fast the road allows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bulwark_core.objects import FloatArray
from bulwark_planner.route_line import RouteLine

BRAKING_SHARE = 0.75
"""Of the comfortable deceleration: what curves ahead are planned with, the rest corrects."""
MIN_CURVATURE = 1e-4
"""Flatter counts as straight [1/m]."""


def pure_pursuit(
    line: RouteLine, x: float, y: float, yaw: float, look_ahead: float, wheelbase: float
) -> float:
    """The tyre angle of the circle to the point `look_ahead` [m] along the line [rad].

    x, y, yaw: the rear axle in the line's frame. Coulter, "Implementation of the pure pursuit path
    tracking algorithm", CMU-RI-TR-92-01 (1992).
    """
    arc, _ = line.project(np.array([[x, y]]))
    goal = line.at(float(arc[0]) + look_ahead) - (x, y)
    left = goal[1] * math.cos(yaw) - goal[0] * math.sin(yaw)
    return math.atan(wheelbase * 2.0 * float(left) / max(float(goal @ goal), 1e-6))


@dataclass(frozen=True)
class SpeedProfile:
    """The highest comfortable speed at each arc length of a line: (N,) [m], (N,) [m/s]."""

    arc: FloatArray
    speed: FloatArray

    def ahead(self, arc: float, preview: float) -> float:
        """The lower of the speed here and `preview` [m] ahead [m/s]."""
        return float(np.interp([arc, arc + preview], self.arc, self.speed).min())


def speed_profile(
    line: RouteLine, limit: float, lateral_acceleration: float, deceleration: float
) -> SpeedProfile:
    """Limit [m/s] and curves, with room to brake for them comfortably [m/s^2]."""
    curvature = np.maximum(np.abs(line.curvature()), MIN_CURVATURE)
    allowed = np.minimum(limit, np.sqrt(lateral_acceleration / curvature))
    # v(s)^2 <= v(s')^2 + 2 b (s' - s) for every s' ahead
    rise = 2.0 * BRAKING_SHARE * deceleration * line.arc
    squared = np.minimum.accumulate((allowed**2 + rise)[::-1])[::-1] - rise
    return SpeedProfile(line.arc, np.sqrt(np.maximum(squared, 0.0)))

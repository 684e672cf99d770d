# SPDX-License-Identifier: Apache-2.0
"""The intelligent driver model: acceleration on a free road and behind a leader, within comfort.

Treiber, Hennecke, Helbing, "Congested traffic states in empirical observations and microscopic
simulations", Phys. Rev. E 62 (2000). Free road and leader are combined by the minimum (IDM+,
Schakel et al. 2010), so that the time gap is kept exactly also near the desired speed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

RELAXATION_S = 0.7
"""Time constant with which a speed above the desired one is given up [s]."""
MIN_GAP = 0.1
"""Smaller gaps count as this one, so that the model stays finite [m]."""


@dataclass(frozen=True)
class Idm:
    """The model's figures: m, s, m/s^2."""

    max_acceleration: float
    deceleration: float
    max_deceleration: float
    time_gap: float
    standstill_gap: float
    exponent: float

    def free(self, speed: float, desired_speed: float) -> float:
        """Acceleration on a free road [m/s^2]; above the desired speed a comfortable decay."""
        if speed >= desired_speed:
            return max(-self.deceleration, (desired_speed - speed) / RELAXATION_S)
        return self.max_acceleration * (1.0 - math.pow(speed / desired_speed, self.exponent))

    def desired_gap(self, speed: float, leader_speed: float) -> float:
        """The gap the model wants at these speeds: s* of the paper [m]."""
        braking = 2.0 * math.sqrt(self.max_acceleration * self.deceleration)
        dynamic = speed * self.time_gap + speed * (speed - leader_speed) / braking
        return self.standstill_gap + max(0.0, dynamic)

    def behind(self, speed: float, gap: float, leader_speed: float) -> float:
        """Acceleration that the leader allows, bumper to bumper `gap` [m]; never an emergency."""
        ratio = self.desired_gap(speed, leader_speed) / max(gap, MIN_GAP)
        return max(-self.max_deceleration, self.max_acceleration * (1.0 - ratio**2))

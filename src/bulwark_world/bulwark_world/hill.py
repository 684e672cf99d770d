# SPDX-License-Identifier: Apache-2.0
"""What makes driving off hard: a grade, and a kerb that the wheels climb.

The whole world is on the grade, so no sensor sees it. The kerb is only felt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bulwark_core.vehicle import GRAVITY

WHEEL_RADIUS = 0.33
"""Of a usual car's tyre [m]."""
_AXLE_SHARE = 0.5  # of the weight


@dataclass(frozen=True)
class Hill:
    """grade: angle uphill in the direction of travel [rad]. kerb_ahead: from the leading wheels'
    contact with the ground to where they touch the kerb, None without one; kerb_height [m].
    """

    grade: float = 0.0
    kerb_ahead: float | None = None
    kerb_height: float = 0.0

    def slope(self, travelled: float, wheelbase: float) -> float:
        """The slope that is as steep as what is felt after this way [m]: [rad], uphill positive."""
        if self.kerb_ahead is None:
            return self.grade
        first = travelled - self.kerb_ahead
        resistance = self._climb(first) + self._climb(first - wheelbase)
        return self.grade + math.asin(min(resistance / GRAVITY, 0.9))

    def _climb(self, beyond: float) -> float:
        """What an axle costs that is so far beyond its first touch of the edge [m]: [m/s^2].

        A rigid wheel turns about the edge: the force is the load times the tangent of the angle
        from the edge to below the hub.
        """
        low = WHEEL_RADIUS - self.kerb_height
        reach = math.sqrt(max(WHEEL_RADIUS**2 - low**2, 0.0))
        if not 0.0 <= beyond < reach:
            return 0.0
        left = reach - beyond
        return _AXLE_SHARE * GRAVITY * left / math.sqrt(WHEEL_RADIUS**2 - left**2)

# SPDX-License-Identifier: Apache-2.0
"""A zone ahead that must be empty, as robots' collision monitors have it.

As Nav2's collision monitor with velocity polygons, generously sized for a road: as long as it takes
to stop at 5 m/s^2 plus 2 m. Objects count where they are; that they move does not.
"""

from __future__ import annotations

from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_world.peers.peer import Peer

STOP = 5.0
OFFSET = 2.0
DECELERATION = 9.0
_STANDSTILL = 0.05


class ZoneStop(Peer):
    """Brakes while anything is inside the zone."""

    def decide(self, objects: list[TrackedObject], motion: EgoMotion, now_s: float) -> float:  # noqa: ARG002
        speed = abs(motion.speed)
        if speed < _STANDSTILL:
            return 0.0
        length = speed**2 / (2.0 * STOP) + OFFSET
        occupied = any(one.gap <= length for one in self.ahead(objects, motion, 0.0, 0.0))
        return DECELERATION if occupied else 0.0

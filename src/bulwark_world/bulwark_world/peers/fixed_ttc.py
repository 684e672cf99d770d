# SPDX-License-Identifier: Apache-2.0
"""A fixed time to collision: full braking below it, for whatever lies straight ahead."""

from __future__ import annotations

from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_world.peers.peer import Peer

TRIGGER = 1.5
"""Time to collision below which it brakes [s]; production systems brake below 1.5 s, small robots
below 0.8 s, and openPASS's AEB below 2.0 s."""
RELEASE = 1.5
"""Released above so many times the trigger, as openPASS does."""
DECELERATION = 9.0


class FixedTtc(Peer):
    """Brakes fully while the least time to collision of all objects straight ahead is short."""

    def reset(self) -> None:
        super().reset()
        self._active = False

    def decide(self, objects: list[TrackedObject], motion: EgoMotion, now_s: float) -> float:  # noqa: ARG002
        speed = abs(motion.speed)
        times = [
            one.gap / (speed - one.speed)
            for one in self.ahead(objects, motion, 0.0, 0.0)
            if speed > one.speed
        ]
        limit = TRIGGER * (RELEASE if self._active else 1.0)
        self._active = min(times, default=float("inf")) < limit or (self._active and speed == 0.0)
        return DECELERATION if self._active else 0.0

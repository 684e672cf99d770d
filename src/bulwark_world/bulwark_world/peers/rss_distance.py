# SPDX-License-Identifier: Apache-2.0
"""The RSS distance to the nearest object, answered by a gentle stop.

As Autoware's autonomous_emergency_braking with its emergency stop operator (autoware_launch
defaults): response 1 s, own 3 m/s^2, object 1 m/s^2, 2 m of offset; the strip follows the yaw rate
for 1.5 s; only the nearest object counts; kept for 3 s; -2.5 m/s^2 with 1.5 m/s^3 of jerk.
"""

from __future__ import annotations

from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_world.peers.peer import Peer, curvature_of, jerk_limited, nearest

RESPONSE, OWN, OBJECT, OFFSET = 1.0, 3.0, 1.0, 2.0
HORIZON, NARROWER = 1.5, 0.1
STOP, JERK = 2.5, 1.5
KEPT = 3.0
_LEAST_SPEED = 0.1


class RssDistance(Peer):
    """Stops gently when the nearest object is within the RSS distance."""

    def reset(self) -> None:
        super().reset()
        self._seen_s = float("-inf")
        self._last_s: float | None = None
        self._given = 0.0

    def decide(self, objects: list[TrackedObject], motion: EgoMotion, now_s: float) -> float:
        step = 0.0 if self._last_s is None else max(now_s - self._last_s, 0.0)
        self._last_s = now_s
        if self._is_near(objects, motion):
            self._seen_s = now_s
        wanted = STOP if now_s - self._seen_s < KEPT else 0.0
        self._given = jerk_limited(self._given, wanted, JERK, step)
        return self._given

    def _is_near(self, objects: list[TrackedObject], motion: EgoMotion) -> bool:
        speed = abs(motion.speed)
        if speed < _LEAST_SPEED:
            return False
        reach = max(speed * HORIZON, 10.0)
        strip = self.ahead(objects, motion, curvature_of(motion), -NARROWER)
        one = nearest([found for found in strip if found.gap <= reach])
        if one is None:
            return False
        sign = -1.0 if one.speed > 0.0 else 1.0
        braking = speed * RESPONSE + speed**2 / (2.0 * OWN)
        return one.gap < braking + sign * one.speed**2 / (2.0 * OBJECT) + OFFSET

# SPDX-License-Identifier: Apache-2.0
"""The own motion at any stamp, dead-reckoned from speed and yaw rate.

The twist is integrated rather than the pose taken over: a pose may jump when a localisation
corrects itself, and a jump would look like everything around moving at once.
"""

from __future__ import annotations

import bisect
import math
from collections import deque
from dataclasses import replace

from bulwark_core.objects import EgoMotion

_KEEP = 400
_MAX_GAP_NS = 500_000_000
"""How far a motion is carried on from the nearest odometry."""


class EgoHistory:
    """The latest odometry as one smooth path that begins where it is first heard of."""

    def __init__(self) -> None:
        self._path: deque[EgoMotion] = deque(maxlen=_KEEP)

    def reset(self) -> None:
        """Forget the path."""
        self._path.clear()

    @property
    def last_stamp_ns(self) -> int | None:
        """Stamp of the newest odometry."""
        return self._path[-1].stamp_ns if self._path else None

    def add(self, ego: EgoMotion) -> bool:
        """Take in an odometry; False where it is not newer than the last and was left out.

        A stamp that jumps back by more than the greatest gap starts a new path.
        """
        if not self._path:
            self._path.append(replace(ego, x=0.0, y=0.0, yaw=0.0))
            return True
        last = self._path[-1]
        if ego.stamp_ns <= last.stamp_ns:
            if last.stamp_ns - ego.stamp_ns > _MAX_GAP_NS:
                self.reset()
                return self.add(ego)
            return False
        mean = replace(
            last, speed=(last.speed + ego.speed) / 2, yaw_rate=(last.yaw_rate + ego.yaw_rate) / 2
        )
        moved = carried_on(mean, ego.stamp_ns)
        self._path.append(replace(ego, x=moved.x, y=moved.y, yaw=moved.yaw))
        return True

    def at(self, stamp_ns: int) -> EgoMotion | None:
        """The motion at a stamp; None where no odometry is near enough to it."""
        if not self._path:
            return None
        stamps = [ego.stamp_ns for ego in self._path]
        nearest = max(bisect.bisect_right(stamps, stamp_ns) - 1, 0)
        before = self._path[nearest]
        after = self._path[min(nearest + 1, len(self._path) - 1)]
        if min(abs(before.stamp_ns - stamp_ns), abs(after.stamp_ns - stamp_ns)) > _MAX_GAP_NS:
            return None
        moved = carried_on(before, stamp_ns)
        if before.stamp_ns < stamp_ns < after.stamp_ns:
            share = (stamp_ns - before.stamp_ns) / (after.stamp_ns - before.stamp_ns)
            speed = before.speed + share * (after.speed - before.speed)
            yaw_rate = before.yaw_rate + share * (after.yaw_rate - before.yaw_rate)
            moved = replace(moved, speed=speed, yaw_rate=yaw_rate)
        return moved


def carried_on(ego: EgoMotion, stamp_ns: int) -> EgoMotion:
    """The motion on its circle, at another stamp."""
    dt = (stamp_ns - ego.stamp_ns) / 1e9
    middle = ego.yaw + ego.yaw_rate * dt / 2
    return replace(
        ego,
        stamp_ns=stamp_ns,
        x=ego.x + ego.speed * dt * math.cos(middle),
        y=ego.y + ego.speed * dt * math.sin(middle),
        yaw=ego.yaw + ego.yaw_rate * dt,
    )

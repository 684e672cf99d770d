# SPDX-License-Identifier: Apache-2.0
"""Where the car was when a scan was taken."""

from __future__ import annotations

import bisect
import math
from collections import deque
from dataclasses import replace

from bulwark_core.geometry import wrap_angle
from bulwark_core.objects import EgoMotion

LENGTH = 200
"""How many poses are kept."""
JUMP_M = 0.5
"""A pose that is farther than this from where its speed would take it is a jump [m]."""


class EgoHistory:
    """The latest poses in odom, in order of time."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_ns = round(timeout_s * 1e9)
        self._poses: deque[EgoMotion] = deque(maxlen=LENGTH)

    def add(self, ego: EgoMotion) -> bool:
        """False where the motion is broken: time went back, a gap, or a jump of the pose.

        What was known before then counts no more.
        """
        unbroken = not self._poses or self._continues(self._poses[-1], ego)
        if not unbroken:
            self._poses.clear()
        self._poses.append(ego)
        return unbroken

    def _continues(self, last: EgoMotion, ego: EgoMotion) -> bool:
        dt_ns = ego.stamp_ns - last.stamp_ns
        if not 0 <= dt_ns <= self._timeout_ns:
            return False
        moved = math.hypot(ego.x - last.x, ego.y - last.y)
        return moved <= max(abs(last.speed), abs(ego.speed)) * dt_ns * 1e-9 + JUMP_M

    def at(self, stamp_ns: int) -> EgoMotion | None:
        """The motion at a stamp, interpolated or carried on; None where odometry is lost."""
        stamps = [pose.stamp_ns for pose in self._poses]
        index = bisect.bisect_left(stamps, stamp_ns)
        if index < len(stamps):
            if stamps[index] == stamp_ns:
                return self._poses[index]
            if index == 0:
                return None
            return _between(self._poses[index - 1], self._poses[index], stamp_ns)
        if not stamps or stamp_ns - stamps[-1] > self._timeout_ns:
            return None
        return _carried_on(self._poses[-1], stamp_ns)


def _between(before: EgoMotion, after: EgoMotion, stamp_ns: int) -> EgoMotion:
    share = (stamp_ns - before.stamp_ns) / (after.stamp_ns - before.stamp_ns)
    return EgoMotion(
        stamp_ns,
        speed=before.speed + share * (after.speed - before.speed),
        yaw_rate=before.yaw_rate + share * (after.yaw_rate - before.yaw_rate),
        x=before.x + share * (after.x - before.x),
        y=before.y + share * (after.y - before.y),
        yaw=before.yaw + share * wrap_angle(after.yaw - before.yaw),
    )


def _carried_on(last: EgoMotion, stamp_ns: int) -> EgoMotion:
    dt = (stamp_ns - last.stamp_ns) * 1e-9
    heading = last.yaw + last.yaw_rate * dt / 2.0
    return replace(
        last,
        stamp_ns=stamp_ns,
        x=last.x + last.speed * dt * math.cos(heading),
        y=last.y + last.speed * dt * math.sin(heading),
        yaw=last.yaw + last.yaw_rate * dt,
    )

# SPDX-License-Identifier: Apache-2.0
"""A driver in traffic: keeps the way, and accelerates and brakes as the traffic has it."""

from __future__ import annotations

import math

from bulwark_world.driver import FULL_PEDAL_DECELERATION, DriverInput, Situation
from bulwark_world.dynamics import STEP_S, DriveTrain
from bulwark_world.robot import WayKeeper

_EASY_JERK, _QUICK_JERK = 2.0, 8.0
"""How fast the foot changes the acceleration [m/s^3], and how fast to brake harder."""
_STAYS = 0.25
"""At standstill a driver holds with the brake until more than this is wished [m/s^2]."""
_HOLDS = 0.2  # stroke of the brake pedal


class TrafficDriver:
    """Acts on `Situation.wanted`. Lifts the foot while the car intervenes, and goes on after it."""

    def __init__(self, drive_train: DriveTrain, keeper: WayKeeper | None = None) -> None:
        self._drive_train = drive_train
        self._keeper = keeper
        self._acceleration = 0.0

    def act(self, situation: Situation) -> DriverInput:
        """Pedals and wheel."""
        angle = 0.0
        if self._keeper is not None:
            self._keeper.locate(situation.pose)
            angle = self._keeper.steering_angle(situation.pose, situation.speed)
        self._move_foot(situation.wanted)
        if situation.speed == 0.0 and situation.wanted <= _STAYS:
            return DriverInput(brake=_HOLDS, steering_angle=angle)
        resistance = self._drive_train.resistance(situation.speed)
        traction = self._acceleration + resistance + situation.pull
        stroke = min(max(traction / self._drive_train.max_acceleration, 0.0), 1.0)
        if situation.intervention and situation.speed != 0.0:
            stroke = 0.0
        brake = min(max(-traction / FULL_PEDAL_DECELERATION, 0.0), 1.0)
        return DriverInput(stroke, brake, angle)

    def _move_foot(self, wanted: float) -> None:
        jerk = _QUICK_JERK if wanted < min(self._acceleration, 0.0) else _EASY_JERK
        change = wanted - self._acceleration
        self._acceleration += math.copysign(min(abs(change), jerk * STEP_S), change)

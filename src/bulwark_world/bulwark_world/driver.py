# SPDX-License-Identifier: Apache-2.0
"""Drivers: a foot and a hand as functions of time, or a test robot that holds a speed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bulwark_world.dynamics import DriveTrain

SPEED_GAIN = 1.5
"""The test robot's acceleration per speed error [1/s]."""

Table = tuple[tuple[float, float], ...]
"""(time [s], value) points, linear between them and constant outside; empty: zero."""


@dataclass(frozen=True)
class DriverInput:
    """Pedal strokes 0..1 and the steering tyre angle that the wheel asks for [rad]."""

    accelerator: float = 0.0
    brake: float = 0.0
    steering_angle: float = 0.0


@dataclass(frozen=True)
class Situation:
    """What a driver acts on: scenario time [s], speed [m/s], and whether the car intervenes."""

    time_s: float
    speed: float
    intervention: bool


class Driver(Protocol):
    """Somebody at the wheel."""

    def act(self, situation: Situation) -> DriverInput:
        """The input in this situation."""
        ...


@dataclass(frozen=True)
class ScriptedDriver:
    """Pedals and wheel by tables over the scenario's time; empty tables: hands and feet off."""

    accelerator: Table = ()
    brake: Table = ()
    steering_angle: Table = ()

    def act(self, situation: Situation) -> DriverInput:
        """The tables' values at this time."""
        return DriverInput(
            min(max(_at(self.accelerator, situation.time_s), 0.0), 1.0),
            min(max(_at(self.brake, situation.time_s), 0.0), 1.0),
            _at(self.steering_angle, situation.time_s),
        )


class SpeedHolder:
    """Holds a speed as a test robot does, and lifts the foot for good at the first intervention."""

    def __init__(self, speed: float, drive_train: DriveTrain) -> None:
        self._pace = abs(speed)
        self._drive_train = drive_train
        self._lifted = False

    def act(self, situation: Situation) -> DriverInput:
        """The accelerator that keeps the speed."""
        self._lifted = self._lifted or situation.intervention
        if self._lifted:
            return DriverInput()
        pace = abs(situation.speed)
        wanted = self._drive_train.resistance(pace) + SPEED_GAIN * (self._pace - pace)
        return DriverInput(min(max(wanted / self._drive_train.max_acceleration, 0.0), 1.0))


def _at(table: Table, time_s: float) -> float:
    if not table:
        return 0.0
    return float(np.interp(time_s, [row[0] for row in table], [row[1] for row in table]))

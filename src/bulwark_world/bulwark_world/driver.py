# SPDX-License-Identifier: Apache-2.0
"""Drivers: a foot and a hand as functions of time, or a test robot that holds speed and way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bulwark_world.dynamics import DriveTrain
from bulwark_world.motion import Pose
from bulwark_world.robot import SpeedPlan, WayKeeper

SPEED_GAIN = 1.5
"""The test robot's acceleration per speed error [1/s]."""
FULL_PEDAL_DECELERATION = 10.0
"""What the driver's brake pedal asks for at full stroke [m/s^2]."""

Table = tuple[tuple[float, float], ...]
"""(time [s], value) points, linear between them and constant outside; empty: zero."""


@dataclass(frozen=True)
class DriverInput:
    """Pedal strokes 0..1, the steering tyre angle that the wheel asks for [rad], and attention."""

    accelerator: float = 0.0
    brake: float = 0.0
    steering_angle: float = 0.0
    eyes_on: bool = True
    hands_on: bool = True


@dataclass(frozen=True)
class Situation:
    """What a driver acts on: scenario time [s], speed [m/s], and whether the car intervenes.

    pose: of base_link. pull: how strongly gravity acts against the direction of travel [m/s^2].
    warned: whether the car warns or brakes. wanted: the acceleration that the traffic around asks
    for, where there is some [m/s^2].
    """

    time_s: float
    speed: float
    intervention: bool
    pose: Pose = Pose()  # noqa: RUF009  frozen
    pull: float = 0.0
    warned: bool = False
    wanted: float = 0.0


class Driver(Protocol):
    """Somebody at the wheel."""

    def act(self, situation: Situation) -> DriverInput:
        """The input in this situation."""
        ...


@dataclass(frozen=True)
class ScriptedDriver:
    """Pedals and wheel by tables over the scenario's time; empty tables: hands and feet off.

    eyes_on, hands_on: 1 or 0; empty: the driver is attentive.
    """

    accelerator: Table = ()
    brake: Table = ()
    steering_angle: Table = ()
    eyes_on: Table = ()
    hands_on: Table = ()

    def act(self, situation: Situation) -> DriverInput:
        """The tables' values at this time."""
        return DriverInput(
            min(max(_at(self.accelerator, situation.time_s), 0.0), 1.0),
            min(max(_at(self.brake, situation.time_s), 0.0), 1.0),
            _at(self.steering_angle, situation.time_s),
            eyes_on=_holds(self.eyes_on, situation.time_s),
            hands_on=_holds(self.hands_on, situation.time_s),
        )


class SpeedHolder:
    """Holds a speed as a test robot does, and lifts the foot for good at the first intervention.

    plan: speeds along the way instead of one. keeper: hands that keep the way to the end of the
    run; None: straight on. The robot brakes only for the plan and on slopes.
    """

    def __init__(
        self,
        speed: float,
        drive_train: DriveTrain,
        plan: SpeedPlan | None = None,
        keeper: WayKeeper | None = None,
    ) -> None:
        self._pace = abs(speed)
        self._drive_train = drive_train
        self._plan = plan
        self._keeper = keeper
        self._lifted = False

    def act(self, situation: Situation) -> DriverInput:
        """The pedals that keep the speed, and the wheel that keeps the way."""
        station, angle = situation.pose.x, 0.0
        if self._keeper is not None:
            station = self._keeper.locate(situation.pose)
            angle = self._keeper.steering_angle(situation.pose, situation.speed)
        self._lifted = self._lifted or situation.intervention
        if self._lifted:
            return DriverInput(steering_angle=angle)
        accelerator, brake = self._pedals(situation, station)
        return DriverInput(accelerator, brake, angle)

    def _pedals(self, situation: Situation, station: float) -> tuple[float, float]:
        pace, (goal, change) = abs(situation.speed), (self._pace, 0.0)
        if self._plan is not None:
            goal, change = self._plan.at(station)
        wanted = SPEED_GAIN * (goal - pace) + change + situation.pull
        traction = self._drive_train.resistance(pace) + wanted
        brakes = traction < 0.0 and (self._plan is not None or situation.pull != 0.0)
        return (
            min(max(traction / self._drive_train.max_acceleration, 0.0), 1.0),
            min(-wanted / FULL_PEDAL_DECELERATION, 1.0) if brakes else 0.0,
        )


def _holds(table: Table, time_s: float) -> bool:
    """Whether the newest value is 1; True before the first."""
    return next((value >= 0.5 for time, value in reversed(table) if time <= time_s), True)


def _at(table: Table, time_s: float) -> float:
    if not table:
        return 0.0
    return float(np.interp(time_s, [row[0] for row in table], [row[1] for row in table]))

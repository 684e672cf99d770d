# SPDX-License-Identifier: Apache-2.0
"""What a driver does beside holding the speed: react to a warning, hold the wheel turned."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bulwark_world.driver import FULL_PEDAL_DECELERATION, Driver, DriverInput, Situation


@dataclass(frozen=True)
class Response:
    """How a driver reacts to a collision warning, timed from its onset [s].

    release_s: the accelerator is free. brake_s: the brake pedal moves; None: never. deceleration:
    what it then asks for [m/s^2], after `ramp_s`.
    """

    release_s: float = 0.5
    brake_s: float | None = None
    deceleration: float = 0.0
    ramp_s: float = 0.2


class Responder:
    """A driver who reacts to the first warning and otherwise acts as another one does."""

    def __init__(self, driver: Driver, response: Response) -> None:
        self._driver = driver
        self._response = response
        self._warned_s: float | None = None

    def act(self, situation: Situation) -> DriverInput:
        """The other driver's input, changed by the reaction."""
        wanted, response = self._driver.act(situation), self._response
        if self._warned_s is None and situation.warned:
            self._warned_s = situation.time_s
        if self._warned_s is None:
            return wanted
        since = situation.time_s - self._warned_s
        if since >= response.release_s:
            wanted = replace(wanted, accelerator=0.0)
        if response.brake_s is None or since < response.brake_s:
            return wanted
        share = min((since - response.brake_s) / response.ramp_s, 1.0)
        stroke = share * response.deceleration / FULL_PEDAL_DECELERATION
        return replace(wanted, brake=max(wanted.brake, stroke))


class HeldWheel:
    """Another driver's pedals, with the wheel held at a tyre angle [rad]."""

    def __init__(self, driver: Driver, angle: float) -> None:
        self._driver = driver
        self._angle = angle

    def act(self, situation: Situation) -> DriverInput:
        """The pedals and the angle."""
        return replace(self._driver.act(situation), steering_angle=self._angle)

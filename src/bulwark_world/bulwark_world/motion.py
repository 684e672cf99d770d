# SPDX-License-Identifier: Apache-2.0
"""Scripted motion in closed form: a speed profile along a straight line."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pose:
    """A place on the plane: x, y [m], yaw [rad]."""

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0

    def ahead(self, distance: float) -> Pose:
        """The pose this far along the heading [m]."""
        return Pose(
            self.x + distance * math.cos(self.yaw), self.y + distance * math.sin(self.yaw), self.yaw
        )

    def to_world(self, points: FloatArray) -> FloatArray:
        """Points (N, 2) of the pose's own frame in the frame that the pose is given in."""
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]) + (self.x, self.y))


@dataclass(frozen=True)
class Phase:
    """From `start_s` on the speed changes at `rate` [m/s^2, positive] until `speed` [m/s].

    ramp_s: the acceleration grows evenly from nothing to `rate` within this time [s]; it ends at
    once when the speed is reached.
    """

    start_s: float
    speed: float
    rate: float
    ramp_s: float = 0.0

    def duration(self, change: float) -> float:
        """How long a change of the speed by this much takes [s]; change >= 0 [m/s]."""
        on_ramp = self.rate * self.ramp_s / 2.0
        if change < on_ramp:
            return math.sqrt(2.0 * change * self.ramp_s / self.rate)
        return self.ramp_s + (change - on_ramp) / self.rate


@dataclass(frozen=True)
class _Knot:
    time: float
    distance: float
    speed: float
    acceleration: float
    jerk: float = 0.0

    def after(self, t: float) -> tuple[float, float]:
        """Distance and speed so long after it."""
        a, j = self.acceleration, self.jerk
        return (
            self.distance + t * (self.speed + t * (a / 2.0 + t * j / 6.0)),
            self.speed + t * (a + t * j / 2.0),
        )


class SpeedProfile:
    """Distance, speed and acceleration along the path as functions of time.

    Phases in order of their start; one that starts before the former has ended cuts it short.
    """

    def __init__(self, speed: float, phases: Iterable[Phase] = ()) -> None:
        self._knots = [_Knot(0.0, 0.0, speed, 0.0)]
        for phase in phases:
            self._add(phase)
        self._times = [knot.time for knot in self._knots]

    def distance(self, time_s: float) -> float:
        """Travelled until then [m]."""
        knot, t = self._at(time_s)
        return knot.after(t)[0]

    def speed(self, time_s: float) -> float:
        """Speed then [m/s]."""
        knot, t = self._at(time_s)
        return knot.after(t)[1]

    def acceleration(self, time_s: float) -> float:
        """Acceleration then [m/s^2]."""
        knot, t = self._at(time_s)
        return knot.acceleration + knot.jerk * t

    def _at(self, time_s: float) -> tuple[_Knot, float]:
        knot = self._knots[max(bisect_right(self._times, time_s) - 1, 0)]
        return knot, max(time_s - knot.time, 0.0)

    def _add(self, phase: Phase) -> None:
        self._knots = [knot for knot in self._knots if knot.time < phase.start_s] or self._knots[:1]
        last = self._knots[-1]
        distance, speed = last.after(max(phase.start_s - last.time, 0.0))
        change = abs(phase.speed - speed)
        rate = math.copysign(phase.rate, phase.speed - speed)
        whole = phase.duration(change)
        ramp = min(phase.ramp_s, whole)
        if ramp > 0.0:
            jerk = rate / phase.ramp_s
            self._knots.append(_Knot(phase.start_s, distance, speed, 0.0, jerk))
            distance, speed = self._knots[-1].after(ramp)
        steady = _Knot(phase.start_s + ramp, distance, speed, rate)
        self._knots.append(steady)
        reached, _ = steady.after(whole - ramp)
        self._knots.append(_Knot(phase.start_s + whole, reached, phase.speed, 0.0))

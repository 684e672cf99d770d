# SPDX-License-Identifier: Apache-2.0
"""Pedestrians who walk along the pavement, and cross the road where there is a gap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bulwark_world.agents import Agent, Spot
from bulwark_world.kinds import Kind
from bulwark_world.way import Way

COMFORTABLE = 1.5
"""Who steps out where cars have to stop expects no more of them [m/s^2]."""
_REACTION_S, _BEFORE = 1.5, 4.0
_SPARE_S = 2.0
"""A gap has to be longer than the way over the road by so much."""
_SPEEDS_UP = 1.2  # what is expected of a car that comes [m/s^2]
_ROOM = 0.6  # beside a car [m]
_LOOKS_S = 1.0  # at the kerb, at least
_TIRED_S = 25.0
_HALF = 0.3


@dataclass(frozen=True)
class Coming:
    """A vehicle that comes. distance: from its front to where one would cross [m], negative where
    it is there; past: by how much its rear is past [m]. covers: from right to left [m]. yields:
    whether its driver stops for who has stepped out.
    """

    distance: float
    past: float
    speed: float
    covers: tuple[float, float]
    yields: bool = True


@dataclass(frozen=True)
class Crossing:
    """Of the road, from an offset to another one [m] at a speed [m/s].

    insists: where cars have to stop.
    """

    start: float
    goal: float
    speed: float
    insists: bool = False

    def is_safe(self, coming: Sequence[Coming]) -> bool:
        """Whether all are past, come later, or can stop comfortably."""
        return all(self._is_safe(one) for one in coming)

    def _is_safe(self, one: Coming) -> bool:
        if one.past > 1.0:
            return True
        if one.distance < _BEFORE:
            return False
        far = one.covers[1] if self.goal > self.start else one.covers[0]
        over_s = (abs(far - self.start) + _ROOM) / self.speed
        root = math.sqrt(one.speed**2 + 2.0 * _SPEEDS_UP * one.distance)
        if (root - one.speed) / _SPEEDS_UP >= over_s + _SPARE_S:
            return True
        stop = one.speed * _REACTION_S + one.speed**2 / (2.0 * COMFORTABLE) + _BEFORE
        return self.insists and one.yields and one.distance >= stop


class Walker(Agent):
    """Walks along, perhaps stops at the kerb, looks, crosses when it may, and walks on.

    sides: offsets of the pavements, right and left [m]. side: 0 right, 1 left. pace [m/s]. crosses:
    whether it wants to; insists: where cars have to stop.
    """

    def __init__(
        self, serial: int, kind: Kind, way: Way, sides: tuple[float, float], pace: float
    ) -> None:
        super().__init__(serial, kind, way)
        self.half_length = self.half_width = _HALF
        self.pace, self.crosses_at_s, self.insists = pace, math.inf, False
        self.goal: float | None = None
        self.waits_since: float | None = None
        self._sides, self._side = sides, 0
        self._time, self._spot = 0.0, Spot(0.0, sides[0])
        self._heading = 1

    def put(self, time_s: float, station: float, side: int, heading: int) -> None:
        """Place it on a side (0 right, 1 left), to walk along (1) or against the way (-1)."""
        self._side, self._heading = side, heading
        self._time, self._spot = time_s, Spot(station, self._sides[side])
        self._walk()

    @property
    def crossing(self) -> Crossing:
        """What it would do now."""
        goal = self._sides[1 - self._side]
        return Crossing(self._spot.offset, goal, self.pace, self.insists)

    @property
    def wants_to_cross(self) -> bool:
        """Whether it is at the kerb or would stop there."""
        return self.goal is None and self._time >= self.crosses_at_s

    def decide(self, time_s: float, *, is_clear: bool, is_open: bool) -> None:
        """Move on to this time. is_clear: the gap is good; is_open: nothing stands in the way."""
        self._spot, self._time = self.spot(time_s), time_s
        if self.goal is not None:
            if abs(self._spot.offset - self._sides[1 - self._side]) < 1e-6:
                self._side, self.goal, self.crosses_at_s = 1 - self._side, None, math.inf
                self._walk()
        elif self.wants_to_cross and (is_open or self.waits_since is not None):
            self._at_kerb(is_clear)
        self._moved()

    def spot(self, time_s: float) -> Spot:
        now, t = self._spot, time_s - self._time
        offset = now.offset + now.across * t
        if self.goal is not None:
            offset = min(offset, self.goal) if now.across > 0.0 else max(offset, self.goal)
        return Spot(now.station + now.along * t, offset, now.along, now.across, now.yaw)

    def covers(self, time_s: float) -> tuple[float, float]:
        offset = self.spot(time_s).offset
        goal = offset if self.goal is None else self.goal
        return min(offset, goal) - _HALF, max(offset, goal) + _HALF

    def _walk(self) -> None:
        along = self._heading * self.pace
        yaw = 0.0 if self._heading > 0 else math.pi
        self._spot = Spot(self._spot.station, self._sides[self._side], along, 0.0, yaw)

    def _at_kerb(self, is_clear: bool) -> None:
        here, left = self._spot, 1.0 if self._side == 0 else -1.0
        facing = left * math.pi / 2.0
        if self.waits_since is None:
            self.waits_since = self._time
        waited = self._time - self.waits_since
        if is_clear and waited >= _LOOKS_S:
            self.goal, self.waits_since = self._sides[1 - self._side], None
            self._spot = Spot(here.station, here.offset, 0.0, left * self.pace, facing)
        elif waited > _TIRED_S:
            self.waits_since, self.crosses_at_s = None, math.inf
            self._walk()
        else:
            self._spot = Spot(here.station, here.offset, 0.0, 0.0, facing)

# SPDX-License-Identifier: Apache-2.0
"""Agents: road users that react. Between two decisions each moves in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from bulwark_world.dynamics import STEP_S
from bulwark_world.idm import Manner
from bulwark_world.kinds import Kind
from bulwark_world.lanes import Lane
from bulwark_world.motion import Pose
from bulwark_world.way import Way

DECISION_STEPS = 10
DECISION_S = DECISION_STEPS * STEP_S
"""Between two decisions of an agent."""


@dataclass(frozen=True)
class Spot:
    """Where an agent is along the way, and how it moves.

    station, offset [m]. along, across: velocities along and to the left of the way [m/s], of the
    road below it and not of the way, which is longer or shorter in a bend. yaw: its heading from
    the way's [rad].
    """

    station: float
    offset: float
    along: float = 0.0
    across: float = 0.0
    yaw: float = 0.0


class Agent:
    """One that is placed along a way; asked for times since its last decision only.

    name, kind: as of an actor. serial: how many agents there were before it. half_length: of what
    it covers along the way, half_width: across [m]. is_away: too far from the own vehicle to touch
    it before the next decision.
    """

    stands = False

    def __init__(self, serial: int, kind: Kind, way: Way) -> None:
        self.name, self.kind, self.serial = f"{kind.name}_{serial}", kind, serial
        self.half_length, self.half_width = kind.length / 2.0, kind.width / 2.0
        self.is_away = True
        self._way = way
        self._pose: tuple[float, Pose, Spot] | None = None

    def spot(self, time_s: float) -> Spot:
        """Where it is along the way."""
        raise NotImplementedError

    def covers(self, time_s: float) -> tuple[float, float]:
        """The offsets from right to left that others have to leave free [m]."""
        offset = self.spot(time_s).offset
        return offset - self.half_width, offset + self.half_width

    def pose(self, time_s: float) -> Pose:
        """Its pose in the world."""
        return self._placed(time_s)[0]

    def velocity(self, time_s: float) -> tuple[float, float]:
        """Its velocity over ground in the world frame [m/s]."""
        pose, spot = self._placed(time_s)
        yaw = pose.yaw - spot.yaw
        cos, sin = math.cos(yaw), math.sin(yaw)
        return spot.along * cos - spot.across * sin, spot.along * sin + spot.across * cos

    def speed(self, time_s: float) -> float:
        """Over ground [m/s]."""
        return math.hypot(*self.velocity(time_s))

    def _placed(self, time_s: float) -> tuple[Pose, Spot]:
        """Pose and spot, kept: the same instant is asked for by several."""
        if self._pose is None or self._pose[0] != time_s:
            spot = self.spot(time_s)
            there = self._way.pose(spot.station, spot.offset)
            self._pose = time_s, replace(there, yaw=there.yaw + spot.yaw), spot
        return self._pose[1], self._pose[2]

    def _moved(self) -> None:
        """Its motion is another one from now on."""
        self._pose = None


@dataclass(frozen=True)
class LaneChange:
    """From one offset to another [m] over a length of the lane [m], after signalling until a time.

    moved: so far [m].
    """

    start: float
    goal: float
    length: float
    signals_until_s: float
    moved: float = 0.0

    def offset(self, gone: float) -> tuple[float, float]:
        """The offset so much further on [m], and how it grows with the distance; smooth."""
        u = min((self.moved + gone) / self.length, 1.0)
        size = self.goal - self.start
        share = u**3 * (10.0 - 15.0 * u + 6.0 * u * u)
        return self.start + size * share, size * 30.0 * u * u * (1.0 - u) ** 2 / self.length


class Vehicle(Agent):
    """A vehicle on a lane: constant acceleration between two decisions, and lane changes.

    lane: that it is on or changes to. desired [m/s]. indicator: 1 left, -1 right, 0 off.
    """

    def __init__(
        self, serial: int, kind: Kind, way: Way, lane: Lane, manner: Manner, desired: float
    ) -> None:
        super().__init__(serial, kind, way)
        self.lane, self.manner, self.desired = lane, manner, desired
        self.pace, self.acceleration = 0.0, 0.0
        self.change: LaneChange | None = None
        self._time, self._station, self._stretch = 0.0, 0.0, 1.0

    @property
    def indicator(self) -> int:
        """Which way it blinks."""
        if self.change is None:
            return 0
        return 1 if self.lane.direction * (self.change.goal - self.change.start) > 0.0 else -1

    def put(self, time_s: float, station: float, pace: float) -> None:
        """Place it at this station with this speed [m/s]."""
        self._time, self._station, self.pace, self.acceleration = time_s, station, pace, 0.0
        self._turn_to_bend()

    def decide(self, time_s: float, acceleration: float) -> None:
        """Move on to this time, and accelerate with this from then on [m/s^2]."""
        gone, pace = self._gone(time_s)
        self._station += self.lane.direction * gone / self._stretch
        if self.change is not None and self._time >= self.change.signals_until_s:
            moved = self.change.moved + gone
            done = moved >= self.change.length
            self.change = None if done else replace(self.change, moved=moved)
        self._time, self.pace, self.acceleration = time_s, pace, acceleration
        self._turn_to_bend()

    def spot(self, time_s: float) -> Spot:
        gone, pace = self._gone(time_s)
        direction = self.lane.direction
        offset, slope = self._across(gone)
        yaw = math.atan(direction * slope)
        along, across = direction * pace * math.cos(yaw), pace * math.sin(direction * yaw)
        station = self._station + direction * gone / self._stretch
        return Spot(station, offset, along, across, yaw + (0.0 if direction > 0 else math.pi))

    def covers(self, time_s: float) -> tuple[float, float]:
        offset, half = self._across(self._gone(time_s)[0])[0], self.half_width
        goal = offset if self.change is None else self.change.goal
        return min(offset, goal) - half, max(offset, goal) + half

    def _gone(self, time_s: float) -> tuple[float, float]:
        """How far it has come since the decision [m], and its speed [m/s]."""
        t, a = time_s - self._time, self.acceleration
        if self.pace + a * t < 0.0:
            t = self.pace / -a
        return t * (self.pace + a * t / 2.0), max(self.pace + a * t, 0.0)

    def _across(self, gone: float) -> tuple[float, float]:
        """The offset so far after the decision [m], and how it grows with the distance."""
        change = self.change
        if change is None:
            return self.lane.offset, 0.0
        return change.offset(gone if self._time >= change.signals_until_s else 0.0)

    def _turn_to_bend(self) -> None:
        """A metre of the way is so many metres of the lane here."""
        offset = self._across(0.0)[0]
        self._stretch = max(1.0 - offset * self._way.curvature(self._station), 0.2)
        self._moved()

# SPDX-License-Identifier: Apache-2.0
"""Actors: things of a kind that stand or move by a script."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bulwark_world.kinds import Kind
from bulwark_world.line import Line
from bulwark_world.motion import Pose, SpeedProfile

FloatArray = npt.NDArray[np.float64]

STANDING = SpeedProfile(0.0)


class Thing(Protocol):
    """What sensors, truth and contact ask of anything in the world, by a script or by itself.

    stands: it never moves. is_away: it cannot be touched before it says otherwise.
    """

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> Kind: ...

    @property
    def stands(self) -> bool: ...

    @property
    def is_away(self) -> bool: ...

    def pose(self, time_s: float) -> Pose:
        """Its pose at a scenario time."""
        ...

    def velocity(self, time_s: float) -> tuple[float, float]:
        """Its velocity over ground in the world frame [m/s]."""
        ...

    def speed(self, time_s: float) -> float:
        """Its speed over ground [m/s]."""
        ...


@dataclass(frozen=True)
class Actor:
    """A thing in the world; where it is at a time is a pure function of that time.

    start: its centre at time 0 and its heading, along which it moves by its profile. path: a line
    from there that its centre follows instead.
    """

    name: str
    kind: Kind
    start: Pose
    profile: SpeedProfile = field(default=STANDING, compare=False)
    path: Line | None = field(default=None, compare=False)
    is_away = False

    @property
    def stands(self) -> bool:
        """Whether it never moves."""
        return self.profile is STANDING

    def pose(self, time_s: float) -> Pose:
        """Its pose at a scenario time."""
        if self.profile is STANDING:
            return self.start
        distance = self.profile.distance(time_s)
        return self.start.ahead(distance) if self.path is None else self.path.pose(distance)

    def heading(self, time_s: float) -> float:
        """The direction in which it moves [rad]."""
        if self.path is None:
            return self.start.yaw
        return self.path.heading(self.profile.distance(time_s))

    def speed(self, time_s: float) -> float:
        """Its speed [m/s]."""
        return self.profile.speed(time_s)

    def velocity(self, time_s: float) -> tuple[float, float]:
        """Its velocity over ground in the world frame [m/s]."""
        speed, yaw = self.profile.speed(time_s), self.heading(time_s)
        return speed * math.cos(yaw), speed * math.sin(yaw)

    def footprint(self, time_s: float) -> FloatArray:
        """Its outline on the ground in the world frame: (N, 2) [m]."""
        return self.pose(time_s).to_world(self.kind.outline)

# SPDX-License-Identifier: Apache-2.0
"""The own way: the line that the vehicle is meant to take through a place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bulwark_world.line import Line, Section
from bulwark_world.motion import Pose

_SECANT_STEPS = 12


@dataclass(frozen=True)
class Way:
    """Straight along x from `start` <= 0 to the origin, then these sections.

    A station is the distance from the origin along the way [m], negative before it; beyond its
    ends the way goes on straight. An offset is to the left [m]. It is where base_link shall go.
    """

    sections: tuple[Section, ...] = ()
    start: float = -60.0

    @cached_property
    def line(self) -> Line:
        """The whole way; its arc length is the station less `start`."""
        return Line([Section(-self.start), *self.sections], Pose(self.start))

    @property
    def end(self) -> float:
        """The last station [m]."""
        return self.start + self.line.length

    @cached_property
    def is_straight(self) -> bool:
        """Whether it is the x axis."""
        return all(section.is_straight for section in self.sections)

    def pose(self, station: float, offset: float = 0.0) -> Pose:
        """The place at this station and offset, and the direction of the way there."""
        if self.is_straight:
            return Pose(station, offset)
        return self.line.pose(station - self.start, offset)

    def curvature(self, station: float) -> float:
        """Left positive [1/m]."""
        return self.line.curvature(station - self.start)

    def project(self, x: float, y: float, near: float | None = None) -> tuple[float, float]:
        """Station and offset of a place; near: a station within 10 m where it is looked for."""
        if self.is_straight:
            return x, y
        arc, offset = self.line.project(x, y, None if near is None else near - self.start)
        return arc + self.start, offset

    def longer(self, before: float) -> Way:
        """The same way that begins so much earlier [m]."""
        return replace(self, start=self.start - before)


def bend(radius: float, angle: float, easing: float) -> tuple[Section, ...]:
    """A bend of this radius [m] by this angle [rad, left positive] between two clothoids.

    easing: length of each clothoid [m]; shorter where the angle is too small for an arc between.
    """
    easing = min(easing, abs(angle) * radius)
    curvature = math.copysign(1.0 / radius, angle)
    arc = abs(angle) * radius - easing
    return (
        Section(easing, 0.0, curvature),
        Section(arc, curvature, curvature),
        Section(easing, curvature, 0.0),
    )


def shift(offset: float, length: float) -> tuple[Section, ...]:
    """A lane change by an offset to the left [m] over a length [m], in four clothoids."""
    size, last = abs(offset), 0.0
    peak, before = 8.0 * size / length**2, 0.0  # exact for small angles
    for _ in range(_SECANT_STEPS):
        reached = _aside(_swerve(peak, length))
        if reached == before:
            break
        step = (size - reached) * (peak - last) / (reached - before)
        last, before, peak = peak, reached, peak + step
    return _swerve(math.copysign(peak, offset), length)


def _swerve(peak: float, length: float) -> tuple[Section, ...]:
    quarter = length / 4.0
    return (
        Section(quarter, 0.0, peak),
        Section(quarter, peak, 0.0),
        Section(quarter, 0.0, -peak),
        Section(quarter, -peak, 0.0),
    )


def _aside(sections: Sequence[Section]) -> float:
    line = Line(sections)
    return line.pose(line.length).y

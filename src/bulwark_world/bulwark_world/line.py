# SPDX-License-Identifier: Apache-2.0
"""Reference lines: straights, arcs and clothoids in a row, as in OpenDRIVE's plan view."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_world.motion import Pose

FloatArray = npt.NDArray[np.float64]

_SPACING = 0.25
"""Between the places whose poses are kept [m]; from there on a chord is exact to a micrometre."""
_NEWTON_STEPS = 4


@dataclass(frozen=True)
class Section:
    """A part of a line: its length [m], and its curvature at both ends, left positive [1/m].

    The curvature is linear in between: 0, 0 is a straight, k, k an arc, 0, k a clothoid.
    """

    length: float
    start_curvature: float = 0.0
    end_curvature: float = 0.0

    @property
    def is_straight(self) -> bool:
        """Whether it does not bend."""
        return self.start_curvature == self.end_curvature == 0.0


class Line:
    """A smooth line on the plane, known by its arc length s from 0 to `length` [m].

    Before its first and beyond its last point it goes on straight. An offset is to the left.
    """

    def __init__(self, sections: Iterable[Section], start: Pose = Pose()) -> None:  # noqa: B008
        self.sections = tuple(section for section in sections if section.length > 0.0)
        ends = np.cumsum([0.0, *(section.length for section in self.sections)])
        self._ends: FloatArray = ends
        turns = [(p.start_curvature + p.end_curvature) / 2.0 * p.length for p in self.sections]
        self._turned = np.cumsum([0.0, *turns]).tolist()
        self._borders = ends.tolist()
        self.length = float(ends[-1])
        self._arc: FloatArray = np.unique(
            np.concatenate([np.arange(0.0, self.length, _SPACING), ends])
        )
        curvature, heading = self._curvature_and_heading(self._arc)
        self._curvature, self._heading = curvature, heading + start.yaw
        middle = (self._arc[1:] + self._arc[:-1]) / 2.0
        towards = self._curvature_and_heading(middle)[1] + start.yaw
        dx, dy = _chord(np.diff(self._arc), self._heading[:-1], towards, self._heading[1:])
        self._x = start.x + np.concatenate([[0.0], np.cumsum(dx)])
        self._y = start.y + np.concatenate([[0.0], np.cumsum(dy)])

    def pose(self, s: float, offset: float = 0.0) -> Pose:
        """Where the line is at this arc length, or a place so far to its left [m]."""
        i = int(self._arc.searchsorted(s, side="right")) - 1
        i = min(max(i, 0), len(self._arc) - 1)
        x, y, yaw = float(self._x[i]), float(self._y[i]), float(self._heading[i])
        way = s - float(self._arc[i])
        if 0.0 <= s <= self.length and way > 0.0:
            heading, middle = self.heading(s), self.heading(s - way / 2.0)
            x += way * (math.cos(yaw) + 4.0 * math.cos(middle) + math.cos(heading)) / 6.0
            y += way * (math.sin(yaw) + 4.0 * math.sin(middle) + math.sin(heading)) / 6.0
            yaw = heading
        else:
            x, y = x + way * math.cos(yaw), y + way * math.sin(yaw)
        return Pose(x - offset * math.sin(yaw), y + offset * math.cos(yaw), yaw)

    def heading(self, s: float) -> float:
        """Its direction at this arc length [rad], not wrapped."""
        return float(self._heading[0]) + self._bend(min(max(s, 0.0), self.length))[1]

    def curvature(self, s: float) -> float:
        """At this arc length, left positive [1/m]; 0 beyond the ends."""
        if not 0.0 <= s <= self.length:
            return 0.0
        return self._bend(s)[0]

    def points(self, s: FloatArray, offset: float = 0.0) -> FloatArray:
        """Places (N, 2) at these arc lengths (N,) and this offset [m]."""
        poses = [self.pose(float(one), offset) for one in s]
        return np.array([(pose.x, pose.y) for pose in poses]).reshape(-1, 2)

    def project(self, x: float, y: float, near: float | None = None) -> tuple[float, float]:
        """Arc length and offset of the nearest place of the line [m].

        near: arc length in whose neighbourhood (10 m) it is looked for; None: everywhere.
        """
        s = self._nearest_knot(x, y, near)
        for _ in range(_NEWTON_STEPS):
            pose = self.pose(s)
            along, offset = _in_frame(pose, x, y)
            s += along / max(1.0 - self.curvature(s) * offset, 0.1)
        return s, _in_frame(self.pose(s), x, y)[1]

    def _nearest_knot(self, x: float, y: float, near: float | None) -> float:
        first, last = 0, len(self._arc)
        if near is not None:
            first, last = self._arc.searchsorted((near - 10.0, near + 10.0), side="left").tolist()
            if first == last:
                return near
        distance = (self._x[first:last] - x) ** 2 + (self._y[first:last] - y) ** 2
        return float(self._arc[first + int(distance.argmin())])

    def _bend(self, s: float) -> tuple[float, float]:
        """Curvature [1/m] and the turn since the start [rad] at one arc length."""
        if not self.sections:
            return 0.0, 0.0
        i = min(max(bisect_right(self._borders, s) - 1, 0), len(self.sections) - 1)
        section, way = self.sections[i], s - self._borders[i]
        first = section.start_curvature
        slope = (section.end_curvature - first) / section.length
        return first + slope * way, self._turned[i] + first * way + slope * way * way / 2.0

    def _curvature_and_heading(self, s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Curvature [1/m] and the turn since the start [rad] at these arc lengths."""
        if not self.sections:
            return np.zeros_like(s), np.zeros_like(s)
        index = np.searchsorted(self._ends, s, side="right") - 1
        index = np.clip(index, 0, len(self.sections) - 1)
        rows = np.array([(p.length, p.start_curvature, p.end_curvature) for p in self.sections])
        turns = rows[:, 0] * (rows[:, 1] + rows[:, 2]) / 2.0
        before = np.concatenate([[0.0], np.cumsum(turns)])[index]
        length, first, last = rows[index].T
        way = s - self._ends[index]
        slope = (last - first) / length
        return first + slope * way, before + first * way + slope * way**2 / 2.0


def _chord(
    way: FloatArray, first: FloatArray, middle: FloatArray, last: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """From end to end of a piece with these headings, by Simpson's rule: x and y [m]."""
    dx = way * (np.cos(first) + 4.0 * np.cos(middle) + np.cos(last)) / 6.0
    dy = way * (np.sin(first) + 4.0 * np.sin(middle) + np.sin(last)) / 6.0
    return dx, dy


def _in_frame(pose: Pose, x: float, y: float) -> tuple[float, float]:
    """A place along and to the left of a pose."""
    dx, dy = x - pose.x, y - pose.y
    cos, sin = math.cos(pose.yaw), math.sin(pose.yaw)
    return dx * cos + dy * sin, dy * cos - dx * sin

# SPDX-License-Identifier: Apache-2.0
"""Meshes along a way: a cross-section swept from station to station, and dashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_world.materials import Material
from bulwark_world.mesh import EMPTY, Mesh, merge
from bulwark_world.relief import Relief
from bulwark_world.way import Way

FloatArray = npt.NDArray[np.float64]

PAINT = 0.004
"""How far above the ground paint lies, so that rays meet it first [m]."""
_CURVED, _STRAIGHT = 1.5, 60.0
"""Longest pieces where the way bends and where it does not [m]: 1 cm off an arc of 25 m."""


@dataclass(frozen=True)
class Bed:
    """What is swept along: a way, and how it rises. relief: None for z = 0."""

    way: Way
    relief: Relief | None = None

    def stations(self, start: float, end: float) -> FloatArray:
        """Where pieces begin and end, so that they follow the way and its profile closely."""
        if end <= start:
            return np.empty(0)
        marks = [start, end]
        if self.relief is not None:
            marks += [s for s, _ in self.relief.profile if start < s < end]
        place = self.way.start
        for section in self.way.line.sections:
            marks += _inside(place, section.length, section.is_straight, start, end)
            place += section.length
        return np.unique(np.round(np.array(marks), 6))

    def height(self, station: float) -> float:
        """Z of the way [m]."""
        return self.relief.at(station) if self.relief else 0.0


def _inside(place: float, length: float, straight: bool, start: float, end: float) -> list[float]:
    first, last = max(place, start), min(place + length, end)
    if last <= first:
        return []
    pieces = max(1, round((last - first) / (_STRAIGHT if straight else _CURVED)))
    return [float(s) for s in np.linspace(first, last, pieces + 1)]


def sweep(
    bed: Bed,
    outline: Sequence[tuple[float, float]],
    start: float,
    end: float,
    material: Material,
) -> Mesh:
    """A surface through an open outline of (offset, height) points [m], from station to station."""
    stations = bed.stations(start, end)
    if len(stations) < 2:
        return EMPTY
    rows = []
    for station in stations:
        z = bed.height(float(station))
        for offset, height in outline:
            pose = bed.way.pose(float(station), offset)
            rows.append((pose.x, pose.y, z + height))
    wide, pieces = len(outline), len(stations) - 1
    triangles = []
    for row in range(pieces):
        for column in range(wide - 1):
            a = row * wide + column
            triangles += [(a, a + wide, a + 1), (a + 1, a + wide, a + wide + 1)]
    return Mesh(
        np.array(rows, np.float32),
        np.array(triangles, np.uint32),
        np.full(len(triangles), material, np.uint8),
    )


def block(
    bed: Bed, offset: float, width: float, low: float, high: float, start: float, end: float,
    material: Material,
) -> Mesh:  # fmt: skip
    """A long block about an offset, without ends: a kerb, a wall, a beam. All in [m]."""
    left, right = offset + width / 2.0, offset - width / 2.0
    outline = [(left, low), (left, high), (right, high), (right, low)]
    if low > 0.0:
        outline.append(outline[0])
    return sweep(bed, outline, start, end, material)


def stripes(
    bed: Bed, offset: float, width: float, dash: float, period: float, start: float, end: float
) -> Mesh:
    """A broken line of markings; a dash of 0 is a line without breaks. All in [m]."""
    left, right = offset + width / 2.0, offset - width / 2.0
    outline = [(left, PAINT), (right, PAINT)]
    if dash == 0.0:
        return sweep(bed, outline, start, end, Material.MARKING)
    first = np.ceil(start / period) * period
    return merge(
        sweep(bed, outline, float(s), min(float(s) + dash, end), Material.MARKING)
        for s in np.arange(first, end, period)
    )

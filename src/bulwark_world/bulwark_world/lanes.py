# SPDX-License-Identifier: Apache-2.0
"""Lanes of a place for its traffic: where they are, which way they go, how fast bends are taken."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bulwark_world.place import Place
from bulwark_world.way import Way

FloatArray = npt.NDArray[np.float64]

LATERAL = 2.0
"""With which lateral acceleration bends are taken [m/s^2]."""
_BRAKING = 1.0  # before them [m/s^2]
_STEP = 2.0
_LEAST = 2.5


@dataclass(frozen=True)
class Lane:
    """offset: of its middle from the way [m]. direction: 1 along the way, -1 against it."""

    offset: float
    width: float
    direction: int = 1


def lanes_of(place: Place, oncoming: int = 0) -> tuple[Lane, ...]:
    """From right to left; so many of the left ones lead against the way."""
    lines = place.lane_lines
    count = len(lines) - 1
    return tuple(
        Lane((a + b) / 2.0, b - a, -1 if i >= count - oncoming else 1)
        for i, (a, b) in enumerate(pairwise(lines))
    )


class BendSpeeds:
    """The speed at which a lane's bends are taken, with gentle braking before them [m/s]."""

    def __init__(self, way: Way, offset: float, direction: int, lateral: float = LATERAL) -> None:
        self._stations: list[float] = []
        self._speeds: list[float] = []
        if way.is_straight:
            return
        stations = np.arange(way.start, way.end + _STEP, _STEP)
        bends = np.array([way.curvature(float(s)) for s in stations])
        bends = np.abs(bends / np.maximum(1.0 - offset * bends, 0.2))
        squares = lateral / np.maximum(bends, 1e-6)
        order = range(len(stations) - 2, -1, -1) if direction > 0 else range(1, len(stations))
        for i in order:  # against the direction of travel
            squares[i] = min(squares[i], squares[i + direction] + 2.0 * _BRAKING * _STEP)
        self._stations = stations.tolist()
        self._speeds = np.maximum(np.sqrt(squares), _LEAST).tolist()

    def at(self, station: float) -> float:
        """The least of both stations around."""
        if not self._stations:
            return math.inf
        i = bisect_left(self._stations, station)
        last = len(self._stations) - 1
        return min(self._speeds[min(max(i - 1, 0), last)], self._speeds[min(i, last)])

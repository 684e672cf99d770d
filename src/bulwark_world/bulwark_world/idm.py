# SPDX-License-Identifier: Apache-2.0
"""The intelligent driver model over all that is on the lanes, compiled.

Treiber, Hennecke, Helbing, "Congested traffic states in empirical observations and microscopic
simulations", Phys. Rev. E 62 (2000). Above the desired speed it is given up comfortably instead of
by the fourth power, so that a speed limit ahead is no emergency.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

HARDEST = 8.0
"""No driver brakes harder [m/s^2]."""
_MIN_GAP = 0.1  # smaller gaps count as this one [m]
_RELAXATION_S = 0.7

LOW, HIGH, RIGHT, LEFT, ALONG, TURNED, OFFSET = range(7)
"""Columns of what is on the lanes: from and to station [m], from and to offset [m], speed along the
way [m/s], heading of the way there [rad], offset of the middle [m]."""
COLUMNS = 7


@dataclass(frozen=True)
class Manner:
    """How somebody drives. acceleration, deceleration: comfortable ones [m/s^2]; time_gap [s] and
    standstill_gap [m] to the one ahead.
    """

    acceleration: float = 1.4
    deceleration: float = 1.8
    time_gap: float = 1.5
    standstill_gap: float = 2.5

    @property
    def row(self) -> tuple[float, float, float, float]:
        """As the compiled functions take it."""
        return self.acceleration, self.deceleration, self.time_gap, self.standstill_gap


@numba.njit(cache=True, nogil=True)
def free(speed: float, desired: float, manner: tuple[float, float, float, float]) -> float:
    """Acceleration on a free road [m/s^2]; speeds [m/s]."""
    if speed >= desired:
        return max(-manner[1], (desired - speed) / _RELAXATION_S)
    return manner[0] * (1.0 - (speed / desired) ** 4)


@numba.njit(cache=True, nogil=True)
def interaction(
    speed: float, gap: float, leader: float, manner: tuple[float, float, float, float]
) -> float:
    """What a leader takes from the acceleration [m/s^2]: gap [m], its speed [m/s]."""
    acceleration, deceleration, time_gap, standstill_gap = manner
    root = 2.0 * math.sqrt(acceleration * deceleration)
    dynamic = speed * time_gap + speed * (speed - leader) / root
    return acceleration * ((standstill_gap + max(0.0, dynamic)) / max(gap, _MIN_GAP)) ** 2


@numba.njit(cache=True, nogil=True)
def acceleration(
    rows: FloatArray,
    me: int,
    direction: float,
    lane: tuple[float, float],
    speeds: tuple[float, float],
    manner: tuple[float, float, float, float],
) -> float:
    """The acceleration of one among all others, in a lane (right, left) that it needs free.

    rows: (N, COLUMNS), see LOW. direction: 1 along the way, -1 against it. speeds: own and desired
    one [m/s]. Every one ahead counts that reaches into the lane, not the nearest only: a pedestrian
    further on may ask for more than the car before.
    """
    most = 0.0
    middle = rows[me, LOW] + rows[me, HIGH]
    for j in range(len(rows)):
        if j == me or rows[j, LEFT] < lane[0] or rows[j, RIGHT] > lane[1]:
            continue
        if direction * (rows[j, LOW] + rows[j, HIGH] - middle) <= 0.0:
            continue
        gap = gap_to(rows, me, j, direction)
        most = max(most, interaction(speeds[0], gap, direction * rows[j, ALONG], manner))
    wish: float = free(speeds[0], speeds[1], manner) - most
    return max(wish, -HARDEST)


@numba.njit(cache=True, nogil=True)
def gap_to(rows: FloatArray, me: int, other: int, direction: float) -> float:
    """Free room to one ahead [m], along the own lane: it is shorter inside a bend."""
    gap: float = rows[other, LOW] - rows[me, HIGH]
    if direction < 0.0:
        gap = rows[me, LOW] - rows[other, HIGH]
    turned = rows[other, TURNED] - rows[me, TURNED]
    along: float = gap - direction * rows[me, OFFSET] * turned
    return along


@numba.njit(cache=True, nogil=True)
def one_behind(rows: FloatArray, me: int, direction: float, lane: tuple[float, float]) -> int:
    """The nearest one behind that reaches into a lane; -1 where there is none."""
    found, nearest = -1, math.inf
    middle = rows[me, LOW] + rows[me, HIGH]
    for j in range(len(rows)):
        if j == me or rows[j, LEFT] < lane[0] or rows[j, RIGHT] > lane[1]:
            continue
        behind = direction * (middle - rows[j, LOW] - rows[j, HIGH])
        if 0.0 <= behind < nearest:
            found, nearest = j, behind
    return found

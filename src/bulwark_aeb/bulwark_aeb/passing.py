# SPDX-License-Identifier: Apache-2.0
"""What a driver steers round without haste: no warning of it while that is still possible.

A guard rail in a bend and the cones of a lane that shifts are straight ahead of every driver, who
knows where the way leads. So a standing thing that is no vehicle is warned of only when braking and
comfortable steering have both become late. Braking itself does not wait for that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bulwark_core.objects import FloatArray, Motion, ObjectClass, TrackedObject

COMFORT = 3.0
"""Sideways acceleration of an ordinary drive [m/s^2]."""
CLEARANCE = 0.2
"""Kept beside what is passed [m]."""
SMALLEST_VEHICLE = 1.4
"""A thing that is shorter [m], in both directions, is no vehicle: no car is so narrow."""
LOWEST_VEHICLE = 0.9
"""Nor is one that is lower [m]."""
_VEHICLES = (ObjectClass.CAR, ObjectClass.TRUCK)
_SEAM = 0.3


def may_be_vehicle(item: TrackedObject) -> bool:
    """Whether it moves, is called a vehicle, or is as large as one and called nothing."""
    if item.motion is not Motion.STATIONARY or item.object_class in _VEHICLES:
        return True
    is_small = max(item.length, item.width) < SMALLEST_VEHICLE or item.height < LOWEST_VEHICLE
    return item.object_class is ObjectClass.UNKNOWN and not is_small


def sidestep(right: float, left: float, half_width: float) -> float:
    """How far aside a body of this half width must go to pass a thing [m].

    right, left: where the thing's edges are from the path, left positive [m].
    """
    return max(min(left + half_width, half_width - right) + CLEARANCE, 0.0)


def can_be_steered_round(aside: float, ttc: float) -> bool:
    """Whether comfortable steering gets that far aside [m] within this time [s]."""
    return ttc > math.sqrt(2.0 * aside / COMFORT)


def behind_a_barrier(gaps: Sequence[float], spans: FloatArray, half_width: float) -> list[bool]:
    """Which things lie beyond others that together close the whole width of the path.

    gaps: to N things [m]; spans: (N, 2) from where to where across the path those that stand and
    are no vehicles reach [m], NaN for others.
    """
    order = np.argsort(gaps, kind="stable").tolist()
    hidden = [False] * len(gaps)
    closed: FloatArray = np.empty((0, 2))
    for index in order:
        hidden[index] = _closes(closed, half_width)
        if not np.isnan(spans[index]).any():
            closed = np.concatenate([closed, spans[index : index + 1]])
    return hidden


def _closes(spans: FloatArray, half_width: float) -> bool:
    """Whether spans leave no gap from one side of the path to the other."""
    reached = -half_width
    for right, left in spans[np.argsort(spans[:, 0], kind="stable")].tolist():
        if right > reached + _SEAM:
            return False
        reached = max(reached, left)
    return reached >= half_width

# SPDX-License-Identifier: Apache-2.0
"""How much later a perfect brake could have started."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.vehicle import BrakeModel

FloatArray = npt.NDArray[np.float64]

_EARLIEST, _LATEST = -10.0, 30.0
_HALVINGS = 20  # to 40 us


@dataclass(frozen=True)
class Approach:
    """Two on one line: gap [m], speeds along the direction of travel [m/s].

    deceleration: of the one ahead, kept until it stands [m/s^2]; 0: it keeps its speed.
    """

    gap: float
    speed: float
    speed_ahead: float = 0.0
    deceleration: float = 0.0


def latest_brake_margin(brake: BrakeModel, approach: Approach) -> float:
    """Time from now until a full brake demand that just avoids contact [s].

    Negative: it should have come that much earlier, both at constant speed until now. Between -10
    and 30 s; 30 where no brake is needed.
    """
    low, high = _EARLIEST, _LATEST
    if _avoids(brake, approach, high):
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _avoids(brake, approach, middle) else (low, middle)
    return low


def travelled(brake: BrakeModel, speed: float, t: FloatArray) -> FloatArray:
    """Distance from a full demand at t = 0 on, until standstill [m]."""
    ramp = min(brake.deceleration / brake.jerk, math.sqrt(2.0 * speed / brake.jerk))
    rest = max(speed - brake.jerk * ramp**2 / 2.0, 0.0)
    rolling = np.clip(t, 0.0, brake.delay)
    building = np.clip(t - brake.delay, 0.0, ramp)
    full = np.clip(t - brake.delay - ramp, 0.0, rest / brake.deceleration)
    return np.asarray(
        speed * (rolling + building)
        - brake.jerk * building**3 / 6.0
        + rest * full
        - brake.deceleration * full**2 / 2.0
    )


def _avoids(brake: BrakeModel, approach: Approach, start: float) -> bool:
    """Whether a demand at `start` [s] leaves a gap until both have come to rest."""
    end = max(start + brake.stopping_time(approach.speed), _time_to_rest(approach))
    t = np.linspace(min(start, 0.0), end, 400, dtype=np.float64)
    own = approach.speed * np.minimum(t, start)
    own = own + travelled(brake, approach.speed, np.maximum(t - start, 0.0))
    ahead = _ahead(approach, t)
    return bool((approach.gap + ahead - own).min() > 0.0)


def _ahead(approach: Approach, t: FloatArray) -> FloatArray:
    slowing = np.clip(t, 0.0, _time_to_rest(approach)) if approach.deceleration > 0.0 else 0.0 * t
    steady = np.minimum(t, 0.0) if approach.deceleration > 0.0 else t
    return np.asarray(
        approach.speed_ahead * (steady + slowing) - approach.deceleration * slowing**2 / 2.0
    )


def _time_to_rest(approach: Approach) -> float:
    return approach.speed_ahead / approach.deceleration if approach.deceleration > 0.0 else 0.0

# SPDX-License-Identifier: Apache-2.0
"""How fast the wheel turns, and what that announces for the path."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bulwark_aeb.inputs import seconds
from bulwark_aeb.path import Path
from bulwark_core.frozen import replace
from bulwark_core.vehicle import VehicleParams

FILTER = 0.1
"""Time constant of the rate [s]."""
GAP = 0.5
"""Over a longer time without an angle no rate is known [s]."""
TURNS_FROM = 0.02
"""A slower wheel is held, as far as can be told [rad/s]."""
AHEAD = 1.0
"""A wheel that turns may go on turning for this long [s]."""


@dataclass(frozen=True)
class Steering:
    """The tyre angle at its stamp [rad], and its filtered rate [rad/s]."""

    stamp_ns: int
    angle: float
    rate: float = 0.0


def follow_wheel(known: Steering | None, angle: float, stamp_ns: int) -> Steering | None:
    """The estimate after one more status; None where the angle is not known."""
    if not math.isfinite(angle):
        return None
    step = 0.0 if known is None else seconds(stamp_ns - known.stamp_ns)
    if known is None or not 0.0 <= step <= GAP:
        return Steering(stamp_ns, angle)
    if step == 0.0:
        return known
    gain = step / (step + FILTER)
    rate = known.rate + gain * ((angle - known.angle) / step - known.rate)
    return Steering(stamp_ns, angle, rate)


def steered(path: Path, steering: Steering | None, vehicle: VehicleParams) -> Path:
    """The path of constant curvature that comes nearest to what a turning wheel leads to.

    The wheel may stop where it is, or go on for `AHEAD`: the middle of both, with their spread as
    its deviation. What grows evenly from nothing leads as far aside as a third of it all the time.
    """
    if steering is None or abs(steering.rate) < TURNS_FROM:
        return path
    goes_to = steering.angle + steering.rate * AHEAD
    most = vehicle.max_steering_angle
    goes_to = max(-most, min(most, goes_to))
    change = (math.tan(goes_to) - math.tan(steering.angle)) / vehicle.wheelbase / 3.0
    deviation = math.hypot(path.deviation, change / math.sqrt(12.0))
    return replace(path, curvature=path.curvature + change / 2.0, deviation=deviation)

# SPDX-License-Identifier: Apache-2.0
"""How the planner's trajectory bends the predicted path while it is followed.

The measured path tells the curvature now, the plan how it will change within the next second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bulwark_aeb.inputs import PlanPoint
from bulwark_aeb.params import PathParams
from bulwark_aeb.path import Path
from bulwark_core.frozen import replace

_NOW = 0.2
"""Over this time [s] the plan must agree with what is measured."""
_SHORTEST = 0.5
"""A way shorter than this [m] tells no curvature."""
_SAME = 1e-4


@dataclass(frozen=True)
class PlannedCurve:
    """Mean curvatures of the plan, left positive [1/m]: at present, and over its horizon."""

    now: float
    ahead: float


def planned_curve(
    points: Sequence[PlanPoint], age: float, reverse: bool, params: PathParams
) -> PlannedCurve | None:
    """What the plan says `age` seconds after its stamp; None where that tells nothing.

    points: ordered in time. reverse: the direction of travel, which must be the plan's.
    """
    if len(points) < 2 or points[-1].time < age + params.plan_horizon:
        return None
    table = np.array([(p.time, p.x, p.y, p.yaw) for p in points], dtype=float)
    steps = np.hypot(np.diff(table[:, 1]), np.diff(table[:, 2]))
    way = np.concatenate([[0.0], np.cumsum(steps)])
    times = np.array([age, age + _NOW, age + params.plan_horizon])
    gone = np.interp(times, table[:, 0], way)
    yaw = np.interp(times, table[:, 0], np.unwrap(table[:, 3]))
    backwards = sum(point.speed for point in points) < 0.0
    if gone[2] - gone[0] < _SHORTEST or backwards != reverse:
        return None
    sign = -1.0 if reverse else 1.0
    ahead = float(sign * (yaw[2] - yaw[0]) / (gone[2] - gone[0]))
    soon = gone[1] - gone[0]
    now = float(sign * (yaw[1] - yaw[0]) / soon) if soon > _SHORTEST / 10.0 else ahead
    return PlannedCurve(now, ahead)


def bend(path: Path, curve: PlannedCurve, params: PathParams) -> Path:
    """The path over the next second, from measurement and plan by their inverse variances.

    The measurement's variance grows by the change that the plan announces, the plan's by how much
    it differs from what the car does now: who does not follow the plan is not bent by it. Beyond
    what the errors explain, half of that difference is added to the deviation.
    """
    apart = curve.now - path.curvature
    measured = path.deviation**2 + (curve.ahead - curve.now) ** 2 + 1e-12
    planned = params.plan_deviation**2 + apart**2
    share = measured / (measured + planned)
    spread = math.hypot(path.deviation, params.plan_deviation)
    conflict = max(0.0, abs(apart) - 2.0 * spread) / 2.0
    deviation = math.sqrt(measured * planned / (measured + planned)) + conflict
    mean = path.curvature + share * (curve.ahead - path.curvature)
    if abs(mean - path.curvature) < _SAME and deviation <= path.deviation:
        return path
    return replace(path, curvature=mean, deviation=deviation)

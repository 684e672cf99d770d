# SPDX-License-Identifier: Apache-2.0
"""base_link at one time seen from base_link at another, in the plane."""

from __future__ import annotations

import math

import numpy as np

from bulwark_core.frozen import replace
from bulwark_core.geometry import Matrix, invert, rigid
from bulwark_core.objects import EgoMotion, FloatArray


def advance(ego: EgoMotion, stamp_ns: int) -> EgoMotion:
    """The motion at another time close by, at constant speed and yaw rate; time may go back."""
    dt = (stamp_ns - ego.stamp_ns) * 1e-9
    turned = ego.yaw_rate * dt
    way = chord(ego.speed * dt, turned)
    heading = ego.yaw + turned / 2.0
    return replace(
        ego,
        stamp_ns=stamp_ns,
        x=ego.x + way * math.cos(heading),
        y=ego.y + way * math.sin(heading),
        yaw=ego.yaw + turned,
    )


def chord(distance: float, turned: float) -> float:
    """Straight from end to end of an arc of this length [m] that turns by this angle [rad]."""
    return distance * float(np.sinc(turned / (2.0 * math.pi)))


def relative(then: EgoMotion, now: EgoMotion) -> Matrix:
    """Maps points in base_link at `then` into base_link at `now`: 4x4."""
    return invert(_pose(now)) @ _pose(then)


def _pose(ego: EgoMotion) -> Matrix:
    return rigid(ego.x, ego.y, yaw=ego.yaw)


def move(matrix: Matrix, xy: FloatArray) -> FloatArray:
    """Points (N, 2) through a 4x4 transform of the plane."""
    return np.asarray(xy @ matrix[:2, :2].T + matrix[:2, 3])


def yaw_of(matrix: Matrix) -> float:
    """The yaw of a 4x4 transform of the plane [rad]."""
    return math.atan2(matrix[1, 0], matrix[0, 0])

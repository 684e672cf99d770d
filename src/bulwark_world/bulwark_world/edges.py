# SPDX-License-Identifier: Apache-2.0
"""The edges of a box as the lidar sees them: near ones, far ones, and both ends of a face.

Each axis of a box has a lower and an upper edge. Where the sensor is beyond one of them, that
edge is near and the other one far, hidden behind it; else both are ends of the face it looks at.
Positions are those of the sensor's middle over ground: base_link's origin is near enough.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import TrackedObject

FloatArray = npt.NDArray[np.float64]

_GRAZED = 0.3  # sine of the angle at which beams meet a face that they still show all of


@dataclass(frozen=True)
class Edges:
    """Errors of a track along the two axes of the true box (length, width).

    near: of the near edge,
    positive away from the sensor [m], NaN where there is none. ends: mean error of both ends of a
    face outwards [m], NaN where there is none. depth:
    seen share of the box behind a near edge.
    """

    near: tuple[float, float]
    ends: tuple[float, float]
    depth: tuple[float, float]


def to_box(points: FloatArray, box: TrackedObject) -> FloatArray:
    """Points (N, 2) of base_link in the box's frame, x along its length."""
    cos, sin = math.cos(box.yaw), math.sin(box.yaw)
    return np.asarray((points - (box.x, box.y)) @ np.array([[cos, -sin], [sin, cos]]))


def sides_of_sensor(box: TrackedObject) -> tuple[int, int]:
    """For both axes of the box: -1 or 1 where base_link's origin is beyond that edge, else 0."""
    x, y = to_box(np.zeros((1, 2)), box)[0]
    return _side(float(x), box.length / 2.0), _side(float(y), box.width / 2.0)


def is_open(box: TrackedObject) -> tuple[bool, bool]:
    """For both axes of the box: whether a face along it is looked at, and not merely grazed.

    Then the whole of the box is seen along that axis, not only what lies behind its near edge.
    """
    own = np.abs(to_box(np.zeros((1, 2)), box)[0])
    beyond = own - (box.length / 2.0, box.width / 2.0)
    distance = max(float(np.hypot(*nearest_point(box))), 1e-3)
    return bool(beyond[1] > _GRAZED * distance), bool(beyond[0] > _GRAZED * distance)


def edges_of(footprint: FloatArray, truth: TrackedObject) -> Edges:
    """The errors of a footprint (N, 2) in base_link, in the frame of the true box."""
    outline = to_box(footprint, truth)
    low, high = outline.min(axis=0), outline.max(axis=0)
    beyond = sides_of_sensor(truth)
    rows = [
        _axis(side, float(low[k]), float(high[k]), size / 2.0)
        for k, (side, size) in enumerate(zip(beyond, (truth.length, truth.width), strict=True))
    ]
    near, ends, depth = (tuple(column) for column in zip(*rows, strict=True))
    return Edges(_two(near), _two(ends), _two(depth))


def nearest_point(box: TrackedObject) -> FloatArray:
    """The point of the box that is nearest to base_link's origin: (2,) [m]."""
    own = to_box(np.zeros((1, 2)), box)[0]
    half = np.array([box.length, box.width]) / 2.0
    x, y = np.clip(own, -half, half)
    cos, sin = math.cos(box.yaw), math.sin(box.yaw)
    return np.array([box.x + x * cos - y * sin, box.y + x * sin + y * cos])


def is_outside(point: FloatArray, box: TrackedObject) -> float:
    """How far a point (2,) is outside of the box, negative inside [m]."""
    x, y = np.abs(to_box(point[None], box)[0]) - (box.length / 2.0, box.width / 2.0)
    if x > 0.0 and y > 0.0:
        return float(math.hypot(x, y))
    return float(max(x, y))


def _side(place: float, half: float) -> int:
    return 0 if abs(place) <= half else int(math.copysign(1, place))


def _axis(side: int, low: float, high: float, half: float) -> tuple[float, float, float]:
    if side == 0:
        return math.nan, (high - low) / 2.0 - half, math.nan
    near = (half - high) if side > 0 else (low + half)
    return near, math.nan, (high - low) / (2.0 * half)


def _two(values: tuple[float, ...]) -> tuple[float, float]:
    return values[0], values[1]

# SPDX-License-Identifier: Apache-2.0
"""How much of each thing a roof lidar sees past the others, from boxes alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bulwark_core.objects import TrackedObject

SENSOR_X, SENSOR_Z = 1.0, 1.73
"""Where the lidar is in base_link [m]."""
_RAYS = 16


def visible_shares(items: Sequence[TrackedObject]) -> list[float]:
    """The share of each thing's bearings on which enough of it is seen, 0..1.

    On a bearing a thing is seen where it is higher, by a quarter of its height, than the line of
    sight over the highest thing before it.
    """
    spans = [_span(item) for item in items]
    return [_share(k, items, spans) for k in range(len(items))]


def _span(item: TrackedObject) -> tuple[float, float, float]:
    """Right and left bearing [rad], and the least distance of the box from the lidar [m]."""
    corners = item.corners() - (SENSOR_X, 0.0)
    middle = math.atan2(item.y, item.x - SENSOR_X)
    turns = (np.arctan2(corners[:, 1], corners[:, 0]) - middle + math.pi) % (2 * math.pi) - math.pi
    return (
        middle + float(turns.min()),
        middle + float(turns.max()),
        float(np.hypot(*corners.T).min()),
    )


def _share(
    k: int, items: Sequence[TrackedObject], spans: Sequence[tuple[float, float, float]]
) -> float:
    right, left, distance = spans[k]
    before = [
        (spans[j], items[j])
        for j in range(len(items))
        if j != k and spans[j][2] < distance and _meet(spans[j], spans[k])
    ]
    if not before:
        return 1.0
    top, low = _levels(items[k])
    seen = 0
    for ray in range(_RAYS):
        bearing = right + (ray + 0.5) / _RAYS * (left - right)
        hidden = max(
            (_shadow(span, item, distance) for span, item in before if _on(bearing, span)),
            default=-math.inf,
        )
        seen += top - max(hidden, low) > 0.25 * (top - low)
    return seen / _RAYS


def _meet(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    half = (one[1] - one[0] + other[1] - other[0]) / 2.0
    return abs(_turn((one[0] + one[1]) / 2.0 - (other[0] + other[1]) / 2.0)) < half


def _on(bearing: float, span: tuple[float, float, float]) -> bool:
    return abs(_turn(bearing - (span[0] + span[1]) / 2.0)) < (span[1] - span[0]) / 2.0


def _turn(angle: float) -> float:
    return (angle + math.pi) % (2.0 * math.pi) - math.pi


def _levels(item: TrackedObject) -> tuple[float, float]:
    return item.z + item.height / 2.0, item.z - item.height / 2.0


def _shadow(span: tuple[float, float, float], item: TrackedObject, distance: float) -> float:
    """Up to which height a thing hides what is at a distance [m]; what hangs hides nothing."""
    top, low = _levels(item)
    if low > SENSOR_Z:
        return -math.inf
    return SENSOR_Z + (top - SENSOR_Z) * distance / max(span[2], 0.1)

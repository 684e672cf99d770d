# SPDX-License-Identifier: Apache-2.0
"""What a standing obstacle is, by its measured box.

Each class has a range for the longer side, the shorter side and the height. A side fits fully
inside the range, by half at the documented threshold and not at all as far beyond it. The shorter
side has mostly no lower bound: a lidar sees the face towards it, not the depth. Where nothing fits
well the obstacle stays unknown, vegetation always does; an unknown obstacle counts as much.

| class         | longer side [m]   | shorter side [m] | height [m]  |
| ------------- | ----------------- | ---------------- | ----------- |
| pillar        | 0.3 to 1.0        | up to 1.0        | 1.2 or more |
| pole          | up to 0.35        | up to 0.35       | 1.0 or more |
| wall          | 2.0 or more       | up to 0.8        | 1.0 or more |
| wall (tall)   | 2.0 or more       | up to 1.6        | 2.2 or more |
| water barrier | 0.8 to 2.5        | 0.15 to 0.8      | 0.6 to 1.2  |
| crash barrel  | 0.4 to 0.8        | 0.18 to 0.8      | 0.7 to 1.2  |
| guard rail    | 3.25 or more      | up to 0.55       | 0.5 to 1.0  |
| kerb          | 1.5 or more       | up to 0.65       | 0.06 to 0.25 |
| cone          | 0.15 to 0.48      | up to 0.48       | 0.28 to 0.85 |
"""

from __future__ import annotations

import numpy as np

from bulwark_core.objects import FloatArray, ObjectClass, TrackedObject

CERTAINTY = 0.95
"""The most that a shape alone tells."""
HIDDEN_HEIGHT = 0.4
"""How much of an obstacle's foot may be taken for ground or hidden [m]."""
_ANY = 1e3
"""Larger than anything [m]."""

Range = tuple[float, float, float, float]
"""Fits from 0 at the first to 1 at the second, and from 1 at the third to 0 at the fourth [m]."""


def _up_to(full: float, none: float) -> Range:
    return -2.0, -1.0, full, none


def _from(none: float, full: float) -> Range:
    return none, full, _ANY, 2.0 * _ANY


TEMPLATES: tuple[tuple[ObjectClass, Range, Range, Range], ...] = (
    (ObjectClass.PILLAR, (0.25, 0.35, 0.8, 1.2), _up_to(0.8, 1.2), _from(1.0, 1.4)),
    (ObjectClass.POLE, _up_to(0.25, 0.45), _up_to(0.25, 0.45), _from(0.8, 1.2)),
    (ObjectClass.WALL, _from(1.5, 2.5), _up_to(0.6, 1.0), _from(0.8, 1.2)),
    (ObjectClass.WALL, _from(1.5, 2.5), _up_to(1.2, 2.0), _from(1.8, 2.6)),
    (ObjectClass.WATER_BARRIER, (0.6, 1.0, 2.2, 2.8), (0.0, 0.3, 0.6, 1.0), (0.5, 0.7, 1.1, 1.3)),
    (ObjectClass.CRASH_BARREL, (0.3, 0.5, 0.7, 0.9), (0.0, 0.36, 0.7, 0.9), (0.6, 0.8, 1.1, 1.3)),
    (ObjectClass.GUARD_RAIL, _from(2.5, 4.0), _up_to(0.4, 0.7), (0.4, 0.6, 0.9, 1.1)),
    (ObjectClass.KERB, _from(1.0, 2.0), _up_to(0.5, 0.8), (0.04, 0.08, 0.2, 0.3)),
    (ObjectClass.CONE, (0.1, 0.2, 0.4, 0.56), _up_to(0.4, 0.56), (0.21, 0.35, 0.75, 0.95)),
)
"""Class, then the ranges of the longer side, the shorter side and the height."""

_KINDS = np.array([kind for kind, *_ in TEMPLATES])
_LOW, _FULL_FROM, _FULL_TO, _HIGH = np.moveaxis(np.array([row[1:] for row in TEMPLATES]), 2, 0)


def fits(tracked: TrackedObject) -> FloatArray:
    """How well each class fits the box: (number of classes,) 0..1."""
    longer, shorter = max(tracked.length, tracked.width), min(tracked.length, tracked.width)
    sides = np.array([longer, shorter, _height_above_ground(tracked)])
    rise, fall = (sides - _LOW) / (_FULL_FROM - _LOW), (_HIGH - sides) / (_HIGH - _FULL_TO)
    worst = np.minimum(rise, fall).min(axis=1)
    found = np.zeros(len(ObjectClass))
    np.maximum.at(found, _KINDS, np.minimum(worst, 1.0))
    return found


def _height_above_ground(tracked: TrackedObject) -> float:
    """Up to the top, also where the foot was not measured."""
    top = tracked.z + tracked.height / 2.0
    return min(max(top, tracked.height), tracked.height + HIDDEN_HEIGHT)


def decide(evidence: FloatArray, min_probability: float) -> tuple[ObjectClass, float]:
    """The best class and its probability, lower where others fit too; else UNKNOWN and 0."""
    best = int(np.argmax(evidence))
    share = float(evidence[best] / max(evidence.sum(), 1e-9))
    probability = CERTAINTY * float(evidence[best]) * share
    if probability <= 0.0 or probability < min_probability:
        return ObjectClass.UNKNOWN, 0.0
    return ObjectClass(best), probability

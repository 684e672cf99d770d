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

from dataclasses import dataclass

import numpy as np

from bulwark_core.objects import FloatArray, ObjectClass, TrackedObject

CERTAINTY = 0.95
"""The most that a shape alone tells."""
HIDDEN_HEIGHT = 0.4
"""How much of an obstacle's foot may be taken for ground or hidden [m]."""
_INF = float("inf")


@dataclass(frozen=True)
class Range:
    """Fits from 0 at `low[0]` to 1 at `low[1]`, and from 1 at `high[0]` to 0 at `high[1]` [m]."""

    low: tuple[float, float]
    high: tuple[float, float]

    def fit(self, value: float) -> float:
        """How well a value fits: 0..1."""
        rise = _ramp(value, *self.low)
        fall = 1.0 - _ramp(value, *self.high)
        return min(rise, fall)


def _ramp(value: float, start: float, end: float) -> float:
    if start == end:  # no bound
        return float(value >= start)
    return min(max((value - start) / (end - start), 0.0), 1.0)


def _up_to(full: float, none: float) -> Range:
    return Range((-_INF, -_INF), (full, none))


def _from(none: float, full: float) -> Range:
    return Range((none, full), (_INF, _INF))


TEMPLATES: tuple[tuple[ObjectClass, Range, Range, Range], ...] = (
    (ObjectClass.PILLAR, Range((0.25, 0.35), (0.8, 1.2)), _up_to(0.8, 1.2), _from(1.0, 1.4)),
    (ObjectClass.POLE, _up_to(0.25, 0.45), _up_to(0.25, 0.45), _from(0.8, 1.2)),
    (ObjectClass.WALL, _from(1.5, 2.5), _up_to(0.6, 1.0), _from(0.8, 1.2)),
    (ObjectClass.WALL, _from(1.5, 2.5), _up_to(1.2, 2.0), _from(1.8, 2.6)),
    (
        ObjectClass.WATER_BARRIER,
        Range((0.6, 1.0), (2.2, 2.8)),
        Range((0.0, 0.3), (0.6, 1.0)),
        Range((0.5, 0.7), (1.1, 1.3)),
    ),
    (
        ObjectClass.CRASH_BARREL,
        Range((0.3, 0.5), (0.7, 0.9)),
        Range((0.0, 0.36), (0.7, 0.9)),
        Range((0.6, 0.8), (1.1, 1.3)),
    ),
    (ObjectClass.GUARD_RAIL, _from(2.5, 4.0), _up_to(0.4, 0.7), Range((0.4, 0.6), (0.9, 1.1))),
    (ObjectClass.KERB, _from(1.0, 2.0), _up_to(0.5, 0.8), Range((0.04, 0.08), (0.2, 0.3))),
    (
        ObjectClass.CONE,
        Range((0.1, 0.2), (0.4, 0.56)),
        _up_to(0.4, 0.56),
        Range((0.21, 0.35), (0.75, 0.95)),
    ),
)


def fits(tracked: TrackedObject) -> FloatArray:
    """How well each class fits the box: (number of classes,) 0..1."""
    longer, shorter = max(tracked.length, tracked.width), min(tracked.length, tracked.width)
    height = _height_above_ground(tracked)
    found = np.zeros(len(ObjectClass))
    for kind, of_longer, of_shorter, of_height in TEMPLATES:
        fit = min(of_longer.fit(longer), of_shorter.fit(shorter), of_height.fit(height))
        found[kind] = max(found[kind], fit)
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

# SPDX-License-Identifier: Apache-2.0
"""What a standing obstacle is, by the measures of its shape (`shapes.py`) and its brightness.

Each class has a range for some of the measures. A measure fits fully inside the range, by half at
the documented threshold and not at all as far beyond it; the worst counts. One scan suffices. The
shorter side has mostly no lower bound: a lidar sees the face towards it, not the depth. Where
nothing fits well the obstacle stays unknown; an unknown obstacle counts as much.

| class         | longer side [m] | shorter side [m] | height [m]   | and |
| ------------- | --------------- | ---------------- | ------------ | --- |
| pole          | up to 0.40      |                  | 0.83 or more | |
| pillar        | 0.30 to 1.05    |                  | 1.15 or more | |
| wall          | 1.25 or more    | up to 1.0        | 1.0 or more  | a third as thick as long |
| wall          | 1.25 or more    | up to 0.5        | 1.0 or more  | |
| wall (thick)  | 1.25 or more    | up to 2.1        | 1.95 or more | half as thick, straight |
| wall (corner) | 2.0 or more     |                  | 2.05 or more | outline a triangle |
| vegetation    |                 | 0.6 or more      | 0.45 or more | thick, outline not straight |
| water barrier | 0.8 to 2.5      | 0.15 to 0.8      | 0.6 to 1.2   | not round |
| crash barrel  | 0.4 to 0.95     | 0.18 to 0.95     | 0.7 to 1.2   | round rather than cornered |
| guard rail    | 1.75 or more    | up to 0.55       | 0.5 to 1.0   | |
| kerb          | 1.5 or more     | up to 0.65       | 0.06 to 0.25 | |
| cone          | 0.15 to 0.48    | up to 0.48       | 0.28 to 0.85 | |

Things with reflectors (barrel, barrier, rail, cone) are likelier where the lidar finds the obstacle
bright, and less likely where it is dark. A pillar's corners or roundness do not change its class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bulwark_core.objects import FloatArray, ObjectClass, TrackedObject
from bulwark_obstacles.shapes import (
    FILL,
    HEIGHT,
    LONGER,
    RATIO,
    ROUND,
    SHORTER,
    STRAIGHT,
    measure,
)
from bulwark_obstacles.table import IntArray, make_table

CERTAINTY = 0.95
"""The most that a shape alone tells."""
CLASSES = len(ObjectClass)
_ANY = 1e3
"""Larger than any measure."""

Range = tuple[float, float, float, float]
"""Fits from 0 at the first to 1 at the second, and from 1 at the third to 0 at the fourth."""


def _up_to(full: float, none: float) -> Range:
    return -2.0 * _ANY, -_ANY, full, none


def _from(none: float, full: float) -> Range:
    return none, full, _ANY, 2.0 * _ANY


_C = ObjectClass
TEMPLATES: tuple[tuple[ObjectClass, float, Mapping[int, Range]], ...] = (
    (_C.POLE, 1.0, {LONGER: _up_to(0.35, 0.45), HEIGHT: _from(0.7, 0.95)}),
    (_C.PILLAR, 1.0, {LONGER: (0.25, 0.35, 0.8, 1.3), HEIGHT: _from(1.0, 1.3)}),
    (
        _C.WALL,
        1.0,
        {
            LONGER: _from(1.0, 1.5),
            SHORTER: _up_to(0.8, 1.2),
            HEIGHT: _from(0.8, 1.2),
            RATIO: _up_to(0.26, 0.4),
        },
    ),
    (
        _C.WALL,
        1.0,
        {LONGER: _from(1.0, 1.5), SHORTER: _up_to(0.4, 0.6), HEIGHT: _from(0.8, 1.2)},
    ),
    (
        _C.WALL,
        1.0,
        {
            LONGER: _from(1.5, 2.5),
            HEIGHT: _from(1.9, 2.2),
            FILL: _up_to(0.62, 0.72),
            STRAIGHT: _from(0.68, 0.8),
        },
    ),
    (
        _C.WALL,
        1.0,
        {
            LONGER: _from(1.0, 1.5),
            SHORTER: _up_to(1.9, 2.3),
            HEIGHT: _from(1.8, 2.1),
            RATIO: _up_to(0.4, 0.55),
            STRAIGHT: _from(0.68, 0.8),
        },
    ),
    (
        _C.VEGETATION,
        0.5,
        {
            SHORTER: _from(0.4, 0.8),
            HEIGHT: _from(0.3, 0.6),
            RATIO: _from(0.25, 0.35),
            STRAIGHT: _up_to(0.75, 0.88),
        },
    ),
    (
        _C.WATER_BARRIER,
        1.0,
        {
            LONGER: (0.6, 1.0, 2.2, 2.8),
            SHORTER: (0.0, 0.3, 0.6, 1.0),
            HEIGHT: (0.5, 0.7, 1.1, 1.3),
            ROUND: _up_to(0.6, 1.2),
        },
    ),
    (
        _C.CRASH_BARREL,
        1.0,
        {
            LONGER: (0.3, 0.5, 0.85, 1.05),
            SHORTER: (0.0, 0.36, 0.85, 1.05),
            HEIGHT: (0.6, 0.8, 1.1, 1.3),
            ROUND: _from(-1.2, 0.4),
        },
    ),
    (
        _C.GUARD_RAIL,
        1.0,
        {
            LONGER: _from(1.0, 2.5),
            SHORTER: _up_to(0.4, 0.7),
            HEIGHT: (0.4, 0.6, 0.9, 1.1),
        },
    ),
    (
        _C.KERB,
        1.0,
        {
            LONGER: _from(1.0, 2.0),
            SHORTER: _up_to(0.5, 0.8),
            HEIGHT: (0.04, 0.08, 0.2, 0.3),
        },
    ),
    (
        _C.CONE,
        1.0,
        {
            LONGER: (0.1, 0.2, 0.4, 0.56),
            SHORTER: _up_to(0.4, 0.56),
            HEIGHT: (0.21, 0.35, 0.75, 0.95),
        },
    ),
)
"""Class, the most it can fit, and the ranges of those measures that count."""

_KINDS = np.array([kind for kind, *_ in TEMPLATES])
_MOST = np.array([most for _, most, _ in TEMPLATES])
_COUNTS = np.array([len(ranges) for *_, ranges in TEMPLATES])
_FIRST = np.cumsum(_COUNTS) - _COUNTS
_MEASURES = np.array([measure for *_, ranges in TEMPLATES for measure in ranges])
_LOW, _FULL_FROM, _FULL_TO, _HIGH = np.array(
    [row for *_, ranges in TEMPLATES for row in ranges.values()]
).T
_REFLECTORS = np.zeros(CLASSES)
_REFLECTORS[[_C.CRASH_BARREL, _C.WATER_BARRIER, _C.GUARD_RAIL, _C.CONE]] = 1.0
_BRIGHTNESS_GAIN = 0.15
"""How much a doubling of the brightness changes the fit of what has reflectors."""


def fits(measures: FloatArray, brightness: FloatArray) -> FloatArray:
    """How well each class fits each of N objects: (N, CLASSES) 0..1.

    measures: (N, MEASURES); brightness: (N,), NaN where it is not known.
    """
    values = measures[:, _MEASURES]
    rise = (values - _LOW) * (1.0 / (_FULL_FROM - _LOW))
    fall = (_HIGH - values) * (1.0 / (_HIGH - _FULL_TO))
    worst = np.minimum.reduceat(np.minimum(rise, fall), _FIRST, axis=1)
    worst = np.clip(worst, 0.0, 1.0) * _MOST
    found = np.zeros((len(measures), CLASSES))
    for row, kind in enumerate(_KINDS):
        np.maximum(found[:, kind], worst[:, row], out=found[:, kind])
    return np.minimum(found * _by_brightness(brightness), 1.0)


def _by_brightness(brightness: FloatArray) -> FloatArray:
    doublings = np.log2(np.clip(np.nan_to_num(brightness, nan=1.0), 0.5, 2.0))
    return np.asarray(1.0 + _BRIGHTNESS_GAIN * doublings[:, None] * _REFLECTORS)


def decide(evidence: FloatArray, min_probability: float) -> tuple[IntArray, FloatArray]:
    """The best class of N objects and its probability, lower where others fit too: (N,) each.

    evidence: (N, CLASSES). Where the probability is too low they are UNKNOWN and 0.
    """
    best = evidence.argmax(axis=1)
    most = evidence[np.arange(len(best)), best]
    share = most / np.maximum(evidence.sum(axis=1), 1e-9)
    probability = CERTAINTY * np.minimum(most, 1.0) * share
    unsure = (probability <= 0.0) | (probability < min_probability)
    return np.where(unsure, int(_C.UNKNOWN), best), np.where(unsure, 0.0, probability)


def surer(tracked: TrackedObject, kind: int, probability: float) -> tuple[ObjectClass, float]:
    """Class and probability of the surer source: the object's own or these."""
    own = tracked.object_class
    if own is not _C.UNKNOWN and tracked.class_probability >= probability:
        return own, tracked.class_probability
    return _MEMBERS[kind], probability


def classified(
    objects: Sequence[TrackedObject], min_probability: float, lidar: tuple[float, float]
) -> list[TrackedObject]:
    """The objects with the class that one look at each tells, for whoever has a single scan."""
    table = make_table(objects)
    evidence = fits(measure(table, np.array(lidar)), table.brightness)
    kinds, probabilities = decide(evidence, min_probability)
    named = map(surer, objects, kinds.tolist(), probabilities.tolist())
    return [
        tracked.but(object_class=kind, class_probability=probability)
        for tracked, (kind, probability) in zip(objects, named, strict=True)
    ]


_MEMBERS = tuple(ObjectClass)

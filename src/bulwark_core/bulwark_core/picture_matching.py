# SPDX-License-Identifier: Apache-2.0
"""Which box that a detector found in a picture is which thing that was measured around the car."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import FloatArray
from bulwark_core.projection import PictureBoxes

MIN_SCORE = 0.35
"""Worse pairs are none."""
_MIN_VISIBLE = 0.25  # of which less is seen than this is not what a detector found
_MIN_ROWS = 0.3  # share of the lower box's rows that both must have
_GATE = 3.0  # standard deviations between both ranges
_DEPTH_STD = 0.6  # what outlines and feet differ in by themselves [m]
_MOST_LOSS = 0.4  # of the score, at the gate


@dataclass(frozen=True)
class Found:
    """M boxes of a detector.

    boxes: (M, 4) x_min, y_min, x_max, y_max [px]. depth, depth_std: (M,) along the optical axis,
    by the foot on the ground [m]; NaN where that is not known.
    """

    boxes: FloatArray
    depth: FloatArray
    depth_std: FloatArray


@dataclass(frozen=True)
class Pair:
    """A solid and a box that are the same thing, and how well they fit, 0..1."""

    solid: int
    box: int
    score: float


def match(solids: PictureBoxes, found: Found) -> list[Pair]:
    """The pairs, best first, one to one.

    Columns count most: a scan may not reach a thing's top, and a box ends at the ground. Where
    one thing is partly behind another, a detector's box may show all of it or the part in sight.
    """
    scores = _scores(solids, found)
    pairs: list[Pair] = []
    if scores.size == 0:
        return pairs
    free_solids, free_boxes = np.ones(scores.shape[0], bool), np.ones(scores.shape[1], bool)
    for flat in np.argsort(-scores, axis=None, kind="stable"):
        solid, box = (int(i) for i in np.unravel_index(flat, scores.shape))
        score = float(scores[solid, box])
        if score < MIN_SCORE:
            break
        if free_solids[solid] and free_boxes[box]:
            free_solids[solid] = free_boxes[box] = False
            pairs.append(Pair(solid, box, score))
    return pairs


def _scores(solids: PictureBoxes, found: Found) -> FloatArray:
    """How well each solid fits each box: (N, M), 0 where it cannot be."""
    x = found.boxes[:, [0, 2]]
    columns = np.maximum(_overlap(solids.boxes[:, [0, 2]], x), _overlap(solids.columns, x))
    rows = _shared(solids.boxes[:, [1, 3]], found.boxes[:, [1, 3]])
    misfit = np.abs(solids.depth[:, None] - found.depth) / np.hypot(found.depth_std, _DEPTH_STD)
    misfit = np.nan_to_num(misfit, nan=0.0)
    possible = (solids.seen & (solids.visible >= _MIN_VISIBLE))[:, None]
    possible = possible & (rows >= _MIN_ROWS) & (misfit <= _GATE)
    return np.asarray(np.where(possible, columns * (1.0 - _MOST_LOSS * misfit / _GATE), 0.0))


def _common(a: FloatArray, b: FloatArray) -> FloatArray:
    """How much intervals (N, 2) and (M, 2) share: (N, M)."""
    low, high = np.maximum(a[:, None, 0], b[:, 0]), np.minimum(a[:, None, 1], b[:, 1])
    return np.asarray(np.maximum(high - low, 0.0))


def _overlap(a: FloatArray, b: FloatArray) -> FloatArray:
    """Intersection over union of intervals: (N, M)."""
    common = _common(a, b)
    union = (a[:, 1] - a[:, 0])[:, None] + (b[:, 1] - b[:, 0]) - common
    return np.asarray(common / np.maximum(union, 1e-9))


def _shared(a: FloatArray, b: FloatArray) -> FloatArray:
    """What intervals share as a part of the shorter: (N, M)."""
    shorter = np.minimum((a[:, 1] - a[:, 0])[:, None], b[:, 1] - b[:, 0])
    return np.asarray(_common(a, b) / np.maximum(shorter, 1e-9))


def unmatched(pairs: list[Pair], count: int) -> npt.NDArray[np.bool_]:
    """Which of `count` solids are in no pair: (count,)."""
    free = np.ones(count, dtype=np.bool_)
    free[[pair.solid for pair in pairs]] = False
    return free

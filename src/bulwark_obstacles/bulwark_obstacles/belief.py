# SPDX-License-Identifier: Apache-2.0
"""What is believed of a known obstacle's class, from all looks at it: one row of numbers.

A row holds how well the classes fit (smoothed over the scans), how a camera called it (smoothed
over the pictures), and mean and variance of the sides of its box. Leaves and twigs let some beams
through, so that the extent of vegetation changes from scan to scan as that of no other thing does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bulwark_core.objects import FloatArray, ObjectClass
from bulwark_obstacles.classify import CLASSES
from bulwark_obstacles.shapes import LONGER, SHORTER

_FITS, _VOTES = slice(0, CLASSES), slice(CLASSES, 2 * CLASSES)
_MEAN, _VARIANCE = 2 * CLASSES, 2 * CLASSES + 1
WIDTH = 2 * CLASSES + 2
"""Numbers in a row."""
_USUAL = 0.06  # deviation of the sides' sum from scan to scan, over that sum
_LEAST_VIEW = 0.3  # the sides' sum over its mean that still counts
_STEADIEST, _LIVELIEST = 0.6, 1.5  # what vegetation fits where nothing, or twice that, changes


def learn(
    known: Sequence[FloatArray | None],
    fits: FloatArray,
    measures: FloatArray,
    votes: FloatArray,
    weight: FloatArray,
    vote_weight: float,
) -> FloatArray:
    """The rows (M, WIDTH) after one more look at M obstacles; None: the first look.

    votes: (M, CLASSES) what a new picture calls them, rows of zeros where it does not show them.
    weight: (M,) of this look against all before; vote_weight: the same of the picture.
    """
    rows = np.empty((len(fits), WIDTH))
    size = measures[:, LONGER] + measures[:, SHORTER]
    rows[:, _FITS], rows[:, _VOTES] = fits, votes
    rows[:, _MEAN], rows[:, _VARIANCE] = size, (_USUAL * size) ** 2
    again = np.array([row is not None for row in known], dtype=bool)
    if again.any():
        old = np.array([row for row in known if row is not None])
        rows[again] = _smoothed(old, rows[again], weight[again], vote_weight)
    return rows


def _smoothed(
    old: FloatArray, new: FloatArray, weight: FloatArray, vote_weight: float
) -> FloatArray:
    """The rows after another look, of which a view that shows much less than usual counts less."""
    share = new[:, _MEAN] / np.maximum(old[:, _MEAN], 1e-6)
    weight = (weight * np.clip(share, _LEAST_VIEW, 1.0) ** 2)[:, None]
    rows = old + weight * (new - old)
    is_called = np.any(new[:, _VOTES] > 0.0, axis=1, keepdims=True)
    votes = old[:, _VOTES] + vote_weight * (new[:, _VOTES] - old[:, _VOTES])
    rows[:, _VOTES] = np.where(is_called, votes, old[:, _VOTES])
    change = new[:, _MEAN] - old[:, _MEAN]
    rows[:, _VARIANCE] = (1.0 - weight[:, 0]) * (old[:, _VARIANCE] + weight[:, 0] * change**2)
    return rows


def has_votes(rows: FloatArray) -> bool:
    """Whether a camera has called any of the obstacles anything."""
    return bool((rows[:, _VOTES] > 0.0).any())


def evidence(rows: FloatArray, camera_weight: float) -> FloatArray:
    """How much speaks for each class of M obstacles: (M, CLASSES)."""
    total = rows[:, _FITS] + camera_weight * rows[:, _VOTES]
    total[:, ObjectClass.VEGETATION] *= _liveliness(rows)
    return total


def _liveliness(rows: FloatArray) -> FloatArray:
    deviation = np.sqrt(rows[:, _VARIANCE]) / np.maximum(rows[:, _MEAN], 1e-6)
    found = np.interp(deviation, (0.0, _USUAL, 2 * _USUAL), (_STEADIEST, 1.0, _LIVELIEST))
    return np.asarray(found)

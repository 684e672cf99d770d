# SPDX-License-Identifier: Apache-2.0
"""What can be seen from a place: lines of sight past other things, with their heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

IN_SIGHT = 0.5
"""The share of a thing that must be in view for it to count as seen."""
_SAMPLES = 9


@dataclass(frozen=True)
class Standing:
    """Something upright: outline (N, 2) [m], convex; from `low` to `high` above the ground [m]."""

    outline: FloatArray
    low: float
    high: float


def share_in_sight(eye: FloatArray, thing: Standing, others: Sequence[Standing]) -> float:
    """The share 0..1 of a thing's width of which the top can be seen past others.

    eye: x, y and height [m], (3,).
    """
    points = _across(eye[:2], thing.outline)
    hidden = np.zeros(len(points), dtype=bool)
    for other in others:
        hidden |= _hidden(eye, points, thing.high, other)
    return float(1.0 - hidden.mean())


def _across(eye: FloatArray, outline: FloatArray) -> FloatArray:
    """Points between the two corners that limit the outline's view from the eye: (S, 2)."""
    middle = outline.mean(axis=0) - eye
    left = np.array([-middle[1], middle[0]])
    to = outline - eye
    angle = np.arctan2(to @ left, to @ middle)
    ends = outline[[int(angle.argmin()), int(angle.argmax())]]
    share = np.linspace(0.02, 0.98, _SAMPLES)[:, None]
    return np.asarray(ends[0] + share * (ends[1] - ends[0]))


def _hidden(eye: FloatArray, points: FloatArray, top: float, other: Standing) -> FloatArray:
    """Which lines from the eye to the points at height `top` meet the other: (S,) bool."""
    start, ends = other.outline, np.roll(other.outline, -1, axis=0)
    ray = points[:, None, :] - eye[:2]
    edge = (ends - start)[None, :, :]
    offset = (start - eye[:2])[None, :, :]
    cross = _cross(ray, edge)
    safe = np.where(np.abs(cross) < 1e-12, np.inf, cross)
    along, across = _cross(offset, edge) / safe, _cross(offset, ray) / safe
    height = eye[2] + along * (top - eye[2])
    meets = (along > 0.0) & (along < 1.0) & (across >= 0.0) & (across <= 1.0)
    return np.asarray((meets & (height > other.low) & (height < other.high)).any(axis=1))


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])

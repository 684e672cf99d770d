# SPDX-License-Identifier: Apache-2.0
"""Keeps a report small: fewer frames, points, pictures and samples, chosen always the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from bulwark_core.objects import FloatArray

MAX_FRAMES = 900
MAX_SAMPLES = 1600
"""Samples of a curve: about two a pixel."""
MAX_POINTS = 1500
"""Obstacle points of one frame."""
POINT_BUDGET = 200_000
"""Obstacle points of all frames; 5.4 bytes each."""
PICTURE_BUDGET = 900_000
"""Bytes of all camera pictures before base64."""

T = TypeVar("T")


def spread(items: Sequence[T], most: int) -> list[T]:
    """At most `most` items, evenly spread, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    return [items[i] for i in np.linspace(0, len(items) - 1, most).round().astype(int)]


def thin_curve(t_s: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A curve with at most MAX_SAMPLES samples that still shows every peak.

    Of each of equal stretches the smallest and the largest value stay; gaps (NaN) stay gaps.
    """
    if len(t_s) <= MAX_SAMPLES:
        return t_s, values
    keep = {0, len(t_s) - 1}
    for stretch in np.array_split(np.arange(len(t_s)), MAX_SAMPLES // 2 - 1):
        finite = stretch[np.isfinite(values[stretch])]
        if len(finite) < len(stretch):
            keep.add(int(stretch[~np.isfinite(values[stretch])][0]))
        if len(finite):
            keep.add(int(finite[np.argmin(values[finite])]))
            keep.add(int(finite[np.argmax(values[finite])]))
    index = np.array(sorted(keep))
    return t_s[index], values[index]


def thin_points(points: FloatArray, frames: int) -> FloatArray:
    """Every n-th point, so that one frame and all frames stay within their budgets."""
    most = min(MAX_POINTS, POINT_BUDGET // max(frames, 1))
    step = max(1, -(-len(points) // max(most, 1)))
    return points[::step]


def pictures_to_keep(sizes: Sequence[int]) -> list[bool]:
    """Which frames keep their picture: every n-th of those that have one, within the budget."""
    having = [index for index, size in enumerate(sizes) if size]
    step = max(1, -(-sum(sizes) // PICTURE_BUDGET))
    kept = set(having[::step])
    return [index in kept for index in range(len(sizes))]

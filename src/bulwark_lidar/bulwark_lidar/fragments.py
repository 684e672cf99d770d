# SPDX-License-Identifier: Apache-2.0
"""Fragments: what is seen of a thing's roof or bonnet above its near side.

The beams graze a roof, so its returns lie far apart and form clusters of their own. One that
floats above the ground close behind a nearer cluster, and does not stand out above it, is part of
that cluster.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.kernels import kernel

_FLOATS = 0.5  # nothing of it is lower [m]
_BEHIND = 3.0  # farthest behind the nearer cluster [m]
_ABOVE = 0.3  # most it stands out above the nearer cluster [m]
_OVERLAP = 0.6  # share of its bearings that the nearer cluster covers


@kernel
def join_fragments(
    parts: IntArray,
    cell_of: IntArray,
    cut: Any,
    above: Float32Array,
    ranges: Float32Array,
    bearings: Float32Array,
) -> Any:
    """Labels of points (N,) and of cells (C,) with fragments joined to what they belong to, and
    which of the labels are pieces.

    parts: label of each cell, -1 for none; cell_of: cell of each point.
    """
    count = len(cut)
    view = _views(parts, cell_of, count, above, ranges, bearings)
    owner = np.arange(count).astype(np.int32)
    for k in range(count):
        if view[k, 4] > _FLOATS and not cut[k]:
            owner[k] = _owner(view, cut, k)
    for k in range(count):
        while owner[owner[k]] != owner[k]:
            owner[k] = owner[owner[k]]
    numbers = np.full(count, -1, np.int32)
    n = 0
    for k in range(count):
        if owner[k] == k:
            numbers[k] = n
            cut[n] = cut[k]
            n += 1
    cell_labels = np.empty_like(parts)
    for c in range(len(parts)):
        cell_labels[c] = numbers[owner[parts[c]]] if parts[c] >= 0 else -1
    return cell_labels[cell_of], cell_labels, cut[:n].copy()


@kernel
def _views(
    parts: IntArray,
    cell_of: IntArray,
    count: int,
    above: Float32Array,
    ranges: Float32Array,
    bearings: Float32Array,
) -> Any:
    """How the sensor sees each cluster: middle bearing, half its width, nearest and farthest range,
    lowest and highest point above the ground: (K, 6).
    """
    view = np.empty((count, 6))
    first, low, high = np.empty(count), np.empty(count), np.empty(count)
    for k in range(count):
        first[k], low[k], high[k] = np.nan, np.inf, -np.inf
        view[k, 2], view[k, 3], view[k, 4], view[k, 5] = np.inf, 0.0, np.inf, -np.inf
    for i in range(len(cell_of)):
        k = parts[cell_of[i]]
        if k < 0:
            continue
        reach = ranges[i]
        if math.isnan(first[k]):
            first[k] = bearings[i]
        turn = _wrap(bearings[i] - first[k])
        low[k], high[k] = min(low[k], turn), max(high[k], turn)
        view[k, 2], view[k, 3] = min(view[k, 2], reach), max(view[k, 3], reach)
        view[k, 4], view[k, 5] = min(view[k, 4], above[i]), max(view[k, 5], above[i])
    for k in range(count):
        view[k, 0] = first[k] + (low[k] + high[k]) / 2
        view[k, 1] = (high[k] - low[k]) / 2
    return view


@kernel
def _owner(view: FloatArray, cut: Any, k: int) -> int:
    """The nearest cluster in front that fragment k belongs to; itself where there is none."""
    best, best_gap = k, np.inf
    for c in range(len(view)):
        if c == k or cut[c] or view[c, 2] >= view[k, 2] or view[k, 5] > view[c, 5] + _ABOVE:
            continue
        gap = view[k, 2] - view[c, 3]
        apart = abs(_wrap(view[k, 0] - view[c, 0]))
        covered = view[c, 1] + view[k, 1] - apart
        if gap < min(_BEHIND, best_gap) and covered > 2.0 * _OVERLAP * view[k, 1]:
            best, best_gap = c, gap
    return best


@kernel
def _wrap(angle: float) -> float:
    """The same angle within half a turn, for angles within one and a half."""
    if angle > math.pi:
        return angle - 2.0 * math.pi
    return angle + 2.0 * math.pi if angle < -math.pi else angle

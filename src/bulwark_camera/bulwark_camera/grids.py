# SPDX-License-Identifier: Apache-2.0
"""The grids of cells in which YOLO models look for objects."""

from __future__ import annotations

STRIDES = (8, 16, 32)
_OTHER_HEADS = ((8, 16, 32, 64), (4, 8, 16, 32), (16, 32))
"""Of models for large pictures, for small things, and of the smallest models."""


def count_cells(canvas: tuple[int, int], strides: tuple[int, ...] = STRIDES) -> int:
    """How many cells a model has whose input is `canvas` (height, width) [px]."""
    return sum((canvas[0] // stride) * (canvas[1] // stride) for stride in strides)


def usual_counts(canvas: tuple[int, int], anchors: int = 1) -> tuple[int, ...]:
    """The numbers of boxes of the usual heads, with so many anchors a cell; the commonest first."""
    return tuple(anchors * count_cells(canvas, strides) for strides in (STRIDES, *_OTHER_HEADS))

# SPDX-License-Identifier: Apache-2.0
"""The output of YOLOX to boxes (Ge et al., YOLOX: Exceeding YOLO Series in 2021, arXiv 2107.08430).

One output (1, N, 5 + C): a row for each cell of the three grids with box, objectness and C class
scores, both 0..1. The score is objectness times the best class score.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from bulwark_camera.detections import Detections, FloatArray
from bulwark_camera.grids import STRIDES, count_cells
from bulwark_camera.tensors import (
    Array,
    Layout,
    Outputs,
    mismatch,
    only_matrix,
    require_finite,
    to_corners,
)

EXPECTED = "one output 1 x N x (5 + classes) with a row for each cell at strides 8, 16, 32"


def decode(outputs: Outputs, layout: Layout, min_score: float) -> Detections:
    """Detections from the raw head: x, y as offsets from the cell, w, h as logarithms, in strides.

    Raises ModelError where the output does not have a row for each cell of the canvas, or a value
    that is not finite.
    """
    rows = _rows(outputs, layout.canvas)
    index, score, label = best_rows(rows, min_score)
    cells, strides = _grid(layout.canvas)
    kept = rows[index, :4].astype(np.float64)
    centre = (kept[:, :2] + cells[index]) * strides[index]
    with np.errstate(over="ignore"):  # a size beyond all bounds is cut at the picture's edge
        size = np.exp(kept[:, 2:]) * strides[index]
    boxes = to_corners(np.concatenate([centre, size], axis=1), Layout(layout.canvas, "cxcywh"))
    return Detections(boxes, score, label)


def read_decoded(outputs: Outputs, layout: Layout, min_score: float) -> Detections:
    """The same for a model that was exported with its decoding: x, y, w, h in pixels."""
    rows = _rows(outputs, layout.canvas)
    index, score, label = best_rows(rows, min_score)
    boxes = to_corners(rows[index, :4].astype(np.float64), Layout(layout.canvas, "cxcywh"))
    return Detections(boxes, score, label)


def number_of_classes(outputs: Outputs, layout: Layout) -> int:
    """C. Raises ModelError where the outputs are not YOLOX's."""
    return _rows(outputs, layout.canvas).shape[1] - 5


def looks_raw(outputs: Outputs, layout: Layout) -> bool:
    """Whether x, y are offsets from a cell rather than pixels: shapes do not tell.

    A centre is near to its cell, so whichever reading of the two stays small is the right one.
    """
    centre = _rows(outputs, layout.canvas)[:, :2].astype(np.float64)
    cells, strides = _grid(layout.canvas)
    from_cell = np.median(np.abs(centre / strides - cells))
    return bool(np.median(np.abs(centre)) <= from_cell)


def best_rows(rows: Array, min_score: float) -> tuple[Array, FloatArray, Array]:
    """Of rows (N, 5 + C) those whose best class reaches the score: index, score and label (K,).

    Class scores are 1 at most, so a row whose objectness is too low need not be looked at.
    """
    index = np.flatnonzero(rows[:, 4] >= min_score)
    label = rows[index, 5:].argmax(axis=1)
    score = rows[index, 4].astype(np.float64) * rows[index, 5 + label]
    keep = score >= min_score
    return index[keep], score[keep], label[keep]


def _rows(outputs: Outputs, canvas: tuple[int, int]) -> Array:
    rows = only_matrix(outputs, EXPECTED)
    if rows.shape[1] < 6 or len(rows) != count_cells(canvas):
        count = f"{count_cells(canvas)} rows at an input of {canvas[1]} x {canvas[0]}"
        raise mismatch(outputs, f"{EXPECTED}, which are {count}")
    require_finite(rows)
    return rows


@lru_cache(maxsize=8)
def _grid(canvas: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """For each row of the output its cell x, y (N, 2) and its stride (N, 1) [px]."""
    cells, strides = [], []
    for stride in STRIDES:
        y, x = np.mgrid[: canvas[0] // stride, : canvas[1] // stride].reshape(2, -1)
        cells.append(np.stack([x, y], axis=1).astype(np.float64))
        strides.append(np.full((len(x), 1), float(stride)))
    return np.concatenate(cells), np.concatenate(strides)

# SPDX-License-Identifier: Apache-2.0
"""The output of YOLOX to boxes (Ge et al., YOLOX: Exceeding YOLO Series in 2021, arXiv 2107.08430).

One output (1, N, 5 + C): a row for each cell of the three grids with box, objectness and C class
scores, both 0..1. The score is objectness times the best class score.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_camera.detections import Detections, FloatArray, IntArray
from bulwark_core.errors import ModelError

STRIDES = (8, 16, 32)

Tensors = list[npt.NDArray[Any]]


def decode(outputs: Tensors, canvas: tuple[int, int], min_score: float) -> Detections:
    """Detections from the raw head: x, y as offsets from the cell, w, h as logarithms, in strides.

    canvas: the model's input (height, width) [px]. Raises ModelError where the output does not
    have a row for each cell of the canvas, or a value that is not finite.
    """
    cells, strides = _grid(canvas)
    rows = _rows(outputs, len(cells), canvas)
    score, label = _best_class(rows)
    keep = score >= min_score
    centre = (rows[keep, :2] + cells[keep]) * strides[keep]
    size = np.exp(rows[keep, 2:4]) * strides[keep]
    return Detections(_corners(centre, size), score[keep], label[keep])


def read_decoded(outputs: Tensors, canvas: tuple[int, int], min_score: float) -> Detections:
    """The same for a model that was exported with its decoding: x, y, w, h in pixels."""
    rows = _rows(outputs, len(_grid(canvas)[0]), canvas)
    score, label = _best_class(rows)
    keep = score >= min_score
    return Detections(_corners(rows[keep, :2], rows[keep, 2:4]), score[keep], label[keep])


def number_of_classes(shapes: list[tuple[int, ...]]) -> int:
    """C, from the shapes of the outputs. Raises ModelError where they are not YOLOX's."""
    if len(shapes) != 1 or len(shapes[0]) != 3 or shapes[0][0] != 1 or shapes[0][2] < 6:
        raise ModelError(f"outputs {shapes} are not YOLOX's, which is one of (1, N, 5 + classes)")
    return shapes[0][2] - 5


def _rows(outputs: Tensors, cells: int, canvas: tuple[int, int]) -> FloatArray:
    number_of_classes([output.shape for output in outputs])
    rows = np.asarray(outputs[0][0], dtype=np.float64)
    if len(rows) != cells:
        raise ModelError(
            f"output has {len(rows)} rows, but YOLOX with an input of {canvas[1]} x {canvas[0]} "
            f"has {cells}, one for each cell at strides {', '.join(map(str, STRIDES))}"
        )
    if not np.isfinite(rows).all():
        raise ModelError("output has values that are not finite")
    return rows


def _best_class(rows: FloatArray) -> tuple[FloatArray, IntArray]:
    label = rows[:, 5:].argmax(axis=1)
    return rows[:, 4] * rows[np.arange(len(rows)), 5 + label], label


def _corners(centre: FloatArray, size: FloatArray) -> FloatArray:
    return np.concatenate([centre - 0.5 * size, centre + 0.5 * size], axis=1)


@lru_cache(maxsize=8)
def _grid(canvas: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """For each row of the output its cell x, y (N, 2) and its stride (N, 1) [px]."""
    cells, strides = [], []
    for stride in STRIDES:
        y, x = np.mgrid[: canvas[0] // stride, : canvas[1] // stride].reshape(2, -1)
        cells.append(np.stack([x, y], axis=1).astype(np.float64))
        strides.append(np.full((len(x), 1), float(stride)))
    return np.concatenate(cells), np.concatenate(strides)

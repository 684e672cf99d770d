# SPDX-License-Identifier: Apache-2.0
"""The outputs of Ultralytics' exports: YOLOv5, YOLOv8 and those after it, RT-DETR.

YOLOv5: (1, N, 5 + C), three boxes for each cell as x, y, w, h in pixels, objectness, class scores.
YOLOv8, 9, 10 (one to many), 11, 12: (1, 4 + C, N), a box for each cell and no objectness.
RT-DETR: (1, Q, 4 + C), a box for each query as x, y, w, h in fractions of the input.
"""

from __future__ import annotations

import numpy as np

from bulwark_camera.detections import Detections
from bulwark_camera.grids import usual_counts
from bulwark_camera.tensors import (
    Array,
    Layout,
    Outputs,
    mismatch,
    only_matrix,
    require_finite,
    select,
    to_corners,
)
from bulwark_camera.yolox import best_rows

V5_EXPECTED = "one output 1 x N x (5 + classes) with three rows for each cell of the grids"
V8_EXPECTED = "one output 1 x (4 + classes) x N with a column for each cell of the grids"
QUERIES_EXPECTED = "one output 1 x queries x (4 + classes)"
QUERIES = range(100, 1001)


def decode_v5(outputs: Outputs, layout: Layout, min_score: float) -> Detections:
    """Detections of YOLOv5. Raises ModelError where the output is another one."""
    rows = _v5_rows(outputs, layout)
    index, score, label = best_rows(rows, min_score)
    boxes = to_corners(rows[index, :4].astype(np.float64), _form(layout, "cxcywh"))
    return Detections(boxes, score, label)


def v5_classes(outputs: Outputs, layout: Layout) -> int:
    """C of YOLOv5."""
    return _v5_rows(outputs, layout).shape[1] - 5


def decode_v8(outputs: Outputs, layout: Layout, min_score: float) -> Detections:
    """Detections of YOLOv8 and later. Raises ModelError where the output is another one."""
    columns = _v8_columns(outputs, layout)
    score, label = columns[4:].max(axis=0), columns[4:].argmax(axis=0)
    return select(columns[:4].T, score, label, _form(layout, "cxcywh"), min_score)


def v8_classes(outputs: Outputs, layout: Layout) -> int:
    """C of YOLOv8 and later."""
    return len(_v8_columns(outputs, layout)) - 4


def decode_queries(outputs: Outputs, layout: Layout, min_score: float) -> Detections:
    """Detections of RT-DETR in one output. Raises ModelError where the output is another one."""
    rows = _query_rows(outputs)
    score, label = rows[:, 4:].max(axis=1), rows[:, 4:].argmax(axis=1)
    return select(rows[:, :4], score, label, _form(layout, "cxcywh_fraction"), min_score)


def query_classes(outputs: Outputs, _layout: Layout) -> int:
    """C of RT-DETR in one output."""
    return _query_rows(outputs).shape[1] - 4


def _v5_rows(outputs: Outputs, layout: Layout) -> Array:
    rows, counts = only_matrix(outputs, V5_EXPECTED), usual_counts(layout.canvas, anchors=3)
    if rows.shape[1] < 6 or len(rows) not in counts:
        raise mismatch(outputs, f"{V5_EXPECTED}, N one of {_listed(counts)}")
    require_finite(rows)
    return rows


def _v8_columns(outputs: Outputs, layout: Layout) -> Array:
    columns, counts = only_matrix(outputs, V8_EXPECTED), usual_counts(layout.canvas)
    if len(columns) < 5 or columns.shape[1] not in counts:
        raise mismatch(outputs, f"{V8_EXPECTED}, N one of {_listed(counts)}")
    require_finite(columns)
    return columns


def _query_rows(outputs: Outputs) -> Array:
    rows = only_matrix(outputs, QUERIES_EXPECTED)
    if rows.shape[1] < 5 or len(rows) not in QUERIES:
        raise mismatch(outputs, f"{QUERIES_EXPECTED}, {QUERIES[0]} to {QUERIES[-1]} queries")
    require_finite(rows)
    return rows


def _form(layout: Layout, usual: str) -> Layout:
    return Layout(layout.canvas, usual) if layout.boxes == "auto" else layout


def _listed(counts: tuple[int, ...]) -> str:
    return ", ".join(map(str, counts))

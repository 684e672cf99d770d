# SPDX-License-Identifier: Apache-2.0
"""The outputs of models that end in non-maximum suppression, or need none, to boxes.

One output (1, N, 6): corners, score and class in each row (Ultralytics with `nms=True`, YOLOv10,
YOLO26); rows that are not used have the score 0. RT-DETR of Ultralytics 8.4 has the same shape
with centre and size in fractions of the input. Or an output each for boxes (1, N, 4), scores
(1, N) and classes (1, N), in any order, with or without the number of boxes that count (the
EfficientNMS and RT-DETR exports).
"""

from __future__ import annotations

import numpy as np

from bulwark_camera.detections import Detections
from bulwark_camera.tensors import (
    Array,
    Layout,
    Outputs,
    mismatch,
    only_matrix,
    require_finite,
    select,
)

ROWS_EXPECTED = "one output 1 x N x 6 of x_min, y_min, x_max, y_max, score, class"
TOP_EXPECTED = "one output 1 x N x 6 of x, y, w, h in fractions, score, class"
PARTS_EXPECTED = (
    "outputs named for boxes 1 x N x 4, scores 1 x N and classes 1 x N, and perhaps the number of "
    "boxes"
)

# What is looked for in an output's name, in this order: 'class_scores' are scores.
_WORDS = {
    "boxes": ("box",),
    "scores": ("score", "conf"),
    "count": ("num", "count"),
    "labels": ("class", "label", "cls"),
}


def decode_rows(outputs: Outputs, layout: Layout, min_score: float) -> Detections:
    """Detections from one output. Raises ModelError where the output is another one."""
    rows = read_rows(outputs)
    return select(rows[:, :4], rows[:, 4], rows[:, 5], layout, min_score)


def decode_top(outputs: Outputs, layout: Layout, min_score: float) -> Detections:
    """Detections of RT-DETR from one output. Raises ModelError where the output is another one."""
    rows = read_rows(outputs, TOP_EXPECTED)
    boxes = "cxcywh_fraction" if layout.boxes == "auto" else layout.boxes
    return select(rows[:, :4], rows[:, 4], rows[:, 5], Layout(layout.canvas, boxes), min_score)


def decode_parts(outputs: Outputs, layout: Layout, min_score: float) -> Detections:
    """Detections from three or four outputs. Raises ModelError where outputs are others."""
    boxes, scores, labels = read_parts(outputs)
    return select(boxes, scores, labels, layout, min_score)


def unknown_classes(_outputs: Outputs, _layout: Layout) -> None:
    """Such outputs do not tell how many classes there are."""
    return


def read_rows(outputs: Outputs, expected: str = ROWS_EXPECTED) -> Array:
    """The rows (N, 6)."""
    rows = only_matrix(outputs, expected)
    if rows.shape[1] != 6:
        raise mismatch(outputs, expected)
    require_finite(rows)
    return rows


def read_parts(outputs: Outputs) -> tuple[Array, Array, Array]:
    """Boxes (N, 4), scores (N,) and class numbers (N,), as many as count."""
    roles = _roles(outputs)
    if not {"boxes", "scores", "labels"} <= set(roles):
        raise mismatch(outputs, PARTS_EXPECTED)
    boxes, scores, labels = (roles[name] for name in ("boxes", "scores", "labels"))
    n = scores.size
    if boxes.shape[-1:] != (4,) or boxes.size != 4 * n or labels.size != n:
        raise mismatch(outputs, PARTS_EXPECTED)
    used = n if "count" not in roles else _used(outputs, roles["count"], n)
    found = boxes.reshape(-1, 4)[:used], scores.reshape(-1)[:used], labels.reshape(-1)[:used]
    require_finite(*found)
    return found


def _used(outputs: Outputs, count: Array, n: int) -> int:
    """How many of n boxes count."""
    if count.size != 1:
        raise mismatch(outputs, f"{PARTS_EXPECTED}, for one picture")
    require_finite(count)
    return min(max(int(count.reshape(-1)[0]), 0), n)


def _roles(outputs: Outputs) -> dict[str, Array]:
    """What each output is: by its name, or else by its shape and type."""
    roles: dict[str, Array] = {}
    for name, array in outputs.items():
        role = next((r for r, words in _WORDS.items() if any(w in name.lower() for w in words)), "")
        role = role or _role_by_shape(array)
        if not role or role in roles:
            return {}
        roles[role] = array
    return roles


def _role_by_shape(array: Array) -> str:
    is_integer = np.issubdtype(array.dtype, np.integer)
    if array.ndim >= 2 and array.shape[-1] == 4 and not is_integer:
        return "boxes"
    if array.size == 1 and is_integer:
        return "count"
    return "labels" if is_integer else "scores"

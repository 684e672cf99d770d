# SPDX-License-Identifier: Apache-2.0
"""The outputs of DETR and its kin to boxes: class logits and boxes for each of Q queries.

DETR (Carion et al., arXiv 2005.12872): logits (1, Q, C + 1), softmax, the last class is "nothing".
RT-DETR (Zhao et al., arXiv 2304.08069) and Deformable DETR: logits (1, Q, C), a sigmoid each.
Boxes are (1, Q, 4) as x, y, w, h in fractions of the input.
"""

from __future__ import annotations

import numpy as np

from bulwark_camera.detections import Detections
from bulwark_camera.tensors import Array, Layout, Outputs, mismatch, require_finite, select

EXPECTED = "two outputs, logits 1 x queries x classes and boxes 1 x queries x 4"
DETR_EXPECTED = f"{EXPECTED}, the last class being none"


def decode_sigmoid(outputs: Outputs, layout: Layout, min_score: float) -> Detections:
    """Detections of RT-DETR and Deformable DETR. Raises ModelError where outputs are others."""
    logits, boxes = split(outputs)
    label = logits.argmax(axis=1)
    best = logits[np.arange(len(logits)), label].astype(np.float64)
    score = 0.5 * (1.0 + np.tanh(0.5 * best))  # the logistic function, without overflow
    return select(boxes, score, label, _form(layout), min_score)


def decode_softmax(outputs: Outputs, layout: Layout, min_score: float) -> Detections:
    """Detections of DETR. Raises ModelError where outputs are others."""
    logits, boxes = split(outputs)
    values = logits.astype(np.float64)
    weights = np.exp(values - values.max(axis=1, keepdims=True))
    things = (weights / weights.sum(axis=1, keepdims=True))[:, :-1]
    return select(boxes, things.max(axis=1), things.argmax(axis=1), _form(layout), min_score)


def sigmoid_classes(outputs: Outputs, _layout: Layout) -> int:
    """C of RT-DETR."""
    return int(split(outputs)[0].shape[1])


def softmax_classes(outputs: Outputs, _layout: Layout) -> int:
    """C of DETR, without the class of nothing."""
    classes = int(split(outputs)[0].shape[1]) - 1
    if classes < 1:
        raise mismatch(outputs, DETR_EXPECTED)
    return classes


def split(outputs: Outputs) -> tuple[Array, Array]:
    """Logits (Q, C) and boxes (Q, 4), by their names or else by their shapes."""
    arrays = list(outputs.values())
    if len(arrays) != 2 or any(a.ndim != 3 or len(a) != 1 for a in arrays):
        raise mismatch(outputs, EXPECTED)
    is_box = ["box" in name for name in outputs]
    if sum(is_box) != 1:
        is_box = [array.shape[2] == 4 for array in arrays]
    if sum(is_box) != 1:
        raise mismatch(outputs, EXPECTED)
    boxes, logits = arrays[is_box.index(True)][0], arrays[is_box.index(False)][0]
    if boxes.shape[1] != 4 or len(boxes) != len(logits):
        raise mismatch(outputs, EXPECTED)
    require_finite(logits, boxes)
    return logits, boxes


def _form(layout: Layout) -> Layout:
    usual = layout.boxes == "auto"
    return Layout(layout.canvas, "cxcywh_fraction") if usual else layout

# SPDX-License-Identifier: Apache-2.0
"""What a detector found, and non-maximum suppression."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Detections:
    """N boxes.

    boxes: (N, 4) x_min, y_min, x_max, y_max [px]; pixel (0, 0) reaches from 0 to 1.
    scores: (N,) 0..1. labels: (N,) the model's class numbers.
    """

    boxes: FloatArray
    scores: FloatArray
    labels: IntArray

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, index: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Detections:
        """The detections that an index or mask names."""
        return Detections(self.boxes[index], self.scores[index], self.labels[index])


def suppress(
    detections: Detections, min_iou: float, max_objects: int, groups: IntArray | None = None
) -> Detections:
    """Non-maximum suppression, best score first, at most `max_objects`.

    Over all classes, since one vehicle is easily found as car and as truck; or with `groups` (N,)
    only among boxes of the same group.
    """
    if not len(detections):
        return detections
    boxes = detections.boxes
    if groups is not None:  # each group in a place of its own
        span = float(boxes.max() - boxes.min()) + 1.0
        boxes = boxes + span * groups[:, None]
    sized = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(sized.tolist(), detections.scores.tolist(), 0.0, min_iou)
    return detections.take(np.asarray(kept, dtype=np.intp).reshape(-1)[:max_objects])


def iou(a: FloatArray, b: FloatArray) -> FloatArray:
    """Intersection over union of every box (N, 4) with every box (M, 4): (N, M), 0..1."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    overlap = np.clip(high - low, 0.0, None).prod(axis=2)
    area_a, area_b = ((box[:, 2:] - box[:, :2]).prod(axis=1) for box in (a, b))
    union = area_a[:, None] + area_b[None, :] - overlap
    return np.asarray(np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0.0))

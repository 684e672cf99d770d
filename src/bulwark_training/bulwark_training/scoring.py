# SPDX-License-Identifier: Apache-2.0
"""Average precision of detections against true boxes.

As in PASCAL VOC (Everingham et al., 2010) with the area under the whole curve: detections of a
class in all pictures, best score first; each takes the free true box that it overlaps most, where
that is at least `min_iou`. What is too small or too hidden to be asked for is left open: detections
on it are neither right nor wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_camera.detections import Detections, iou
from bulwark_training.labels import OPEN, Labels

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

MIN_IOU = 0.5
MIN_SIDE = 8.0
"""A box that is smaller in either direction is not asked for [px]."""
MIN_VISIBLE = 0.35
"""A thing of which less is visible is not asked for."""
_WITHIN_OPEN = 0.5  # share of a detection that lies in a region that is left open


@dataclass(frozen=True)
class Precision:
    """value: average precision 0..1, NaN where nothing was asked for. asked: how many boxes.

    recall: the share found at any score. wrong: how many detections were.
    """

    value: float
    asked: int
    recall: float
    wrong: int


def is_asked(labels: Labels, farthest: float = np.inf) -> BoolArray:
    """Which labels have to be found (N,); farthest: only what is nearer [m]."""
    sides = (labels.boxes[:, 2:] - labels.boxes[:, :2]).min(axis=1, initial=np.inf)
    is_clear = (labels.visible >= MIN_VISIBLE) & (sides >= MIN_SIDE)
    return np.asarray(is_clear & (labels.classes != OPEN) & (labels.distance <= farthest))


def average_precision(
    found: Sequence[Detections], labels: Sequence[Labels], number: int, farthest: float = np.inf
) -> Precision:
    """Of one class over pictures; farthest: things beyond are left open [m]."""
    scores, verdicts, asked = [], [], 0
    for detections, true in zip(found, labels, strict=True):
        mine = detections.take(detections.labels == number)
        verdict, count = _judge(mine, true, number, farthest)
        asked += count
        scores.append(mine.scores[verdict >= 0])
        verdicts.append(verdict[verdict >= 0])
    order = np.argsort(-np.concatenate(scores), kind="stable")
    right = np.concatenate(verdicts)[order] == 1
    wrong = int((~right).sum())
    if asked == 0:
        return Precision(float("nan"), 0, float("nan"), wrong)
    return Precision(_area(right, asked), asked, float(right.sum() / asked), wrong)


def _judge(
    found: Detections, true: Labels, number: int, farthest: float
) -> tuple[npt.NDArray[np.int64], int]:
    """1 right, 0 wrong, -1 left open for each detection of a class, and how many were asked for."""
    asked = is_asked(true, farthest)
    wanted = true.boxes[asked & (true.classes == number)].astype(np.float64)
    left_open = ~asked & ((true.classes == number) | (true.classes == OPEN))
    open_boxes = true.boxes[left_open].astype(np.float64)
    verdict = np.zeros(len(found), np.int64)
    overlaps, is_free = iou(found.boxes, wanted), np.ones(len(wanted), np.bool_)
    within = _share_within(found.boxes, open_boxes)
    for row in np.argsort(-found.scores, kind="stable"):
        best = np.where(is_free, overlaps[row], 0.0)
        if len(best) and best.max() >= MIN_IOU:
            is_free[best.argmax()] = False
            verdict[row] = 1
        elif within[row] >= _WITHIN_OPEN:
            verdict[row] = -1
    return verdict, len(wanted)


def _share_within(boxes: FloatArray, regions: FloatArray) -> FloatArray:
    """The largest share of each box (N, 4) that lies in one of the regions (M, 4): (N,)."""
    low = np.maximum(boxes[:, None, :2], regions[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], regions[None, :, 2:])
    common = np.clip(high - low, 0.0, None).prod(axis=2)
    area = np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1e-9)
    return np.asarray((common / area[:, None]).max(axis=1, initial=0.0))


def _area(right: BoolArray, asked: int) -> float:
    """Under the curve of precision over recall, precision being the best at any higher recall."""
    hits = np.cumsum(right)
    precision = hits / np.arange(1, len(right) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float((best * right).sum() / asked)

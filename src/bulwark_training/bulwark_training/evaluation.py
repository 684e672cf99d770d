# SPDX-License-Identifier: Apache-2.0
"""The figures of a detector on pictures of the world that were never trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bulwark_camera.detections import Detections
from bulwark_camera.detector import Detector
from bulwark_camera.params import ModelParams
from bulwark_core.objects import ObjectClass
from bulwark_training.classes import BARRIERS, CLASSES, NUMBER
from bulwark_training.labels import OPEN, Labels
from bulwark_training.scoring import Precision, average_precision, is_asked
from bulwark_training.shards import Stored
from bulwark_training.shots import Picture

BARRIER_RANGE = 40.0
"""Barriers are judged by themselves up to here [m]."""
WORKING_SCORE = 0.3
"""The least score at which precision and recall are told: the default of `model.min_score`."""
_LEAST_SCORE, _MOST_OBJECTS = 0.02, 300

OnPicture = Callable[[int, Picture, Detections, Labels], None]


def evaluation_params(path: str, device: str = "cpu", threads: int = 2) -> ModelParams:
    """For a model whose file tells its classes: all that it finds, to the lowest scores."""
    return ModelParams(
        path=path, device=device, threads=threads, min_score=_LEAST_SCORE,
        max_objects=_MOST_OBJECTS,
    )  # fmt: skip


def found_by(detector: Detector, picture: Picture) -> Detections:
    """What a detector finds of the classes here, with their numbers as labels."""
    found = detector.detect(picture)
    numbers = [NUMBER.get(detector.class_of(label), OPEN) for label in found.labels]
    own = Detections(found.boxes, found.scores, np.array(numbers, np.int64))
    return own.take(own.labels != OPEN)


@dataclass(frozen=True)
class Figures:
    """Average precision by class, that of the barriers up to 40 m, and by kind of place.

    false_boxes: of at least `WORKING_SCORE`, per picture.
    """

    pictures: int
    by_class: dict[ObjectClass, Precision]
    barriers_near: dict[ObjectClass, Precision]
    by_place: dict[str, float]
    precision: float
    recall: float
    false_boxes: float

    @property
    def mean(self) -> float:
        """mAP50: the mean over the classes that were asked for."""
        return _mean(self.by_class.values())

    def as_dict(self) -> dict[str, Any]:
        """As the JSON file has it."""
        return {
            "pictures": self.pictures,
            "map50": self.mean,
            "ap50": {name.name: _rounded(p.value) for name, p in self.by_class.items()},
            "asked": {name.name: p.asked for name, p in self.by_class.items()},
            "barriers_within_40m_ap50": {
                name.name: _rounded(p.value) for name, p in self.barriers_near.items()
            },
            "map50_by_place": self.by_place,
            "score": WORKING_SCORE,
            "precision": self.precision,
            "recall": self.recall,
            "false_boxes_per_picture": self.false_boxes,
        }


def evaluate(detector: Detector, pictures: Iterable[Stored], on_picture: OnPicture) -> Figures:
    """Run a detector on pictures; `on_picture` is called with each one's number and detections."""
    found: list[Detections] = []
    labels: list[Labels] = []
    places: list[str] = []
    for number, row in enumerate(pictures):
        picture = row.picture()
        found.append(found_by(detector, picture))
        labels.append(row.labels)
        places.append(row.place)
        on_picture(number, picture, found[-1], row.labels)
    return figures_of(found, labels, places)


def figures_of(found: list[Detections], labels: list[Labels], places: list[str]) -> Figures:
    """From what was found in pictures and what is in them."""
    by_class = {c: average_precision(found, labels, NUMBER[c]) for c in CLASSES}
    near = {c: average_precision(found, labels, NUMBER[c], BARRIER_RANGE) for c in BARRIERS}
    by_place = {}
    for place in sorted(set(places)):
        chosen = [k for k, name in enumerate(places) if name == place]
        some, truth = [found[k] for k in chosen], [labels[k] for k in chosen]
        by_place[place] = _mean(average_precision(some, truth, n) for n in range(len(CLASSES)))
    sure = [one.take(one.scores >= WORKING_SCORE) for one in found]
    parts = [average_precision(sure, labels, n) for n in range(len(CLASSES))]
    asked = sum(int(is_asked(truth).sum()) for truth in labels)
    right = sum(p.recall * p.asked for p in parts if p.asked)
    wrong = sum(p.wrong for p in parts)
    return Figures(
        len(found), by_class, near, by_place,
        right / max(right + wrong, 1.0), right / max(asked, 1), wrong / max(len(found), 1),
    )  # fmt: skip


def _mean(parts: Iterable[Precision]) -> float:
    values = [part.value for part in parts if part.asked]
    return float(np.mean(values)) if values else float("nan")


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)

# SPDX-License-Identifier: Apache-2.0
"""What a detector finds in real pictures, of what people labelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bulwark_camera.detections import Detections
from bulwark_camera.detector import Detector
from bulwark_core.objects import ObjectClass
from bulwark_training.classes import CLASSES, NUMBER
from bulwark_training.evaluation import WORKING_SCORE, found_by
from bulwark_training.labels import Labels
from bulwark_training.real_pictures import RealPicture, is_labelled
from bulwark_training.scoring import average_precision

OnReal = Callable[[RealPicture, Detections], None]


@dataclass(frozen=True)
class Row:
    """Of a class: boxes that people drew (None: the data has no labels of it), those that were
    found, and other boxes, which are false where there are labels.
    """

    labelled: int | None
    found: int
    other: int


@dataclass(frozen=True)
class RealFigures:
    """Rows by class, at the score at which the node reports."""

    pictures: int
    rows: dict[ObjectClass, Row]

    def as_dict(self) -> dict[str, Any]:
        """As the JSON file has it."""
        rows = {name.name: vars(row) for name, row in self.rows.items()}
        return {"pictures": self.pictures, "score": WORKING_SCORE, "classes": rows}


def evaluate_real(
    detector: Detector, pictures: Sequence[RealPicture], on_picture: OnReal
) -> RealFigures:
    """Run a detector on real pictures."""
    found: list[Detections] = []
    for real in pictures:
        seen = found_by(detector, real.picture)
        found.append(seen.take(seen.scores >= WORKING_SCORE))
        on_picture(real, found[-1])
    labels = [real.labels for real in pictures]
    return RealFigures(len(pictures), {c: _row(found, labels, NUMBER[c]) for c in CLASSES})


def _row(found: list[Detections], labels: list[Labels], number: int) -> Row:
    if not is_labelled(number):
        return Row(None, 0, sum(int((one.labels == number).sum()) for one in found))
    part = average_precision(found, labels, number)
    right = round(part.recall * part.asked) if part.asked else 0
    return Row(part.asked, right, part.wrong)

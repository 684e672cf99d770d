# SPDX-License-Identifier: Apache-2.0
"""One or two detectors on the same picture, whose findings become one list.

Two are for classes that no single model knows: a public one for road users, say, and one of our own
for barriers. Each fails for itself: the other goes on, and the health says which one is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bulwark_camera.detections import Detections, suppress
from bulwark_camera.detector import Detector, load_detector
from bulwark_camera.letterbox import Picture
from bulwark_camera.params import ModelParams
from bulwark_core.errors import ModelError
from bulwark_core.health import Level, Status
from bulwark_core.objects import ObjectClass

_KIN = {ObjectClass.TRUCK: ObjectClass.CAR}
"""Classes that count as one where boxes are merged: a van is a car to one model, a truck to one."""


@dataclass
class _Place:
    """A detector, or None and why. task: its name in `/diagnostics`."""

    task: str
    detector: Detector | None
    problem: str


class Detectors:
    """The detectors of a camera."""

    def __init__(self, first: ModelParams, second: ModelParams) -> None:
        """The second one is left out where it has no path.

        Raises ParameterError; a model that is missing or broken only shows in `statuses`.
        """
        self._places = [_load("detector", "model", first)]
        if second.path:
            self._places.append(_load("second detector", "second", second))
        self._max_overlap = first.max_overlap
        self._max_objects = max(first.max_objects, second.max_objects)

    @property
    def working(self) -> list[Detector]:
        """Those that were loaded."""
        return [place.detector for place in self._places if place.detector is not None]

    def detect(self, picture: Picture) -> Detections | None:
        """What is in a picture (H, W, 3) uint8 BGR, best first; labels are numbers of ObjectClass.

        None where no detector could look at it.
        """
        found = [one for place in self._places if (one := _look(place, picture)) is not None]
        if not found:
            return None
        return found[0] if len(found) == 1 else self._merge(found)

    def statuses(self) -> list[Status]:
        """The health of each detector, with its hash and latency."""
        return [
            Status(
                place.task,
                Level.DEGRADED if place.problem else Level.OK,
                place.problem or "running",
                {} if place.detector is None else place.detector.describe(),
            )
            for place in self._places
        ]

    def _merge(self, found: Sequence[Detections]) -> Detections:
        """One list: of what both found as the same class, the box with the better score."""
        every = Detections(
            np.concatenate([one.boxes for one in found]),
            np.concatenate([one.scores for one in found]),
            np.concatenate([one.labels for one in found]),
        )
        groups = np.array([_KIN.get(ObjectClass(label), label) for label in every.labels])
        return suppress(every, self._max_overlap, self._max_objects, groups)


def _load(task: str, prefix: str, params: ModelParams) -> _Place:
    try:
        return _Place(task, load_detector(params, prefix), "")
    except ModelError as error:
        return _Place(task, None, f"no {task}: {error}")


def _look(place: _Place, picture: Picture) -> Detections | None:
    """What one detector finds; None where it fails."""
    if place.detector is None:
        return None
    try:
        found = place.detector.detect(picture)
    except ModelError as error:
        place.problem = f"no {place.task}: {error}"
        return None
    place.problem = ""
    classes = [int(place.detector.class_of(label)) for label in found.labels]
    return Detections(found.boxes, found.scores, np.array(classes, dtype=np.int64))

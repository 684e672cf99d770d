# SPDX-License-Identifier: Apache-2.0
"""A model's class numbers to the classes of the stack."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from bulwark_core.errors import ParameterError
from bulwark_core.objects import ObjectClass

# The 80 classes of COCO that matter on a road. A bus or train is as long and slow to avoid as a
# truck; bicycles and motorcycles stand for their riders.
COCO = (
    "0=PEDESTRIAN",
    "1=CYCLIST",
    "2=CAR",
    "3=CYCLIST",
    "5=TRUCK",
    "6=TRUCK",
    "7=TRUCK",
    "15=ANIMAL",
    "16=ANIMAL",
    "17=ANIMAL",
    "18=ANIMAL",
    "19=ANIMAL",
    "20=ANIMAL",
    "21=ANIMAL",
    "22=ANIMAL",
    "23=ANIMAL",
)


class ClassMap:
    """Which class of the stack each class of a model is; what is not listed is not reported."""

    def __init__(self, entries: Iterable[str], parameter: str = "model.classes") -> None:
        """Entries are `number=CLASS`. Raises ParameterError naming the entry that is none."""
        self._parameter = parameter
        self._classes = dict(self._parse(entry) for entry in entries)
        if not self._classes:
            raise ParameterError(f"parameter '{parameter}' is empty: nothing would be reported")

    def check(self, number_of_classes: int) -> None:
        """Raises ParameterError where an entry names a class that the model does not have."""
        highest = max(self._classes)
        if highest >= number_of_classes:
            raise ParameterError(
                f"parameter '{self._parameter}' names class {highest}, but the model has only "
                f"{number_of_classes} classes (0 to {number_of_classes - 1})"
            )

    def is_listed(self, labels: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of the model's labels (N,) are reported."""
        return np.isin(labels, list(self._classes))

    def __getitem__(self, label: int) -> ObjectClass:
        return self._classes[int(label)]

    def _parse(self, entry: str) -> tuple[int, ObjectClass]:
        number, _, name = (part.strip() for part in entry.partition("="))
        if not number.isdecimal() or name not in ObjectClass.__members__:
            raise ParameterError(
                f"parameter '{self._parameter}' has the entry '{entry}'; it must be NUMBER=CLASS "
                f"with a class of: {', '.join(ObjectClass.__members__)}"
            )
        return int(number), ObjectClass[name]

# SPDX-License-Identifier: Apache-2.0
"""A model's class numbers to the classes of the stack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from bulwark_camera.class_names import SETS, SIZES, class_of_name
from bulwark_core.errors import ModelError, ParameterError
from bulwark_core.objects import ObjectClass

_MOST_NAMES = 20
"""More names than these are not listed in a message."""


class ClassMap:
    """Which class of the stack each class of a model is; what is not listed is not reported."""

    def __init__(
        self,
        entries: Iterable[str] = (),
        names: Mapping[int, str] | None = None,
        number: int | None = None,
        parameter: str = "model.classes",
    ) -> None:
        """From entries, or without any from what the model says of itself.

        entries: `NUMBER=CLASS`, `NAME=CLASS` or the name of a set, COCO or COCO91. names: the
        model's names of its classes. number: how many it has, None where it does not tell.

        Raises ParameterError for an entry that is none or that the model does not have, ModelError
        where nothing tells what the classes are.
        """
        self._parameter = parameter
        self._names = dict(names or {})
        self._classes: dict[int, ObjectClass] = {}
        rows = list(entries)
        for entry in rows:
            self._classes |= self._parse(entry)
        if not rows:
            self._classes = self._told_by_model(number)
        self._check(number if number is not None else len(self._names) or None)
        self._listed = np.array(sorted(self._classes))

    @property
    def classes(self) -> dict[int, ObjectClass]:
        """Class number of the model -> class of the stack."""
        return dict(self._classes)

    def is_listed(self, labels: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of the model's labels (N,) are reported."""
        return np.isin(labels, self._listed)

    def __getitem__(self, label: int) -> ObjectClass:
        return self._classes[int(label)]

    def _parse(self, entry: str) -> dict[int, ObjectClass]:
        key, _, name = (part.strip() for part in entry.partition("="))
        if entry.strip() in SETS:
            return SETS[entry.strip()]
        check_entry(entry, self._parameter)
        one = ObjectClass[name]
        if key.isdecimal():
            return {int(key): one}
        numbers = [number for number, named in self._names.items() if named == key]
        if not numbers:
            has = _listed_names(self._names) or "no names in its metadata"
            raise ParameterError(
                f"parameter '{self._parameter}' names the class '{key}', but the model has {has}"
            )
        return dict.fromkeys(numbers, one)

    def _told_by_model(self, number: int | None) -> dict[int, ObjectClass]:
        if self._names:
            known = {label: class_of_name(name) for label, name in self._names.items()}
            found = {label: one for label, one in known.items() if one is not None}
            if found:
                return found
            raise ModelError(
                f"no class of the model is known here ({_listed_names(self._names)}); set "
                f'{self._parameter}: ["NAME=CLASS", ...]'
            )
        if number in SIZES:
            return SETS[SIZES[number]]
        count = "does not tell its classes" if number is None else f"has {number} unnamed classes"
        raise ModelError(
            f'the model {count}; set {self._parameter}: ["NUMBER=CLASS", ...], or [COCO] for the '
            "80 classes of COCO"
        )

    def _check(self, number: int | None) -> None:
        """ParameterError where an entry names a class that the model does not have."""
        highest = max(self._classes)
        if number is not None and highest >= number:
            raise ParameterError(
                f"parameter '{self._parameter}' names class {highest}, but the model has only "
                f"{number} classes (0 to {number - 1})"
            )


def _listed_names(names: Mapping[int, str]) -> str:
    shown = list(names.values())[:_MOST_NAMES]
    left = len(names) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left else "")


def check_entry(entry: str, parameter: str) -> None:
    """ParameterError where an entry cannot be one of any model."""
    key, _, name = (part.strip() for part in entry.partition("="))
    if entry.strip() in SETS or (key and name in ObjectClass.__members__):
        return
    raise ParameterError(
        f"parameter '{parameter}' has the entry '{entry}'; it must be NUMBER=CLASS or NAME=CLASS "
        f"with a class of: {', '.join(ObjectClass.__members__)}; or {' or '.join(SETS)}"
    )

# SPDX-License-Identifier: Apache-2.0
"""What a model's file says of itself, as Ultralytics' exports do."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bulwark_core.errors import ModelError


@dataclass(frozen=True)
class ModelNotes:
    """Names of the classes by number, input size (height, width) [px], task, description and head.

    What the file does not say is empty or None. head: the kind of the last layer.
    """

    names: dict[int, str] = field(default_factory=dict)
    size: tuple[int, int] | None = None
    task: str = ""
    description: str = ""
    head: str = ""

    @property
    def is_rtdetr(self) -> bool:
        """Whether it is RT-DETR, whose output may look like another's."""
        return self.has_top_of_rtdetr or "rtdetr" in self.description.lower().replace("-", "")

    @property
    def has_top_of_rtdetr(self) -> bool:
        """Whether it was exported by a version that keeps the best queries and names its head."""
        return self.head == "RTDETRDecoder"


def read_notes(metadata: Mapping[str, str]) -> ModelNotes:
    """The notes in a model's metadata. Raises ModelError where one contradicts its form."""
    return ModelNotes(
        _names(metadata.get("names", "")),
        _size(metadata.get("imgsz", "")),
        metadata.get("task", ""),
        metadata.get("description", ""),
        metadata.get("head", ""),
    )


def _names(text: str) -> dict[int, str]:
    value = _literal("names", text)
    if isinstance(value, (list, tuple)):
        value = dict(enumerate(value))
    if value is None:
        return {}
    try:
        names = {int(number): str(name) for number, name in value.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise ModelError(
            f"metadata 'names' is {text[:80]}, not a list of names or {{number: name}}"
        ) from error
    is_numbered = all(name == str(number) for number, name in names.items())
    return {} if is_numbered else names


def _size(text: str) -> tuple[int, int] | None:
    value = _literal("imgsz", text)
    if isinstance(value, int):
        value = (value, value)
    if value is None:
        return None
    if not isinstance(value, (list, tuple)) or [type(size) for size in value] != [int, int]:
        raise ModelError(f"metadata 'imgsz' is {text[:80]}, not [height, width]")
    return value[0], value[1]


def _literal(key: str, text: str) -> Any:
    """A literal of Python or JSON; None for nothing."""
    try:
        return ast.literal_eval(text) if text else None
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise ModelError(f"metadata '{key}' cannot be read: {text[:80]}") from error

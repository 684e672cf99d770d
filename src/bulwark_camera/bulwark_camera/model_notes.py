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
    """Names of the classes by number, input size (height, width) [px], task and description.

    What the file does not say is empty or None.
    """

    names: dict[int, str] = field(default_factory=dict)
    size: tuple[int, int] | None = None
    task: str = ""
    description: str = ""

    @property
    def is_rtdetr(self) -> bool:
        """Whether the description names RT-DETR, whose output may look like another's."""
        return "rtdetr" in self.description.lower().replace("-", "")


def read_notes(metadata: Mapping[str, str]) -> ModelNotes:
    """The notes in a model's metadata. Raises ModelError where one contradicts its form."""
    return ModelNotes(
        _names(metadata.get("names", "")),
        _size(metadata.get("imgsz", "")),
        metadata.get("task", ""),
        metadata.get("description", ""),
    )


def _names(text: str) -> dict[int, str]:
    value = _literal("names", text)
    if isinstance(value, (list, tuple)):
        value = dict(enumerate(value))
    if value is None:
        return {}
    try:
        return {int(number): str(name) for number, name in value.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise ModelError(
            f"metadata 'names' is {text[:80]}, not a list of names or {{number: name}}"
        ) from error


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

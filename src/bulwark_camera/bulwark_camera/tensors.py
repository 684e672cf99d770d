# SPDX-License-Identifier: Apache-2.0
"""The outputs of a model by name, and what all decoders do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_camera.detections import Detections, FloatArray
from bulwark_core.errors import ModelError

Array = npt.NDArray[Any]
Outputs = Mapping[str, Array]
"""Output name -> array, in the model's order."""

BOX_FORMS = ("auto", "xyxy", "cxcywh", "xyxy_fraction", "cxcywh_fraction")
"""Corners, or centre and size; in pixels of the model's input, or as fractions of it."""

_FRACTION_LIMIT = 1.5
"""No box in pixels is as small and as near to the corner as this, so such boxes are fractions."""


@dataclass(frozen=True)
class Layout:
    """What the outputs do not say themselves.

    canvas: the model's input (height, width) [px]. boxes: one of BOX_FORMS.
    """

    canvas: tuple[int, int]
    boxes: str = "auto"


def describe(outputs: Outputs) -> str:
    """Names, types and shapes in words."""
    shown = (
        f"'{name}' {array.dtype.name} {' x '.join(map(str, array.shape)) or 'scalar'}"
        for name, array in outputs.items()
    )
    return ", ".join(shown) or "nothing"


def mismatch(outputs: Outputs, expected: str) -> ModelError:
    """The refusal of outputs that are not of a format."""
    return ModelError(f"expected {expected}, found {describe(outputs)}")


def only_matrix(outputs: Outputs, expected: str) -> Array:
    """The only output, of shape (1, A, B) or (A, B), as (A, B)."""
    array = next(iter(outputs.values()), None)
    is_matrix = array is not None and (array.ndim == 2 or (array.ndim == 3 and len(array) == 1))
    if len(outputs) != 1 or array is None or not is_matrix:
        raise mismatch(outputs, expected)
    return array.reshape(array.shape[-2:])


def require_finite(*arrays: Array) -> None:
    """ModelError where a value is not finite."""
    if not all(np.isfinite(array).all() for array in arrays):
        raise ModelError("output has values that are not finite")


def select(
    boxes: Array, scores: Array, labels: Array, layout: Layout, min_score: float
) -> Detections:
    """Boxes (N, 4) of at least a score (N,), as corners in pixels of the model's input."""
    keep = scores >= min_score
    corners = to_corners(np.asarray(boxes[keep], dtype=np.float64), layout)
    return Detections(corners, scores[keep].astype(np.float64), labels[keep].astype(np.int64))


def to_corners(boxes: FloatArray, layout: Layout) -> FloatArray:
    """Boxes (N, 4) of the layout's form as corners [px]; `auto` are corners."""
    form = layout.boxes
    if form.startswith("cxcywh"):
        centre, half = boxes[:, :2], 0.5 * boxes[:, 2:]
        boxes = np.concatenate([centre - half, centre + half], axis=1)
    is_small = form == "auto" and bool((np.abs(boxes) <= _FRACTION_LIMIT).all())
    if form.endswith("_fraction") or is_small:
        height, width = layout.canvas
        boxes = boxes * np.array([width, height, width, height], dtype=np.float64)
    return boxes

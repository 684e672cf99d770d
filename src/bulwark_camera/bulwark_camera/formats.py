# SPDX-License-Identifier: Apache-2.0
"""The kinds of detector output that can be read; a new one is a function and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from bulwark_camera import yolox
from bulwark_camera.detections import Detections


class Decoder(Protocol):
    """Reads a model's outputs."""

    def __call__(
        self, outputs: list[npt.NDArray[Any]], canvas: tuple[int, int], min_score: float
    ) -> Detections:
        """Detections of at least this score, in pixels of the model's input (height, width).

        Raises ModelError where the outputs are not of this format.
        """


@dataclass(frozen=True)
class Format:
    """How to read outputs, and how many classes outputs of these shapes have."""

    decode: Decoder
    classes: Callable[[list[tuple[int, ...]]], int]


FORMATS: dict[str, Format] = {
    "yolox": Format(yolox.decode, yolox.number_of_classes),
    "yolox_decoded": Format(yolox.read_decoded, yolox.number_of_classes),
}

# SPDX-License-Identifier: Apache-2.0
"""Detections drawn into the picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from bulwark_camera.detections import Detections
from bulwark_core.errors import BulwarkError
from bulwark_training.classes import CLASSES
from bulwark_training.shots import Picture

_JPEG_QUALITY = 88


def drawn(picture: Picture, found: Detections, least: float) -> Picture:
    """A copy with the boxes of at least this score, each with class and score."""
    picture = picture.copy()
    seen = found.take(found.scores >= least)
    for box, score, label in zip(seen.boxes, seen.scores, seen.labels, strict=True):
        colour = _colour(int(label))
        left, top, right, bottom = (int(round(value)) for value in box)
        cv2.rectangle(picture, (left, top), (right, bottom), colour, 2)
        name = CLASSES[int(label)].name.lower().replace("_", " ")
        _write(picture, f"{name} {score:.2f}", (left, max(top - 4, 10)), colour)
    return picture


def save(picture: Picture, file: Path) -> None:
    """As the format that the name says. Raises BulwarkError where it cannot be written."""
    _, data = cv2.imencode(file.suffix, picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.tobytes())
    except OSError as error:
        raise BulwarkError(f"cannot write {file}: {error.strerror}") from error


def _colour(label: int) -> tuple[int, int, int]:
    hue = np.array([[[label * 180 // len(CLASSES), 200, 255]]], np.uint8)
    blue, green, red = cv2.cvtColor(hue, cv2.COLOR_HSV2BGR)[0, 0].tolist()
    return int(blue), int(green), int(red)


def _write(picture: Picture, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    for thickness, shade in ((3, (0, 0, 0)), (1, colour)):
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, shade, thickness)

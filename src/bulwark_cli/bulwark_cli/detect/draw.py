# SPDX-License-Identifier: Apache-2.0
"""Boxes with class, score and range on a picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from bulwark_camera.letterbox import Picture
from bulwark_cli.detect.seen import Seen, SeenObject
from bulwark_core.errors import BulwarkError
from bulwark_core.objects import ObjectClass

_RED = (60, 60, 255)
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def write_drawing(seen: Seen, folder: Path) -> Path | None:
    """Write the picture as a JPEG into the folder; None where there is no picture.

    Raises BulwarkError where it cannot be written.
    """
    if seen.picture is None:
        return None
    file = folder / f"{Path(seen.name).stem}.jpg"
    _, data = cv2.imencode(".jpg", draw(seen), [cv2.IMWRITE_JPEG_QUALITY, 92])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.tobytes())
    except OSError as error:
        raise BulwarkError(f"cannot write {file}: {error.strerror}") from error
    return file


def draw(seen: Seen) -> Picture:
    """A copy of the picture with all boxes, the surest on top."""
    assert seen.picture is not None
    canvas = seen.picture.copy()
    for one in sorted(seen.objects, key=lambda one: one.score):
        _box(canvas, one)
    if seen.problem:
        _label(canvas, seen.problem, (4, canvas.shape[0] - 6), _RED)
    return canvas


def colour_of(kind: ObjectClass) -> tuple[int, int, int]:
    """BGR; each class its own hue."""
    hue = np.uint8((23 * int(kind)) % 180)
    blue, green, red = cv2.cvtColor(np.array([[[hue, 200, 255]]], np.uint8), cv2.COLOR_HSV2BGR)[
        0, 0
    ]
    return int(blue), int(green), int(red)


def _box(canvas: Picture, one: SeenObject) -> None:
    x_min, y_min, x_max, y_max = (round(edge) for edge in one.box)
    colour = colour_of(one.object_class)
    cv2.rectangle(canvas, (x_min, y_min), (x_max - 1, y_max - 1), colour, 2)
    _label(canvas, one.words, (x_min, y_min - 3), colour)


def _label(canvas: Picture, text: str, corner: tuple[int, int], colour: tuple[int, ...]) -> None:
    """Text on a plate whose lower left corner is given, moved into the picture."""
    scale = 0.45 if canvas.shape[1] < 1000 else 0.55
    (width, height), base = cv2.getTextSize(text, _FONT, scale, 1)
    x = min(max(corner[0], 0), max(canvas.shape[1] - width, 0))
    y = max(corner[1], height + base)
    cv2.rectangle(canvas, (x, y - height - base), (x + width, y + base // 2), colour, -1)
    ink = _BLACK if sum(colour) > 300 else _WHITE
    cv2.putText(canvas, text, (x, y - base // 2), _FONT, scale, ink, 1, cv2.LINE_AA)

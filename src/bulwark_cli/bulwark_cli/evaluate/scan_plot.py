# SPDX-License-Identifier: Apache-2.0
"""A picture of points per thing by distance, of real scans and of the world's."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bulwark_cli.evaluate.scan_figures import BINS, THINGS, ScanFigures

_SIZE = (420, 460)
_BOX = (60, 40, 440, 370)  # left, top, right, bottom of a panel's axes
_FROM, _TO = 5.0, 5000.0
_INK, _GRID = (40, 40, 40), (220, 220, 220)
_REAL, _WORLD = (180, 90, 20), (40, 110, 230)
_FONT = cv2.FONT_HERSHEY_SIMPLEX

Picture = npt.NDArray[np.uint8]


def draw(real: ScanFigures, world: ScanFigures, path: Path) -> None:
    """Write the picture as PNG. Raises OSError where that cannot be done."""
    panels = [_panel(name, real, world) for name in THINGS]
    ok, data = cv2.imencode(".png", np.hstack(panels))
    if not ok:
        raise OSError(f"{path}: cannot be encoded")
    path.write_bytes(data.tobytes())


def _panel(name: str, real: ScanFigures, world: ScanFigures) -> Picture:
    image: Picture = np.full((*_SIZE, 3), 255, np.uint8)
    _axes(image, name)
    for figures, colour, row, label in ((real, _REAL, 0, "real"), (world, _WORLD, 1, "world")):
        for distance, count in figures.points.get(name, []):
            if BINS[0] <= distance < BINS[-1]:
                cv2.circle(image, _at(distance, count), 2, colour, -1, cv2.LINE_AA)
        middles = [(a + b) / 2.0 for a, b in pairwise(BINS)]
        rows = zip(middles, figures.median_points(name), strict=True)
        line = [_at(middle, median) for middle, (number, median) in rows if number]
        cv2.polylines(image, [np.array(line, np.int32)], False, colour, 2, cv2.LINE_AA)
        place = (_BOX[2] - 100, _BOX[1] + 22 + 20 * row)
        cv2.putText(image, label, place, _FONT, 0.5, colour, 1, cv2.LINE_AA)
    return image


def _axes(image: Picture, name: str) -> None:
    left, top, right, bottom = _BOX
    for value in (10, 100, 1000):
        y = _at(BINS[0], value)[1]
        cv2.line(image, (left, y), (right, y), _GRID, 1)
        cv2.putText(image, str(value), (12, y + 5), _FONT, 0.42, _INK, 1, cv2.LINE_AA)
    for distance in (10, 20, 30, 40, 50, 60):
        x = _at(distance, _FROM)[0]
        cv2.line(image, (x, top), (x, bottom), _GRID, 1)
        cv2.putText(image, str(distance), (x - 8, bottom + 18), _FONT, 0.42, _INK, 1, cv2.LINE_AA)
    cv2.rectangle(image, (left, top), (right, bottom), _INK, 1)
    cv2.putText(image, f"points on a {name}", (left, 26), _FONT, 0.55, _INK, 1, cv2.LINE_AA)
    cv2.putText(image, "distance [m]", (left + 140, 408), _FONT, 0.45, _INK, 1, cv2.LINE_AA)


def _at(distance: float, count: float) -> tuple[int, int]:
    """Pixel of a distance and a number of points, on a logarithmic scale."""
    left, top, right, bottom = _BOX
    across = (distance - BINS[0]) / (BINS[-1] - BINS[0])
    up = math.log(max(count, _FROM) / _FROM) / math.log(_TO / _FROM)
    return round(left + across * (right - left)), round(bottom - up * (bottom - top))

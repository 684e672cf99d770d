# SPDX-License-Identifier: Apache-2.0
"""A labelled scan from above: what the points are, and what the chain made of them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bulwark_cli.evaluate.labelled_scans import Kind, LabelledScan
from bulwark_cli.evaluate.outlines import nearest_outline
from bulwark_cli.evaluate.scores import FAR, FOUND_SHARE, GHOST_SHARE, MARGIN
from bulwark_cli.evaluate.segments import segments
from bulwark_cli.evaluate.shown import Shown
from bulwark_core.errors import BulwarkError

Picture = npt.NDArray[np.uint8]

_PIXELS_PER_M = 12
_SIDE = int(2 * FAR * _PIXELS_PER_M)
_BACKGROUND, _OUTLINE, _RED = (24, 20, 18), (120, 200, 90), (70, 70, 240)  # BGR
_COLOURS = {
    Kind.UNKNOWN: (70, 70, 70), Kind.GROUND: (95, 80, 60), Kind.VEGETATION: (60, 110, 60),
}  # fmt: skip
_THING = (210, 200, 190)


def draw(scan: LabelledScan, shown: Shown, file: Path) -> None:
    """Write a PNG of what is within 40 m, the car's front up.

    Points are coloured by label; outlines are green, those of ghosts red; things that were not
    found are circled in red. Raises BulwarkError where the file cannot be written.
    """
    picture = np.full((_SIDE, _SIDE, 3), _BACKGROUND, np.uint8)
    for kind in Kind:
        _dots(picture, shown.xy[scan.kinds == kind], _COLOURS.get(kind, _THING))
    outlines = [obstacle.footprint() for obstacle in shown.obstacles]
    owner = nearest_outline(shown.xy, outlines, MARGIN)
    for number, outline in enumerate(outlines):
        own = scan.kinds[shown.is_obstacle_point & (owner == number)]
        is_ghost = len(own) > 0 and (own == Kind.GROUND).mean() >= GHOST_SHARE
        cv2.polylines(picture, [_pixels(outline)], True, _RED if is_ghost else _OUTLINE, 1)
    for segment in segments(scan, FAR):
        if (owner[segment.points] >= 0).mean() < FOUND_SHARE:
            middle = _pixels(shown.xy[segment.points].mean(axis=0)[None])[0]
            cv2.circle(picture, (int(middle[0]), int(middle[1])), 14, _RED, 2)
    cv2.drawMarker(picture, (_SIDE // 2, _SIDE // 2), (255, 255, 255), cv2.MARKER_TRIANGLE_UP, 12)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    except OSError as error:
        raise BulwarkError(f"cannot write {file}: {error.strerror}") from error


def _pixels(xy: npt.NDArray[np.floating]) -> npt.NDArray[np.int32]:
    """Positions (N, 2) in base_link as columns and rows, x up and y to the left."""
    half = _SIDE / 2
    columns, rows = half - xy[:, 1] * _PIXELS_PER_M, half - xy[:, 0] * _PIXELS_PER_M
    return np.stack([columns, rows], axis=1).round().astype(np.int32)


def _dots(picture: Picture, xy: npt.NDArray[np.floating], colour: tuple[int, int, int]) -> None:
    at = _pixels(xy)
    at = at[((at >= 0) & (at < _SIDE)).all(axis=1)]
    picture[at[:, 1], at[:, 0]] = colour

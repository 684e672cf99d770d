# SPDX-License-Identifier: Apache-2.0
"""Real pictures with boxes that people drew: folders as the KITTI object benchmark has them.

`image_2/NAME.png` with `label_2/NAME.txt` (Geiger et al., CVPR 2012, devkit). What the benchmark
leaves open (DontCare, Misc, and what is mostly hidden or cut by the picture's edge) is left open.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bulwark_core.errors import BulwarkError
from bulwark_core.objects import ObjectClass
from bulwark_training.classes import NUMBER
from bulwark_training.labels import OPEN, Labels
from bulwark_training.shots import Picture

_TYPES = {
    "Car": ObjectClass.CAR, "Van": ObjectClass.CAR, "Truck": ObjectClass.TRUCK,
    "Tram": ObjectClass.TRUCK, "Pedestrian": ObjectClass.PEDESTRIAN,
    "Person_sitting": ObjectClass.PEDESTRIAN, "Cyclist": ObjectClass.CYCLIST,
}  # fmt: skip
_VISIBLE = {"0": 1.0, "1": 0.6, "2": 0.2, "3": 0.0}  # by the benchmark's levels of occlusion
_CUT = 0.5
_LABELLED = frozenset(_TYPES.values())
"""Other classes have no labels, so that a box of them is not known to be wrong."""


@dataclass(frozen=True)
class RealPicture:
    """A picture with its labels."""

    name: str
    picture: Picture
    labels: Labels


def find_pictures(folder: Path) -> list[Path]:
    """The labelled pictures below a folder, in order. Raises BulwarkError where there are none."""
    files = [file for file in sorted(folder.rglob("image_2/*.png")) if _label_file(file).is_file()]
    if not files:
        raise BulwarkError(f"{folder}: no image_2/NAME.png with label_2/NAME.txt below it")
    return files


def read_picture(file: Path) -> RealPicture:
    """A picture and its labels. Raises BulwarkError naming the file, line and what is wrong."""
    picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if picture is None:
        raise BulwarkError(f"{file} is no picture that can be read")
    return RealPicture(file.stem, np.asarray(picture, np.uint8), read_labels(_label_file(file)))


def read_labels(file: Path) -> Labels:
    """The labels of a picture. Raises BulwarkError naming file and line."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BulwarkError(f"{file} cannot be read: {error}") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(_row(line.split()))
        except (ValueError, IndexError, KeyError) as error:
            raise BulwarkError(f"{file}, line {number}: not a label of KITTI objects") from error
    return Labels.from_rows(np.array(rows, np.float32).reshape(-1, 7))


def is_labelled(number: int) -> bool:
    """Whether the benchmark has labels for a class of ours."""
    return any(NUMBER[c] == number for c in _LABELLED)


def _row(words: list[str]) -> tuple[float, ...]:
    left, top, right, bottom = (float(word) for word in words[4:8])
    if words[0] not in _TYPES:
        return left, top, right, bottom, OPEN, 0.0, 0.0
    visible = _VISIBLE[words[2]] if float(words[1]) <= _CUT else 0.0
    away = float(np.hypot(float(words[11]), float(words[13])))
    return left, top, right, bottom, NUMBER[_TYPES[words[0]]], visible, away


def _label_file(picture: Path) -> Path:
    return picture.parent.parent / "label_2" / f"{picture.stem}.txt"

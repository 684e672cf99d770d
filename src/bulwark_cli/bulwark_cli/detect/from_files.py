# SPDX-License-Identifier: Apache-2.0
"""Single pictures through the detectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from bulwark_camera.detectors import Detectors
from bulwark_camera.letterbox import Picture
from bulwark_cli.detect.seen import Seen, SeenObject, see
from bulwark_core.errors import BadMessageError, BulwarkError
from bulwark_core.objects import ObjectClass

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff")


def find_pictures(paths: Sequence[Path]) -> list[Path]:
    """The files, and all pictures in the folders, in order of their names.

    Raises BulwarkError for a path that is not there and a folder without pictures.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
            if not inside:
                raise BulwarkError(f"{path}: holds no picture ({', '.join(SUFFIXES)})")
            files += inside
        elif path.is_file():
            files.append(path)
        else:
            raise BulwarkError(f"{path}: there is no such file or folder")
    return files


def look_at(file: Path, name: str, detectors: Detectors) -> Seen:
    """What is in a picture, or why it cannot be looked at."""
    try:
        picture = read_picture(file)
    except BadMessageError as error:
        return see(name, None, problem=str(error))
    found = detectors.detect(picture)
    if found is None:
        problem = "; ".join(status.message for status in detectors.statuses() if status.level)
        return see(name, picture, problem=problem)
    rows = zip(found.labels, found.scores, found.boxes.tolist(), strict=True)
    objects = [
        SeenObject(ObjectClass(label), float(score), (box[0], box[1], box[2], box[3]))
        for label, score, box in rows
    ]
    return see(name, picture, objects)


def look_at_all(files: Sequence[Path], detectors: Detectors) -> Iterator[Seen]:
    """The pictures one by one; those of one name get their folder's name too."""
    names = [file.name for file in files]
    for file in files:
        is_double = names.count(file.name) > 1
        name = f"{file.resolve().parent.name}_{file.name}" if is_double else file.name
        yield look_at(file, name, detectors)


def read_picture(file: Path) -> Picture:
    """A picture as BGR. Raises BadMessageError."""
    try:
        data = np.frombuffer(file.read_bytes(), dtype=np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except (OSError, cv2.error) as error:
        raise BadMessageError(f"cannot be read: {error}") from error
    if picture is None:
        raise BadMessageError("is no picture, or a broken one")
    return np.asarray(picture, dtype=np.uint8)

# SPDX-License-Identifier: Apache-2.0
"""Pictures with labels in files of some dozens, so that an interrupted run goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bulwark_core.errors import BulwarkError
from bulwark_training.labels import Labels
from bulwark_training.shots import Picture, Shot, take
from bulwark_training.split import Split

PER_SHARD = 50
_STREAM = 5


@dataclass(frozen=True)
class Stored:
    """A picture as JPEG, its labels and the kind of its place."""

    jpeg: npt.NDArray[np.uint8]
    labels: Labels
    place: str

    def picture(self) -> Picture:
        """(H, W, 3) uint8 BGR."""
        return np.asarray(cv2.imdecode(self.jpeg, cv2.IMREAD_COLOR), dtype=np.uint8)


def shard_folder(folder: Path, split: Split, seed: int) -> Path:
    """Where the pictures of a split and seed lie."""
    return folder / f"{split.name.lower()}_{seed}"


def missing_shards(folder: Path, split: Split, seed: int, pictures: int) -> list[int]:
    """The numbers of those that are still to be made."""
    there = shard_folder(folder, split, seed)
    count = -(-pictures // PER_SHARD)
    return [number for number in range(count) if not _file(there, number).is_file()]


def make_shard(
    folder: Path, split: Split, seed: int, number: int, on_picture: Callable[[], None]
) -> None:
    """Take the pictures of a shard and write it; it is there as a whole or not at all.

    Raises BulwarkError where it cannot be written.
    """
    rows = []
    for index in range(number * PER_SHARD, (number + 1) * PER_SHARD):
        rows.append(_stored(take(seed, split, index), seed, index))
        on_picture()
    file = _file(shard_folder(folder, split, seed), number)
    part = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            np.savez(
                stream,
                jpeg=np.concatenate([row.jpeg for row in rows]),
                sizes=np.array([len(row.jpeg) for row in rows]),
                labels=np.concatenate([row.labels.as_rows() for row in rows]),
                counts=np.array([len(row.labels) for row in rows]),
                places=np.array([row.place for row in rows]),
            )
        part.replace(file)
    except OSError as error:
        raise BulwarkError(f"cannot write {file}: {error.strerror}") from error


def shard_files(folder: Path, split: Split, seed: int) -> list[Path]:
    """The shards that are there, in order."""
    return sorted(shard_folder(folder, split, seed).glob("*.npz"))


def read_shards(files: Sequence[Path]) -> list[Stored]:
    """All pictures of some shards. Raises BulwarkError naming one that cannot be read."""
    rows: list[Stored] = []
    for file in files:
        try:
            with np.load(file) as shard:
                rows += _rows({name: shard[name] for name in shard.files})
        except (OSError, ValueError, KeyError) as error:
            raise BulwarkError(f"{file} is no shard of pictures; delete it: {error}") from error
    return rows


def _rows(shard: dict[str, npt.NDArray[np.generic]]) -> list[Stored]:
    jpegs = np.split(shard["jpeg"].astype(np.uint8), np.cumsum(shard["sizes"].astype(int))[:-1])
    rows = np.split(shard["labels"].astype(np.float32), np.cumsum(shard["counts"].astype(int))[:-1])
    places = [str(place) for place in shard["places"]]
    triples = zip(jpegs, rows, places, strict=True)
    return [Stored(jpeg, Labels.from_rows(label), place) for jpeg, label, place in triples]


def _stored(shot: Shot, seed: int, index: int) -> Stored:
    quality = int(np.random.default_rng((seed, _STREAM, index)).integers(55, 97))
    _, jpeg = cv2.imencode(".jpg", shot.picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return Stored(np.asarray(jpeg).reshape(-1), shot.labels, shot.place)


def _file(folder: Path, number: int) -> Path:
    return folder / f"{number:05d}.npz"

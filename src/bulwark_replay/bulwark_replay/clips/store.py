# SPDX-License-Identifier: Apache-2.0
"""A folder of clips that stays below a size: the least interesting, oldest go first."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from bulwark_core.errors import BagError
from bulwark_replay.bag_writer import BagWriter
from bulwark_replay.clips.clip import Clip, is_whole, read_clip, size_of, write_clip_file
from bulwark_replay.clips.recover import recover_bag
from bulwark_replay.clips.ring import Piece


class ClipStore:
    """The clips of one folder, and its bound [bytes]."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder = folder
        self._max_bytes = max_bytes

    def clips(self) -> list[tuple[Path, Clip]]:
        """All readable clips by name."""
        return [row for row in self._rows() if is_whole(row[0])]

    def size(self) -> int:
        """What all clips take [bytes], unfinished ones included."""
        return sum(size_of(path) for path, _ in self._rows())

    def sweep(self) -> list[str]:
        """Recover what a recorder that died has left; what was done, one sentence each."""
        return [self._rescue(path, clip) for path, clip in self._rows() if not is_whole(path)]

    def write(
        self,
        clip: Clip,
        pieces: list[Piece],
        types: dict[str, str],
        on_written: Callable[[Piece], None],
    ) -> Path | None:
        """Write a clip; None where there is no room and all others are more interesting.

        types: `package/msg/Name` of each topic; on_written: called for every piece, written or
        not. Raises BagError where the folder cannot be written.
        """
        try:
            if not self._make_room(sum(piece.size for piece in pieces), clip):
                return None
            path = self._free_path(clip.name)
            clip = replace(clip, name=path.name, messages=len(pieces))
            with BagWriter(path) as writer:
                write_clip_file(path, clip)
                while pieces:
                    piece = pieces.pop(0)
                    writer.write(piece.topic, types[piece.topic], piece.ns, piece.data)
                    on_written(piece)
            return path
        except OSError as error:
            raise BagError(f"{self.folder}: a clip cannot be written: {error.strerror}") from error
        finally:
            for piece in pieces:
                on_written(piece)

    def _rows(self) -> Iterator[tuple[Path, Clip]]:
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.iterdir()):
            try:
                yield path, read_clip(path)
            except BagError:
                continue  # somebody else's folder, which is not touched

    def _rescue(self, path: Path, clip: Clip) -> str:
        files = list(path.glob("*.mcap"))
        rescued = path.with_name(f"{path.name}.rescued")
        count = recover_bag(files[0], rescued) if files else 0
        shutil.rmtree(path)
        if not count:
            return f"{clip.name}: the recorder died before anything of it was written"
        rescued.rename(path)
        _rename_inside(path, rescued.name)
        write_clip_file(path, replace(clip, messages=count, recovered=True))
        return f"{clip.name}: recovered {count} of {clip.messages} messages"

    def _make_room(self, wanted: int, clip: Clip) -> bool:
        rows = sorted(self._rows(), key=lambda row: (row[1].interest, row[1].start_ns))
        total = sum(size_of(path) for path, _ in rows)
        while total + wanted > self._max_bytes:
            if not rows or rows[0][1].interest > clip.interest:
                return False
            path, _ = rows.pop(0)
            total -= size_of(path)
            shutil.rmtree(path)
        return True

    def _free_path(self, name: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        names = (name, *(f"{name}_{n}" for n in range(2, 10_000)))
        return next(self.folder / one for one in names if not (self.folder / one).exists())


def _rename_inside(path: Path, old: str) -> None:
    """Name the bag's file after its folder again, in the metadata too."""
    (path / f"{old}.mcap").rename(path / f"{path.name}.mcap")
    metadata = path / "metadata.yaml"
    text = metadata.read_text(encoding="utf-8")
    metadata.write_text(text.replace(f"{old}.mcap", f"{path.name}.mcap"), encoding="utf-8")

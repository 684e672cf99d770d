# SPDX-License-Identifier: Apache-2.0
"""Writes compressed MCAP bags as rosbag2 does; the same messages give the same bytes."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType

from rosbags.interfaces import Connection
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer, WriterError

from bulwark_core.errors import BagError
from bulwark_replay.definitions import typestore


class BagWriter:
    """A new bag in the folder `path`; use it in a `with`.

    Raises BagError where the folder is something else than a bag, or cannot be written. A bag that
    is there already is replaced.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connections: dict[str, Connection] = {}

    def __enter__(self) -> BagWriter:
        _make_room(self.path)
        try:
            self._writer = Writer(self.path, version=9, storage_plugin=StoragePlugin.MCAP)
            self._writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
            self._writer.open()
        except (OSError, WriterError) as error:
            raise BagError(f"{self.path}: cannot be written: {error}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._writer.close()
        else:
            self._writer.abort()

    def write(self, topic: str, type_name: str, log_ns: int, cdr: bytes) -> None:
        """Add a serialised message; types are `package/msg/Name` and known to `typestore`."""
        if topic not in self._connections:
            self._connections[topic] = self._writer.add_connection(
                topic, type_name, typestore=typestore()
            )
        self._writer.write(self._connections[topic], log_ns, cdr)

    def note(self, key: str, value: str) -> None:
        """Put a remark into the bag's metadata (`custom_data`)."""
        self._writer.set_custom_data(key, value)


_OF_A_BAG = (".mcap", ".yaml")


def _make_room(path: Path) -> None:
    if not path.exists():
        return
    is_bag = path.is_dir() and all(f.suffix in _OF_A_BAG for f in path.iterdir())
    if not is_bag:
        raise BagError(f"{path}: is there already and is no bag: it is not replaced")
    shutil.rmtree(path)

# SPDX-License-Identifier: Apache-2.0
"""Bags as one stream of CDR messages: ROS 2 MCAP and sqlite3, and ROS 1, through `rosbags`.

Whatever is wrong with a bag becomes a BagError of one line that names the file and what to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rosbags.interfaces import MessageDefinitionFormat
from rosbags.rosbag1 import Reader as Ros1Reader
from rosbags.rosbag2 import Reader as Ros2Reader
from rosbags.typesys import Stores, get_typestore

from bulwark_core.errors import BagError
from bulwark_replay.definitions import PACKAGE, foreign_fields
from bulwark_replay.truncation import describe_truncation

if TYPE_CHECKING:
    from rosbags.interfaces import Connection

STORAGE_SUFFIXES = (".mcap", ".db3", ".bag")
ROS1_SUFFIX = ".bag"
_JAZZY = get_typestore(Stores.ROS2_JAZZY)


@dataclass(frozen=True)
class BagTopic:
    """A topic of a bag. `type` is `package/msg/Name`, also where the bag is a ROS 1 one.

    foreign: why its messages cannot be understood here; empty where they can.
    """

    name: str
    type: str
    count: int
    foreign: str = ""


@dataclass(frozen=True)
class RawMessage:
    """A message as it was recorded.

    log_ns: when the recorder received it [ns]; sequence: its place in the file, from 0;
    cdr: the serialised message, as `rclpy.serialization.deserialize_message` takes it.
    """

    topic: str
    type: str
    log_ns: int
    sequence: int
    cdr: bytes


class Bag:
    """An open bag; use `open_bag`."""

    def __init__(self, path: Path, reader: Ros1Reader | Ros2Reader) -> None:
        self.path = path
        self._reader = reader
        self.topics = _topics(reader.connections)

    @property
    def name(self) -> str:
        """The bag's name, without its folder and suffix."""
        return _name(self.path)

    def messages(self, topics: Collection[str]) -> Iterator[RawMessage]:
        """The messages of these topics in the file's order.

        Raises BagError where the file breaks off or holds fewer messages than it announces.
        """
        wanted = [c for c in self._reader.connections if c.topic in topics]
        expected = sum(connection.msgcount for connection in wanted)
        read = 0
        with _as_bag_errors(self.path):
            for connection, log_ns, raw in self._reader.messages(wanted) if wanted else ():
                cdr = self._cdr(raw, connection.msgtype)
                yield RawMessage(connection.topic, connection.msgtype, log_ns, read, cdr)
                read += 1
        if read < expected:
            raise BagError(
                f"{self.path}: announces {expected} messages on {', '.join(sorted(topics))} but "
                f"holds {read}; truncated or edited: run `ros2 bag reindex` on it, or record again"
            )

    def _cdr(self, raw: bytes, type_name: str) -> bytes:
        """ROS 1 messages of these types differ only in the header's sequence number."""
        if isinstance(self._reader, Ros2Reader):
            return raw
        return bytes(_JAZZY.ros1_to_cdr(raw, type_name))


@contextmanager
def open_bag(path: Path) -> Iterator[Bag]:
    """Open a bag: a folder with metadata.yaml, or one `.mcap`, `.db3` or (ROS 1) `.bag` file.

    Raises BagError where it is no bag, is broken, or holds no message.
    """
    _require_bag(path)
    with _as_bag_errors(path):
        # Definitions of all types in the bag are not parsed: one odd one must not spoil the rest.
        reader = Ros1Reader(path) if path.suffix == ROS1_SUFFIX else Ros2Reader(path)
        reader.open()
    try:
        if reader.message_count == 0:
            raise BagError(f"{path}: holds no messages; record again and check the topics' QoS")
        yield Bag(path, reader)
    finally:
        reader.close()


def _require_bag(path: Path) -> None:
    """BagError where this cannot be a bag."""
    if not path.exists():
        raise BagError(f"{path}: there is no such file or folder")
    if path.is_file():
        if path.suffix not in STORAGE_SUFFIXES:
            raise BagError(
                f"{path}: is no bag: give a bag's folder or a {', '.join(STORAGE_SUFFIXES)} file"
            )
        if path.stat().st_size == 0:
            raise BagError(f"{path}: the file is empty; copy or record it again")
    elif not (path / "metadata.yaml").is_file():
        raise BagError(_no_metadata(path))


def _no_metadata(folder: Path) -> str:
    parts = sorted(p.name for p in folder.iterdir() if p.suffix in STORAGE_SUFFIXES)
    if not parts:
        return f"{folder}: is no bag: the folder has no metadata.yaml and no storage file"
    return (
        f"{folder}: metadata.yaml is missing, but {parts[0]} is there: give that file instead, "
        f"or make the metadata with `ros2 bag reindex {folder.name}`"
    )


def _topics(connections: Collection[Connection]) -> tuple[BagTopic, ...]:
    """Topics by name; several recordings of one topic and type count as one."""
    counts: dict[tuple[str, str], int] = {}
    foreign: dict[tuple[str, str], str] = {}
    for connection in connections:
        key = (connection.topic, connection.msgtype)
        counts[key] = counts.get(key, 0) + connection.msgcount
        foreign[key] = foreign.get(key, "") or _foreign(connection)
    return tuple(BagTopic(*key, count, foreign[key]) for key, count in sorted(counts.items()))


def _foreign(connection: Connection) -> str:
    """Only our own messages change; those of ROS have been the same from Foxy to Jazzy."""
    is_ours = connection.msgtype.startswith(f"{PACKAGE}/")
    if not is_ours or connection.msgdef.format != MessageDefinitionFormat.MSG:
        return ""
    return foreign_fields(connection.msgdef.data, connection.msgtype)


def _name(path: Path) -> str:
    resolved = path.resolve()
    return resolved.name if resolved.is_dir() else resolved.stem


@contextmanager
def _as_bag_errors(path: Path) -> Iterator[None]:
    """Whatever a reader raises on a broken file, as one BagError."""
    try:
        yield
    except BagError:
        raise
    except Exception as error:
        # The readers let anything from struct.error to apsw.CorruptError through.
        raise BagError(f"{path}: {_reason(path, error)}") from error


def _reason(path: Path, error: Exception) -> str:
    truncation = describe_truncation(path)
    if truncation:
        return truncation
    words: Any = error.args[0] if error.args else type(error).__name__
    text = " ".join(str(words).split()).rstrip(".")
    return f"cannot be read ({text}); is it complete? Copy or record it again"

# SPDX-License-Identifier: Apache-2.0
"""How much of a broken-off MCAP file is there: https://mcap.dev/spec, records and chunks."""

from __future__ import annotations

import struct
from pathlib import Path

MAGIC = b"\x89MCAP0\r\n"
_CHUNK = 0x06
_RECORD_HEADER = struct.Struct("<BQ")
_CHUNK_TIMES = struct.Struct("<QQ")


def describe_truncation(path: Path) -> str:
    """Which file of the bag breaks off and how much of it is readable; empty where none does."""
    files = [path] if path.is_file() else sorted(path.glob("*.mcap"))
    for file in files:
        if file.suffix == ".mcap" and not _has_end(file):
            where = "" if file == path else f"{file.name} "
            return f"{where}is truncated: {_readable(file)}"
    return ""


def _has_end(file: Path) -> bool:
    with file.open("rb") as stream:
        if stream.read(len(MAGIC)) != MAGIC:
            return True  # not an MCAP file at all: another error
        stream.seek(-len(MAGIC), 2)
        return stream.read() == MAGIC


def _readable(file: Path) -> str:
    """How many whole chunks there are, how many seconds they span, and what to do, in words."""
    chunks, first_ns, last_ns = 0, 0, 0
    size = file.stat().st_size
    with file.open("rb") as stream:
        stream.seek(len(MAGIC))
        while len(header := stream.read(_RECORD_HEADER.size)) == _RECORD_HEADER.size:
            kind, length = _RECORD_HEADER.unpack(header)
            end = stream.tell() + length
            if end > size:
                break
            if kind == _CHUNK and length >= _CHUNK_TIMES.size:
                start_ns, end_ns = _CHUNK_TIMES.unpack(stream.read(_CHUNK_TIMES.size))
                first_ns = min(first_ns, start_ns) if chunks else start_ns
                last_ns = max(last_ns, end_ns)
                chunks += 1
            stream.seek(end)
    if not chunks:
        return f"nothing of its {size} bytes is readable; copy or record it again"
    return (
        f"only the first {(last_ns - first_ns) / 1e9:.1f} s ({chunks} chunks) are readable; "
        f"`bulwark clip recover {file.name} NEW` makes a bag of that part"
    )

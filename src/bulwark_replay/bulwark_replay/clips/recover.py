# SPDX-License-Identifier: Apache-2.0
"""Makes a bag of the readable part of an MCAP file that breaks off, as `mcap recover` does.

Whole records are kept, the cut one is dropped, and an end without an index is put behind them
(https://mcap.dev/spec: Data End, Footer, magic); readers then scan the file.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
from pathlib import Path

from bulwark_core.errors import BagError
from bulwark_replay.bag_writer import BagWriter
from bulwark_replay.bags import open_bag
from bulwark_replay.truncation import MAGIC

_RECORD_HEADER = struct.Struct("<BQ")
_DATA_END, _FOOTER = 0x0F, 0x02
_END = _RECORD_HEADER.pack(_DATA_END, 4) + bytes(4) + _RECORD_HEADER.pack(_FOOTER, 20) + bytes(20)


def recover_bag(file: Path, target: Path) -> int:
    """Write what is readable of a cut MCAP file as a bag; how many messages that is.

    Nothing is written where nothing is readable. Raises BagError where `file` is no MCAP file.
    """
    with tempfile.TemporaryDirectory(prefix="bulwark_recover_") as folder:
        mended = Path(folder) / file.name
        _mend(file, mended)
        try:
            with open_bag(mended) as bag:
                messages = list(bag.messages({topic.name for topic in bag.topics}))
        except BagError:
            return 0
    with BagWriter(target) as writer:
        for message in messages:
            writer.write(message.topic, message.type, message.log_ns, message.cdr)
    return len(messages)


def _mend(file: Path, mended: Path) -> None:
    """Copy the whole records and put an end behind them."""
    with file.open("rb") as source:
        if source.read(len(MAGIC)) != MAGIC:
            raise BagError(f"{file}: is no MCAP file")
        end, size = len(MAGIC), file.stat().st_size
        while len(header := source.read(_RECORD_HEADER.size)) == _RECORD_HEADER.size:
            kind, length = _RECORD_HEADER.unpack(header)
            if kind in (_DATA_END, _FOOTER) or source.tell() + length > size:
                break
            end = source.seek(length, 1)
    shutil.copyfile(file, mended)
    with mended.open("r+b") as stream:
        stream.truncate(end)
        stream.seek(end)
        stream.write(_END + MAGIC)

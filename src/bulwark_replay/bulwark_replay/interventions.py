# SPDX-License-Identifier: Apache-2.0
"""Records of interventions, from a JSON file or from the bag that they were published into."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bulwark_aeb.record import FORMAT
from bulwark_core.errors import BagError, RecordError
from bulwark_replay.bags import open_bag

TOPIC = "/aeb/interventions"
_NEEDED = ("summary", "vehicle", "decisions", "motion", "scenes")


def read_records(path: Path) -> list[dict[str, Any]]:
    """All records of a `.json` file or a bag, in order.

    Raises RecordError where there is none or one is no record, BagError for a bag that cannot be
    read.
    """
    if path.suffix == ".json":
        return [parse_record(_text(path), str(path))]
    records = [parse_record(text, f"{path}, {TOPIC}") for text in _published(path)]
    if not records:
        raise RecordError(f"{path}: no intervention was recorded in it ({TOPIC} has no message)")
    return records


def parse_record(text: str, source: str) -> dict[str, Any]:
    """A record from its JSON; `source` is named in the error. Raises RecordError."""
    try:
        record = json.loads(text)
    except ValueError as error:
        raise RecordError(f"{source}: not JSON: {error}") from error
    found = record.get("format") if isinstance(record, dict) else None
    if found != FORMAT:
        raise RecordError(f"{source}: format is {found!r}, not {FORMAT!r}")
    lacking = [name for name in _NEEDED if name not in record]
    if lacking:
        raise RecordError(f"{source}: the record has no field '{lacking[0]}'")
    return dict(record)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise RecordError(f"{path}: {why}") from error


def _published(path: Path) -> list[str]:
    from rclpy.serialization import deserialize_message
    from std_msgs.msg import String

    if not path.exists():
        raise BagError(f"{path}: there is no such file or folder")
    with open_bag(path) as bag:
        return [deserialize_message(raw.cdr, String).data for raw in bag.messages([TOPIC])]

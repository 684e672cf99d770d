# SPDX-License-Identifier: Apache-2.0
"""Baseline files: snapshots of bags by name, as one JSON file that a repository can keep."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from bulwark_core.errors import BagError
from bulwark_replay.snapshot import Snapshot, from_plain, to_plain

FORMAT = "bulwark replay baseline 1"


def read_baseline(file: Path) -> dict[str, Snapshot]:
    """The snapshots by the bag's name; BagError naming the file and what is wrong."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BagError(
            f"{file}: there is no such baseline; make it with --update-baseline"
        ) from None
    except (OSError, ValueError) as error:
        raise BagError(f"{file}: cannot be read as a baseline: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BagError(f"{file}: is no baseline (its 'format' must be '{FORMAT}')")
    try:
        return {name: from_plain(plain) for name, plain in content["bags"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise BagError(f"{file}: is no baseline: {error!r}") from error


def write_baseline(file: Path, snapshots: Mapping[str, Snapshot], commit: str) -> None:
    """Write the file, one edge or curve a line so that changes are easy to review."""
    rows = [f"{json.dumps(name)}: {_text(snapshots[name])}" for name in sorted(snapshots)]
    head = f'"format": {json.dumps(FORMAT)},\n"commit": {json.dumps(commit)},'
    text = "{\n" + head + '\n"bags": {\n' + ",\n".join(rows) + "\n}\n}\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BagError(f"cannot write {file}: {error.strerror}") from error


def _text(snapshot: Snapshot) -> str:
    plain = to_plain(snapshot)
    curves = (f"{json.dumps(name)}: {json.dumps(v)}" for name, v in plain["curves"].items())
    parts = [
        f'"bag": {json.dumps(plain["bag"])}',
        f'"edges": [{_lines(json.dumps(edge) for edge in plain["edges"])}]',
        f'"metrics": {json.dumps(plain["metrics"])}',
        f'"stamps_s": {json.dumps(plain["stamps_s"])}',
        f'"curves": {{{_lines(curves)}}}',
    ]
    return "{\n " + ",\n ".join(parts) + "}"


def _lines(rows: Iterable[str]) -> str:
    return ",".join(f"\n  {row}" for row in rows)

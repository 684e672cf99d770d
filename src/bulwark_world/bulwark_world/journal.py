# SPDX-License-Identifier: Apache-2.0
"""Outcomes of a suite as they come, one a line, so that an interrupted suite goes on where it was.

A journal holds for one key: the suite's and scenarios' files, the runs chosen, the conditions and
the code. Whatever changes, another journal is begun, so that no stale outcome is taken.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import IO, Any

from bulwark_world.figures import Figures
from bulwark_world.runner import Conditions, Outcome, Record
from bulwark_world.source_state import source_state
from bulwark_world.suite import Run

_FORMAT = "bulwark.scenario_journal.1"
_BYTES = "base64"


def journal_key(files: Sequence[Path], runs: Sequence[Run], conditions: Conditions) -> str:
    """SHA-256 of all that the outcomes of these runs depend on. files: of suite and scenarios."""
    digest = hashlib.sha256(f"{_FORMAT} {source_state()} {conditions!r}\n".encode())
    for file in files:
        digest.update(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    for run in runs:
        text = f"{run.id!r} {run.scenario.name} {sorted(run.settings.items())} {run.error!r}\n"
        digest.update(text.encode())
    return digest.hexdigest()


class Journal:
    """Outcomes by run id, on disk. Without a file it only remembers.

    known: what it held when it was opened, then all that was added. note: why there is no file.
    """

    def __init__(self, stream: IO[str] | None = None, file: Path | None = None) -> None:
        self.known: dict[str, Outcome] = {}
        self.note = ""
        self._stream, self._file = stream, file

    @classmethod
    def open(cls, folder: Path, name: str, key: str, *, fresh: bool = False) -> Journal:
        """The journal of a key, begun anew where there is none or where it shall be.

        A line that was cut off is removed. Where the file cannot be written, or another process
        writes it now, the journal has no file and says so in its note.
        """
        file = folder / f"{name}-{key[:16]}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stream = file.open("a+", encoding="ascii", errors="replace")
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return cls._without("the same runs are under way in another process")
        except OSError as error:
            return cls._without(f"{file} cannot be written: {error.strerror}")
        journal = cls(stream, file)
        journal._begin(key, fresh)
        return journal

    @classmethod
    def _without(cls, why: str) -> Journal:
        journal = cls()
        journal.note = f"{why}; if this is interrupted, it starts anew"
        return journal

    def add(self, outcome: Outcome) -> None:
        """Remember an outcome and write it down at once."""
        self.known[outcome.record.id] = outcome
        self._write({"outcome": _to_plain(outcome)})

    def close(self, *, finished: bool) -> None:
        """Close the file; one that is finished is removed."""
        if self._stream is None or self._file is None:
            return
        if finished:
            self._file.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # others are in there
                self._file.parent.rmdir()
        self._stream.close()
        self._stream = None

    def _begin(self, key: str, fresh: bool) -> None:
        """Take over what is there and good, cut off what is not."""
        assert self._stream is not None
        self._stream.seek(0)
        text = "" if fresh else self._stream.read()
        lines = text.splitlines(keepends=True)
        good = _read_header(lines, key)
        if good:
            for line in lines[1:]:
                outcome = _read_line(line)
                if outcome is None:
                    break
                good += line
                self.known[outcome.record.id] = outcome
        self._stream.seek(0)
        self._stream.truncate(len(good))
        self._stream.seek(0, 2)
        if not good:
            self._write({"format": _FORMAT, "key": key})

    def _write(self, row: dict[str, Any]) -> None:
        if self._stream is not None:
            self._stream.write(json.dumps(row) + "\n")
            self._stream.flush()


def _read_header(lines: Sequence[str], key: str) -> str:
    """The first line where it is that of this journal, else nothing."""
    wanted = json.dumps({"format": _FORMAT, "key": key}) + "\n"
    return wanted if lines and lines[0] == wanted else ""


def _read_line(line: str) -> Outcome | None:
    """The outcome of a line; None where the line is broken."""
    if not (line.isascii() and line.endswith("\n")):
        return None
    try:
        return _from_plain(json.loads(line)["outcome"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _to_plain(outcome: Outcome) -> dict[str, Any]:
    plain = {item.name: getattr(outcome, item.name) for item in fields(outcome)}
    for name, value in plain.items():
        if isinstance(value, bytes):
            plain[name] = {_BYTES: base64.b64encode(value).decode("ascii")}
    return plain | {"record": asdict(outcome.record)}


def _from_plain(plain: dict[str, Any]) -> Outcome:
    for name, value in plain.items():
        if isinstance(value, dict) and set(value) == {_BYTES}:
            plain[name] = base64.b64decode(value[_BYTES])
    record = plain.pop("record")
    figures = record.pop("figures")
    return Outcome(Record(**record, figures=figures and Figures(**figures)), **plain)

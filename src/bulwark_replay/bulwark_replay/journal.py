# SPDX-License-Identifier: Apache-2.0
"""Outcomes as they come, one a line, so that an interrupted run goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from bulwark_core.errors import BagError
from bulwark_replay.folder import fingerprint
from bulwark_replay.job import Job
from bulwark_replay.outcome import Outcome, outcome_from_plain, outcome_to_plain


def key_of(job: Job) -> str:
    """Equal for equal bag, options, demands and code: only then an old outcome still holds."""
    asked = (job.name, fingerprint(job.bag), job.options, job.demands, job.code, job.keep)
    options = job.options
    files = [*options.params, *filter(None, [options.model])]
    files += sorted(options.config.glob("*.yaml")) if options.config else []
    content = b"".join(file.read_bytes() for file in files if file.is_file())
    return hashlib.sha256(repr(asked).encode() + content).hexdigest()


class Journal:
    """The outcomes of one file by key. A line that was cut off by a crash is left out."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.known: dict[str, Outcome] = {}
        if file.is_file():
            self._read()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._stream: IO[str] = file.open("a", encoding="utf-8")
        except OSError as error:
            raise BagError(f"cannot write {file}: {error.strerror}") from error

    def add(self, key: str, outcome: Outcome) -> None:
        """Write an outcome down at once."""
        self.known[key] = outcome
        row = {"key": key, "outcome": outcome_to_plain(outcome)}
        self._stream.write(json.dumps(row) + "\n")
        self._stream.flush()

    def settle(self, keys: Sequence[str]) -> None:
        """Keep only these, in this order: a run that is complete leaves the same file always."""
        rows = [{"key": key, "outcome": outcome_to_plain(self.known[key])} for key in keys]
        self._stream.close()
        self._file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _read(self) -> None:
        whole = []
        for line in self._file.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
                self.known[row["key"]] = outcome_from_plain(row["outcome"])
            except (ValueError, KeyError, TypeError):
                continue
            whole.append(line)
        self._file.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")

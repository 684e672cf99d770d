# SPDX-License-Identifier: Apache-2.0
"""A clip on disk: a bag with `clip.json` beside it, which says why it was kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bulwark_core.errors import BagError
from bulwark_replay.clips.triggers import INTEREST, Trigger

CLIP_FILE = "clip.json"
METADATA = "metadata.yaml"
OUTCOMES = ("right", "false", "missed", "unclear")
"""What people may say of a moment: the stack did right, braked for nothing, or did not brake."""


@dataclass(frozen=True)
class Clip:
    """What is known of a clip.

    start_ns, end_ns: the time that was asked for; triggers: what happened in it, the first is why
    it was kept. outcome, note: what people said of it. recovered: written by a recorder that died.
    """

    name: str
    start_ns: int
    end_ns: int
    triggers: tuple[Trigger, ...]
    messages: int = 0
    outcome: str = ""
    note: str = ""
    recovered: bool = False

    @property
    def interest(self) -> int:
        """How interesting it is; what people have labelled is above all else."""
        most = max((trigger.interest for trigger in self.triggers), default=0)
        return most + (1000 if self.outcome else 0)

    @property
    def reason(self) -> str:
        """The most interesting of its reasons."""
        return max(self.triggers, key=lambda t: t.interest).reason if self.triggers else "unknown"


def new_clip(start_ns: int, end_ns: int, triggers: Sequence[Trigger]) -> Clip:
    """A clip that is about to be written, named by its time and its reason."""
    clip = Clip("", start_ns, end_ns, tuple(triggers))
    moment = datetime.fromtimestamp(triggers[0].ns / 1e9, timezone.utc)
    stamp = f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}"
    return replace(clip, name=f"{stamp}_{clip.reason}")


def write_clip_file(folder: Path, clip: Clip) -> None:
    """Write `clip.json` so that it is whole or not there; OSError where it cannot be."""
    part = folder / f"{CLIP_FILE}.part"
    part.write_text(json.dumps(asdict(clip), indent=1) + "\n", encoding="utf-8")
    part.replace(folder / CLIP_FILE)


def read_clip(folder: Path) -> Clip:
    """The clip of a folder; BagError naming file and reason where it has none or a broken one."""
    file = folder / CLIP_FILE
    if not file.is_file():
        raise BagError(f"{folder}: is no clip: it has no {CLIP_FILE}")
    try:
        return _clip(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BagError(f"{file}: is no clip file: {error!r}") from error


def _clip(plain: dict[str, Any]) -> Clip:
    triggers = tuple(Trigger(**row) for row in plain.pop("triggers"))
    if any(trigger.reason not in INTEREST for trigger in triggers):
        raise ValueError("unknown reason of a trigger")
    return Clip(triggers=triggers, **plain)


def is_whole(folder: Path) -> bool:
    """Whether the bag was written to its end: its metadata comes last."""
    return (folder / METADATA).is_file()


def size_of(folder: Path) -> int:
    """What the clip takes on disk [bytes]."""
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())

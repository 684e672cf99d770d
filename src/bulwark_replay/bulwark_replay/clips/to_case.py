# SPDX-License-Identifier: Apache-2.0
"""A clip as a regression case: its bag in a folder of cases, with what must come out of it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from bulwark_core.errors import BagError
from bulwark_replay.case import CASE_FILE
from bulwark_replay.clips.clip import CLIP_FILE, Clip
from bulwark_replay.conditions import parse_condition

_EXPECTED = {
    "false": ("interventions = 0",),
    "missed": ("interventions >= 1",),
}


def expected_of(clip: Clip) -> tuple[str, ...]:
    """What the label asks of every later version; BagError where it leaves that open."""
    if clip.outcome == "right":
        braked = any(trigger.reason == "intervention" for trigger in clip.triggers)
        return ("interventions >= 1",) if braked else ("interventions = 0",)
    if clip.outcome in _EXPECTED:
        return _EXPECTED[clip.outcome]
    raise BagError(
        f"{clip.name}: nobody said yet what is right: `bulwark clip label` it, or give --expect"
    )


def make_case(folder: Path, clip: Clip, cases: Path, expect: Sequence[str]) -> Path:
    """Copy the bag of the clip in `folder` to `cases` and write its case file; the new folder.

    Raises BagError where there is one of that name already, or a condition is no good.
    """
    for text in expect:
        parse_condition(text)
    target = cases / clip.name
    if target.exists():
        raise BagError(f"{target}: is there already; remove it first to add the clip again")
    content = {
        "about": clip.note or "; ".join(trigger.text for trigger in clip.triggers[:3]),
        "outcome": clip.outcome or "unclear",
        "expect": list(expect),
        "reason": clip.reason,
        "source": clip.name,
    }
    try:
        shutil.copytree(folder, target, ignore=shutil.ignore_patterns(CLIP_FILE))
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        (target / CASE_FILE).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BagError(f"{target}: cannot be written: {error.strerror}") from error
    return target

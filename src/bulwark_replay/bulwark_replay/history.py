# SPDX-License-Identifier: Apache-2.0
"""What happened in a replay: rises of the stage, changes of the state, lives of the tracks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bulwark_core.objects import ObjectClass
from bulwark_replay.recording import Decision, Frame

_RANK = {"WARNING": 1, "PREFILL": 2, "PARTIAL": 3, "FULL": 4}
"""HOLD and NONE are 0: who holds no longer brakes, and braking again is a new rise."""
INTERVENTIONS = ("PARTIAL", "FULL")
WARNING = "WARNING"


@dataclass
class Track:
    """The life of an object: its most frequent class, first and last frame, frames seen."""

    id: int
    first_frame: int
    last_frame: int = 0
    frames: int = 0
    classes: Counter[ObjectClass] = field(default_factory=Counter)

    @property
    def object_class(self) -> ObjectClass:
        """The class it had most often; of equals the one it had first, UNKNOWN last."""
        known = {c: n for c, n in self.classes.items() if c is not ObjectClass.UNKNOWN}
        return max(known, key=lambda c: known[c]) if known else ObjectClass.UNKNOWN


def stage_rises(decisions: Sequence[Decision], stages: Sequence[str]) -> Iterator[Decision]:
    """The decisions in which the stage rose to one of `stages`, or turned to another object in it.

    An object that a stage already was about is not told again until the stage falls.
    """
    before, told = 0, set[int]()
    for decision in decisions:
        rank = _RANK.get(decision.stage, 0)
        if rank != before:
            told = set()
        is_new = decision.target_id not in told and rank >= before
        if is_new and decision.stage in stages:
            told.add(decision.target_id)
            yield decision
        before = rank


def state_changes(decisions: Sequence[Decision]) -> Iterator[Decision]:
    """The first decision, and each whose state or reason is another than before."""
    before = None
    for decision in decisions:
        now = (decision.state, decision.state_reason)
        if now != before:
            yield decision
        before = now


def tracks(frames: Sequence[Frame]) -> list[Track]:
    """Every object that was ever tracked, by first frame and id."""
    found: dict[int, Track] = {}
    for frame in frames:
        for tracked in frame.objects:
            track = found.setdefault(tracked.id, Track(tracked.id, frame.index))
            track.last_frame = frame.index
            track.frames += 1
            track.classes[tracked.object_class] += 1
    return sorted(found.values(), key=lambda track: (track.first_frame, track.id))

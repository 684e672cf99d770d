# SPDX-License-Identifier: Apache-2.0
"""The judgement of one replay: its conditions, its difference to the baseline, the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from bulwark_replay.conditions import Condition, Judgement, judge_all
from bulwark_replay.differences import Difference, Tolerances, differences
from bulwark_replay.near_misses import near_misses
from bulwark_replay.recording import Recording
from bulwark_replay.result import rounded
from bulwark_replay.snapshot import Snapshot, from_plain, take_snapshot, to_plain


class Verdict(str, Enum):
    """How a replay went, the best first."""

    PASSED = "passed"
    CHANGED = "changed"
    """All conditions hold, but it is not as in the baseline."""
    FAILED = "failed"
    BROKEN = "broken"
    """It could not be replayed."""


@dataclass(frozen=True)
class Outcome:
    """What is left of one bag of many. `error`: why it is broken; all else is then empty.

    conditions: each as text with whether it holds. near_misses: as plain rows. notes: oddities of
    the bag that the nodes or the reader told.
    """

    name: str
    verdict: Verdict
    error: str = ""
    snapshot: Snapshot | None = None
    conditions: tuple[tuple[str, bool], ...] = ()
    differences: tuple[Difference, ...] = ()
    near_misses: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether a gate lets it through."""
        return self.verdict is Verdict.PASSED

    def reasons(self) -> list[str]:
        """Why it did not pass, one sentence each."""
        failed = [text for text, holds in self.conditions if not holds]
        return [*filter(None, [self.error]), *failed, *(one.text for one in self.differences)]


@dataclass(frozen=True)
class Demands:
    """What a replay is judged by.

    baseline: the snapshot it must be like, None for none; is_new: there is a baseline, but this bag
    is not in it, which is a difference.
    """

    conditions: tuple[Condition, ...] = ()
    baseline: Snapshot | None = None
    is_new: bool = False
    tolerances: Tolerances = Tolerances()  # noqa: RUF009 - it is frozen


def judge(name: str, recording: Recording, demands: Demands) -> Outcome:
    """Judge a replay; BagError where a condition names no metric."""
    snapshot = take_snapshot(recording)
    judgements = judge_all(demands.conditions, snapshot.metrics)
    changes: list[Difference] = []
    if demands.baseline is not None:
        changes = differences(demands.baseline, snapshot, demands.tolerances)
    elif demands.is_new:
        changes = [Difference("bag", name, "is not in the baseline")]
    return Outcome(
        name=name,
        verdict=_verdict(judgements, changes),
        snapshot=snapshot,
        conditions=tuple((str(one), one.passed) for one in judgements),
        differences=tuple(changes),
        near_misses=tuple(_near_misses(recording)),
        notes=(*recording.topics.bridged, *recording.complaints),
    )


def broken(name: str, error: str) -> Outcome:
    """The outcome of a bag that could not be replayed."""
    return Outcome(name, Verdict.BROKEN, error)


def _verdict(judgements: Sequence[Judgement], changes: Sequence[Difference]) -> Verdict:
    if not all(one.passed for one in judgements):
        return Verdict.FAILED
    return Verdict.CHANGED if changes else Verdict.PASSED


def _near_misses(recording: Recording) -> list[dict[str, Any]]:
    rows = [asdict(one) for one in near_misses(recording.decisions)]
    return [{k: rounded(v) if isinstance(v, float) else v for k, v in r.items()} for r in rows]


def judged(outcome: Outcome) -> dict[str, Any]:
    """What the judgement adds to the JSON of a replay."""
    return {
        "metrics": outcome.snapshot.metrics if outcome.snapshot else {},
        "near_misses": list(outcome.near_misses),
        "conditions": [{"text": text, "passed": holds} for text, holds in outcome.conditions],
        "differences": [one.text for one in outcome.differences],
        "verdict": outcome.verdict.value,
    }


def outcome_to_plain(outcome: Outcome) -> dict[str, Any]:
    """As JSON can hold it."""
    plain = asdict(outcome) | {"verdict": outcome.verdict.value}
    plain["snapshot"] = None if outcome.snapshot is None else to_plain(outcome.snapshot)
    return plain


def outcome_from_plain(plain: dict[str, Any]) -> Outcome:
    """Back from JSON; KeyError, TypeError or ValueError where it is none."""
    snapshot = plain["snapshot"]
    return Outcome(
        **{
            **plain,
            "verdict": Verdict(plain["verdict"]),
            "snapshot": None if snapshot is None else from_plain(snapshot),
            "conditions": tuple((text, holds) for text, holds in plain["conditions"]),
            "differences": tuple(Difference(**one) for one in plain["differences"]),
            "near_misses": tuple(plain["near_misses"]),
            "notes": tuple(plain["notes"]),
        }
    )

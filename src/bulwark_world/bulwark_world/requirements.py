# SPDX-License-Identifier: Apache-2.0
"""What a suite requires of all its runs together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from bulwark_world.yaml_fields import Fields


@dataclass(frozen=True)
class Requirement:
    """A share of the runs whose ids match `runs` (globs): of them at least `share` must be good.

    stop_gap_m: good is a stop at this distance, of those that stopped without contact; None: good
    is a run that passed.
    """

    name: str
    share: float
    runs: tuple[str, ...] = ("*",)
    stop_gap_m: tuple[float, float] | None = None
    clause: str = ""

    def judge(self, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The outcome for runs as they are in the suite's JSON; without any it is not judged."""
        good = [
            verdict
            for record in records
            if any(fnmatchcase(record["id"], glob) for glob in self.runs)
            and (verdict := self._is_good(record)) is not None
        ]
        share = sum(good) / len(good) if good else None
        return {
            "name": self.name,
            "clause": self.clause,
            "runs": len(good),
            "share": None if share is None else round(share, 4),
            "least": self.share,
            "passed": share is None or share >= self.share - 1e-9,
        }

    def _is_good(self, record: Mapping[str, Any]) -> bool | None:
        if self.stop_gap_m is None:
            return bool(record["passed"])
        gap = record["stop_gap_m"]
        if gap is None or record["impact_kmh"] is not None:
            return None
        return bool(self.stop_gap_m[0] <= gap <= self.stop_gap_m[1])


def read_requirements(fields: Fields) -> tuple[Requirement, ...]:
    """The field `require` of a suite. Raises ScenarioError."""
    return tuple(_read(item) for item in fields.items("require"))


def _read(item: Fields) -> Requirement:
    gap = item.pairs("stop_gap_m")
    if len(gap) > 1:
        raise item.error("stop_gap_m", "must be one pair, like [[0.3, 3.0]]")
    globs = item.value("runs")
    globs = [globs] if isinstance(globs, str) else globs
    if globs is not None and not (isinstance(globs, list) and all(map(_is_text, globs))):
        raise item.error("runs", "must be an id or glob, or a list of them")
    requirement = Requirement(
        name=item.text("name"),
        share=item.number("share", None, 0.0, 1.0),
        runs=tuple(globs) if globs else ("*",),
        stop_gap_m=gap[0] if gap else None,
        clause=item.text("clause", ""),
    )
    item.finish()
    return requirement


def _is_text(value: Any) -> bool:
    return isinstance(value, str)

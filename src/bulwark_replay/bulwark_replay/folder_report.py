# SPDX-License-Identifier: Apache-2.0
"""Many outcomes as one page: verdicts, what changed, near misses."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from bulwark_replay.outcome import Outcome, Verdict
from bulwark_replay.report import run_log as log
from bulwark_replay.report.run_log import Tone

_MOST_ROWS = 500
_TONES = {
    Verdict.PASSED: Tone.GOOD,
    Verdict.CHANGED: Tone.CAUTION,
    Verdict.FAILED: Tone.CRITICAL,
    Verdict.BROKEN: Tone.CRITICAL,
}


def make_folder_log(title: str, outcomes: Sequence[Outcome], commit: str) -> log.RunLog:
    """The page of a folder of bags."""
    counts = Counter(one.verdict for one in outcomes)
    worst = max(counts, key=list(Verdict).index, default=Verdict.PASSED)
    words = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict)
    return log.RunLog(
        title=title,
        subtitle="Recorded drives through perception and emergency braking.",
        verdict=log.Verdict(words, _TONES[worst]),
        summary=(
            ("Bags", str(len(outcomes))),
            *((verdict.value.capitalize(), str(counts[verdict])) for verdict in Verdict),
            ("Commit", commit[:12]),
        ),
        tables=(_bag_table(outcomes), *_reason_tables(outcomes), *_near_tables(outcomes)),
    )


def _bag_table(outcomes: Sequence[Outcome]) -> log.Table:
    names = ("frames", "interventions", "warnings", "near_misses")
    rows = tuple(
        (one.name, one.verdict.value, *(_figure(one, name) for name in names))
        for one in outcomes[:_MOST_ROWS]
    )
    title = "Bags" if len(outcomes) <= _MOST_ROWS else f"The first {_MOST_ROWS} bags"
    columns = ("bag", "verdict", *(name.replace("_", " ") for name in names))
    return log.Table(title, columns, rows)


def _reason_tables(outcomes: Sequence[Outcome]) -> tuple[log.Table, ...]:
    rows = [(one.name, one.verdict.value, why) for one in outcomes for why in one.reasons()]
    table = log.Table("What did not pass", ("bag", "verdict", "why"), tuple(rows[:_MOST_ROWS]))
    return (table,) if rows else ()


def _near_tables(outcomes: Sequence[Outcome]) -> tuple[log.Table, ...]:
    rows = [(one.name, miss) for one in outcomes for miss in one.near_misses]
    rows.sort(key=lambda row: (-_gravity(row[1]), row[0]))
    cells = tuple(
        (
            name,
            f"{miss['t_s']:.2f}",
            str(miss["target_class"]).replace("_", " "),
            f"{3.6 * miss['speed']:.0f}",
            _text(miss["gap_m"]),
            _text(miss["min_ttc_s"]),
            _text(miss["required_decel"]),
        )
        for name, miss in rows[:_MOST_ROWS]
    )
    columns = ("bag", "t [s]", "target", "km/h", "gap [m]", "least TTC [s]", "required [m/s²]")
    return (log.Table("Near misses", columns, cells),) if cells else ()


def _gravity(miss: dict[str, Any]) -> float:
    """The required deceleration; none means that none would have sufficed."""
    value = miss["required_decel"]
    return math.inf if value is None else float(value)


def _figure(one: Outcome, name: str) -> str:
    return _text(one.snapshot.metrics.get(name)) if one.snapshot else "–"


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"

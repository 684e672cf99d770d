# SPDX-License-Identifier: Apache-2.0
"""What a replay prints on a terminal: topics before the run, and what happened after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bulwark_replay.outcome import Outcome, Verdict
from bulwark_replay.recording import Recording
from bulwark_replay.topics import TopicMap

_STYLES = {
    "READY": "green",
    "DEGRADED": "yellow",
    "UNAVAILABLE": "red",
    "FAULT": "red",
    "WARNING": "yellow",
    "PARTIAL": "red",
    "FULL": "bold red",
}

_VERDICT_STYLES = {
    Verdict.PASSED: "green",
    Verdict.CHANGED: "yellow",
    Verdict.FAILED: "bold red",
    Verdict.BROKEN: "bold red",
}
_MOST_ROWS = 60


def print_topics(console: Console, topics: TopicMap) -> None:
    """Which bag topic feeds which topic of the stack, what is left out, what is missing."""
    rows = [
        (link.source.name, link.target, str(link.source.count), link.why) for link in topics.links
    ]
    for topic, why in topics.skipped:
        rows.append((topic.name, "-", str(topic.count), f"skipped: {why}"))
    _print_table(console, ("in the bag", "in the stack", "messages", "why"), rows, numbers=(2,))
    _print_notes(console, topics.bridged)


def print_outcome(console: Console, recording: Recording, result: Mapping[str, Any]) -> None:
    """Events, states, tracks, timings and where the report is."""
    _print_states(console, result["states"])
    _print_rises(console, [*result["warnings"], *result["interventions"]])
    _print_tracks(console, result["tracks"])
    _print_timing(console, recording)
    _print_notes(console, recording.complaints)
    braked, warned = len(result["interventions"]), len(result["warnings"])
    speed = recording.duration_s / recording.wall_s if recording.wall_s > 0.0 else 0.0
    console.print(
        f"{result['frames']} scans, {result['duration_s']:.1f} s, in {recording.wall_s:.1f} s "
        f"({speed:.1f} x real time): [bold]{_count(braked, 'intervention')}, "
        f"{_count(warned, 'warning')}[/]"
    )
    if result["report"]:
        console.print(Text(f"report: {result['report']}"), soft_wrap=True)


def _print_states(console: Console, states: Sequence[Mapping[str, Any]]) -> None:
    rows = [(f"{row['t_s']:.2f}", _styled(row["state"]), _words(row["reason"])) for row in states]
    _print_table(console, ("t [s]", "AEB state", "reason"), rows, numbers=(0,))


def _print_rises(console: Console, rises: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        (f"{row['t_s']:.2f}", _styled(row["stage"]), str(row["target_id"]), _words(row["reason"]))
        for row in sorted(rises, key=lambda row: row["t_s"])
    ]
    _print_table(console, ("t [s]", "stage", "object", "reason"), rows, numbers=(0, 2))


def _print_tracks(console: Console, tracks: Sequence[Mapping[str, Any]]) -> None:
    counts = Counter(track["class"] for track in tracks)
    longest = {c: max(t["frames"] for t in tracks if t["class"] == c) for c in counts}
    rows = [(_words(name), str(count), str(longest[name])) for name, count in counts.most_common()]
    _print_table(console, ("class", "tracks", "longest [frames]"), rows, numbers=(1, 2))


def _print_timing(console: Console, recording: Recording) -> None:
    rows = [
        (node, str(len(ms)), *(f"{np.percentile(ms, q):.2f}" for q in (50, 99)))
        for node, ms in recording.durations_ms.items()
        if len(ms)
    ]
    _print_table(console, ("node", "calls", "p50 [ms]", "p99 [ms]"), rows, numbers=(1, 2, 3))


def _print_table(
    console: Console,
    columns: Sequence[str],
    rows: Sequence[Sequence[str | Text]],
    numbers: Sequence[int] = (),
) -> None:
    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        table.add_column(
            Text(column), justify="right" if index in numbers else "left", overflow="fold"
        )
    for row in rows:
        # A plain string could hold what looks like markup.
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    console.print(table)


def _print_notes(console: Console, notes: Sequence[str]) -> None:
    for note in notes:
        console.print(Text.assemble(("! ", "yellow"), note), soft_wrap=True)


def _styled(name: str) -> Text:
    return Text(name, _STYLES.get(name, ""))


def _words(constant: str) -> str:
    return "" if constant == "NONE" else constant.lower().replace("_", " ")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def print_verdict(console: Console, outcome: Outcome) -> None:
    """Conditions, differences and the verdict; nothing where nothing was asked for."""
    rows: list[tuple[str | Text, ...]] = [
        (Text("yes", "green") if holds else Text("NO", "bold red"), text)
        for text, holds in outcome.conditions
    ]
    _print_table(console, ("holds", "condition"), rows)
    _print_table(
        console,
        ("differs", "from the baseline"),
        [(one.kind, one.text) for one in outcome.differences],
    )
    console.print(Text(f"verdict: {outcome.verdict.value}", _VERDICT_STYLES[outcome.verdict]))


def print_outcomes(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Of a folder: what did not pass, with the reasons, and the counts."""
    rows = [(one.name, one.verdict.value, why) for one in outcomes for why in one.reasons()]
    _print_table(console, ("bag", "verdict", "why"), rows[:_MOST_ROWS])
    if len(rows) > _MOST_ROWS:
        console.print(f"and {len(rows) - _MOST_ROWS} more: see the report")
    counts = Counter(one.verdict for one in outcomes)
    words = [f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict]]
    worst = max(counts, key=list(Verdict).index)
    console.print(
        Text(f"{_count(len(outcomes), 'bag')}: {', '.join(words)}", _VERDICT_STYLES[worst])
    )


def print_answer(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """An answer of a catalogue as a table."""
    cells = [tuple("" if value is None else str(value) for value in row) for row in rows]
    _print_table(console, columns, cells)
    console.print(_count(len(rows), "row"))

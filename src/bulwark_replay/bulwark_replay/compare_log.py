# SPDX-License-Identifier: Apache-2.0
"""Two snapshots of a bag as waveforms over each other, with what differs as events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bulwark_replay.charts import STAGE_TONES
from bulwark_replay.differences import EDGE, Difference
from bulwark_replay.report import run_log as log
from bulwark_replay.report.run_log import Tone
from bulwark_replay.seen import Seen
from bulwark_replay.snapshot import CURVES, STAGE, Snapshot

NOTHING = Seen()
_MOST = {"required_decel": 15.0, "ttc": 10.0}


def make_compare_log(
    name: str,
    before: Snapshot,
    after: Snapshot,
    changes: Sequence[Difference],
    sides: tuple[str, str],
    seen: tuple[Seen, Seen] = (NOTHING, NOTHING),
) -> log.RunLog:
    """The page of one bag. sides: what is compared, in words; seen: what both show from above."""
    verdict = (
        log.Verdict(f"{len(changes)} differences", Tone.CAUTION)
        if changes
        else log.Verdict("No difference", Tone.GOOD)
    )
    return log.RunLog(
        title=name,
        subtitle=" beside ".join(sides),
        verdict=verdict,
        ego=seen[1].ego,
        frames=seen[1].frames,
        beside=seen[0].frames,
        sides=(f"before: {sides[0]}", f"after: {sides[1]}"),
        bars=(_bar("before", before), _bar("after", after)),
        charts=compare_charts(before, after),
        events=tuple(
            log.Event(edge.t_s, edge.after, f"after: {edge.before} to {edge.after}, {edge.reason}")
            for edge in after.edges
            if edge.what == STAGE
        ),
        tables=(difference_table(changes), _metric_table(before, after)),
    )


def compare_charts(before: Snapshot, after: Snapshot) -> tuple[log.Chart, ...]:
    """Every curve of both sides in one chart."""
    return tuple(
        log.Chart(
            name.replace("_", " "),
            unit,
            (_series("before", before, name), _series("after", after, name)),
            low=0.0,
        )
        for name, unit in CURVES.items()
    )


def difference_table(changes: Sequence[Difference]) -> log.Table:
    """What differs, edges first."""
    rows = tuple((one.kind, one.name, one.text) for one in changes)
    ordered = sorted(rows, key=lambda row: row[0] != EDGE)
    return log.Table("Differences", ("kind", "of", "what"), tuple(ordered))


def _series(label: str, snapshot: Snapshot, name: str) -> log.Series:
    values = np.array([np.nan if v is None else v for v in snapshot.curves[name]], float)
    count = min(len(values), len(snapshot.stamps_s))
    limit = _MOST.get(name, np.inf)
    shown = np.where(values[:count] <= limit, values[:count], np.nan)
    return log.Series(label, np.array(snapshot.stamps_s[:count], float), shown)


def _bar(label: str, snapshot: Snapshot) -> log.Bar:
    edges = [edge for edge in snapshot.edges if edge.what == STAGE]
    end_s = max([*snapshot.stamps_s[-1:], *(edge.t_s for edge in edges), 0.0])
    starts = [0.0, *(edge.t_s for edge in edges)]
    names = ["NONE", *(edge.after for edge in edges)]
    ends = [*starts[1:], end_s]
    spans = tuple(
        log.Span(start, end, stage, STAGE_TONES.get(stage, Tone.INFO))
        for start, end, stage in zip(starts, ends, names, strict=True)
        if end > start
    )
    return log.Bar(f"Stage {label}", spans)


def _metric_table(before: Snapshot, after: Snapshot) -> log.Table:
    rows = tuple(
        (name, _text(before.metrics.get(name)), _text(value))
        for name, value in after.metrics.items()
    )
    return log.Table("Metrics", ("metric", "before", "after"), rows)


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"

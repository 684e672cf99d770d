# SPDX-License-Identifier: Apache-2.0
"""A replay as JSON lines: what was asked first, then a line for each scan, the verdict last.

A bag that cannot be replayed has the first and the last line too, so that silence is never taken
for a pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bulwark_aeb.path import Body
from bulwark_core.errors import BagError
from bulwark_replay.corridor import nearest_of
from bulwark_replay.outcome import Demands, Outcome
from bulwark_replay.recording import Frame, Recording
from bulwark_replay.result import rounded
from bulwark_replay.snapshot import Edge


def write_lines(
    file: Path, commit: str, demands: Demands, outcome: Outcome, recording: Recording | None
) -> None:
    """Write the file; recording: None for a bag that is broken. Raises BagError."""
    rows = [_head(outcome, commit, demands)]
    if recording is not None:
        rows += _frames(recording, outcome)
    rows.append(_verdict(outcome))
    text = "".join(json.dumps(row, allow_nan=False, ensure_ascii=False) + "\n" for row in rows)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BagError(f"cannot write {file}: {error.strerror}") from error


def _head(outcome: Outcome, commit: str, demands: Demands) -> dict[str, Any]:
    return {
        "bag": outcome.name,
        "commit": commit,
        "conditions": [str(condition) for condition in demands.conditions],
        "baseline": demands.baseline is not None,
        "tolerances": {
            "edge_frames": demands.tolerances.edge_frames,
            "number": demands.tolerances.number,
            **demands.tolerances.by_name,
        },
    }


def _frames(recording: Recording, outcome: Outcome) -> Iterator[dict[str, Any]]:
    body = Body.of(recording.vehicle)
    edges = outcome.snapshot.edges if outcome.snapshot else ()
    for frame in recording.frames:
        yield _frame(frame, body, [edge for edge in edges if edge.frame == frame.index])


def _frame(frame: Frame, body: Body, edges: Sequence[Edge]) -> dict[str, Any]:
    d, in_way = frame.decision, sum(x is not None for x in nearest_of(frame, body))
    return {
        "frame": frame.index,
        "stamp_ns": frame.stamp_ns,
        "t_s": rounded(frame.t_s),
        "state": d.state if d else None,
        "stage": d.stage if d else None,
        "target": d.target_id if d else None,
        "gap_m": rounded(d.target_distance) if d else None,
        "ttc_s": rounded(d.time_to_collision) if d else None,
        "required_decel": rounded(d.required_deceleration) if d else None,
        "brake_decel": rounded(d.brake_deceleration) if d else None,
        "speed": rounded(frame.ego.speed) if frame.ego else None,
        "objects": len(frame.objects),
        "in_way": in_way,
        "edges": [f"{edge.what} {edge.after}: {edge.reason}" for edge in edges],
    }


def _verdict(outcome: Outcome) -> dict[str, Any]:
    return {
        "verdict": outcome.verdict.value,
        "error": outcome.error or None,
        "conditions": [{"text": text, "passed": holds} for text, holds in outcome.conditions],
        "differences": [one.text for one in outcome.differences],
        "metrics": outcome.snapshot.metrics if outcome.snapshot else {},
    }

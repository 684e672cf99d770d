# SPDX-License-Identifier: Apache-2.0
"""What of a replay is kept to compare another one with: edges, metrics, curves. Plain JSON.

An edge is a change of the AEB's stage or state. It has a frame: the newest scan at that time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bulwark_replay.metrics import Value, metrics
from bulwark_replay.recording import Decision, Frame, Recording
from bulwark_replay.result import rounded

STAGE, STATE = "stage", "state"
CURVES = {
    "required_decel": "m/s²",
    "brake_decel": "m/s²",
    "gap": "m",
    "ttc": "s",
    "speed": "m/s",
    "objects": "",
}
"""Curves of a snapshot, one value a frame, with their units."""


@dataclass(frozen=True)
class Edge:
    """A change: of what (`stage` or `state`), when, from what to what, why, about what."""

    frame: int
    t_s: float
    what: str
    before: str
    after: str
    reason: str
    target: str


@dataclass(frozen=True)
class Snapshot:
    """A replay in short. stamps_s: of each frame since the start; curves: one value a frame."""

    bag: str
    edges: tuple[Edge, ...]
    metrics: dict[str, Value]
    stamps_s: tuple[float, ...]
    curves: dict[str, tuple[Value, ...]]


def take_snapshot(recording: Recording) -> Snapshot:
    """The snapshot of a replay."""
    times = [frame.t_s for frame in recording.frames]
    return Snapshot(
        bag=recording.bag,
        edges=tuple(_edges(recording.decisions, times)),
        metrics=metrics(recording),
        stamps_s=tuple(round(t, 4) for t in times),
        curves=_curves(recording.frames),
    )


def _edges(decisions: Sequence[Decision], times: Sequence[float]) -> Iterator[Edge]:
    stage, state = "NONE", ""
    for d in decisions:
        frame, t_s = max(bisect_right(times, d.t_s) - 1, 0), round(d.t_s, 4)
        if d.state != state:
            yield Edge(frame, t_s, STATE, state, d.state, d.state_reason, "")
        if d.stage != stage:
            target = d.target_class if d.target_id else ""
            yield Edge(frame, t_s, STAGE, stage, d.stage, d.stage_reason, target)
        stage, state = d.stage, d.state


def _curves(frames: Sequence[Frame]) -> dict[str, tuple[Value, ...]]:
    rows = [_row(frame) for frame in frames]
    return {name: tuple(row[i] for row in rows) for i, name in enumerate(CURVES)}


def _row(frame: Frame) -> tuple[Value, ...]:
    d = frame.decision
    if d is None:
        return (None, None, None, None, None, len(frame.objects))
    figures = [d.required_deceleration, d.brake_deceleration, d.target_distance]
    figures += [d.time_to_collision, d.ego_speed]
    return (*(rounded(value) for value in figures), len(frame.objects))


def to_plain(snapshot: Snapshot) -> dict[str, Any]:
    """As JSON can hold it."""
    return asdict(snapshot)


def from_plain(plain: Mapping[str, Any]) -> Snapshot:
    """Back from JSON; KeyError or TypeError where it is no snapshot."""
    return Snapshot(
        bag=str(plain["bag"]),
        edges=tuple(Edge(**edge) for edge in plain["edges"]),
        metrics=dict(plain["metrics"]),
        stamps_s=tuple(plain["stamps_s"]),
        curves={name: tuple(values) for name, values in plain["curves"].items()},
    )

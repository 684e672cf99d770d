# SPDX-License-Identifier: Apache-2.0
"""The AEB's decisions as bars, curves and events of a report, for replays, demos and scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from bulwark_core.objects import EgoMotion, FloatArray
from bulwark_replay.history import INTERVENTIONS, WARNING, stage_rises, state_changes
from bulwark_replay.recording import Decision
from bulwark_replay.report import run_log as log
from bulwark_replay.report.run_log import Tone

STAGE_TONES = {
    "NONE": Tone.IDLE,
    "WARNING": Tone.CAUTION,
    "PREFILL": Tone.CAUTION,
    "PARTIAL": Tone.ALERT,
    "FULL": Tone.CRITICAL,
    "HOLD": Tone.HOLD,
}
STATE_TONES = {
    "STARTING": Tone.IDLE,
    "READY": Tone.GOOD,
    "DEGRADED": Tone.CAUTION,
    "UNAVAILABLE": Tone.CRITICAL,
    "FAULT": Tone.CRITICAL,
}
_MOST_DECELERATION = 15.0
_LONGEST_TIME = 10.0


def aeb_bars(decisions: Sequence[Decision], end_s: float) -> tuple[log.Bar, ...]:
    """The AEB's state and stage over time."""
    return (
        log.Bar("State", _spans([(d.t_s, d.state) for d in decisions], end_s, STATE_TONES)),
        log.Bar("Stage", _spans([(d.t_s, d.stage) for d in decisions], end_s, STAGE_TONES)),
    )


def _spans(
    labels: Sequence[tuple[float, str]], end_s: float, tones: dict[str, Tone]
) -> tuple[log.Span, ...]:
    """Runs of equal labels, each until the next begins."""
    starts = [(label, next(run)[0]) for label, run in groupby(labels, key=lambda row: row[1])]
    ends = [start for _, start in starts[1:]] + [end_s]
    return tuple(
        log.Span(start, max(end, start), label, tones.get(label, Tone.INFO))
        for (label, start), end in zip(starts, ends, strict=True)
    )


def aeb_charts(
    decisions: Sequence[Decision], motion: Sequence[tuple[float, EgoMotion]]
) -> tuple[log.Chart, ...]:
    """Speeds, target, time left and decelerations; `motion`: own motion with its time [s]."""
    t_s = np.array([d.t_s for d in decisions])
    required = np.array([d.required_deceleration for d in decisions])
    asked = np.array([d.brake_deceleration for d in decisions])
    distance = np.array([d.target_distance for d in decisions])
    closing = np.array([d.closing_speed for d in decisions])
    closing = np.where(np.isfinite(distance), closing, np.nan)
    collision = np.array([d.time_to_collision for d in decisions])
    latest = np.array([d.latest_brake_time for d in decisions])
    motion_t = np.array([t for t, _ in motion])
    speed = np.array([ego.speed for _, ego in motion])
    return (
        log.Chart(
            "Speed",
            "m/s",
            (log.Series("own speed", motion_t, speed), log.Series("closing speed", t_s, closing)),
            low=0.0,
        ),
        log.Chart("Target", "m", (log.Series("distance to target", t_s, distance),), low=0.0),
        log.Chart(
            "Time left",
            "s",
            (
                log.Series("time to collision", t_s, _below(collision, _LONGEST_TIME)),
                log.Series("time left to brake", t_s, _below(latest, _LONGEST_TIME)),
            ),
            low=0.0,
        ),
        log.Chart(
            "Deceleration",
            "m/s²",
            (
                log.Series("required braking", t_s, np.minimum(required, _MOST_DECELERATION)),
                log.Series("asked braking", t_s, asked),
            ),
            low=0.0,
            high=2.0,
        ),
    )


def _below(values: FloatArray, limit: float) -> FloatArray:
    """Values up to a limit; above it there is nothing to see."""
    return np.where(np.asarray(values, float) <= limit, values, np.nan)


def aeb_events(decisions: Sequence[Decision]) -> tuple[log.Event, ...]:
    """Changes of the state and rises of the stage, in order of time."""
    events = [
        log.Event(d.t_s, d.state, _words(d.state_reason), STATE_TONES.get(d.state, Tone.INFO))
        for d in state_changes(decisions)
    ]
    for d in stage_rises(decisions, (WARNING, *INTERVENTIONS)):
        text = d.explanation or f"object {d.target_id}: {_words(d.stage_reason)}"
        events.append(log.Event(d.t_s, d.stage, text, STAGE_TONES[d.stage]))
    return tuple(sorted(events, key=lambda event: event.t_s))


def _words(constant: str) -> str:
    return "" if constant == "NONE" else constant.lower().replace("_", " ")

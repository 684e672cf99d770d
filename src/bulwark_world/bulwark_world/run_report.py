# SPDX-License-Identifier: Apache-2.0
"""A run log as a report: curves, stages, and the drive seen from above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from bulwark_core.objects import FloatArray
from bulwark_core.vehicle import VehicleParams
from bulwark_replay.report import (
    Bar,
    Box,
    Chart,
    Event,
    Frame,
    Latency,
    RunLog,
    Series,
    Span,
    Tone,
    Verdict,
)
from bulwark_world.recording import STAGES, STATES

LATENCY_BUDGET_MS = 80.0
_KMH = 3.6
_STAGE_TONES = (Tone.IDLE, Tone.CAUTION, Tone.CAUTION, Tone.ALERT, Tone.CRITICAL, Tone.HOLD)
_STATE_TONES = (Tone.IDLE, Tone.GOOD, Tone.CAUTION, Tone.ALERT, Tone.CRITICAL)
_EVENT_TONES = {"contact": Tone.CRITICAL, "stage": Tone.ALERT, "stop": Tone.GOOD}
_FIGURES = (
    ("v0_kmh", "speed at braking", "km/h"),
    ("impact_kmh", "impact", "km/h"),
    ("stop_gap_m", "stopped before", "m"),
    ("warn_lead_s", "warning before braking", "s"),
    ("brake_ttc_s", "TTC at braking", "s"),
    ("peak_decel", "peak deceleration", "m/s²"),
    ("latest_brake_margin_s", "could have waited", "s"),
)

Columns = Mapping[str, Sequence[Any]]


def make_report(log: Mapping[str, Any]) -> RunLog:
    """The report of a log as `run_log.run_log` makes it."""
    config, record, rows, aeb = log["config"], log["record"], log["rows"], log["aeb"]
    t = _numbers(rows["t"])
    return RunLog(
        title=record["id"],
        subtitle=f"scenario {config['scenario']}, seed {config['seed']}: {record['expected']}",
        verdict=_verdict(record),
        summary=tuple(_summary(record, log["real_time_factor"])),
        ego=VehicleParams(**config["body"]).corners(),
        frames=tuple(_frames(log, rows, aeb)),
        background=tuple(_background(config["road"])),
        bars=(
            _bar("supervisor", t, aeb["state"], STATES, _STATE_TONES),
            _bar("stage", t, aeb["stage"], STAGES, _STAGE_TONES),
        ),
        charts=tuple(_charts(t, rows, aeb)),
        events=tuple(_event(event) for event in log["events"]),
        latencies=tuple(_latencies(log["latencies_ms"])),
    )


def _verdict(record: Mapping[str, Any]) -> Verdict:
    if record["passed"]:
        return Verdict("passed", Tone.GOOD)
    return Verdict(f"failed: {record['reason']}", Tone.CRITICAL)


def _summary(record: Mapping[str, Any], factor: float | None) -> list[tuple[str, str]]:
    rows = [
        (label, f"{record[name]:.2f} {unit}")
        for name, label, unit in _FIGURES
        if record.get(name) is not None
    ]
    return rows if factor is None else [*rows, ("real-time factor", f"{factor:.2f}")]


def _frames(log: Mapping[str, Any], rows: Columns, aeb: Columns) -> list[Frame]:
    at = {round(t, 2): i for i, t in enumerate(rows["t"])}
    target = log["config"]["target"]
    return [
        _frame(scan, rows, aeb, at[round(scan["t"], 2)], target)
        for scan in log["scans"]
        if round(scan["t"], 2) in at
    ]


def _frame(
    scan: Mapping[str, Any], rows: Columns, aeb: Columns, i: int, target: Mapping[str, Any] | None
) -> Frame:
    return Frame(
        t_s=scan["t"],
        boxes=tuple(_box(item) for item in scan["objects"]),
        pose=(rows["x"][i], rows["y"][i], rows["yaw"][i]),
        path_tone=_STAGE_TONES[aeb["stage"][i]],
        target_id=target["id"] if target and aeb["target_id"][i] else 0,
        caption=aeb["explanation"][i],
    )


def _box(item: Mapping[str, Any]) -> Box:
    names = ("id", "x", "y", "yaw", "length", "width", "vx", "vy")
    moving = bool(np.hypot(item["vx"], item["vy"]) > 0.1)
    label = item["class"].replace("_", " ")
    return Box(**{name: item[name] for name in names}, label=label, is_moving=moving)


def _background(road: Mapping[str, Any]) -> list[FloatArray]:
    low, high = road["x"]
    return [np.array([[low, y], [high, y]]) for y in (*road["edges"], *road["lane_lines"])]


def _bar(
    title: str, t: FloatArray, values: Sequence[int], names: Sequence[str], tones: Sequence[Tone]
) -> Bar:
    """Runs of equal values as spans."""
    spans = []
    for value, group in groupby(range(len(values)), key=lambda i: values[i]):
        indices = list(group)
        end = min(indices[-1] + 1, len(values) - 1)
        spans.append(Span(float(t[indices[0]]), float(t[end]), names[value], tones[value]))
    return Bar(title, tuple(spans))


def _charts(t: FloatArray, rows: Columns, aeb: Columns) -> list[Chart]:
    speed = np.abs(_numbers(rows["speed"])) * _KMH
    slowing = np.maximum(-_numbers(rows["acceleration"]), 0.0)
    request = _numbers(rows["brake_request"])
    charts = [
        Chart("speed", "km/h", (Series("own speed", t, speed),), low=0.0),
        Chart(
            "deceleration",
            "m/s²",
            (Series("vehicle", t, slowing), Series("asked for", t, request)),
            low=0.0,
            high=10.0,
        ),
        Chart("gap to the target", "m", (Series("gap", t, _numbers(rows["gap"])),), low=0.0),
    ]
    seen, true = _numbers(aeb["time_to_collision"]), _numbers(rows["ttc"])
    series = (Series("true", t, _below(true)), Series("supervisor", t, _below(seen)))
    return [*charts, Chart("time to collision", "s", series, low=0.0, high=6.0)]


def _below(values: FloatArray, most: float = 10.0) -> FloatArray:
    """The values, with a gap where they are too large to be of interest."""
    return np.where(values <= most, values, np.nan)


def _event(event: Mapping[str, Any]) -> Event:
    tone = _EVENT_TONES.get(event["kind"], Tone.INFO)
    return Event(event["t"], event["kind"], event["text"], tone)


def _latencies(latencies_ms: Sequence[float]) -> list[Latency]:
    if not latencies_ms:
        return []
    return [Latency("scan to command", _numbers(latencies_ms), LATENCY_BUDGET_MS)]


def _numbers(values: Sequence[Any]) -> FloatArray:
    """As an array, null as NaN: (N,)."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

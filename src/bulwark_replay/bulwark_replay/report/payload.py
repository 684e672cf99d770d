# SPDX-License-Identifier: Apache-2.0
"""A run log as the compact JSON that the report's scripts read."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from bulwark_core.objects import FloatArray
from bulwark_replay.report.run_log import Bar, Box, Chart, Event, Frame, Latency, RunLog, Series
from bulwark_replay.report.thinning import (
    MAX_FRAMES,
    pictures_to_keep,
    spread,
    thin_curve,
    thin_points,
)

_BINS = 32
_MOVING, _GHOST = 1, 2


def make_payload(log: RunLog) -> dict[str, Any]:
    """Everything that the scripts draw, in fixed order and rounded to what a screen can show."""
    frames, beside = spread(log.frames, MAX_FRAMES), spread(log.beside, MAX_FRAMES)
    labels = sorted({box.label for frame in (*frames, *beside) for box in frame.boxes})
    return {
        "end": _number(_end_s(log)),
        "ego": _points(log.ego),
        "background": [_points(line) for line in log.background],
        "labels": labels,
        "frames": _frames(frames, labels),
        "beside": _frames(beside, labels),
        "bars": [_bar(bar) for bar in log.bars],
        "charts": [_chart(chart) for chart in log.charts],
        "events": [_event(event) for event in log.events],
        "latencies": [_latency(latency) for latency in log.latencies],
    }


def _end_s(log: RunLog) -> float:
    ends = [frame.t_s for frame in log.frames[-1:]]
    ends += [span.end_s for bar in log.bars for span in bar.spans]
    ends += [float(s.t_s[-1]) for chart in log.charts for s in chart.series if len(s.t_s)]
    return max(ends, default=0.0)


def _frames(frames: Sequence[Frame], labels: list[str]) -> list[dict[str, Any]]:
    keep = pictures_to_keep([len(frame.jpeg or b"") for frame in frames])
    return [
        _frame(frame, labels, len(frames), with_picture=kept)
        for frame, kept in zip(frames, keep, strict=True)
    ]


def _frame(frame: Frame, labels: list[str], count: int, *, with_picture: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "t": _number(frame.t_s),
        "pose": [_number(value, 4) for value in frame.pose],
        "boxes": [_box(box, labels) for box in frame.boxes],
        "path": _points(frame.path),
        "tone": frame.path_tone.value,
        "target": frame.target_id,
        "caption": frame.caption,
    }
    if len(frame.points):
        row["points"] = _packed(thin_points(frame.points, count))
    if with_picture and frame.jpeg:
        row["jpeg"] = base64.b64encode(frame.jpeg).decode()
    return row


def _box(box: Box, labels: list[str]) -> list[Any]:
    figures = (box.x, box.y, box.yaw, box.length, box.width, box.vx, box.vy)
    flags = _MOVING * box.is_moving | _GHOST * box.is_ghost
    return [box.id, labels.index(box.label), *(_number(value, 2) for value in figures), flags]


def _packed(points: FloatArray) -> str:
    """Points as little-endian int16 centimetres in base64."""
    near = points[(np.abs(points) < 320.0).all(axis=1)]
    return base64.b64encode((near * 100.0).round().astype("<i2").tobytes()).decode()


def _bar(bar: Bar) -> dict[str, Any]:
    spans = [[_number(s.start_s), _number(s.end_s), s.label, s.tone.value] for s in bar.spans]
    return {"title": bar.title, "spans": spans}


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "title": chart.title,
        "unit": chart.unit,
        "low": _number(chart.low),
        "high": _number(chart.high),
        "series": [_series(series) for series in chart.series],
    }


def _series(series: Series) -> dict[str, Any]:
    t_s, values = thin_curve(np.asarray(series.t_s, float), np.asarray(series.values, float))
    return {"name": series.name, "t": _numbers(t_s), "v": _numbers(values)}


def _event(event: Event) -> dict[str, Any]:
    return {
        "t": _number(event.t_s),
        "kind": event.kind,
        "text": event.text,
        "tone": event.tone.value,
    }


def _latency(latency: Latency) -> dict[str, Any]:
    finite = latency.durations_ms[np.isfinite(latency.durations_ms)]
    top = float(finite.max()) if len(finite) else 1.0
    counts, _ = np.histogram(finite, bins=_BINS, range=(0.0, max(top, 1e-3)))
    return {
        "name": latency.name,
        "p50": _number(latency.percentile(50)),
        "p99": _number(latency.percentile(99)),
        "max": _number(top if len(finite) else math.nan),
        "calls": len(finite),
        "budget": _number(latency.budget_ms),
        "bins": [int(count) for count in counts],
    }


def _points(points: FloatArray) -> list[list[float | None]]:
    return [[_number(x, 2), _number(y, 2)] for x, y in points]


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: float | None, decimals: int = 3) -> float | None:
    """Rounded, without a negative zero; None where there is no finite value."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), decimals) + 0.0

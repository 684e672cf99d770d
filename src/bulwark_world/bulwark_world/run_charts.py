# SPDX-License-Identifier: Apache-2.0
"""The curves of a run: what was, beside what the supervisor made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from bulwark_core.objects import FloatArray
from bulwark_replay.report import run_log as log

_KMH = 3.6
_LONGEST_TIME = 10.0
_MOST_DECELERATION = 15.0


def run_charts(run: Mapping[str, Any]) -> tuple[log.Chart, ...]:
    """Speeds, gap, time left and decelerations of a run log."""
    rows, aeb = run["rows"], run["aeb"]
    t_s = np.array(rows["t"], float)

    def series(name: str, values: FloatArray) -> log.Series:
        return log.Series(name, t_s, values)

    required = np.minimum(_column(aeb, "required_deceleration"), _MOST_DECELERATION)
    charts = (
        log.Chart(
            "Speed",
            "km/h",
            (
                series("own speed", _KMH * _column(rows, "speed")),
                series("closing speed", _KMH * _column(rows, "closing")),
            ),
            low=0.0,
        ),
        log.Chart(
            "Gap to the target",
            "m",
            (
                series("true gap", _column(rows, "gap")),
                series("as it is seen", _column(aeb, "target_distance")),
            ),
            low=0.0,
        ),
        log.Chart(
            "Time left",
            "s",
            (
                series("time to collision", _short(_column(rows, "ttc"))),
                series("until it must brake", _short(_column(aeb, "latest_brake_time"))),
            ),
            low=0.0,
        ),
        log.Chart(
            "Deceleration",
            "m/s²",
            (
                series("required", required),
                series("demanded", _column(rows, "brake_request")),
                series("of the car", -_column(rows, "acceleration")),
            ),
            low=0.0,
            high=2.0,
        ),
    )
    return tuple(kept for kept in map(_without_empty, charts) if kept.series)


def _without_empty(chart: log.Chart) -> log.Chart:
    """The chart without curves that have no value: a run without a target has no gap."""
    having = tuple(one for one in chart.series if np.isfinite(one.values).any())
    return replace(chart, series=having)


def _column(table: Mapping[str, Any], name: str) -> FloatArray:
    """A column with NaN where the log has null."""
    return np.array(table[name], dtype=float)


def _short(times: FloatArray) -> FloatArray:
    """Times up to a limit; above it there is nothing to see."""
    return np.where(times <= _LONGEST_TIME, times, np.nan)

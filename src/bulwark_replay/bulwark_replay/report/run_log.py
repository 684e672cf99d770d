# SPDX-License-Identifier: Apache-2.0
"""What a report shows of one run: plain data, whoever made it (replay, demo, scenario).

Frames of reference: boxes, paths and points are in base_link (x forward, y left, metres), the
frame's `pose` places base_link in a fixed frame. Times are seconds since the start of the run. NaN
and infinity mean 'no value' and leave a gap. Nothing here is computed; see `write_report`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from bulwark_core.objects import NO_OUTLINE, FloatArray


class Tone(str, Enum):
    """How grave something is; decides the colour, never alone the meaning."""

    IDLE = "idle"
    GOOD = "good"
    INFO = "info"
    CAUTION = "caution"
    ALERT = "alert"
    CRITICAL = "critical"
    HOLD = "hold"


@dataclass(frozen=True)
class Verdict:
    """The one word at the top."""

    text: str
    tone: Tone


@dataclass(frozen=True)
class Series:
    """A curve: `t_s` and `values` of equal length (N,)."""

    name: str
    t_s: FloatArray
    values: FloatArray


@dataclass(frozen=True)
class Chart:
    """Curves that share a unit and an axis. low, high: what the axis shows at least."""

    title: str
    unit: str
    series: tuple[Series, ...]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Span:
    """A period on a bar."""

    start_s: float
    end_s: float
    label: str
    tone: Tone


@dataclass(frozen=True)
class Bar:
    """A row of periods, such as the states or the stages of the AEB."""

    title: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Event:
    """Something that happened. kind: a word or two; text: what and why."""

    t_s: float
    kind: str
    text: str
    tone: Tone = Tone.INFO


@dataclass(frozen=True)
class Box:
    """An object seen from above, in base_link. label: its class in words, as people read it.

    x, y: centre [m]; yaw [rad]; length, width [m]; vx, vy: over ground [m/s]. is_ghost: drawn
    dashed, since it is not measured now: remembered, or what a simulated world knows.
    """

    id: int
    label: str
    x: float
    y: float
    yaw: float
    length: float
    width: float
    vx: float = 0.0
    vy: float = 0.0
    is_moving: bool = False
    is_ghost: bool = False


@dataclass(frozen=True)
class Frame:
    """One picture of the bird's-eye animation.

    pose: x, y [m], yaw [rad] of base_link in a fixed frame, for the trail and the background.
    path: (N, 2) outline of the predicted swept path; path_tone: its colour.
    points: (N, 2) obstacle points, thinned by the writer. target_id: the box to mark, 0 for none.
    caption: the decision in one sentence. jpeg: a camera picture, thinned by the writer.
    """

    t_s: float
    boxes: tuple[Box, ...] = ()
    pose: tuple[float, float, float] = (0.0, 0.0, 0.0)
    path: FloatArray = field(default_factory=lambda: NO_OUTLINE)
    path_tone: Tone = Tone.IDLE
    points: FloatArray = field(default_factory=lambda: NO_OUTLINE)
    target_id: int = 0
    caption: str = ""
    jpeg: bytes | None = None


@dataclass(frozen=True)
class Latency:
    """How long the calls of one node took (N,) [ms]; budget_ms: how long they may take."""

    name: str
    durations_ms: FloatArray
    budget_ms: float | None = None

    def percentile(self, q: float) -> float:
        """NaN where there was no call [ms]."""
        if len(self.durations_ms) == 0:
            return float("nan")
        return float(np.percentile(self.durations_ms, q))


@dataclass(frozen=True)
class Table:
    """Anything else: a heading, the columns' names, and rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class RunLog:
    """One run, ready to be shown. All but the title may be left out.

    ego: (N, 2) outline of the own body in base_link [m]. background: lines (N, 2) in the fixed
    frame of `Frame.pose`, such as lane markings. notes: sentences above the tables. beside: the
    same drive otherwise, shown beside `frames`; sides: what `beside` and `frames` are, in words.
    """

    title: str
    subtitle: str = ""
    verdict: Verdict | None = None
    summary: tuple[tuple[str, str], ...] = ()
    ego: FloatArray = field(default_factory=lambda: NO_OUTLINE)
    frames: tuple[Frame, ...] = ()
    background: tuple[FloatArray, ...] = ()
    bars: tuple[Bar, ...] = ()
    charts: tuple[Chart, ...] = ()
    events: tuple[Event, ...] = ()
    latencies: tuple[Latency, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    beside: tuple[Frame, ...] = ()
    sides: tuple[str, str] = ("before", "after")

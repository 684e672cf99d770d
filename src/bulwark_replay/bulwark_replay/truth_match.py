# SPDX-License-Identifier: Apache-2.0
"""Tracked objects beside what was really there: recall, errors, and what is not there at all."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bulwark_core.objects import FloatArray, TrackedObject
from bulwark_replay.recording import Frame, Recording

MATCH_DISTANCE = 2.0
"""Centres closer than this are of one object [m]; a box seen from one side is off by half of it."""
STAMP_TOLERANCE_NS = 60_000_000
"""The truth of a scan may be this far from its stamp [ns]."""
RANGE = 60.0
"""What is further away is not asked for [m]."""
SETTLED = 3
"""A track must have been measured this often before its velocity is judged."""


@dataclass(frozen=True)
class FrameMatch:
    """One scan: pairs (tracked, true), true objects that were missed, tracks of nothing."""

    pairs: tuple[tuple[TrackedObject, TrackedObject], ...]
    missed: tuple[TrackedObject, ...]
    ghosts: tuple[TrackedObject, ...]


def matches(recording: Recording) -> Iterator[tuple[Frame, FrameMatch]]:
    """Each frame that has a truth near its stamp."""
    stamps = [stamp for stamp, _ in recording.truth]
    for frame in recording.frames:
        near = _nearest(stamps, frame.stamp_ns)
        if near is not None:
            yield frame, match(frame.objects, recording.truth[near][1])


def _nearest(stamps: Sequence[int], stamp_ns: int) -> int | None:
    at = bisect_left(stamps, stamp_ns)
    near = [i for i in (at - 1, at) if 0 <= i < len(stamps)]
    best = min(near, key=lambda i: abs(stamps[i] - stamp_ns), default=None)
    if best is None or abs(stamps[best] - stamp_ns) > STAMP_TOLERANCE_NS:
        return None
    return best


def match(tracked: Sequence[TrackedObject], truth: Sequence[TrackedObject]) -> FrameMatch:
    """Pairs the closest first, each once; by the distance between the two outlines' nearest points
    to the other's centre, so that a truck seen from behind is found.
    """
    rows = sorted(
        (gap, i, j)
        for i, one in enumerate(tracked)
        for j, true in enumerate(truth)
        if (gap := _gap(one, true)) <= MATCH_DISTANCE
    )
    used_i: set[int] = set()
    used_j: set[int] = set()
    pairs = []
    for _, i, j in rows:
        if i not in used_i and j not in used_j:
            used_i.add(i)
            used_j.add(j)
            pairs.append((tracked[i], truth[j]))
    near = {i for _, i, _ in rows}  # a part of something true is no ghost
    missed = tuple(t for j, t in enumerate(truth) if j not in used_j and _is_near(t))
    ghosts = tuple(o for i, o in enumerate(tracked) if i not in near and _is_near(o))
    return FrameMatch(tuple(pairs), missed, ghosts)


def _gap(one: TrackedObject, true: TrackedObject) -> float:
    """How far the centre of the tracked box is outside the true box [m]."""
    cos, sin = math.cos(true.yaw), math.sin(true.yaw)
    dx, dy = one.x - true.x, one.y - true.y
    along = max(abs(cos * dx + sin * dy) - true.length / 2.0, 0.0)
    across = max(abs(cos * dy - sin * dx) - true.width / 2.0, 0.0)
    return math.hypot(along, across)


def _is_near(one: TrackedObject) -> bool:
    return math.hypot(one.x, one.y) <= RANGE


def truth_metrics(recording: Recording) -> dict[str, float | int | None]:
    """Recall and ghosts within `RANGE`, errors as root mean squares; all None without a truth."""
    found = asked = ghosts = 0
    position: list[float] = []
    velocity: list[float] = []
    any_truth = False
    for _, one in matches(recording):
        any_truth = True
        near = [pair for pair in one.pairs if _is_near(pair[1])]
        found += len(near)
        asked += len(near) + len(one.missed)
        ghosts += len(one.ghosts)
        position += [math.hypot(t.x - o.x, t.y - o.y) for o, t in near]
        settled = [(o, t) for o, t in near if o.measurements >= SETTLED]
        velocity += [math.hypot(t.vx - o.vx, t.vy - o.vy) for o, t in settled]
    return {
        "recall": found / asked if asked else None,
        "position_error_m": _rms(np.array(position)),
        "velocity_error_mps": _rms(np.array(velocity)),
        "false_objects": ghosts if any_truth else None,
    }


def _rms(values: FloatArray) -> float | None:
    return float(np.sqrt(np.mean(values**2))) if len(values) else None

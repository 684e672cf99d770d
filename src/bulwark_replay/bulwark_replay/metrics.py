# SPDX-License-Identifier: Apache-2.0
"""A replay in figures; docs/replay.md says what each means. None: there was nothing to measure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median

from bulwark_aeb.path import Body
from bulwark_replay.corridor import nearest_of
from bulwark_replay.history import INTERVENTIONS, WARNING, Track, stage_rises, tracks
from bulwark_replay.near_misses import near_misses
from bulwark_replay.recording import Decision, Recording
from bulwark_replay.truth_match import matches, truth_metrics

Value = float | int | None
_BRAKING = (*INTERVENTIONS, "HOLD")
_ABLE = ("READY", "DEGRADED")
SHORT_LIFE = 3
"""A track of fewer scans is short: a ghost, if it was in the way [scans]."""
GHOST_RANGE = 50.0
"""Ghosts further ahead are not counted [m]."""
DRIVER_BRAKES = 2.0
"""A recorded car that slows down by more confirms a braking of the AEB [m/s^2]."""
_CONFIRM_S = (0.5, 2.0)
"""From how long before to how long after the decision it may do so [s]."""


def metrics(recording: Recording) -> dict[str, Value]:
    """All figures of a replay, by name."""
    decisions, lives = recording.decisions, tracks(recording.frames)
    figures: dict[str, Value] = {
        "frames": len(recording.frames),
        "duration_s": recording.duration_s,
        "interventions": sum(1 for _ in stage_rises(decisions, INTERVENTIONS)),
        "warnings": sum(1 for _ in stage_rises(decisions, (WARNING,))),
        "near_misses": sum(1 for _ in near_misses(decisions)),
        "available_ratio": _share(d.state in _ABLE for d in decisions),
        **_braking(recording, lives),
        "min_ttc_s": _least(d.time_to_collision for d in decisions),
        "min_gap_m": _least(d.target_distance for d in decisions),
        "max_required_decel": _most(d.required_deceleration for d in decisions),
        **_tracking(recording, lives),
        **truth_metrics(recording),
    }
    return {name: _rounded(value) for name, value in figures.items()}


def _braking(recording: Recording, lives: Sequence[Track]) -> dict[str, Value]:
    """The four of an emergency brake: time to brake, hold, release, false."""
    decisions = recording.decisions
    brakes = [d for d in decisions if d.stage in INTERVENTIONS]
    first = brakes[0] if brakes else None
    release = _release(decisions, first)
    false = sum(not is_right for is_right in _confirmed(recording, brakes))
    return {
        "time_to_brake_s": _since_first_seen(recording, lives, first),
        "warn_lead_s": _warn_lead(decisions, first),
        "hold_ratio": _hold(decisions, first, release),
        "time_to_release_s": release.t_s - first.t_s if first and release else None,
        "brake_ratio": len(brakes) / len(decisions) if decisions else None,
        "false_brake_ratio": false / len(decisions) if decisions else None,
    }


def _since_first_seen(
    recording: Recording, lives: Sequence[Track], first: Decision | None
) -> float | None:
    """From the scan in which the target was first tracked to the first braking [s]."""
    seen = [life for life in lives if first and life.id == first.target_id]
    if first is None or not seen:
        return None
    return first.t_s - recording.frames[seen[0].first_frame].t_s


def _warn_lead(decisions: Sequence[Decision], first: Decision | None) -> float | None:
    """From the warning, which must not have been withdrawn, to the first braking [s]."""
    if first is None:
        return None
    since: float | None = None
    for decision in decisions:
        if decision.t_s >= first.t_s:
            break
        since = None if decision.stage == "NONE" else (since or decision.t_s)
    return None if since is None else first.t_s - since


def _release(decisions: Sequence[Decision], first: Decision | None) -> Decision | None:
    """The first decision after which nothing brakes or holds until the end of the bag."""
    if first is None or decisions[-1].stage in _BRAKING:
        return None
    last = max(i for i, d in enumerate(decisions) if d.stage in _BRAKING)
    return decisions[last + 1]


def _hold(
    decisions: Sequence[Decision], first: Decision | None, release: Decision | None
) -> float | None:
    """Share of the decisions from the first braking to the release that brake or hold."""
    if first is None:
        return None
    end_s = release.t_s if release else math.inf
    return _share(d.stage in _BRAKING for d in decisions if first.t_s <= d.t_s < end_s)


def _confirmed(recording: Recording, brakes: Sequence[Decision]) -> list[bool]:
    """For each braking decision, whether its reason was there.

    With a truth: the target is near something true. Without: the recorded car slowed down too.
    """
    if recording.truth:
        ghosts = {
            (frame.index, ghost.id) for frame, one in matches(recording) for ghost in one.ghosts
        }
        frames = recording.frames
        newest = [max((f.index for f in frames if f.t_s <= d.t_s), default=0) for d in brakes]
        return [(i, d.target_id) not in ghosts for i, d in zip(newest, brakes, strict=True)]
    slowing = [
        before[0]
        for before, after in zip(recording.motion, recording.motion[1:], strict=False)
        if _slows(before, after)
    ]
    early, late = _CONFIRM_S
    return [any(d.t_s - early <= t <= d.t_s + late for t in slowing) for d in brakes]


def _slows(before: tuple[float, object], after: tuple[float, object]) -> bool:
    dt = after[0] - before[0]
    lost = abs(getattr(before[1], "speed", 0.0)) - abs(getattr(after[1], "speed", 0.0))
    return dt > 0.0 and lost / dt >= DRIVER_BRAKES


def _tracking(recording: Recording, lives: Sequence[Track]) -> dict[str, Value]:
    spans = sum(life.last_frame - life.first_frame + 1 for life in lives)
    old = [life for life in lives if life.last_frame < len(recording.frames) - 1]
    short = {life.id for life in old if life.frames < SHORT_LIFE}
    return {
        "tracks": len(lives),
        "track_life_median": float(median(life.frames for life in lives)) if lives else None,
        "track_stability": sum(life.frames for life in lives) / spans if spans else None,
        "short_track_ratio": len(short) / len(old) if old else None,
        "ghosts_in_corridor": len(short & _in_corridor(recording)),
    }


def _in_corridor(recording: Recording) -> set[int]:
    """Objects that ever were in the way within `GHOST_RANGE`."""
    body = Body.of(recording.vehicle)
    return {
        one.id
        for frame in recording.frames
        for one, nearest in zip(frame.objects, nearest_of(frame, body), strict=True)
        if nearest is not None and abs(nearest) <= GHOST_RANGE
    }


def _share(flags: Iterable[bool]) -> float | None:
    rows = list(flags)
    return sum(rows) / len(rows) if rows else None


def _least(values: Iterable[float]) -> float | None:
    return min((v for v in values if math.isfinite(v)), default=None)


def _most(values: Iterable[float]) -> float | None:
    return max((v for v in values if math.isfinite(v)), default=None)


def _rounded(value: Value) -> Value:
    return round(value, 4) + 0.0 if isinstance(value, float) else value

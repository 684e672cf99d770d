# SPDX-License-Identifier: Apache-2.0
"""The result of a replay as JSON: fixed keys in fixed order, strict, rounded, without wall time.

The same bag, code and parameters give the same bytes. Times of computation are wall time, so they
are in it only when asked for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from bulwark_aeb.path import Body
from bulwark_core.objects import FloatArray, Motion, TrackedObject
from bulwark_replay.corridor import nearest_of
from bulwark_replay.history import INTERVENTIONS, WARNING, stage_rises, state_changes, tracks
from bulwark_replay.names import class_name
from bulwark_replay.recording import Decision, Frame, Recording


def make_result(
    recording: Recording,
    commit: str,
    report: str | None,
    *,
    with_timing: bool = False,
) -> dict[str, Any]:
    """The result as plain data; see the package's README for the keys."""
    decisions, body = recording.decisions, Body.of(recording.vehicle)
    return {
        "bag": recording.bag,
        "frames": len(recording.frames),
        "duration_s": rounded(recording.duration_s),
        "commit": commit,
        "interventions": [_rise(d) for d in stage_rises(decisions, INTERVENTIONS)],
        "warnings": [_rise(d) for d in stage_rises(decisions, (WARNING,))],
        "states": [
            {"t_s": rounded(d.t_s), "state": d.state, "reason": d.state_reason}
            for d in state_changes(decisions)
        ],
        "tracks": [
            {
                "id": track.id,
                "class": class_name(track.object_class),
                "first_frame": track.first_frame,
                "last_frame": track.last_frame,
                "frames": track.frames,
            }
            for track in tracks(recording.frames)
        ],
        "per_frame": [_frame(frame, body) for frame in recording.frames],
        "timing_ms": _timing(recording.durations_ms, with_timing),
        "report": report,
    }


def to_json(result: Mapping[str, Any]) -> str:
    """One key or one entry of a list a line: small, and differences are easy to see."""
    return "{\n" + ",\n".join(f"{_dump(key)}: {_value(v)}" for key, v in result.items()) + "\n}\n"


def _rise(decision: Decision) -> dict[str, Any]:
    return {
        "t_s": rounded(decision.t_s),
        "stage": decision.stage,
        "target_id": decision.target_id,
        "reason": decision.stage_reason,
    }


def _frame(frame: Frame, body: Body) -> dict[str, Any]:
    decision = frame.decision
    return {
        "frame": frame.index,
        "stamp_ns": frame.stamp_ns,
        "aeb_state": decision.state if decision else None,
        "required_decel": rounded(decision.required_deceleration) if decision else None,
        "objects": [
            _object(tracked, nearest)
            for tracked, nearest in zip(frame.objects, nearest_of(frame, body), strict=True)
        ],
    }


def _object(tracked: TrackedObject, nearest: float | None) -> dict[str, Any]:
    return {
        "id": tracked.id,
        "class": class_name(tracked.object_class),
        "x": rounded(tracked.x),
        "y": rounded(tracked.y),
        "z": rounded(tracked.z),
        "yaw": rounded(tracked.yaw),
        "length": rounded(tracked.length),
        "width": rounded(tracked.width),
        "height": rounded(tracked.height),
        "vx": rounded(tracked.vx),
        "vy": rounded(tracked.vy),
        "moving": tracked.motion is Motion.MOVING,
        "nearest_x": rounded(nearest),
    }


def _timing(durations_ms: Mapping[str, FloatArray], with_timing: bool) -> dict[str, Any]:
    return {
        node: {
            key: rounded(float(np.percentile(values, q))) if with_timing and len(values) else None
            for key, q in (("p50", 50), ("p99", 99))
        }
        for node, values in durations_ms.items()
    }


def rounded(value: float | None) -> float | None:
    """To 1e-4, without a negative zero; None where there is no finite value."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), 4) + 0.0


def _value(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"  {_dump(item)}" for item in value) + "\n]"
    return _dump(value)


def _dump(value: Any) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)

# SPDX-License-Identifier: Apache-2.0
"""A replayed clip as a training sample: what was seen, where the driver went, what people said.

One `.npz` for each clip, and a line for it in `samples.jsonl`. Arrays, F frames, N objects in all:

- `stamp_ns` (F,) of each scan; `ego` (F, 5): x, y [m], yaw [rad] in odom, speed [m/s], yaw rate;
- `future` (F, 30, 2): where the car was in the next 3 s, every 0.1 s, in base_link of the frame
  [m]; NaN past the end of the clip;
- `frame` (N,): the frame of each object; `object` (N, 9): x, y, yaw, length, width, height, vx, vy
  in base_link, moving (1 or 0); `class_id` (N,), `track_id` (N,);
- `stage` (F,): the AEB's stage as text, `required_decel` (F,) [m/s^2].
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bulwark_core.errors import BagError
from bulwark_core.objects import EgoMotion, FloatArray, Motion
from bulwark_replay.recording import Frame, Recording

INDEX = "samples.jsonl"
FUTURE_STEPS = 30
STEP_S = 0.1


def write_sample(folder: Path, name: str, recording: Recording, label: dict[str, Any]) -> Path:
    """Write the arrays and the line of the index; one of the same name is replaced. BagError."""
    file, index = folder / f"{name}.npz", folder / INDEX
    try:
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(file, **arrays(recording))
        lines = index.read_text(encoding="utf-8").splitlines() if index.is_file() else []
        kept = [line for line in lines if json.loads(line)["file"] != file.name]
        row = {"file": file.name, "frames": len(recording.frames), **label}
        text = "".join(f"{line}\n" for line in (*kept, json.dumps(row)))
        index.write_text(text, encoding="utf-8")
    except (OSError, ValueError, KeyError) as error:
        raise BagError(f"{folder}: the sample cannot be written: {error}") from error
    return file


def arrays(recording: Recording) -> dict[str, Any]:
    """The arrays of a sample, see above."""
    frames = recording.frames
    rows = [(frame.index, one) for frame in frames for one in frame.objects]
    objects = [
        (o.x, o.y, o.yaw, o.length, o.width, o.height, o.vx, o.vy, o.motion is Motion.MOVING)
        for _, o in rows
    ]
    return {
        "stamp_ns": np.array([frame.stamp_ns for frame in frames], np.int64),
        "ego": np.array([_ego(frame.ego) for frame in frames]).reshape(-1, 5),
        "future": _futures(frames, recording.motion),
        "frame": np.array([index for index, _ in rows], np.int32),
        "object": np.array(objects, np.float64).reshape(-1, 9),
        "class_id": np.array([int(o.object_class) for _, o in rows], np.int16),
        "track_id": np.array([o.id for _, o in rows], np.int64),
        "stage": np.array([f.decision.stage if f.decision else "" for f in frames], np.str_),
        "required_decel": np.array(
            [f.decision.required_deceleration if f.decision else np.nan for f in frames]
        ),
    }


def _ego(ego: EgoMotion | None) -> tuple[float, ...]:
    return (np.nan,) * 5 if ego is None else (ego.x, ego.y, ego.yaw, ego.speed, ego.yaw_rate)


def _futures(frames: Sequence[Frame], motion: Sequence[tuple[float, EgoMotion]]) -> FloatArray:
    """The driver's way ahead of each frame: (F, 30, 2) in base_link of the frame [m]."""
    future = np.full((len(frames), FUTURE_STEPS, 2), np.nan)
    if len(motion) < 2:
        return future
    times = np.array([t for t, _ in motion])
    xy = np.array([(ego.x, ego.y) for _, ego in motion])
    for row, frame in enumerate(frames):
        if frame.ego is None:
            continue
        ahead = frame.t_s + STEP_S * np.arange(1, FUTURE_STEPS + 1)
        place = np.stack([np.interp(ahead, times, xy[:, i], right=np.nan) for i in (0, 1)], axis=1)
        cos, sin = np.cos(frame.ego.yaw), np.sin(frame.ego.yaw)
        turn = np.array([[cos, -sin], [sin, cos]])
        future[row] = (place - (frame.ego.x, frame.ego.y)) @ turn
    return future

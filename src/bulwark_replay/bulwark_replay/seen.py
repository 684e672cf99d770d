# SPDX-License-Identifier: Apache-2.0
"""What a replay shows from above, as plain JSON, so that another process can draw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from bulwark_core.objects import NO_OUTLINE, FloatArray
from bulwark_replay.report.run_log import Box, Frame, Tone
from bulwark_replay.report.thinning import MAX_FRAMES, spread, thin_points


@dataclass(frozen=True)
class Seen:
    """The pictures of a drive from above, and the own body's outline (N, 2) [m]; see `RunLog`."""

    frames: tuple[Frame, ...] = ()
    ego: FloatArray = field(default_factory=lambda: NO_OUTLINE)


def seen_to_plain(seen: Seen) -> dict[str, Any]:
    """As JSON can hold it, thinned to what a report shows."""
    frames = spread(seen.frames, MAX_FRAMES)
    return {
        "ego": seen.ego.tolist(),
        "frames": [_plain(frame, len(frames)) for frame in frames],
    }


def seen_from_plain(plain: Mapping[str, Any]) -> Seen:
    """Back from JSON; KeyError, TypeError or ValueError where it is none."""
    return Seen(tuple(map(_frame, plain["frames"])), _points(plain["ego"]))


def _plain(frame: Frame, count: int) -> dict[str, Any]:
    return {
        "t_s": frame.t_s,
        "boxes": [asdict(box) for box in frame.boxes],
        "pose": list(frame.pose),
        "path": frame.path.tolist(),
        "path_tone": frame.path_tone.value,
        "points": thin_points(frame.points, count).tolist(),
        "target_id": frame.target_id,
        "caption": frame.caption,
    }


def _frame(plain: Mapping[str, Any]) -> Frame:
    x, y, yaw = plain["pose"]
    return Frame(
        t_s=plain["t_s"],
        boxes=tuple(Box(**box) for box in plain["boxes"]),
        pose=(x, y, yaw),
        path=_points(plain["path"]),
        path_tone=Tone(plain["path_tone"]),
        points=_points(plain["points"]),
        target_id=plain["target_id"],
        caption=plain["caption"],
    )


def _points(rows: Sequence[Sequence[float]]) -> FloatArray:
    return np.array(rows, dtype=float).reshape(-1, 2)

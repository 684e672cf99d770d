# SPDX-License-Identifier: Apache-2.0
"""What lies on the predicted path of the body, frame by frame."""

from __future__ import annotations

import math

import numpy as np

from bulwark_aeb.path import Body, Path, nearest_in_path
from bulwark_core.objects import TrackedObject
from bulwark_replay.recording import Frame

PATH_LENGTH = 100.0
"""How far along the predicted path an object counts as inside it [m]."""


def nearest_of(frame: Frame, body: Body) -> tuple[float | None, ...]:
    """For each object of a frame, where along x the body would first meet it [m]; None: nowhere.

    Computed once and kept in the frame.
    """
    if frame.nearest is None:
        path = predicted_path(frame)
        frame.nearest = tuple(nearest_x(tracked, path, body) for tracked in frame.objects)
    return frame.nearest


def predicted_path(frame: Frame) -> Path:
    """The path that the AEB judged in this frame; straight ahead before its first decision."""
    reverse = frame.ego is not None and frame.ego.speed < 0.0
    return Path(frame.decision.path_curvature if frame.decision else 0.0, reverse=reverse)


def nearest_x(tracked: TrackedObject, path: Path, body: Body) -> float | None:
    """Where in base_link, along x, the body would first meet it [m]; None outside the path."""
    footprint = tracked.footprint()
    if _is_beside(tracked, float(np.max(np.abs(footprint - (tracked.x, tracked.y)))), path, body):
        return None
    contact = nearest_in_path(footprint, path, body)
    if contact is None or contact[2] > PATH_LENGTH:
        return None
    return contact[0]


def _is_beside(tracked: TrackedObject, extent: float, path: Path, body: Body) -> bool:
    """Whether it is surely not met: further from the rear axle's circle than both can reach."""
    reach = math.hypot(max(body.front, -body.rear), body.half_width) + extent * math.sqrt(2.0)
    curvature = path.curvature
    if abs(curvature) < 1e-6:
        return abs(tracked.y) > reach + 1.0
    radius = 1.0 / curvature
    return abs(math.hypot(tracked.x, tracked.y - radius) - abs(radius)) > reach + 1.0

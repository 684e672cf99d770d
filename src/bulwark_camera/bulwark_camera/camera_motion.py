# SPDX-License-Identifier: Apache-2.0
"""The own motion as far as the camera needs it: the way driven, and the way of a few pictures."""

from __future__ import annotations

import math

import numpy as np

from bulwark_camera.detections import FloatArray
from bulwark_core.objects import EgoMotion

_GAP_NS = 500_000_000


class CameraMotion:
    """The newest odometry. Without any the car is taken to stand."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the way."""
        self._ego: EgoMotion | None = None
        self.way_m = 0.0
        """Driven since the start [m]."""

    def add(self, ego: EgoMotion) -> None:
        """Take in an odometry; those that come twice or out of order add no way."""
        if self._ego is not None:
            step_ns = ego.stamp_ns - self._ego.stamp_ns
            if -_GAP_NS < step_ns <= 0:
                return
            if 0 < step_ns <= _GAP_NS:
                self.way_m += abs(ego.speed) * step_ns / 1e9
        self._ego = ego

    def carried(self, points: FloatArray, step_s: float) -> FloatArray:
        """Standing points (N, 2) in base_link as they are in it a step later [m]."""
        if self._ego is None:
            return points
        turn = self._ego.yaw_rate * step_s
        way = self._ego.speed * step_s
        cos, sin = math.cos(turn), math.sin(turn)
        moved = points - np.array([way * math.cos(turn / 2.0), way * math.sin(turn / 2.0)])
        return np.asarray(moved @ np.array([[cos, -sin], [sin, cos]]))

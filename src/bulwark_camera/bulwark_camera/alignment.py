# SPDX-License-Identifier: Apache-2.0
"""Whether the camera sees things where the lidar sees them: a check of mounting and intrinsics."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from bulwark_camera.detections import FloatArray
from bulwark_camera.params import AlignmentParams

_KEPT = 60


class AlignmentWatch:
    """Remembers by how much the last boxes missed, sideways and in width."""

    def __init__(self, params: AlignmentParams) -> None:
        self._params = params
        self.reset()

    def reset(self) -> None:
        """Forget all boxes."""
        self._sideways: deque[float] = deque(maxlen=_KEPT)
        self._wider: deque[float] = deque(maxlen=_KEPT)

    def add(self, found: FloatArray, expected: FloatArray, focal_px: float) -> None:
        """Take in columns (N, 2) [px] of boxes and of the same things as the lidar sees them."""
        middle = (found.sum(axis=1) - expected.sum(axis=1)) / 2.0
        self._sideways.extend((middle / focal_px).tolist())
        width, known = found[:, 1] - found[:, 0], expected[:, 1] - expected[:, 0]
        self._wider.extend(np.log(np.maximum(width, 1.0) / np.maximum(known, 1.0)).tolist())

    def problem(self) -> str:
        """What is wrong, in words; empty where nothing is, or too little is known."""
        if len(self._sideways) < self._params.boxes:
            return ""
        sideways, wider = float(np.median(self._sideways)), float(np.median(self._wider))
        if abs(wider) > math.log1p(self._params.max_width):
            way = "wider" if wider > 0 else "narrower"
            share = math.exp(abs(wider)) - 1.0
            return f"boxes are {share:.0%} {way} than what the lidar sees: focal length wrong?"
        if abs(sideways) > self._params.max_angle:
            side = "right" if sideways > 0 else "left"
            return (
                f"boxes lie {math.degrees(abs(sideways)):.1f} deg to the {side} of what the lidar "
                "sees: mounting or principal point wrong?"
            )
        return ""

    def values(self) -> dict[str, str]:
        """The figures for diagnostics."""
        if not self._sideways:
            return {}
        return {
            "boxes_compared": str(len(self._sideways)),
            "sideways_deg": f"{math.degrees(float(np.median(self._sideways))):.2f}",
            "width_ratio": f"{math.exp(float(np.median(self._wider))):.3f}",
        }

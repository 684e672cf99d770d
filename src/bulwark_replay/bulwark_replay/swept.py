# SPDX-License-Identifier: Apache-2.0
"""The predicted swept path, for eyes; decisions use `bulwark_aeb.path`."""

from __future__ import annotations

import math

import numpy as np

from bulwark_core.objects import FloatArray
from bulwark_core.vehicle import VehicleParams

_STEP = 0.5
_STRAIGHT = 1e-6


def swept_outline(
    vehicle: VehicleParams, curvature: float, travel: float, *, reverse: bool = False
) -> FloatArray:
    """Outline of what the body covers on a circle of the rear axle: (N, 2) in base_link [m].

    curvature: left positive, either way of travel [1/m]; travel: of the rear axle, >= 0 [m].
    The inner edge is the body's side at the rear axle, the outer one its leading outer corner.
    """
    lead = -vehicle.rear if reverse else vehicle.front
    inner = vehicle.width / 2.0
    bend = abs(curvature)
    outer = inner
    if bend > _STRAIGHT:
        outer = math.hypot(1.0 / bend + inner, lead) - 1.0 / bend
    length = min(travel + lead, math.pi / max(bend, _STRAIGHT))
    arc = np.asarray(np.linspace(0.0, length, max(2, math.ceil(length / _STEP) + 1)), float)
    outline = np.concatenate([_edge(arc, bend, inner), _edge(arc[::-1], bend, -outer)])
    mirror = (-1.0 if reverse else 1.0, -1.0 if curvature < 0.0 else 1.0)
    return np.asarray(outline * mirror)


def _edge(arc: FloatArray, bend: float, left: float) -> FloatArray:
    """Points beside a left bend, `left` of it [m], at these arc lengths."""
    angle = arc * bend
    if bend <= _STRAIGHT:
        return np.stack([arc, np.full_like(arc, left)], axis=1)
    radius = 1.0 / bend - left
    return np.stack([radius * np.sin(angle), 1.0 / bend - radius * np.cos(angle)], axis=1)

# SPDX-License-Identifier: Apache-2.0
"""Tracks as a perception would give them: the truth with errors, for runs without ray casting.

The figures are modest guesses until they are fitted to the lidar chain's own errors: range and
noise of a 64-beam lidar, two scans until a track is confirmed, a velocity that settles within half
a second.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bulwark_core.frozen import replace
from bulwark_core.objects import Motion, TrackedObject

_STREAM = 19


@dataclass(frozen=True)
class ErrorModel:
    """max_range [m]; confirmation: scans before a track is given out; position_noise [m] and
    position_noise_per_m; first_velocity_noise [m/s] falls to settled_velocity_noise with
    `settling` scans; size_noise [m].
    """

    max_range: float = 110.0
    confirmation: int = 2
    position_noise: float = 0.03
    position_noise_per_m: float = 0.001
    first_velocity_noise: float = 1.5
    settled_velocity_noise: float = 0.15
    settling: float = 3.0
    size_noise: float = 0.04


class PerceivedObjects:
    """Turns the true objects of each scan into tracks, the same for the same seed."""

    def __init__(self, seed: int, model: ErrorModel | None = None) -> None:
        self._model = model or ErrorModel()
        self._seed = seed
        self._history: dict[int, tuple[int, int]] = {}  # id: first stamp, scans

    def perceive(self, truth: Iterable[TrackedObject], index: int) -> list[TrackedObject]:
        """The tracks at this scan; `index` picks the noise."""
        rng = np.random.default_rng((self._seed, _STREAM, index))
        tracks = []
        for item in truth:
            errors = rng.standard_normal(6)
            if math.hypot(item.x, item.y) > self._model.max_range:
                self._history.pop(item.id, None)
                continue
            first_ns, scans = self._history.get(item.id, (item.last_seen_ns, 0))
            self._history[item.id] = (first_ns, scans + 1)
            if scans + 1 >= self._model.confirmation:
                tracks.append(self._track(item, errors.tolist(), first_ns, scans + 1))
        return tracks

    def _track(
        self, item: TrackedObject, errors: list[float], first_ns: int, scans: int
    ) -> TrackedObject:
        model = self._model
        place = model.position_noise + model.position_noise_per_m * math.hypot(item.x, item.y)
        fresh = model.first_velocity_noise * math.exp(-(scans - 1) / model.settling)
        velocity = max(fresh, model.settled_velocity_noise)
        standing = item.motion is Motion.STATIONARY and scans > model.settling
        if standing:
            velocity = 0.0
        return replace(
            item,
            x=item.x + place * errors[0],
            y=item.y + place * errors[1],
            vx=item.vx + velocity * errors[2],
            vy=item.vy + velocity * errors[3],
            length=max(item.length + model.size_noise * errors[4], 0.05),
            width=max(item.width + model.size_noise * errors[5], 0.05),
            motion=item.motion if scans > model.settling else Motion.UNKNOWN,
            class_probability=0.9,
            existence=1.0 - 0.5**scans,
            position_variance=place**2,
            velocity_variance=max(velocity, 0.05) ** 2,
            first_seen_ns=first_ns,
            measurements=scans,
        )

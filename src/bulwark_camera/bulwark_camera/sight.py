# SPDX-License-Identifier: Apache-2.0
"""Whether a picture shows anything: dark, overexposed, uniform or frozen pictures are blind."""

from __future__ import annotations

from enum import Enum

import numpy as np

from bulwark_camera.letterbox import Picture
from bulwark_camera.params import SightParams

_EVERY = 4
"""A sixteenth of the pixels tells whether a picture is new, a sixteenth of these what it shows."""


class Sight(Enum):
    """What is wrong with a picture, in words."""

    CLEAR = "clear"
    DARK = "the picture is dark: no light, lens covered?"
    OVEREXPOSED = "the picture is overexposed: blinded?"
    UNIFORM = "the picture is uniform: lens covered or fogged?"
    FROZEN = "the picture is frozen: its content stays the same to the bit"


def exposure(sample: Picture, params: SightParams) -> Sight:
    """The state of one picture, from any sample of its pixels."""
    if np.percentile(sample, 99) < params.dark_level:
        return Sight.DARK
    if np.percentile(sample, 5) > params.bright_level:
        return Sight.OVEREXPOSED
    if sample.std() < params.min_contrast:
        return Sight.UNIFORM
    return Sight.CLEAR


class SightMonitor:
    """Watches the pictures of one camera."""

    def __init__(self, params: SightParams) -> None:
        self._params = params
        self._sample: Picture | None = None
        self._same_since_ns = 0

    def check(self, picture: Picture, stamp_ns: int) -> Sight:
        """The state of a picture (H, W, 3) after those before it."""
        sample = np.ascontiguousarray(picture[::_EVERY, ::_EVERY])
        if self._sample is None or not np.array_equal(sample, self._sample):
            self._sample, self._same_since_ns = sample, stamp_ns
        state = exposure(sample[::_EVERY, ::_EVERY], self._params)
        return Sight.FROZEN if state is Sight.CLEAR and self._is_frozen(stamp_ns) else state

    def reset(self) -> None:
        """Forget the pictures before."""
        self._sample = None

    def _is_frozen(self, stamp_ns: int) -> bool:
        limit = self._params.frozen_after
        return limit > 0.0 and stamp_ns - self._same_since_ns >= limit * 1e9

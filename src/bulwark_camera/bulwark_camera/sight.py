# SPDX-License-Identifier: Apache-2.0
"""Whether a picture shows anything, and what it does not show well.

Dark, overexposed, uniform or frozen pictures are blind: nothing is said about what they show.
Glare, a blurred lens or one that is covered in part leave something to see: that is only doubtful.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np

from bulwark_camera.cover import CoverWatch
from bulwark_camera.letterbox import Picture
from bulwark_camera.params import SightParams
from bulwark_camera.sharpness import Grey, sharpness

_EVERY = 4
"""A sixteenth of the pixels tells whether a picture is new, a sixteenth of these what it shows."""
_ROWS = 192
"""Sharpness and cover are judged on a grey picture of so many rows."""
_SATURATED = 250
_DOUBT_NS = 190_000_000
"""What is doubtful is judged five times a second: it takes longer than all else, and lasts."""


class Sight(Enum):
    """What is wrong with a picture, in words."""

    CLEAR = "clear"
    DARK = "the picture is dark: no light, lens covered?"
    OVEREXPOSED = "the picture is overexposed: blinded?"
    UNIFORM = "the picture is uniform: lens covered or fogged?"
    FROZEN = "the picture is frozen: its content stays the same to the bit"


@dataclass(frozen=True)
class Seen:
    """What a picture shows: its state, and what is doubtful about it, in words."""

    sight: Sight = Sight.CLEAR
    doubts: tuple[str, ...] = ()


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
        self._cover = CoverWatch(params)
        self.reset()

    def reset(self) -> None:
        """Forget the pictures before, but not that the lens is covered."""
        self._sample: Picture | None = None
        self._same_since_ns = 0
        self._doubted_ns: int | None = None
        self._doubts: tuple[str, ...] = ()
        self._glare = _Lasting(self._params.glare_after)
        self._blur = _Lasting(self._params.blurred_after)

    def check(self, picture: Picture, stamp_ns: int, way_m: float = 0.0) -> Seen:
        """What a picture (H, W, 3) shows after those before it, so far along the way driven [m]."""
        sample = np.ascontiguousarray(picture[::_EVERY, ::_EVERY])
        if self._sample is None or not np.array_equal(sample, self._sample):
            self._sample, self._same_since_ns = sample, stamp_ns
        state = exposure(sample[::_EVERY, ::_EVERY], self._params)
        if state is not Sight.CLEAR:
            return Seen(state)
        if self._is_frozen(stamp_ns):
            return Seen(Sight.FROZEN)
        if self._doubted_ns is None or not 0 <= stamp_ns - self._doubted_ns < _DOUBT_NS:
            self._doubted_ns, self._doubts = stamp_ns, self._judge(picture, stamp_ns, way_m)
        return Seen(doubts=self._doubts)

    def _is_frozen(self, stamp_ns: int) -> bool:
        limit = self._params.frozen_after
        return limit > 0.0 and stamp_ns - self._same_since_ns >= limit * 1e9

    def _judge(self, picture: Picture, stamp_ns: int, way_m: float) -> tuple[str, ...]:
        params, grey = self._params, _grey(picture)
        doubts = []
        lower = grey[_ROWS // 2 :]
        glare = float(np.mean(lower >= _SATURATED))
        if self._glare.holds(glare > params.glare_share, stamp_ns):
            doubts.append(f"blinded by light: {glare:.0%} of the picture's lower half is white")
        sharp = sharpness(grey)
        if self._blur.holds(sharp < params.min_sharpness, stamp_ns):
            doubts.append(f"blurred: out of focus, or the lens is wet (sharpness {sharp:.2f})")
        if glare <= params.glare_share and (where := self._cover.update(grey, way_m)):
            doubts.append(f"the lens is covered {where}")
        return tuple(doubts)


class _Lasting:
    """Something that has to last before it is said."""

    def __init__(self, after_s: float) -> None:
        self._after_ns = round(after_s * 1e9)
        self._since_ns: int | None = None

    def holds(self, is_so: bool, stamp_ns: int) -> bool:
        if not is_so:
            self._since_ns = None
            return False
        if self._since_ns is None:
            self._since_ns = stamp_ns
        return stamp_ns - self._since_ns >= self._after_ns


def _grey(picture: Picture) -> Grey:
    """The picture's green with _ROWS rows: it is nearest to grey, and there already."""
    height, width = picture.shape[:2]
    size = (min(max(round(width * _ROWS / height), 1), 8 * _ROWS), _ROWS)
    green = cv2.extractChannel(picture, 1)
    return np.asarray(cv2.resize(green, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

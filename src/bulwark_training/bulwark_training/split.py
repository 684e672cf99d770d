# SPDX-License-Identifier: Apache-2.0
"""What is trained on and what is held out: other seeds, hues, heights of the sun, places."""

from __future__ import annotations

from enum import Enum

import numpy as np

_HUE_BAND, _SUN_BAND = 4.0, 8.0
_HIGHEST_SUN = 72.0

_TRAINING_PLACES = ("road", "bend", "junction", "street", "garage", "yard")
_HELD_OUT_PLACES = ("construction", "town", "gate", "roundabout", "garage", "yard", "road")


class Split(Enum):
    """The value is the stream of its random numbers."""

    TRAIN = 101
    HELD_OUT = 202

    @property
    def places(self) -> tuple[str, ...]:
        """The kinds of places that its pictures are taken in; some are in both, by other seeds."""
        return _TRAINING_PLACES if self is Split.TRAIN else _HELD_OUT_PLACES

    def rng(self, seed: int, index: int) -> np.random.Generator:
        """The random numbers of one picture."""
        return np.random.default_rng((seed, self.value, index))

    def hue(self, rng: np.random.Generator, low: float = 0.0, high: float = 180.0) -> float:
        """A hue as OpenCV has it, 0..180, between two, from this split's bands."""
        return self._in_bands(rng, low, high, _HUE_BAND) % 180.0

    def sun_elevation(self, rng: np.random.Generator) -> float:
        """Above the horizon [deg]."""
        return self._in_bands(rng, 2.0, _HIGHEST_SUN, _SUN_BAND)

    def owns_hue(self, hue: float) -> bool:
        """Whether a hue belongs to this split."""
        return self._owns(hue, _HUE_BAND)

    def owns_sun(self, elevation: float) -> bool:
        """Whether a height of the sun belongs to this split [deg]."""
        return self._owns(elevation, _SUN_BAND)

    def _owns(self, value: float, band: float) -> bool:
        is_odd = int(value // band) % 2 == 1
        return is_odd == (self is Split.HELD_OUT)

    def _in_bands(self, rng: np.random.Generator, low: float, high: float, band: float) -> float:
        while True:  # half of all draws are kept; every range here is longer than two bands
            value = float(rng.uniform(low, high))
            if self._owns(value, band):
                return value

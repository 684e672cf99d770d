# SPDX-License-Identifier: Apache-2.0
"""Daylight, night and headlights as data, and the colours that follow from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]

_FULL_SUN, _AMBIENT = 1.0, 0.55  # radiance of a white surface, by what lights it
_NIGHT_SKY = 0.002
_HORIZON = np.array([0.92, 0.88, 0.84])  # BGR
_ZENITH = np.array([0.78, 0.52, 0.32])
_DUSK = np.array([0.35, 0.55, 0.95])


@dataclass(frozen=True)
class Light:
    """What lights the scene.

    sun_elevation, sun_azimuth: above the horizon, and from the road's direction leftwards [deg].
    night: no sun at all. headlights: "none", "low" or "high", on at night.
    """

    sun_elevation: float = 55.0
    sun_azimuth: float = 128.0
    night: bool = False
    headlights: str = "low"

    @property
    def sun(self) -> Float32Array:
        """Unit vector towards the sun in the world (3,)."""
        up, turn = math.radians(self.sun_elevation), math.radians(self.sun_azimuth)
        level = math.cos(up)
        xyz = (level * math.cos(turn), level * math.sin(turn), math.sin(up))
        return np.array(xyz, dtype=np.float32)

    @property
    def sun_power(self) -> float:
        """Of direct light on a surface that faces the sun: less through more air."""
        if self.night or self.sun_elevation <= 0.0:
            return 0.0
        air_mass = 1.0 / (math.sin(math.radians(self.sun_elevation)) + 0.06)
        return _FULL_SUN * float(np.exp(-0.18 * (air_mass - 1.0)))

    @property
    def ambient(self) -> float:
        """Of the sky on a surface that faces up."""
        if self.night:
            return _NIGHT_SKY
        return _AMBIENT * float(np.clip(0.25 + self.sun_elevation / 40.0, 0.02, 1.0))

    @property
    def horizon(self) -> Float32Array:
        """BGR radiance of the sky at the horizon (3,), which haze and fog have as well."""
        low = float(np.clip(1.0 - self.sun_elevation / 15.0, 0.0, 1.0))
        colour = _HORIZON * (1.0 - low) + _DUSK * low
        return np.asarray(1.6 * self.ambient * colour, dtype=np.float32)

    @property
    def zenith(self) -> Float32Array:
        """BGR radiance of the sky overhead (3,)."""
        return np.asarray(1.2 * self.ambient * _ZENITH, dtype=np.float32)

    @property
    def lamps(self) -> float:
        """Power of the headlights: 0 none, 1 low, 2 high beam."""
        return float(("none", "low", "high").index(self.headlights)) if self.night else 0.0


DAY = Light()

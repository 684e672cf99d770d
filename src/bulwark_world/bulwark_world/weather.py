# SPDX-License-Identifier: Apache-2.0
"""Weather and dirt as data, and the optics that follow from them.

Fog: extinction by Koschmieder's relation, ln(20) / visibility (5 % contrast, the meteorological
optical range of the WMO), and backscatter 0.046 / visibility (Rasshofer et al., "Influences of
weather phenomena on automotive laser radar systems", 2011; Hahner et al., "Fog simulation on real
lidar point clouds", ICCV 2021). Rain and snow: extinction by rate as ITU-R P.1814 has it; that
single particles reflect and are seen where they win against what is behind them is as in Hahner
et al., "Lidar snowfall simulation", CVPR 2022. Spray: clusters in the wake of wheels, as in
Linnhoff et al., "Simulating road spray effects in automotive lidar sensor models", 2022.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]

CONTRAST = math.log(20.0)
_FOG_BACKSCATTER = 0.046
_PULSE = 1.5  # half the length of a pulse of 10 ns [m]
_PER_DB_KM = math.log(10.0) / 10.0 / 1000.0
_WAVELENGTH_NM = 905.0
_STREAM = 23


@dataclass(frozen=True)
class Dirt:
    """Dirt on the sensor's window between two bearings of the sensor's frame, left positive [deg].

    blocked: share of the rays that do not come through; transmission: of the others, one way.
    """

    right: float
    left: float
    blocked: float = 1.0
    transmission: float = 1.0


@dataclass(frozen=True)
class Dust:
    """A cloud of dust that stands about (x, y) in the world frame [m].

    visibility: inside it [m].
    """

    x: float
    y: float
    radius: float
    visibility: float


@dataclass(frozen=True)
class Weather:
    """Nothing by default.

    rain, snow: rate, of snow as water [mm/h]. fog: visibility [m], inf for none. spray: how wet
    the road is, 0..1, for the wakes of moving vehicles.
    """

    rain: float = 0.0
    snow: float = 0.0
    fog: float = math.inf
    spray: float = 0.0
    dust: Dust | None = None
    dirt: tuple[Dirt, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether a lidar's rays go through undisturbed."""
        return self == CLEAR

    @property
    def fog_extinction(self) -> float:
        """Per metre, one way."""
        return CONTRAST / self.fog

    @property
    def fog_reflectivity(self) -> float:
        """Of a surface that returns as much as the fog within a pulse does."""
        return math.pi * _PULSE * _FOG_BACKSCATTER / self.fog

    @property
    def particle_extinction(self) -> float:
        """By rain and dry snow, per metre, one way."""
        rain = 1.076 * self.rain**0.67
        snow = (5.42e-5 * _WAVELENGTH_NM + 5.4958776) * self.snow**1.38
        return float((rain + snow) * _PER_DB_KM)


CLEAR = Weather()


def window(dirt: tuple[Dirt, ...], directions: Float32Array, seed: int) -> Float32Array:
    """One-way transmission of the window for each ray (N,); directions in the sensor's frame."""
    passes = np.ones(len(directions), np.float32)
    bearing = np.degrees(np.arctan2(directions[:, 1], directions[:, 0]))
    for k, patch in enumerate(dirt):
        inside = (bearing - patch.right) % 360.0 < patch.left - patch.right
        rng = np.random.default_rng((seed, _STREAM, k))  # the same rays in every scan
        blocked = rng.random(len(directions)) < patch.blocked
        passes[inside] *= np.where(blocked, 0.0, patch.transmission)[inside]
    return passes

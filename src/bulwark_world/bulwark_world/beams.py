# SPDX-License-Identifier: Apache-2.0
"""Beam tables of spinning lidars, as data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class LidarModel:
    """A spinning lidar.

    elevations: of the rings from the lowest to the highest [rad]; columns: firings a turn;
    max_range [m]; range_at_10_percent: how far a surface of 10 % reflectivity is seen [m];
    noise: standard deviation of the range [m]; dropout: share of returns lost at random.
    """

    elevations: npt.NDArray[np.float64]
    columns: int
    max_range: float
    range_at_10_percent: float
    min_range: float = 0.9
    noise: float = 0.02
    dropout: float = 0.01

    def directions(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint16]]:
        """Unit vectors in the sensor frame (N, 3), column by column, and the ring of each (N,)."""
        azimuth = np.pi - np.arange(self.columns) * (2.0 * np.pi / self.columns)  # clockwise
        azimuth, elevation = np.meshgrid(azimuth, self.elevations, indexing="ij")
        level = np.cos(elevation)
        xyz = np.stack(
            [level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)], axis=-1
        )
        rings = np.tile(np.arange(len(self.elevations), dtype=np.uint16), self.columns)
        return xyz.reshape(-1, 3).astype(np.float32), rings


def _hdl_64e() -> npt.NDArray[np.float64]:
    """Two blocks of 32: 1/2 degree apart below, 1/3 degree apart above (HDL-64E S2 manual)."""
    lower = np.linspace(-24.33, -8.83, 32)
    upper = np.linspace(-8.33, 2.0, 32)
    return np.asarray(np.radians(np.concatenate([lower, upper])))


LIDAR_MODELS = {
    "hdl64e": LidarModel(_hdl_64e(), 1800, max_range=120.0, range_at_10_percent=50.0),
    "vlp16": LidarModel(
        np.radians(np.linspace(-15.0, 15.0, 16)), 1800, max_range=100.0,
        range_at_10_percent=45.0, min_range=0.4, noise=0.03,
    ),
    "os1_128": LidarModel(
        np.radians(np.linspace(-22.5, 22.5, 128)), 1024, max_range=170.0,
        range_at_10_percent=90.0, min_range=0.5, noise=0.015,
    ),
}  # fmt: skip
"""By name: Velodyne HDL-64E S2 and VLP-16, Ouster OS1-128 (rev 7); ranges from the data sheets."""

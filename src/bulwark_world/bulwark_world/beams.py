# SPDX-License-Identifier: Apache-2.0
"""Beam tables of lidars, as data."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

TURN_S = 0.1
"""From the first to the last column of a scan [s]."""


@dataclass(frozen=True)
class LidarModel:
    """A lidar that turns, or one that scans a sector from left to right.

    elevations: of the rings from the lowest to the highest [rad]; columns: firings a scan;
    field_of_view: level, about x [rad], a whole turn for one that rotates.
    max_range [m]; range_at_10_percent: how far a surface of 10 % reflectivity is seen [m];
    noise: standard deviation of the range [m]; dropout: share of returns lost at random.
    """

    elevations: FloatArray
    columns: int
    max_range: float
    range_at_10_percent: float
    min_range: float = 0.9
    noise: float = 0.02
    dropout: float = 0.01
    field_of_view: float = 2.0 * math.pi

    def directions(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint16]]:
        """Unit vectors in the sensor frame (N, 3), column by column, and the ring of each (N,)."""
        half, step = self.field_of_view / 2.0, self.field_of_view / self.columns
        first = half if self.rotates else half - step / 2.0
        azimuth = first - np.arange(self.columns) * step  # clockwise
        azimuth, elevation = np.meshgrid(azimuth, self.elevations, indexing="ij")
        level = np.cos(elevation)
        xyz = np.stack(
            [level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)], axis=-1
        )
        rings = np.tile(np.arange(len(self.elevations), dtype=np.uint16), self.columns)
        return xyz.reshape(-1, 3).astype(np.float32), rings

    @property
    def rotates(self) -> bool:
        """Whether it sees all around."""
        return self.field_of_view == 2.0 * math.pi

    def column_times(self) -> FloatArray:
        """When the columns fire after the stamp (C,) [s]: it is that of the middle of the scan."""
        return (np.arange(self.columns) / self.columns - 0.5) * TURN_S


def _hdl_64e() -> FloatArray:
    """Two blocks of 32: 1/2 degree apart below, 1/3 degree apart above (HDL-64E S2 manual)."""
    lower = np.linspace(-24.33, -8.83, 32)
    upper = np.linspace(-8.33, 2.0, 32)
    return np.asarray(np.radians(np.concatenate([lower, upper])))


def _os1_128() -> FloatArray:
    """Farther apart in the middle than at the ends.

    A cubic within 0.05 degrees of the calibrated altitudes of a sensor (an OS-1-128 of firmware
    2.3, in the metadata that come with the maker's SDK), which reach from -21.8 to 21.0 degrees.
    """
    x = np.linspace(-1.0, 1.0, 128)
    return np.asarray(np.radians(-0.452 + 22.384 * x - 0.99 * x**3))


LIDAR_MODELS = {
    "hdl64e": LidarModel(
        _hdl_64e(), 1800, max_range=120.0, range_at_10_percent=50.0, noise=0.012, dropout=0.006,
    ),
    "vlp16": LidarModel(
        np.radians(np.linspace(-15.0, 15.0, 16)), 1800, max_range=100.0,
        range_at_10_percent=45.0, min_range=0.4, noise=0.03,
    ),
    "os1_128": LidarModel(
        _os1_128(), 1024, max_range=170.0, range_at_10_percent=90.0, min_range=0.5, noise=0.015,
    ),
    "rs_m1": LidarModel(
        np.radians(np.linspace(-12.5, 12.5, 126)), 600, max_range=200.0,
        range_at_10_percent=150.0, min_range=0.5, noise=0.03, field_of_view=math.radians(120.0),
    ),
}  # fmt: skip
"""By name: Velodyne HDL-64E S2 and VLP-16, Ouster OS1-128, RoboSense RS-LiDAR-M1 (solid state).

Ranges and noise from the data sheets: HDL-64E 50 m on pavement of 10 %; its noise and dropout from
real scans, which show 1 to 1.4 cm and 0.7 % on ground (the sheet has "< 2 cm, one sigma"); VLP-16
"up to +-3 cm"; M1 150 m at 10 %, 120 x 25 degrees every 0.2 degrees, 10 scans a second.
"""

# SPDX-License-Identifier: Apache-2.0
"""How far apart the lidar's beams are, learned from the first clouds, whatever their layout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bulwark_lidar.cloud import Float32Array, FloatArray

_SCANS = 5
_GROWTH = 2.0  # clouds larger by this than those learned from show what these did not
_SLICES = 24
_ELEVATION_SLICE = np.radians(0.03)
_SMALLEST, _LARGEST = np.radians(0.03), np.radians(4.0)
_FEWEST = 8
_STEEPEST = np.radians(89.0)  # of a lidar whose beams are not known yet
_HIGHEST_SHARE = 99.9  # percentile of the elevations; what is above it is noise


@dataclass(frozen=True)
class BeamSteps:
    """Angles between neighbouring returns, sideways and upwards, and how steeply up the highest
    beam goes [rad].
    """

    azimuth: float
    elevation: float
    highest: float = _STEEPEST


class BeamWatch:
    """Learns the steps from the first scans and keeps to them until there is much more to see.

    A lidar that starts up, or whose view is blocked, gives clouds that tell little of its beams.
    """

    def __init__(self, first_guess: BeamSteps) -> None:
        self.steps = first_guess
        self._measured: list[tuple[float, float, float]] = []
        self._sizes: list[int] = []

    def update(self, xyz: Float32Array, usable: int) -> None:
        """Take in a cloud (N, 3) of the lidar's frame [m] of which so many points are usable."""
        if len(self._measured) >= _SCANS:
            if usable <= _GROWTH * float(np.median(self._sizes)):
                return
            self._measured, self._sizes = [], []
        steps = measure_steps(xyz)
        if steps is not None:
            self._measured.append((steps.azimuth, steps.elevation, steps.highest))
            self._sizes.append(usable)
            self.steps = BeamSteps(*np.median(np.array(self._measured), axis=0).tolist())


def measure_steps(xyz: Float32Array) -> BeamSteps | None:
    """The typical steps of a cloud (N, 3) of the lidar's frame; None where it shows too little.

    A thin slice of equal elevation is one beam: the gaps between its bearings are the azimuth
    step. A slice as thin as that step is one column: the gaps between its elevations are the other.
    """
    finite = np.isfinite(xyz).all(axis=1)
    x, y, z = xyz[finite].T.astype(np.float64)
    flat = np.hypot(x, y)
    usable = flat > 0.5
    azimuth, elevation = np.arctan2(y, x)[usable], np.arctan2(z, flat)[usable]
    azimuth_step = _typical_gap(elevation, azimuth, float(_ELEVATION_SLICE))
    if azimuth_step is None:
        return None
    elevation_step = _typical_gap(azimuth, elevation, azimuth_step)
    if elevation_step is None:
        return None
    highest = float(np.percentile(elevation, _HIGHEST_SHARE))
    return BeamSteps(azimuth_step, elevation_step, highest)


def _typical_gap(across: FloatArray, along: FloatArray, width: float) -> float | None:
    """The median gap between neighbours `along` the fullest slices of a `width` `across`."""
    if len(across) == 0:
        return None
    slices = np.floor(across / width).astype(np.int64)
    slices -= slices.min()
    counts = np.bincount(slices)
    fullest = np.argsort(-counts, kind="stable")[:_SLICES]
    gaps = [
        np.diff(np.sort(along[slices == number])) for number in fullest if counts[number] >= _FEWEST
    ]
    every = np.concatenate(gaps) if gaps else np.empty(0)
    plausible = every[(every > _SMALLEST) & (every < _LARGEST)]
    return float(np.median(plausible)) if len(plausible) >= _FEWEST else None

# SPDX-License-Identifier: Apache-2.0
"""What a lidar's scans are like, so that real ones and the world's can be laid side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bulwark_cli.evaluate.labelled_scans import Kind, LabelledScan
from bulwark_cli.evaluate.segments import segments

FloatArray = npt.NDArray[np.float64]

BINS = (5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0)
"""Borders of the distances for which points are counted [m]."""
THINGS = {"car": (Kind.CAR,), "person": (Kind.PERSON,), "pole": (Kind.POLE, Kind.TRUNK)}
SURFACES = {
    "ground": (Kind.GROUND,), "car": (Kind.CAR,), "building": (Kind.BUILDING,),
    "person": (Kind.PERSON,), "pole": (Kind.POLE, Kind.TRUNK),
}  # fmt: skip
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

_MOST_STEPS = 6  # a wider gap between two returns is an edge, not missing returns
_SAME = (0.1, 0.01)  # two returns are of one surface below this difference [m], and per metre
_TO_SIGMA = 1.4826
_FEWEST = 50


@dataclass
class ScanFigures:
    """Of a set of scans.

    points: of each thing as (distance [m], number), by name of THINGS. missing: share of returns
    missing within a surface, noise: spread of the range along a ring [m], intensity: QUANTILES, by
    name of SURFACES; NaN where there is too little.
    """

    scans: int = 0
    points: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    missing: dict[str, float] = field(default_factory=dict)
    noise: dict[str, float] = field(default_factory=dict)
    intensity: dict[str, tuple[float, ...]] = field(default_factory=dict)

    def median_points(self, name: str) -> list[tuple[int, float]]:
        """Number of things and their median number of points in each of BINS."""
        table = np.array(self.points.get(name, []), dtype=np.float64).reshape(-1, 2)
        rows = []
        for low, high in pairwise(BINS):
            some = table[(table[:, 0] >= low) & (table[:, 0] < high), 1]
            rows.append((len(some), float(np.median(some)) if len(some) else np.nan))
        return rows


def figures_of(scans: Iterable[LabelledScan]) -> ScanFigures:
    """The figures of scans whose points follow one another along the rings."""
    points: dict[str, list[tuple[float, int]]] = defaultdict(list)
    steps: dict[str, list[FloatArray]] = defaultdict(list)
    bends: dict[str, list[FloatArray]] = defaultdict(list)
    bright: dict[str, list[FloatArray]] = defaultdict(list)
    count = 0
    for scan in scans:
        count += 1
        for name, found in _things(scan):
            points[name].append(found)
        for name, kinds in SURFACES.items():
            chosen = np.isin(scan.kinds, kinds)
            taken, bend = _along_rings(scan, chosen)
            steps[name].append(taken)
            bends[name].append(bend)
            bright[name].append(scan.intensity[chosen].astype(np.float64))
    return ScanFigures(
        count,
        dict(points),
        {name: _missing(np.concatenate(parts)) for name, parts in steps.items()},
        {name: _noise(np.concatenate(parts)) for name, parts in bends.items()},
        {name: _quantiles(np.concatenate(parts)) for name, parts in bright.items()},
    )


def _things(scan: LabelledScan) -> list[tuple[str, tuple[float, int]]]:
    found = []
    for segment in segments(scan, BINS[-1]):
        for name, kinds in THINGS.items():
            if segment.kind in kinds:
                xy = scan.xyz[segment.points, :2]
                distance = float(np.hypot(xy[:, 0], xy[:, 1]).min())
                found.append((name, (distance, len(segment.points))))
    return found


def _along_rings(
    scan: LabelledScan, chosen: npt.NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Azimuth steps from return to return on one surface, and second differences of the range."""
    xyz = scan.xyz.astype(np.float64)
    reach = np.linalg.norm(xyz, axis=1)
    turn = np.abs(np.diff(np.unwrap(np.arctan2(xyz[:, 1], xyz[:, 0]))))
    step = float(np.median(turn))
    steps = turn / step
    near = np.abs(np.diff(reach)) < _SAME[0] + _SAME[1] * reach[:-1]
    same = chosen[:-1] & chosen[1:] & near & (steps < _MOST_STEPS + 0.5) & (steps > 0.5)
    follows = same & (steps < 1.5)
    middle = follows[:-1] & follows[1:]
    bend = reach[:-2] - 2.0 * reach[1:-1] + reach[2:]
    return np.round(steps[same]), bend[middle]


def _missing(steps: FloatArray) -> float:
    return float(1.0 - len(steps) / steps.sum()) if len(steps) >= _FEWEST else np.nan


def _noise(bends: FloatArray) -> float:
    """The standard deviation of a range whose second differences these are [m]."""
    if len(bends) < _FEWEST:
        return np.nan
    spread = float(np.median(np.abs(bends - np.median(bends))))
    return spread * _TO_SIGMA / float(np.sqrt(6.0))


def _quantiles(values: FloatArray) -> tuple[float, ...]:
    if len(values) < _FEWEST:
        return (np.nan,) * len(QUANTILES)
    return tuple(float(v) for v in np.quantile(values, QUANTILES))

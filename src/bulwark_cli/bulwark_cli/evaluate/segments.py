# SPDX-License-Identifier: Apache-2.0
"""What labels call one thing: instances, or points of one kind that hang together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import minimum_filter
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from bulwark_cli.evaluate.labelled_scans import Kind, LabelledScan

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

SOUGHT = (
    Kind.CAR, Kind.PERSON, Kind.TWO_WHEELER, Kind.TRUCK, Kind.POLE, Kind.TRUNK,
    Kind.BUILDING, Kind.FENCE, Kind.BARRIER,
)  # fmt: skip
"""Kinds that have to be found."""
FEWEST_POINTS = 10
LOWEST, CLEARANCE = 0.2, 2.0
"""What is lower above the labelled ground is driven over, what is higher is passed under [m]."""

_LINK, _LINK_PER_M = 0.5, 0.02  # points of one kind that are so near are one thing
_CELL = 0.5  # what is lowest is looked for in cells of this edge [m]
_VOXEL = 0.2  # one point of each voxel stands for all [m]
_GROUND_REACH = 5.0  # the ground below a point is what is labelled ground so near to it [m]
_GROUND_NEIGHBOURS = 8


@dataclass(frozen=True)
class Segment:
    """Points (indices into the scan) of one thing that the car could touch."""

    kind: Kind
    points: IntArray


def segments(scan: LabelledScan, reach: float) -> list[Segment]:
    """The things of a scan within reach of the lidar [m], of FEWEST_POINTS points or more.

    Only points that are in the way count.
    """
    flat = np.hypot(scan.xyz[:, 0], scan.xyz[:, 1])
    usable = (flat <= reach) & in_the_way(scan)
    found = []
    for kind in SOUGHT:
        chosen = np.flatnonzero(usable & (scan.kinds == kind))
        groups = _groups(scan, chosen, flat)
        found += [Segment(kind, group) for group in groups if len(group) >= FEWEST_POINTS]
    return found


def _groups(scan: LabelledScan, chosen: IntArray, flat: FloatArray) -> list[IntArray]:
    if len(chosen) == 0:
        return []
    if scan.instances is not None:
        numbers = scan.instances[chosen].astype(np.int64)
    else:
        numbers = _connected(scan.xyz[chosen], _LINK + _LINK_PER_M * flat[chosen])
    return [chosen[numbers == number] for number in np.unique(numbers)]


def _connected(xyz: npt.NDArray[np.float32], reach: FloatArray) -> npt.NDArray[np.int64]:
    """Component of each point (N, 3) where points nearer than reach (N,) are linked."""
    _, first, voxel_of = np.unique(
        np.floor(xyz / _VOXEL).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    voxel_of = voxel_of.reshape(-1)  # NumPy 2.0 gave it another shape
    neighbours = cKDTree(xyz[first]).query_ball_point(xyz[first], reach[first] + _VOXEL)
    rows = np.repeat(np.arange(len(first)), [len(row) for row in neighbours])
    columns = np.concatenate([np.asarray(row, np.int64) for row in neighbours])
    links = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(first), len(first)))
    return np.asarray(connected_components(links, directed=False)[1][voxel_of], np.int64)


def in_the_way(scan: LabelledScan) -> BoolArray:
    """Which points a car would hit: not below LOWEST and not above the CLEARANCE.

    Above what they stand on, that is the labelled ground near them, and the lowest point near them
    as well: a lawn or a planter that is not labelled ground is no obstacle by itself.
    """
    z = scan.xyz[:, 2]
    ground, lowest = _labelled_ground(scan), _lowest_nearby(scan.xyz)
    stands_out = ~(z - np.fmax(ground, lowest) < LOWEST)
    return np.asarray(stands_out & ~(z - ground >= CLEARANCE))


def _labelled_ground(scan: LabelledScan) -> FloatArray:
    """Height of the labelled ground nearest to each point; NaN where none is labelled [m]."""
    ground = scan.xyz[scan.kinds == Kind.GROUND]
    if len(ground) < _GROUND_NEIGHBOURS:
        return np.full(len(scan.xyz), np.nan)
    distance, nearest = cKDTree(ground[:, :2]).query(scan.xyz[:, :2], k=_GROUND_NEIGHBOURS)
    heights = np.where(distance < _GROUND_REACH, ground[nearest, 2], np.nan)
    heights[:, 0] = ground[nearest[:, 0], 2]
    return np.asarray(np.nanmedian(heights, axis=1))


def _lowest_nearby(xyz: npt.NDArray[np.float32]) -> FloatArray:
    """The lowest point in the cell of each point (N, 3) and in the cells around it [m]."""
    cells = np.floor(xyz[:, :2] / _CELL).astype(np.int64)
    cells -= cells.min(axis=0)
    grid = np.full(cells.max(axis=0) + 1, np.inf)
    np.minimum.at(grid, (cells[:, 0], cells[:, 1]), xyz[:, 2])
    return np.asarray(minimum_filter(grid, size=3)[cells[:, 0], cells[:, 1]])

# SPDX-License-Identifier: Apache-2.0
"""The sectors of the lidar's view: where they lie, how they are named, what they must return.

A beam that points down meets the road within some metres, or something nearer. So its return does
not depend on the scene, other than that of a beam towards the horizon, which an open field lets
pass and a wall sends back.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bulwark_core.geometry import Matrix
from bulwark_lidar.cloud import SECTORS, Float32Array, FloatArray, IntArray
from bulwark_lidar.kernels import kernel

BoolArray = npt.NDArray[np.bool_]

_STEEP = 0.1  # slope of a beam that surely meets the road: within 17 m from 1.7 m above it
_EVERY = 3  # of the points, one is counted; usual numbers of beams are no multiple of it
_MOST_NAMED = 3


def _edges() -> FloatArray:
    """The bearings at which sectors begin and end: (SECTORS + 1,) in the lidar's frame [rad]."""
    diamond = np.linspace(-2.0, 2.0, SECTORS + 1)
    y = np.clip(diamond, -2.0 - diamond, 2.0 - diamond)
    bearings = np.arctan2(y, 1.0 - np.abs(diamond))
    bearings[0], bearings[-1] = -math.pi, math.pi
    return np.asarray(bearings)


EDGES = _edges()
WIDTHS = np.diff(EDGES)
"""(SECTORS,) [rad]: they are not equally wide."""
MIDDLES = EDGES[:-1] + WIDTHS / 2
"""(SECTORS,) bearings in the lidar's frame [rad]."""


def steep_returns(xyz: Float32Array, mount: Matrix) -> IntArray:
    """How many returns of beams that point down there are in each sector, of a third of the points.

    (SECTORS,). xyz: points (N, 3) of base_link [m]; mount: the lidar's pose in base_link.
    """
    return np.asarray(_count_steep(xyz, mount))


@kernel
def _count_steep(xyz: Float32Array, mount: FloatArray) -> IntArray:
    counts = np.zeros(SECTORS, np.int32)
    at_x, at_y, at_z = mount[0, 3], mount[1, 3], mount[2, 3]
    for i in range(0, len(xyz), _EVERY):
        dx, dy, dz = xyz[i, 0] - at_x, xyz[i, 1] - at_y, xyz[i, 2] - at_z
        if dz < 0.0 and dz * dz > _STEEP * _STEEP * (dx * dx + dy * dy):
            x = mount[0, 0] * dx + mount[1, 0] * dy + mount[2, 0] * dz
            y = mount[0, 1] * dx + mount[1, 1] * dy + mount[2, 1] * dz
            counts[sector(x, y)] += 1
    return counts


@kernel
def sector(x: float, y: float) -> int:
    """The sector of a direction in the lidar's frame, as `UsablePoints.sectors` counts them."""
    norm = abs(x) + abs(y)
    if norm == 0.0:
        return 0
    diamond = y / norm if x >= 0.0 else (2.0 - y / norm if y >= 0.0 else -2.0 - y / norm)
    return min(int((diamond + 2.0) * (SECTORS / 4)), SECTORS - 1)


def in_words(chosen: BoolArray, lidar_yaw: float) -> str:
    """Where the chosen sectors (SECTORS,) lie as the driver sees it; the widest first.

    lidar_yaw: of the lidar in base_link [rad].
    """
    runs = sorted(_runs(chosen), key=lambda run: run[0] - run[1])
    words = [_range(low + lidar_yaw, high + lidar_yaw) for low, high in runs[:_MOST_NAMED]]
    return " and ".join(words) + (" and elsewhere" if len(runs) > _MOST_NAMED else "")


def _runs(chosen: BoolArray) -> list[tuple[float, float]]:
    """The bearings of the right and left end of each run of neighbouring chosen sectors."""
    if chosen.all():
        return [(-math.pi, math.pi)]
    first = int(np.flatnonzero(~chosen)[0]) if chosen.any() else 0
    order = (np.arange(SECTORS) + first) % SECTORS
    runs: list[tuple[float, float]] = []
    before = False
    for k in order:
        if chosen[k]:
            start = runs.pop()[0] if before else EDGES[k]
            turn = 2.0 * math.pi if EDGES[k + 1] <= start else 0.0
            runs.append((float(start), float(EDGES[k + 1]) + turn))
        before = bool(chosen[k])
    return runs


def _range(low: float, high: float) -> str:
    """A range of bearings, counter-clockwise from `low` to `high` [rad]."""
    if high - low > 2.0 * math.pi - 1e-6:
        return "all around"
    right, left = _degrees(low), _degrees(high)
    if 0 <= right <= left:
        return f"from {right} to {left} degrees left of ahead"
    if right <= left <= 0:
        return f"from {-left} to {-right} degrees right of ahead"
    rear = ", across the rear" if left < right else ""
    return f"from {_with_side(right)} to {_with_side(left)} of ahead{rear}"


def _with_side(degrees: int) -> str:
    return f"{abs(degrees)} degrees {'left' if degrees >= 0 else 'right'}"


def _degrees(bearing: float) -> int:
    """Whole degrees, left positive, from -179 to 180."""
    return 180 - (180 - round(math.degrees(bearing))) % 360

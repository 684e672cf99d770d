# SPDX-License-Identifier: Apache-2.0
"""From the sensor's points to usable points in base_link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_core.vehicle import VehicleParams
from bulwark_lidar.kernels import kernel

Float32Array = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float64]

SECTORS = 72
"""Sectors of the sensor's surroundings whose returns are counted, counter-clockwise from -x."""

_USABLE, _NOT_FINITE, _NEAR, _FAR, _BODY = (np.uint8(kind) for kind in range(5))
_FIRST, _LAST = np.int32(0), np.int32(SECTORS - 1)
_TWO, _SECTORS_PER_UNIT = np.float32(2.0), np.float32(SECTORS / 4)
_ROOF_MARGIN = 0.5  # a lidar and its rack sit on the roof


@dataclass(frozen=True)
class UsablePoints:
    """The points that are finite, in range and not on the own car, and how many were not.

    xyz: (N, 3) float32 in base_link [m], column by column in memory; index: (N,) row of each in the
    cloud. sectors: (SECTORS,) returns in range and not on the sensor itself, by bearing in the
    sensor's frame. near: returns on the sensor itself.
    """

    xyz: Float32Array
    index: IntArray
    total: int
    not_finite: int
    near: int
    far: int
    body: int
    sectors: IntArray


def usable_points(
    xyz: Float32Array,
    mount: FloatArray,
    vehicle: VehicleParams,
    max_range: float,
    sensor_radius: float,
    margin: float,
) -> UsablePoints:
    """Transform a cloud (N, 3) [m] of the sensor's frame with `mount` (4x4) and leave out the rest.

    margin: how far mirrors and racks stand out beside the vehicle's body [m].
    """
    half = vehicle.width / 2 + margin
    top = vehicle.height + _ROOF_MARGIN
    body = np.array([vehicle.rear, vehicle.front, -half, half, top])
    points = np.asfortranarray(xyz, dtype=np.float32)  # column by column
    kept, index, counts, sectors = _filter(points, mount, body, max_range, sensor_radius)
    _, not_finite, near, far, on_body = (int(count) for count in counts)
    return UsablePoints(kept, index, len(points), not_finite, near, far, on_body, sectors)


@kernel
def _filter(
    xyz: Float32Array, mount: FloatArray, body: FloatArray, max_range: float, radius: float
) -> Any:
    """Usable points (M, 3), their rows (M,), how many were of each kind, returns by sector."""
    moved, kinds, sectors = _judge(xyz, mount, body, max_range * max_range, radius * radius)
    counts = np.array([(kinds == kind).sum() for kind in range(_USABLE, _BODY + 1)])
    returns = np.zeros((4, SECTORS), np.int32)  # four, since one would wait for itself
    rows = np.empty(len(xyz) + 1, np.int32)
    n = 0
    for i in range(len(xyz)):
        rows[n] = i
        n += kinds[i] == _USABLE
        returns[i & 3, sectors[i]] += (kinds[i] == _USABLE) | (kinds[i] == _BODY)
    index = rows[:n].copy()
    kept = np.empty((3, n), np.float32)
    for axis in range(3):
        for k in range(n):
            kept[axis, k] = moved[axis, index[k]]
    return kept.T, index, counts, returns.sum(axis=0).astype(np.int32)


@kernel
def _judge(
    xyz: Float32Array, mount: FloatArray, body: FloatArray, farthest: float, nearest: float
) -> Any:
    """Of each point: where it is in base_link (3, N), its kind and its sector (N,).

    Single precision and no branches, so that several points are done at once. farthest, nearest:
    squared ranges [m^2].
    """
    m, edge = mount.astype(np.float32), body.astype(np.float32)
    far, near, zero = np.float32(farthest), np.float32(nearest), np.float32(0.0)
    moved = np.empty((3, len(xyz)), np.float32)
    kinds = np.empty(len(xyz), np.uint8)
    sectors = np.empty(len(xyz), np.int32)
    for i in range(len(xyz)):
        sx, sy, sz = xyz[i, 0], xyz[i, 1], xyz[i, 2]
        squared = sx * sx + sy * sy + sz * sz
        x = m[0, 0] * sx + m[0, 1] * sy + m[0, 2] * sz + m[0, 3]
        y = m[1, 0] * sx + m[1, 1] * sy + m[1, 2] * sz + m[1, 3]
        z = m[2, 0] * sx + m[2, 1] * sy + m[2, 2] * sz + m[2, 3]
        moved[0, i], moved[1, i], moved[2, i] = x, y, z
        in_body = (edge[0] < x) & (x < edge[1]) & (edge[2] < y) & (y < edge[3]) & (z < edge[4])
        kind = _BODY if in_body else _USABLE
        kind = _NEAR if squared < near else kind
        kind = kind if squared <= far else _FAR
        is_finite = (sx - sx) + (sy - sy) + (sz - sz) == zero
        kinds[i] = kind if is_finite else _NOT_FINITE
        norm = abs(sx) + abs(sy)
        share = sy / norm
        diamond = share if sx >= zero else (_TWO - share if sy >= zero else -_TWO - share)
        sector = np.int32((diamond + _TWO) * _SECTORS_PER_UNIT) if norm > zero else _FIRST
        sectors[i] = min(max(sector, _FIRST), _LAST)
    return moved, kinds, sectors

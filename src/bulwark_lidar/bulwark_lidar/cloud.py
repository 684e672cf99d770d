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

_ROOF_MARGIN = 0.5  # a lidar and its rack sit on the roof


@dataclass(frozen=True)
class UsablePoints:
    """The points that are finite, in range and not on the own car, and how many were not.

    xyz: (N, 3) float32 in base_link [m]; index: (N,) row of each in the cloud. sectors: (SECTORS,) finite returns beyond the sensor's
    own radius, by bearing in the sensor's frame. near: returns on the sensor itself.
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
    points = np.asarray(xyz, dtype=np.float32)
    kept, index, counts, sectors = _filter(points, mount, body, max_range, sensor_radius)
    not_finite, near, far, on_body = (int(count) for count in counts)
    return UsablePoints(kept, index, len(points), not_finite, near, far, on_body, sectors)


@kernel
def _filter(
    xyz: Float32Array, mount: FloatArray, body: FloatArray, max_range: float, radius: float
) -> Any:
    kept = np.empty((len(xyz), 3), np.float32)
    index = np.empty(len(xyz), np.int32)
    counts = np.zeros(4, np.int64)
    sectors = np.zeros(SECTORS, np.int32)
    n = 0
    for i in range(len(xyz)):
        sx, sy, sz = float(xyz[i, 0]), float(xyz[i, 1]), float(xyz[i, 2])
        squared = sx * sx + sy * sy + sz * sz
        if not squared <= max_range * max_range:  # NaN is not
            counts[2 if np.isfinite(squared) else 0] += 1
            continue
        if squared < radius * radius:
            counts[1] += 1
            continue
        sectors[_sector(sx, sy)] += 1
        x = mount[0, 0] * sx + mount[0, 1] * sy + mount[0, 2] * sz + mount[0, 3]
        y = mount[1, 0] * sx + mount[1, 1] * sy + mount[1, 2] * sz + mount[1, 3]
        z = mount[2, 0] * sx + mount[2, 1] * sy + mount[2, 2] * sz + mount[2, 3]
        if body[0] < x < body[1] and body[2] < y < body[3] and z < body[4]:
            counts[3] += 1
            continue
        kept[n, 0], kept[n, 1], kept[n, 2] = x, y, z
        index[n] = i
        n += 1
    return kept[:n], index[:n], counts, sectors


@kernel
def _sector(x: float, y: float) -> int:
    """The sector of a direction, from an angle-like figure without trigonometry (within 4 deg)."""
    norm = abs(x) + abs(y)
    if norm == 0.0:
        return 0
    diamond = y / norm if x >= 0.0 else (2.0 - y / norm if y >= 0.0 else -2.0 - y / norm)
    return min(int((diamond + 2.0) * (SECTORS / 4)), SECTORS - 1)

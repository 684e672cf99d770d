# SPDX-License-Identifier: Apache-2.0
"""Clouds that lead through every kernel, so that all are compiled before the first real scan."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import EgoMotion
from bulwark_lidar.cloud import Float32Array, FloatArray
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline, mount_matrix
from bulwark_lidar.sectors import steep_returns

_SCAN_NS = 100_000_000


def warm_up(params: LidarParams) -> None:
    """Run a pipeline of its own over a few made-up scans, with own motion and without."""
    pipeline = LidarPipeline(params)
    for scan in range(6):
        stamp_ns = (scan + 1) * _SCAN_NS
        ego = EgoMotion(stamp_ns, speed=5.0, yaw_rate=0.0, x=0.5 * scan) if scan < 4 else None
        cloud = made_up_cloud(0.5 * scan, params.mount.z)
        pipeline.update(cloud, ego, stamp_ns, intensity=np.ones(len(cloud), np.float32))
    nothing = pipeline.update(np.empty((0, 3), np.float32), None, 10 * _SCAN_NS)
    steep_returns(nothing.points.xyz, mount_matrix(params.mount))


def made_up_cloud(way: float, height: float) -> Float32Array:
    """A road, a wall, a box that stands, one that comes and goes, and drizzle, after a way [m]."""
    bearings = np.linspace(-np.pi, np.pi, 900, endpoint=False)
    rings = np.geomspace(3.0, 60.0, 40)
    road = np.stack(np.meshgrid(rings, bearings), axis=-1).reshape(-1, 2)
    ground = np.column_stack(
        [road[:, 0] * np.cos(road[:, 1]), road[:, 0] * np.sin(road[:, 1]), np.zeros(len(road))]
    )
    wall = _upright(np.linspace(-20.0, 40.0, 600), 8.0)
    parked = _upright(np.linspace(14.0, 18.0, 80) - way, -3.0)
    comes = _upright(np.linspace(20.0, 22.0, 40) - 2.0 * way, 0.0 if way < 1.5 else 3.0)
    drops = np.linspace(0.0, 1.0, 40)
    drizzle = np.column_stack(
        [6.0 + 2.0 * (7.0 * drops % 1.0), 2.0 * (11.0 * drops % 1.0) - 1.0, 0.5 + drops]
    )
    cloud = np.vstack([ground, wall, parked, comes, drizzle])
    cloud[:, 2] -= height
    return cloud.astype(np.float32)


def _upright(x: npt.NDArray[np.floating], y: float) -> FloatArray:
    heights = np.linspace(0.1, 1.6, 12)
    return np.column_stack([np.tile(x, 12), np.full(12 * len(x), y), np.repeat(heights, len(x))])

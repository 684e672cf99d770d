# SPDX-License-Identifier: Apache-2.0
"""What the stack's own chain shows of a labelled scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_cli.evaluate.labelled_scans import LabelledScan
from bulwark_core.objects import EgoMotion, ObjectClass, TrackedObject
from bulwark_lidar.ground import GROUND, OBSTACLE
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline, LidarResult, mount_matrix
from bulwark_obstacles.memory import ObstacleMemory
from bulwark_obstacles.params import StaticObstaclesParams

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

SHOWINGS = 12
"""How often a scan is shown: a single one neither confirms an object nor tells that it stands."""
_SCAN_NS = 100_000_000


@dataclass(frozen=True)
class Shown:
    """What comes out of the last showing of a scan.

    is_ground: (N,) of all its points, False for those that were not used. obstacles: as published,
    with `classes` by the static obstacles node. is_obstacle_point: (N,) what of the points is neither
    ground nor overhead. xy: (N, 2) the points in the obstacles' frame [m]. lidar_height: above the road
    as estimated [m].
    """

    is_ground: BoolArray
    obstacles: list[TrackedObject]
    classes: list[ObjectClass]
    is_obstacle_point: BoolArray
    xy: FloatArray
    lidar_height: float


def show(scan: LabelledScan, params: LidarParams) -> Shown:
    """Give a scan to the chain as a standing car would see it, at 10 Hz."""
    pipeline, memory = LidarPipeline(params), ObstacleMemory(StaticObstaclesParams())
    result, classes = None, {}
    for number in range(1, SHOWINGS + 1):
        ego = EgoMotion(number * _SCAN_NS, speed=0.0, yaw_rate=0.0)
        result = pipeline.update(scan.xyz, ego, ego.stamp_ns)
        standing = memory.update(result.objects, ego)
        classes = {obstacle.id: obstacle.object_class for obstacle in standing}
    assert result is not None
    return _shown(scan, result, classes, params)


def _shown(
    scan: LabelledScan,
    result: LidarResult,
    classes: dict[int, ObjectClass],
    params: LidarParams,
) -> Shown:
    labels = result.ground.labels
    is_ground, is_obstacle = np.zeros((2, len(scan.xyz)), np.bool_)
    is_ground[result.points.index[labels == GROUND]] = True
    is_obstacle[result.points.index[labels == OBSTACLE]] = True
    kinds = [classes.get(tracked.id, tracked.object_class) for tracked in result.objects]
    mount = mount_matrix(params.mount)
    xy = scan.xyz @ mount[:2, :3].T + mount[:2, 3]
    height = params.mount.z - result.plane.height
    return Shown(is_ground, result.objects, kinds, is_obstacle, xy, height)

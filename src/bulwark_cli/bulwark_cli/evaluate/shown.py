# SPDX-License-Identifier: Apache-2.0
"""What the stack's own chain shows of a labelled scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_cli.evaluate.labelled_scans import LabelledScan
from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_lidar.ground import GROUND, OBSTACLE
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline, LidarResult, mount_matrix
from bulwark_obstacles.classify import classified
from bulwark_obstacles.params import ClassificationParams

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

SHOWINGS = 5
"""How often a scan is shown: a single one neither confirms an object nor tells that it stands."""
_SCAN_NS = 100_000_000


@dataclass(frozen=True)
class Shown:
    """What comes out of the last showing of a scan.

    is_ground: (N,) of all its points, False for those that were not used. obstacles: as published,
    with the class that the static obstacles node gives them by their shape. is_obstacle_point: (N,)
    what of the points is neither ground nor overhead. xy: (N, 2) the points in the obstacles' frame
    [m]. lidar_height: above the road as estimated [m].
    """

    is_ground: BoolArray
    obstacles: list[TrackedObject]
    is_obstacle_point: BoolArray
    xy: FloatArray
    lidar_height: float


def show(scan: LabelledScan, params: LidarParams) -> Shown:
    """Give a scan to the chain as a standing car would see it, at 10 Hz."""
    pipeline, result = LidarPipeline(params), None
    for number in range(1, SHOWINGS + 1):
        ego = EgoMotion(number * _SCAN_NS, speed=0.0, yaw_rate=0.0)
        result = pipeline.update(scan.xyz, ego, ego.stamp_ns)
    assert result is not None
    return _shown(scan, result, params)


def _shown(scan: LabelledScan, result: LidarResult, params: LidarParams) -> Shown:
    labels = result.ground.labels
    is_ground, is_obstacle = np.zeros((2, len(scan.xyz)), np.bool_)
    is_ground[result.points.index[labels == GROUND]] = True
    is_obstacle[result.points.index[labels == OBSTACLE]] = True
    mount, classification = mount_matrix(params.mount), ClassificationParams()
    place = float(mount[0, 3]), float(mount[1, 3])
    obstacles = classified(result.objects, classification.min_probability, place)
    xy = scan.xyz @ mount[:2, :3].T + mount[:2, 3]
    return Shown(is_ground, obstacles, is_obstacle, xy, params.mount.z - result.plane.height)

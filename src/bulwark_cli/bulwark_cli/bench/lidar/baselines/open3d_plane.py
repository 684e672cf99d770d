# SPDX-License-Identifier: Apache-2.0
"""Open3D as in its tutorials: voxels, a plane by RANSAC, and DBSCAN on what is left."""

from __future__ import annotations

import numpy as np

from bulwark_cli.bench.lidar.baselines.base import (
    FEWEST,
    LINK,
    VOXEL,
    Answer,
    Baseline,
    BaselineMissingError,
    Given,
    Run,
)

_NEAR_PLANE = 0.2  # m
_TRIALS = 1000


def start() -> Run:
    """Load it."""
    try:
        import open3d as o3d
    except ImportError:
        raise BaselineMissingError("not installed: pip install open3d-cpu") from None
    o3d.utility.set_verbosity_level(o3d.utility.VerbosityLevel.Error)
    o3d.utility.random.seed(0)

    def run(given: Given) -> Answer:
        points = o3d.utility.Vector3dVector(given.xyz.astype(np.float64))
        cloud = o3d.geometry.PointCloud(points).voxel_down_sample(VOXEL)
        _, ground = cloud.segment_plane(_NEAR_PLANE, 3, _TRIALS)
        rest = cloud.select_by_index(ground, invert=True)
        labels = rest.cluster_dbscan(LINK, FEWEST)
        return Answer(np.asarray(rest.points), np.asarray(labels), in_base_link=False)

    return run


OPEN3D = Baseline(
    "open3d_plane_dbscan",
    "Open3D",
    f"voxels {VOXEL} m, segment_plane({_NEAR_PLANE} m, {_TRIALS} trials), "
    f"cluster_dbscan({LINK} m, {FEWEST})",
    clusters=True,
    every=5,
    start=start,
)

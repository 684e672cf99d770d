# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's DBSCAN and HDBSCAN, on the chain's obstacle points thinned to voxels."""

from __future__ import annotations

from typing import Any

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
    voxel_points,
)


def start_dbscan() -> Run:
    """Load DBSCAN."""
    return _run(lambda cluster: cluster.DBSCAN(eps=LINK, min_samples=FEWEST, n_jobs=1))


def start_hdbscan() -> Run:
    """Load HDBSCAN."""
    return _run(lambda cluster: cluster.HDBSCAN(min_cluster_size=FEWEST, n_jobs=1))


def _run(make: Any) -> Run:
    """`make`: a method of scikit-learn's cluster module."""
    try:
        from sklearn import cluster
    except ImportError:
        raise BaselineMissingError('not installed: pip install "scikit-learn>=1.3"') from None

    def run(given: Given) -> Answer:
        points = voxel_points(given.obstacles)
        if len(points) < FEWEST:
            return Answer(points, np.full(len(points), -1))
        return Answer(points, make(cluster).fit_predict(points))

    return run


DBSCAN = Baseline(
    "sklearn_dbscan",
    "scikit-learn DBSCAN",
    f"clustering alone, on our obstacle points: voxels {VOXEL} m, eps {LINK} m, {FEWEST} points",
    clusters=True,
    every=5,
    start=start_dbscan,
)
HDBSCAN = Baseline(
    "sklearn_hdbscan",
    "scikit-learn HDBSCAN",
    f"clustering alone, on our obstacle points: voxels {VOXEL} m, {FEWEST} points",
    clusters=True,
    every=10,
    start=start_hdbscan,
)

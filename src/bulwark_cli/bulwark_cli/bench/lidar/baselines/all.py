# SPDX-License-Identifier: Apache-2.0
"""All baselines, and the choice of some."""

from __future__ import annotations

import difflib

from bulwark_cli.bench.lidar.baselines.base import Baseline
from bulwark_cli.bench.lidar.baselines.open3d_plane import OPEN3D
from bulwark_cli.bench.lidar.baselines.patchwork import PATCHWORK
from bulwark_cli.bench.lidar.baselines.pcl_euclidean import PCL
from bulwark_cli.bench.lidar.baselines.sklearn_density import DBSCAN, HDBSCAN
from bulwark_core.errors import BulwarkError

BASELINES = {b.key: b for b in (PATCHWORK, OPEN3D, PCL, DBSCAN, HDBSCAN)}


def chosen(names: str) -> list[Baseline]:
    """Of `all`, `none`, or names with commas between. Raises BulwarkError on an unknown one."""
    if names in ("all", "none"):
        return list(BASELINES.values()) if names == "all" else []
    return [_named(name.strip()) for name in names.split(",")]


def _named(name: str) -> Baseline:
    if name not in BASELINES:
        near = difflib.get_close_matches(name, BASELINES, n=1)
        hint = f"did you mean '{near[0]}'? " if near else ""
        known = ", ".join(BASELINES)
        raise BulwarkError(f"--baselines: no '{name}'; {hint}there are: all, none, {known}")
    return BASELINES[name]

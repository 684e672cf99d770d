# SPDX-License-Identifier: Apache-2.0
"""How high things are: their obstacle points, and what stands on them above the clearance."""

from __future__ import annotations

from typing import Any

import numpy as np

from bulwark_lidar.cloud import FloatArray, IntArray
from bulwark_lidar.clusters import Clusters
from bulwark_lidar.columns import Columns
from bulwark_lidar.kernels import kernel


def levels(clusters: Clusters) -> tuple[FloatArray, FloatArray]:
    """Z of the ground below each cluster and of its top [m]: (K,), (K,)."""
    base, top = _levels(clusters.cell_labels, clusters.count, clusters.columns)
    return base, top


@kernel
def _levels(cell_labels: IntArray, count: int, columns: Columns) -> Any:
    """The ground is that below the highest obstacle point."""
    base, highest, top = np.zeros(count), np.full(count, -np.inf), np.full(count, -np.inf)
    for c in range(len(cell_labels)):
        k = cell_labels[c]
        if k < 0:
            continue
        top[k] = max(top[k], columns.full_top[c])
        if columns.top[c] > highest[k]:
            highest[k] = columns.top[c]
            base[k] = columns.top[c] - columns.reach[c]
    return base, top

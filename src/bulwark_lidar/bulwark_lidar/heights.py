# SPDX-License-Identifier: Apache-2.0
"""How high things are: their obstacle points, and what stands on them above the clearance."""

from __future__ import annotations

from typing import Any

import numpy as np

from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.clusters import Clusters
from bulwark_lidar.ground import OVERHEAD, ByteArray, Ground, ObstaclePoints
from bulwark_lidar.kernels import kernel

_HIGHEST = 4.5  # what is higher above the road belongs to a bridge or a tree [m]


def levels(
    clusters: Clusters, obstacles: ObstaclePoints, xyz: Float32Array, ground: Ground
) -> tuple[FloatArray, FloatArray]:
    """Z of the ground below each cluster and of its top [m]: (K,), (K,).

    xyz: all points (N, 3) that the ground was removed from.
    """
    base, top = _levels(clusters.labels, clusters.count, obstacles.xyz, obstacles.above)
    cell_labels = _cell_labels(clusters.labels, clusters.cell_of, clusters.cells)
    _raise_tops(top, xyz, ground.labels, ground.above, cell_labels, clusters.index, clusters.cell)
    return base, top


@kernel
def _levels(labels: IntArray, count: int, xyz: Float32Array, above: Float32Array) -> Any:
    base, top = np.zeros(count), np.full(count, -np.inf)
    for i in range(len(labels)):
        k = labels[i]
        if k >= 0 and xyz[i, 2] > top[k]:
            top[k] = xyz[i, 2]
            base[k] = xyz[i, 2] - above[i]
    return base, top


@kernel
def _cell_labels(labels: IntArray, cell_of: IntArray, cells: int) -> Any:
    """The cluster of each occupied cell."""
    cell_labels = np.full(cells, -1, np.int32)
    for i in range(len(labels)):
        cell_labels[cell_of[i]] = labels[i]
    return cell_labels


@kernel
def _raise_tops(
    top: FloatArray,
    xyz: Float32Array,
    labels: ByteArray,
    above: Float32Array,
    cell_labels: IntArray,
    index: IntArray,
    size: float,
) -> None:
    """Raise each cluster's top to what is above the clearance in its cells."""
    half = len(index) // 2
    for i in range(len(labels)):
        if labels[i] != OVERHEAD or above[i] > _HIGHEST:
            continue
        column = int(np.floor(xyz[i, 0] / size))
        row = int(np.floor(xyz[i, 1] / size))
        if abs(column) > half or abs(row) > half:
            continue
        cell = index[row + half, column + half]
        if cell >= 0 and cell_labels[cell] >= 0:
            top[cell_labels[cell]] = max(top[cell_labels[cell]], xyz[i, 2])

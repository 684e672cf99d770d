# SPDX-License-Identifier: Apache-2.0
"""How brightly things return the lidar's light, compared with what else stands in the scan.

Intensities have no common scale: each sensor has its own, and some change it with the gain of the
moment. So a thing is compared with all obstacle points of the same scan.
"""

from __future__ import annotations

import numpy as np

from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.clusters import Clusters
from bulwark_lidar.kernels import kernel


def intensities(cloud: Float32Array, index: IntArray, rows: IntArray) -> Float32Array:
    """Intensity of the points that are `rows` (M,) among the usable ones: (M,).

    cloud: (N,) of all points; index: row of each usable point in the cloud.
    """
    return np.asarray(_gather(cloud, index, rows))


def brightness(intensity: Float32Array | None, clusters: Clusters) -> FloatArray:
    """Mean intensity of each cluster over that of all obstacle points: (K,), NaN for not known.

    intensity: (M,) of the obstacle points, None where the cloud has none. What is not finite or
    negative does not count.
    """
    if intensity is None:
        return np.full(clusters.count, np.nan)
    return np.asarray(_ratios(intensity, clusters.labels, clusters.count))


@kernel
def _gather(cloud: Float32Array, index: IntArray, rows: IntArray) -> Float32Array:
    chosen = np.empty(len(rows), np.float32)
    for k in range(len(rows)):
        chosen[k] = cloud[index[rows[k]]]
    return chosen


@kernel
def _ratios(intensity: Float32Array, labels: IntArray, count: int) -> FloatArray:
    sums, usable = np.zeros(count), np.zeros(count, np.int64)
    total, points = 0.0, 0
    for i in range(len(labels)):
        value = intensity[i]
        if not 0.0 <= value < np.inf:
            continue
        total += value
        points += 1
        if labels[i] >= 0:
            sums[labels[i]] += value
            usable[labels[i]] += 1
    ratios = np.full(count, np.nan)
    for k in range(count):
        if usable[k] > 0 and total > 0.0:
            ratios[k] = sums[k] / usable[k] / (total / points)
    return ratios

# SPDX-License-Identifier: Apache-2.0
"""Oriented boxes around clusters: the L-shape fit.

The yaw is searched for which the points lie closest to two edges of their bounding rectangle:
X. Zhang et al., "Efficient L-shape fitting for vehicle detection using laser scanners", IV 2017,
closeness criterion. The sides are then taken from the convex outline, so that no point is outside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.clusters import Clusters
from bulwark_lidar.ground import Points
from bulwark_lidar.grouping import group
from bulwark_lidar.kernels import kernel
from bulwark_lidar.outlines import convex_outlines

_COARSE = math.radians(5.0)
_FINE = math.radians(1.0)
_NEAREST = 0.05
_SAMPLE = 64
_SMALLEST = 0.05


@dataclass(frozen=True)
class Boxes:
    """What was seen of K things in one scan, in base_link.

    outlines: (K, V, 2) convex, counter-clockwise, padded; sizes: (K,) vertices of each [m].
    centre: (K, 2); yaw: (K,); extent: (K, 2) length >= width [m].
    points: (K,) how many.
    """

    outlines: FloatArray
    sizes: IntArray
    centre: FloatArray
    yaw: FloatArray
    extent: FloatArray
    points: IntArray

    def __len__(self) -> int:
        return len(self.sizes)


def fit_boxes(obstacles: Points, clusters: Clusters, beam_step: float) -> Boxes:
    """Boxes around clusters of points; beam_step: azimuth between returns [rad]."""
    order, starts = group(clusters.labels, clusters.count)
    outlines, sizes = convex_outlines(obstacles, order, starts, beam_step)
    yaw, centre, extent = _fit_all(obstacles.xyz, order, starts, outlines, sizes)
    return Boxes(outlines, sizes, centre, yaw, extent, np.diff(starts))


@kernel
def _fit_all(
    xyz: Float32Array, order: IntArray, starts: IntArray, outlines: FloatArray, sizes: IntArray
) -> Any:
    count = len(sizes)
    yaw, centre, extent = np.empty(count), np.empty((count, 2)), np.empty((count, 2))
    for k in range(count):
        outline = outlines[k, : sizes[k]]
        angle = l_shape_yaw(_sampled(xyz, order[starts[k] : starts[k + 1]]), outline)
        box = bounding_box(outline, angle)
        centre[k, 0], centre[k, 1], extent[k, 0], extent[k, 1], yaw[k] = box
    return yaw, centre, extent


@kernel
def _sampled(xyz: Float32Array, members: IntArray) -> Any:
    """At most _SAMPLE of the points, evenly spread over them."""
    n = min(len(members), _SAMPLE)
    points = np.empty((n, 2))
    for j in range(n):
        i = members[j * len(members) // n]
        points[j, 0], points[j, 1] = xyz[i, 0], xyz[i, 1]
    return points


@kernel
def l_shape_yaw(points: FloatArray, outline: FloatArray) -> float:
    """The yaw in [0, pi/2) of the box around an outline to which points (N, 2) lie closest."""
    best, best_score = 0.0, -1.0
    for step in range(int(round(math.pi / 2 / _COARSE))):
        score = _closeness(points, outline, step * _COARSE)
        if score > best_score:
            best, best_score = step * _COARSE, score
    middle = best
    for step in range(-4, 5):
        score = _closeness(points, outline, middle + step * _FINE)
        if score > best_score:
            best, best_score = middle + step * _FINE, score
    return best % (math.pi / 2)


@kernel
def _closeness(points: FloatArray, outline: FloatArray, yaw: float) -> float:
    cos, sin = math.cos(yaw), math.sin(yaw)
    low_u, high_u, low_w, high_w = _sides(outline, cos, sin)
    score = 0.0
    for i in range(len(points)):
        u = points[i, 0] * cos + points[i, 1] * sin
        w = points[i, 1] * cos - points[i, 0] * sin
        gap = min(min(u - low_u, high_u - u), min(w - low_w, high_w - w))
        score += 1.0 / max(gap, _NEAREST)
    return score


@kernel
def _sides(outline: FloatArray, cos: float, sin: float) -> Any:
    """Lowest and highest coordinate of an outline on two axes [m]."""
    low_u, high_u, low_w, high_w = np.inf, -np.inf, np.inf, -np.inf
    for i in range(len(outline)):
        u = outline[i, 0] * cos + outline[i, 1] * sin
        w = outline[i, 1] * cos - outline[i, 0] * sin
        low_u, high_u = min(low_u, u), max(high_u, u)
        low_w, high_w = min(low_w, w), max(high_w, w)
    return low_u, high_u, low_w, high_w


@kernel
def bounding_box(outline: FloatArray, yaw: float) -> Any:
    """The box of this yaw around an outline: x, y, length, width, yaw with length >= width."""
    cos, sin = math.cos(yaw), math.sin(yaw)
    low_u, high_u, low_w, high_w = _sides(outline, cos, sin)
    u, w = (low_u + high_u) / 2, (low_w + high_w) / 2
    length, width = max(high_u - low_u, _SMALLEST), max(high_w - low_w, _SMALLEST)
    x, y = u * cos - w * sin, u * sin + w * cos
    if length >= width:
        return x, y, length, width, yaw
    return x, y, width, length, (yaw + math.pi / 2) % math.pi

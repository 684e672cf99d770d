# SPDX-License-Identifier: Apache-2.0
"""Ground removal: a height model on a polar grid around the sensor, walked from the inside out.

Each sector carries an estimate of the road's height above the plane near the car, its slope and
its variance, like a Kalman filter over range: predicted to the next ring, corrected by the low
points there that the road could reach, and shared with the neighbouring sectors. So the model
follows crests, kerbs and banks, and runs on behind things that hide the road.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.grouping import group
from bulwark_lidar.kernels import kernel
from bulwark_lidar.params import GroundParams
from bulwark_lidar.plane import RoadPlane, fit_road_plane

ByteArray = npt.NDArray[np.uint8]

GROUND, OBSTACLE, OVERHEAD, BELOW = 0, 1, 2, 3
"""Labels of points; BELOW is under the road: reflections."""

_SECTORS = 180
_FIRST_EDGE = 1.5
_RING = 0.5
_RING_GROWTH = 1.04
_BELOW = -0.4
_MEASUREMENT_VARIANCE = 0.03**2
_VARIANCE_PER_M = 0.02**2
_MAX_GRADE = 0.25


@dataclass(frozen=True)
class Ground:
    """Labelled points and what was learned about the road.

    labels: (N,) uint8. above: height above the local ground [m]; ranges, bearings: of the points
    seen from the sensor, in base_link's axes [m, rad], (N,) float32 each.
    """

    labels: ByteArray
    above: Float32Array
    ranges: Float32Array
    bearings: Float32Array
    plane: RoadPlane


@dataclass(frozen=True)
class ObstaclePoints:
    """The points that are neither ground nor overhead: arrays of `Ground`, and (M, 3) xyz [m]."""

    xyz: Float32Array
    above: Float32Array
    ranges: Float32Array
    bearings: Float32Array


def obstacle_points(xyz: Float32Array, ground: Ground) -> ObstaclePoints:
    """The obstacles among the points (N, 3) that were labelled."""
    arrays = _select(xyz, ground.labels, ground.above, ground.ranges, ground.bearings)
    return ObstaclePoints(*arrays)


def remove_ground(
    xyz: Float32Array, sensor_x: float, sensor_y: float, max_range: float, params: GroundParams
) -> Ground:
    """Label points (N, 3) of base_link [m] as ground, obstacle, overhead or below the road."""
    plane = fit_road_plane(xyz, sensor_x, sensor_y)
    edges = ring_edges(max_range)
    cells, above, ranges, bearings = _polar_cells(xyz, plane.array(), sensor_x, sensor_y, edges)
    order, starts = group(cells, _SECTORS * (len(edges) - 1))
    model = _walk(above, order, starts, edges, params.max_slope)
    labels = _label(
        above, ranges, cells, model, edges,
        params.threshold, params.threshold_per_m, params.clearance,
    )  # fmt: skip
    return Ground(labels, above, ranges, bearings, plane)


def ring_edges(max_range: float) -> FloatArray:
    """Ranges at which rings begin [m]: even near the car, growing with range far away."""
    edges = [0.0, _FIRST_EDGE]
    while edges[-1] < max_range:
        edges.append(edges[-1] + max(_RING, edges[-1] * (_RING_GROWTH - 1.0)))
    return np.array(edges)


@kernel
def _polar_cells(
    xyz: Float32Array, plane: FloatArray, sensor_x: float, sensor_y: float, edges: FloatArray
) -> Any:
    """Cell, height above the plane, range and bearing of each point."""
    n = len(xyz)
    rings = len(edges) - 1
    lookup = _ring_lookup(edges)
    cells = np.empty(n, np.int32)
    above = np.empty(n, np.float32)
    ranges = np.empty(n, np.float32)
    bearings = np.empty(n, np.float32)
    for i in range(n):
        x, y = xyz[i, 0], xyz[i, 1]
        above[i] = xyz[i, 2] - (plane[0] * x + plane[1] * y + plane[2])
        dx, dy = x - sensor_x, y - sensor_y
        distance = math.sqrt(dx * dx + dy * dy)
        ranges[i] = distance
        ring = lookup[min(int(distance * 10.0), len(lookup) - 1)]
        if ring + 1 < rings and distance >= edges[ring + 1]:
            ring += 1
        bearings[i] = math.atan2(dy, dx)
        sector = int((bearings[i] + math.pi) * (_SECTORS / (2.0 * math.pi)))
        cells[i] = min(sector, _SECTORS - 1) * rings + ring
    return cells, above, ranges, bearings


@kernel
def _ring_lookup(edges: FloatArray) -> Any:
    """The ring of each decimetre of range."""
    lookup = np.empty(int(edges[-1] * 10.0) + 1, np.int32)
    ring = 0
    for k in range(len(lookup)):
        while ring + 2 < len(edges) and edges[ring + 1] <= k / 10.0:
            ring += 1
        lookup[k] = ring
    return lookup


@kernel
def _walk(
    above: Float32Array, order: IntArray, starts: IntArray, edges: FloatArray, max_slope: float
) -> Any:
    """The height of the road above the plane in each cell: (SECTORS, rings)."""
    rings = len(edges) - 1
    model = np.zeros((_SECTORS, rings), np.float32)
    height = np.zeros(_SECTORS)
    grade = np.zeros(_SECTORS)
    variance = np.full(_SECTORS, 0.05**2)
    seen_at = np.full(_SECTORS, edges[1])
    for ring in range(rings):
        middle = (edges[ring] + edges[ring + 1]) / 2
        step = (edges[ring + 1] - edges[ring - 1]) / 2 if ring > 0 else middle
        for s in range(_SECTORS):
            height[s] += grade[s] * step
            variance[s] += _VARIANCE_PER_M * step
            first, last = starts[s * rings + ring], starts[s * rings + ring + 1]
            gap = min(max(middle - seen_at[s], step), 3.0)
            rise = min(0.08 + max_slope * gap, 0.4)
            level, count = _low_level(above, order, first, last, height[s], rise)
            if count == 0:
                continue
            noise = _MEASUREMENT_VARIANCE * (1.0 + 4.0 / count)
            gain = variance[s] / (variance[s] + noise)
            change = gain * (level - height[s])
            height[s] += change
            grade[s] += 0.25 * change / max(step, 1.0)
            grade[s] = min(max(grade[s], -_MAX_GRADE), _MAX_GRADE)
            variance[s] *= 1.0 - gain
            seen_at[s] = middle
        _share(height, grade, variance, step)
        for s in range(_SECTORS):
            model[s, ring] = height[s]
    return model


@kernel
def _low_level(
    above: Float32Array, order: IntArray, first: int, last: int, expected: float, rise: float
) -> Any:
    """The mean of the low points within reach of the road, and how many there are."""
    top = expected + rise
    bottom = expected - rise - 0.1
    level, count = expected, 0
    for _ in range(3):
        total, count = 0.0, 0
        for k in range(first, last):
            value = above[order[k]]
            if bottom <= value <= top:
                total += value
                count += 1
        if count == 0:
            return expected, 0
        level = total / count
        top = min(top, level + 0.06)
    return level, count


@kernel
def _share(height: FloatArray, grade: FloatArray, variance: FloatArray, step: float) -> None:
    """Each sector leans on its neighbours, by information: blind sectors the most."""
    n = len(height)
    old_height, old_grade, old_variance = height.copy(), grade.copy(), variance.copy()
    for s in range(n):
        weight = 1.0 / old_variance[s]
        total_h, total_g, total_w = old_height[s] * weight, old_grade[s] * weight, weight
        for neighbour in ((s - 1) % n, (s + 1) % n):
            weight = 0.3 / (old_variance[neighbour] + 0.04**2)
            total_h += old_height[neighbour] * weight
            total_g += old_grade[neighbour] * weight
            total_w += weight
        height[s] = total_h / total_w
        grade[s] = total_g / total_w * (1.0 - 0.02 * min(step, 5.0))
        variance[s] = min(old_variance[s], 1.0 / total_w * 2.0)


@kernel
def _label(
    above: Float32Array,
    ranges: Float32Array,
    cells: IntArray,
    model: Float32Array,
    edges: FloatArray,
    threshold: float,
    per_m: float,
    clearance: float,
) -> Any:
    """Label each point, and turn its height above the plane into one above the local ground."""
    rings = len(edges) - 1
    labels = np.empty(len(above), np.uint8)
    for i in range(len(above)):
        sector, ring = cells[i] // rings, cells[i] % rings
        middle = (edges[ring] + edges[ring + 1]) / 2
        other = ring + 1 if ranges[i] > middle else ring - 1
        other = min(max(other, 0), rings - 1)
        other_middle = (edges[other] + edges[other + 1]) / 2
        share = 0.0 if other == ring else (ranges[i] - middle) / (other_middle - middle)
        share = min(max(share, 0.0), 0.5)
        height = above[i] - (model[sector, ring] * (1.0 - share) + model[sector, other] * share)
        above[i] = height
        if height < _BELOW:
            labels[i] = BELOW
        elif height < threshold + per_m * ranges[i]:
            labels[i] = GROUND
        elif height < clearance:
            labels[i] = OBSTACLE
        else:
            labels[i] = OVERHEAD
    return labels


@kernel
def _select(
    xyz: Float32Array,
    labels: ByteArray,
    above: Float32Array,
    ranges: Float32Array,
    bearings: Float32Array,
) -> Any:
    count = 0
    for label in labels:
        count += label == OBSTACLE
    chosen = np.empty((count, 3), np.float32)
    columns = np.empty((3, count), np.float32)
    k = 0
    for i in range(len(labels)):
        if labels[i] == OBSTACLE:
            chosen[k, 0], chosen[k, 1], chosen[k, 2] = xyz[i, 0], xyz[i, 1], xyz[i, 2]
            columns[0, k], columns[1, k], columns[2, k] = above[i], ranges[i], bearings[i]
            k += 1
    return chosen, columns[0], columns[1], columns[2]

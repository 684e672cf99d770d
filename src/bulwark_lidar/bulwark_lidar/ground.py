# SPDX-License-Identifier: Apache-2.0
"""Ground removal: a height model on a polar grid around the sensor, walked from the inside out.

Each sector carries an estimate of the road's height above the plane near the car, its slope and
its variance, like a Kalman filter over range: predicted to the next ring, corrected by the lowest
points there if the road could reach them, and shared with the neighbouring sectors. So the model
follows crests, kerbs and banks, and runs on behind things that hide the road.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.kernels import kernel
from bulwark_lidar.params import GroundParams
from bulwark_lidar.plane import RoadPlane, fit_road_plane
from bulwark_lidar.polar import polar

ByteArray = npt.NDArray[np.uint8]

GROUND, OBSTACLE, OVERHEAD, BELOW, LOW = 0, 1, 2, 3, 4
"""Labels of points; BELOW is under the road: reflections; LOW is higher than the road and lower
than what has to be avoided: kerb stones, grass."""

_SECTORS = 180
_PI, _SECTORS_PER_RAD = np.float32(math.pi), np.float32(_SECTORS / (2.0 * math.pi))
_TEN, _NOWHERE = np.float32(10.0), np.float32(np.inf)
_FIRST_EDGE = 1.5
_RING = 0.5
_RING_GROWTH = 1.04
_BELOW = -0.4
_DEEPEST, _DEEPEST_PER_M = np.float32(-0.5), np.float32(-0.2)  # lower is no road [m]
_MEASUREMENT_VARIANCE = 0.03**2
_VARIANCE_PER_M = 0.02**2
_MAX_GRADE = 0.25
_BAND = 0.08  # points so close above the lowest of their cell are one surface [m]
_TALL = 0.35  # and what stands higher above it is a thing that stands on the surface [m]
_STEP = 0.05  # a bare surface that is off by more is followed at once [m]
_FOLLOW = 0.8  # so far
_KERB, _FOOT = 0.15, 0.08  # steps of a bare surface, and of one that things stand on [m]
_HIGHEST_RISE = 0.4  # from one seen piece of road to the next [m]


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


class Points(NamedTuple):
    """The points of one label: arrays of `Ground` (M,), and their xyz (M, 3) [m].

    rows: (M,) of each among all points.
    """

    xyz: Float32Array
    above: Float32Array
    ranges: Float32Array
    bearings: Float32Array
    rows: IntArray


class _Surface(NamedTuple):
    """What each cell of the grid shows: (SECTORS * rings,) each.

    level: mean height of the points near the lowest one [m]; support: how many these are, 0 for
    none; tall: whether anything stands on them.
    """

    level: Float32Array
    support: IntArray
    tall: npt.NDArray[np.bool_]


def select(xyz: Float32Array, ground: Ground, label: int) -> Points:
    """Those of the points (N, 3) that were labelled like this."""
    arrays = _select(xyz, ground.labels, ground.above, ground.ranges, ground.bearings, label)
    return Points(*arrays)


def remove_ground(
    xyz: Float32Array, sensor_x: float, sensor_y: float, max_range: float, params: GroundParams
) -> Ground:
    """Label points (N, 3) of base_link [m]; see the labels above."""
    plane = fit_road_plane(xyz, sensor_x, sensor_y)
    edges = ring_edges(max_range)
    above, ranges, bearings = polar(xyz, plane.array(), sensor_x, sensor_y)
    cells = _cells(ranges, bearings, edges)
    lowest = _lowest(above, ranges, cells, _SECTORS * (len(edges) - 1))
    surface = _Surface(*_surface(above, cells, lowest, params.clearance))
    model = _walk(surface, edges, params.max_slope)
    heights = np.array([params.threshold, params.obstacle_threshold, params.threshold_per_m])
    labels = _label(above, ranges, cells, model, edges, heights, params.clearance)
    return Ground(labels, above, ranges, bearings, plane)


def ring_edges(max_range: float) -> FloatArray:
    """Ranges at which rings begin, in whole decimetres [m]: even near the car, then growing."""
    edges = [0.0, _FIRST_EDGE]
    while edges[-1] < max_range:
        edges.append(round(edges[-1] + max(_RING, edges[-1] * (_RING_GROWTH - 1.0)), 1))
    return np.array(edges)


@kernel
def _cells(ranges: Float32Array, bearings: Float32Array, edges: FloatArray) -> Any:
    """The cell of each point: its sector times the number of rings, plus its ring."""
    lookup = _ring_lookup(edges)
    cells = np.empty(len(ranges), np.int32)
    rings, last = np.int32(len(edges) - 1), np.int32(len(lookup) - 1)
    for i in range(len(ranges)):
        sector = min(np.int32((bearings[i] + _PI) * _SECTORS_PER_RAD), np.int32(_SECTORS - 1))
        cells[i] = sector * rings + lookup[min(np.int32(ranges[i] * _TEN), last)]
    return cells


@kernel
def _lowest(above: Float32Array, ranges: Float32Array, cells: IntArray, count: int) -> Any:
    """The height of the lowest point of each cell, infinite where there is none."""
    lowest = np.full(count, _NOWHERE)
    for i in range(len(above)):
        is_road = above[i] > _DEEPEST + _DEEPEST_PER_M * ranges[i]
        height = above[i] if is_road else _NOWHERE
        lowest[cells[i]] = min(lowest[cells[i]], height)
    return lowest


@kernel
def _ring_lookup(edges: FloatArray) -> Any:
    """The ring of each decimetre of range."""
    lookup = np.empty(int(round(edges[-1] * 10.0)), np.int32)
    for ring in range(len(edges) - 1):
        lookup[int(round(edges[ring] * 10.0)) : int(round(edges[ring + 1] * 10.0))] = ring
    return lookup


@kernel
def _surface(above: Float32Array, cells: IntArray, lowest: Float32Array, clearance: float) -> Any:
    """The columns of `_Surface`."""
    level = np.zeros(len(lowest), np.float32)
    count = np.zeros(len(lowest), np.int32)
    tall = np.zeros(len(lowest), np.bool_)
    for i in range(len(above)):
        cell = cells[i]
        height = above[i] - lowest[cell]
        if height < _BAND:
            if height >= 0.0:
                level[cell] += above[i]
                count[cell] += 1
        elif _TALL < height < clearance:
            tall[cell] = True
    for cell in range(len(level)):
        if count[cell] > 0:
            level[cell] /= count[cell]
    return level, count, tall


@kernel
def _walk(surface: Any, edges: FloatArray, max_slope: float) -> Any:
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
            cell = s * rings + ring
            if surface.support[cell] == 0:
                continue
            gap = min(max(middle - seen_at[s], step), 3.0)
            step_up = _FOOT if surface.tall[cell] else _KERB
            rise = min(step_up + max_slope * gap, _HIGHEST_RISE)
            change = surface.level[cell] - height[s]
            if change > rise or change < -rise - 0.1:
                continue
            noise = _MEASUREMENT_VARIANCE * (1.0 + 4.0 / surface.support[cell])
            gain = variance[s] / (variance[s] + noise)
            if abs(change) > _STEP and not surface.tall[cell]:
                gain = max(gain, _FOLLOW)
            change *= gain
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
    heights: FloatArray,
    clearance: float,
) -> Any:
    """Label each point, and turn its height above the plane into one above the local ground."""
    middles, slopes = _interpolation(model, edges)
    levels = model.reshape(-1)
    labels = np.empty(len(above), np.uint8)
    for i in range(len(above)):
        cell = cells[i]
        beyond = ranges[i] - middles[cell]
        height = above[i] - levels[cell] - beyond * slopes[cell, 1 if beyond > 0.0 else 0]
        above[i] = height
        more = heights[2] * ranges[i]
        if height < _BELOW:
            labels[i] = BELOW
        elif height < heights[0] + more:
            labels[i] = GROUND
        elif height < heights[1] + more:
            labels[i] = LOW
        elif height < clearance:
            labels[i] = OBSTACLE
        else:
            labels[i] = OVERHEAD
    return labels


@kernel
def _interpolation(model: Float32Array, edges: FloatArray) -> Any:
    """Of each cell its middle range [m], and the slopes of the model inwards and outwards."""
    sectors, rings = model.shape
    middles = np.empty(sectors * rings, np.float32)
    slopes = np.zeros((sectors * rings, 2), np.float32)
    for s in range(sectors):
        for ring in range(rings):
            cell = s * rings + ring
            middles[cell] = (edges[ring] + edges[ring + 1]) / 2
            if ring > 0:
                rise = model[s, ring] - model[s, ring - 1]
                slopes[cell, 0] = rise * 2.0 / (edges[ring + 1] - edges[ring - 1])
                slopes[cell - 1, 1] = slopes[cell, 0]
    return middles, slopes


@kernel
def _select(
    xyz: Float32Array,
    labels: ByteArray,
    above: Float32Array,
    ranges: Float32Array,
    bearings: Float32Array,
    label: int,
) -> Any:
    """The columns of `Points`."""
    index = np.empty(len(labels) + 1, np.int32)
    count = 0
    for i in range(len(labels)):
        index[count] = i
        count += labels[i] == label
    rows = index[:count].copy()
    chosen = np.empty((count, 3), np.float32)
    columns = np.empty((3, count), np.float32)
    for k in range(count):
        i = rows[k]
        chosen[k, 0], chosen[k, 1], chosen[k, 2] = xyz[i, 0], xyz[i, 1], xyz[i, 2]
        columns[0, k], columns[1, k], columns[2, k] = above[i], ranges[i], bearings[i]
    return chosen, columns[0], columns[1], columns[2], rows

# SPDX-License-Identifier: Apache-2.0
"""Which detection is which track: optimal assignment over the ways their edges moved."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from bulwark_lidar.cloud import FloatArray, IntArray
from bulwark_lidar.edges import edges_along
from bulwark_lidar.kernels import kernel
from bulwark_lidar.motion import Motions, lead
from bulwark_lidar.table import Detections, TrackTable

_FORBIDDEN = 2.0  # so much a track and a detection cost that are left alone
_SHIFT_COST = 0.5  # per metre, against 1 for nothing in common
_YOUNG = 0.4  # of a track that was seen once: an older one comes first
_BLUR = 0.4  # boxes are compared as if they were larger by this [m]
_ALIKE = 0.4  # a thing that jumped must look so much like before
_FACING = 0.35
_SLACK = 0.4
_WIDEST_GATE = 3.0
_SIGMAS = 3.0
_MAY_MOVE = 0.1  # P(moving) from which on a thing is looked for where it could have gone

Pairs = npt.NDArray[np.int64]


def assign(costs: FloatArray) -> tuple[Pairs, Pairs]:
    """Pairs (rows, columns) of least total cost, in the order of rows; forbidden ones are left out.

    Most tracks and detections surely belong together; the rest is the assignment problem proper.
    """
    partner, row_open, column_open = _sure_pairs(costs)
    if row_open.any():
        rows, columns = np.flatnonzero(row_open), np.flatnonzero(column_open)
        part = costs[np.ix_(rows, columns)]
        chosen, partners = linear_sum_assignment(part)
        allowed = part[chosen, partners] < _FORBIDDEN
        partner[rows[chosen[allowed]]] = columns[partners[allowed]]
    rows = np.flatnonzero(partner >= 0)
    return rows, partner[rows]


@kernel
def _sure_pairs(costs: FloatArray) -> Any:
    """The column of each row, -1 for none, of pairs that every best assignment can have; and which
    rows and columns are still open.

    If a row and a column are each other's best and parting them saves less than it may cost, which
    is that their next best are left alone, then any assignment is no worse with this pair.
    """
    rows, columns = costs.shape
    row_best, row_next = np.full(rows, _FORBIDDEN), np.full(rows, _FORBIDDEN)
    column_best, column_next = np.full(columns, _FORBIDDEN), np.full(columns, _FORBIDDEN)
    at, of = np.full(rows, -1, np.int64), np.full(columns, -1, np.int64)
    for r in range(rows):
        for c in range(columns):
            cost = costs[r, c]
            if cost >= _FORBIDDEN:
                continue
            if cost < row_best[r]:
                row_next[r], row_best[r], at[r] = row_best[r], cost, c
            else:
                row_next[r] = min(row_next[r], cost)
            if cost < column_best[c]:
                column_next[c], column_best[c], of[c] = column_best[c], cost, r
            else:
                column_next[c] = min(column_next[c], cost)
    row_open, column_open = at >= 0, of >= 0
    partner = np.full(rows, -1, np.int64)
    for r in range(rows):
        c = at[r]
        if c >= 0 and of[c] == r and row_best[r] + _FORBIDDEN <= row_next[r] + column_next[c]:
            partner[r] = c
            row_open[r] = column_open[c] = False
    return partner, row_open, column_open


@kernel
def association_costs(table: TrackTable, seen: Detections, sensor: FloatArray) -> Any:
    """Cost of each pair of a predicted track and a detection: (T, D)."""
    tracks, detections = len(table.id), len(seen.size)
    costs = np.full((tracks, detections), _FORBIDDEN)
    centres, radii = _circles(seen.outline, seen.size)
    motions = Motions(table.stand, table.stand_cov, table.move, table.move_cov)
    at = np.empty(2)
    for t in range(tracks):
        shape, angle = table.shape[t], table.angle[t]
        cov = table.move_cov[t] if table.moving[t] > _MAY_MOVE else table.stand_cov[t]
        gate = min(_SLACK + _SIGMAS * math.sqrt(cov[0, 0] + cov[1, 1]), _WIDEST_GATE)
        at[0], at[1] = lead(motions, t, table.moving[t])
        x, y, radius = _where(at, shape, angle)
        facing = (
            (sensor[0] - x) * math.cos(angle) + (sensor[1] - y) * math.sin(angle),
            (sensor[1] - y) * math.cos(angle) - (sensor[0] - x) * math.sin(angle),
        )
        for d in range(detections):
            dx, dy, reach = centres[d, 0] - x, centres[d, 1] - y, radius + radii[d] + gate
            if abs(dx) > reach or dx * dx + dy * dy > reach * reach:
                continue
            edges = edges_along(seen.outline[d, : seen.size[d]], at, angle)
            shift, likeness = change(edges, shape)
            if shift <= gate and (shift < _SLACK or likeness > _ALIKE):
                near = _near_side(edges, shape, facing)
                young = _YOUNG / table.measurements[t]
                far = _SHIFT_COST * max(shift, min(near, _WIDEST_GATE))
                costs[t, d] = 1.0 - likeness + far + young
    return costs


@kernel
def _circles(outlines: FloatArray, sizes: IntArray) -> Any:
    """A circle around each outline: centres (D, 2) and radii (D,)."""
    centres, radii = np.zeros((len(sizes), 2)), np.zeros(len(sizes))
    for d in range(len(sizes)):
        for v in range(sizes[d]):
            centres[d, 0] += outlines[d, v, 0] / sizes[d]
            centres[d, 1] += outlines[d, v, 1] / sizes[d]
        for v in range(sizes[d]):
            dx, dy = outlines[d, v, 0] - centres[d, 0], outlines[d, v, 1] - centres[d, 1]
            radii[d] = max(radii[d], math.hypot(dx, dy))
    return centres, radii


@kernel
def _where(at: FloatArray, shape: FloatArray, angle: float) -> Any:
    """Centre in odom and radius of a shape around its place."""
    u, w = (shape[0, 0] + shape[0, 1]) / 2, (shape[1, 0] + shape[1, 1]) / 2
    cos, sin = math.cos(angle), math.sin(angle)
    radius = math.hypot(shape[0, 1] - shape[0, 0], shape[1, 1] - shape[1, 0]) / 2
    return at[0] + u * cos - w * sin, at[1] + u * sin + w * cos, radius


@kernel
def change(edges: FloatArray, shape: FloatArray) -> Any:
    """How far the whole surely moved [m], and how alike both boxes are without that (0 to 1)."""
    squared, shared, either = 0.0, 1.0, 1.0
    for axis in range(2):
        lower, upper = edges[axis, 0] - shape[axis, 0], edges[axis, 1] - shape[axis, 1]
        shift = min(max(0.0, min(lower, upper)), max(lower, upper))
        squared += shift * shift
        size = shape[axis, 1] - shape[axis, 0] + _BLUR
        shared *= max(size - max(lower - shift, 0.0) - max(shift - upper, 0.0), 0.0)
        either *= size + max(shift - lower, 0.0) + max(upper - shift, 0.0)
    return math.sqrt(squared), shared / either


@kernel
def _near_side(edges: FloatArray, shape: FloatArray, facing: Any) -> float:
    """How far the sides that face the sensor moved [m]: what is behind them comes and goes."""
    distance = math.hypot(facing[0], facing[1])
    squared = 0.0
    for axis in range(2):
        if abs(facing[axis]) > _FACING * distance:
            side = 1 if facing[axis] > 0.0 else 0
            squared += (edges[axis, side] - shape[axis, side]) ** 2
    return math.sqrt(squared)

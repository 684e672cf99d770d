# SPDX-License-Identifier: Apache-2.0
"""The steps of the tracker over all tracks: predict, correct, and what follows from the states."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bulwark_core.objects import Motion
from bulwark_lidar.association import change
from bulwark_lidar.cloud import FloatArray
from bulwark_lidar.edges import edge_sigmas, edges_along
from bulwark_lidar.kernels import kernel
from bulwark_lidar.motion import (
    MOVE_POS,
    MOVE_VEL,
    STAND_POS,
    VAR_VEL,
    correct,
    predict,
    turn_axes,
    velocity,
)
from bulwark_lidar.table import Detections, Int64Array, TrackTable

_MOVES = int(Motion.MOVING)
_UNLIKE = 1.0  # noise of the edges of a thing that looks all different [m]
_ROUGHNESS_GAIN = 0.15
_LIKENESS_GAIN = 0.25
_STRANGE, _FAMILIAR = 0.5, 0.7  # likeness of what changes at random, and of one thing
_REALIGN_ANGLE = math.radians(12.0)
_REALIGN_SCANS = 3


@kernel
def predict_all(table: TrackTable, dt: float, scan: float, acceleration: float) -> None:
    """Bring all tracks to the next scan; see `motion.predict`."""
    for t in range(len(table.id)):
        state, turn = table.state[t], table.yaw_rate[t] * dt
        u, w = state[0, MOVE_VEL], state[1, MOVE_VEL]
        state[0, MOVE_VEL] = u * math.cos(turn) - w * math.sin(turn)
        state[1, MOVE_VEL] = u * math.sin(turn) + w * math.cos(turn)
        table.moving[t] = predict(state, table.moving[t], dt, scan, acceleration)


@kernel
def allow_speed(table: TrackTable, sigma: float) -> None:
    """Let every thing have a speed of this standard deviation [m/s] at least."""
    for t in range(len(table.id)):
        for axis in range(2):
            table.state[t, axis, VAR_VEL] = max(table.state[t, axis, VAR_VEL], sigma * sigma)


@kernel
def correct_all(
    table: TrackTable,
    seen: Detections,
    rows: Int64Array,
    columns: Int64Array,
    sensor: FloatArray,
    noise: float,
    beam_step: float,
) -> None:
    """Correct tracks (rows) with the detections (columns) that they were found to be."""
    for k in range(len(rows)):
        t, d = rows[k], columns[k]
        outline = seen.outline[d, : seen.size[d]]
        edges = edges_along(outline, table.origin[t], table.angle[t])
        sigmas = edge_sigmas(
            outline,
            seen.ends[d],
            seen.hidden[d],
            table.angle[t],
            sensor,
            noise,
            beam_step,
            seen.piece[d],
        )
        lead = MOVE_POS if table.moving[t] > 0.5 else STAND_POS
        looks = edges
        if table.motion[t] == _MOVES:
            looks = _without_far_sides(edges, sigmas, table.shape[t], noise)
        _, likeness = change(looks, table.shape[t], table.state[t], lead)
        table.likeness[t] += _LIKENESS_GAIN * (likeness - table.likeness[t])
        _blur(sigmas, _UNLIKE * (1.0 - likeness) ** 2)
        trust = min(max((table.likeness[t] - _STRANGE) / (_FAMILIAR - _STRANGE), 0.0), 1.0)
        gain = max(1.0 / (1.0 + table.measurements[t]), _ROUGHNESS_GAIN)
        table.moving[t], table.roughness[t] = correct(
            table.state[t],
            table.moving[t],
            table.shape[t],
            edges,
            sigmas,
            table.roughness[t],
            gain,
            trust,
        )
        if table.moving[t] < 0.5:
            table.place[t, 0] = table.state[t, 0, STAND_POS]
            table.place[t, 1] = table.state[t, 1, STAND_POS]
        _realign(table, t, seen.yaw[d], outline)


@kernel
def _without_far_sides(
    edges: FloatArray,
    sigmas: FloatArray,
    shape: FloatArray,
    noise: float,
) -> Any:
    """The edges, with those behind a face that is seen well where they were before.

    How much of a roof is seen behind a rear face changes with every scan and means nothing.
    """
    looks = edges.copy()
    for axis in range(2):
        for side in range(2):
            if math.isinf(sigmas[axis, side]) and sigmas[axis, 1 - side] == noise:
                shift = edges[axis, 1 - side] - shape[axis, 1 - side]
                looks[axis, side] = shape[axis, side] + shift
    return looks


@kernel
def _blur(sigmas: FloatArray, more: float) -> None:
    """Add noise of a standard deviation to that of each edge."""
    for axis in range(2):
        for side in range(2):
            sigmas[axis, side] = math.hypot(sigmas[axis, side], more)


@kernel
def _realign(table: TrackTable, t: int, yaw: float, outline: FloatArray) -> None:
    """Turn a track's axes after its box where that has turned for some scans."""
    quarter = math.pi / 2
    turn = (yaw - table.angle[t] + quarter / 2) % quarter - quarter / 2
    table.turned[t] = table.turned[t] + 1 if abs(turn) > _REALIGN_ANGLE else 0
    if table.turned[t] < _REALIGN_SCANS:
        return
    table.turned[t] = 0
    table.angle[t] += turn
    turn_axes(table.state[t], turn)
    cos, sin = math.cos(turn), math.sin(turn)
    u, w = table.place[t, 0], table.place[t, 1]
    table.place[t, 0], table.place[t, 1] = u * cos + w * sin, w * cos - u * sin
    lead = MOVE_POS if table.moving[t] > 0.5 else STAND_POS
    edges = edges_along(outline, table.origin[t], table.angle[t])
    for axis in range(2):
        for side in range(2):
            table.shape[t, axis, side] = edges[axis, side] - table.state[t, axis, lead]


@kernel
def velocities_of(table: TrackTable) -> Any:
    """Velocity over ground on odom's axes (T, 2) [m/s] and variance of its amount (T,).

    An axis that is hardly seen, such as that across a car whose sides are hidden, is uncertain
    only as far as the thing goes that way.
    """
    count = len(table.id)
    velocities, variances = np.empty((count, 2)), np.empty(count)
    for t in range(count):
        value, variance = velocity(table.state[t], table.moving[t])
        cos, sin = math.cos(table.angle[t]), math.sin(table.angle[t])
        velocities[t, 0] = value[0] * cos - value[1] * sin
        velocities[t, 1] = value[0] * sin + value[1] * cos
        squares = value**2
        total = squares[0] + squares[1]
        if total > 0.0:
            variances[t] = (squares[0] * variance[0] + squares[1] * variance[1]) / total
        else:
            variances[t] = max(variance[0], variance[1])
    return velocities, variances

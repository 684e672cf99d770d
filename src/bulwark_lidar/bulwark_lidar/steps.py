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
    ANGLE,
    TURN,
    VX,
    Motions,
    correct,
    forget_turn,
    lead,
    predict,
    see_angle,
    velocity_at,
)
from bulwark_lidar.table import Detections, Int64Array, TrackTable, slowness

_MOVES = int(Motion.MOVING)
_UNLIKE = 1.0  # noise of the edges of a thing that looks all different [m]
_ROUGHNESS_GAIN = 0.15
_LIKENESS_GAIN = 0.25
_STRANGE, _FAMILIAR = 0.5, 0.7  # likeness of what changes at random, and of one thing
_CALM_GAIN = 0.3
_CALMEST, _WILDEST = 0.6, 4.0  # restlessness by which squared accelerations are scaled
_REALIGN_ANGLE = math.radians(12.0)
_REALIGN_SCANS = 3
_LONG, _LONGEST = 1.5, 3.0  # the axes of moving things of this length follow their box [m]
_ANGLE_NOISE = 0.2  # one standard deviation of the angle of a box of 1 m length in a scan [rad]


@kernel
def predict_all(table: TrackTable, dt: float, scan: float, acceleration: float) -> None:
    """Bring all tracks to the next scan; see `motion.predict`."""
    motions = Motions(table.stand, table.stand_cov, table.move, table.move_cov)
    for t in range(len(table.id)):
        agility = acceleration * math.sqrt(max(table.restless[t], _CALMEST))
        table.moving[t] = predict(motions, t, table.moving[t], dt, scan, agility)
        if table.moving[t] > 0.5:
            table.angle[t] = table.move[t, ANGLE]


@kernel
def allow_motion(table: TrackTable, speed_sigma: float, turn_sigma: float) -> None:
    """Let every thing have a speed [m/s] and turn rate [rad/s] of such deviations at least."""
    for t in range(len(table.id)):
        cov, speed = table.move_cov[t], speed_sigma * slowness(table.extent[t])
        for k in (VX, VX + 1):
            cov[k, k] = max(cov[k, k], speed * speed)
        cov[TURN, TURN] = max(cov[TURN, TURN], turn_sigma * turn_sigma)


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
    motions = Motions(table.stand, table.stand_cov, table.move, table.move_cov)
    at = np.empty(2)
    for k in range(len(rows)):
        t, d = rows[k], columns[k]
        outline, angle = seen.outline[d, : seen.size[d]], table.angle[t]
        at[0], at[1] = lead(motions, t, table.moving[t])
        edges = edges_along(outline, at, angle)
        sigmas = edge_sigmas(
            outline,
            seen.ends[d],
            seen.hidden[d],
            angle,
            sensor,
            noise,
            beam_step,
            seen.piece[d],
            seen.points[d],
        )
        _join(sigmas, table.known[t])
        if (seen.piece[d] > 0.0) != (table.piece[t] > 0.0):
            sigmas[:] = np.inf  # cut in one scan and whole in the other: not the same edges
        likeness = _likeness(edges, sigmas, table.shape[t], table.motion[t] == _MOVES)
        table.likeness[t] += _LIKENESS_GAIN * (likeness - table.likeness[t])
        _blur(sigmas, _UNLIKE * (1.0 - likeness) ** 2)
        trust = min(max((table.likeness[t] - _STRANGE) / (_FAMILIAR - _STRANGE), 0.0), 1.0)
        gain = max(1.0 / (1.0 + table.measurements[t]), _ROUGHNESS_GAIN)
        table.moving[t], table.roughness[t], restless = correct(
            motions,
            t,
            angle,
            table.moving[t],
            table.shape[t],
            edges,
            sigmas,
            table.surprises[t],
            table.roughness[t],
            gain,
            trust,
        )
        if not math.isnan(restless):
            calmed = table.restless[t] + _CALM_GAIN * (restless - table.restless[t])
            table.restless[t] = min(max(restless, calmed), _WILDEST)
        if table.moving[t] < 0.5:
            table.place[t] = table.stand[t]
        _realign(table, motions, t, seen.yaw[d], outline)


@kernel
def see_edges(
    table: TrackTable, seen: Detections, sensor: FloatArray, noise: float, beam_step: float
) -> None:
    """Learn which edges of new tracks, one of each detection, are known."""
    for t in range(len(table.id)):
        table.known[t] = edge_sigmas(
            seen.outline[t, : seen.size[t]],
            seen.ends[t],
            seen.hidden[t],
            table.angle[t],
            sensor,
            noise,
            beam_step,
            seen.piece[t],
            seen.points[t],
        )


@kernel
def _join(sigmas: FloatArray, known: FloatArray) -> None:
    """Let only edges count that were known before as well: others come to light, or vanish."""
    for axis in range(2):
        for side in range(2):
            new = sigmas[axis, side]
            if math.isinf(known[axis, side]):
                sigmas[axis, side] = np.inf
            known[axis, side] = new


@kernel
def _likeness(edges: FloatArray, sigmas: FloatArray, shape: FloatArray, moves: bool) -> float:
    """How much a thing looks like before, 0 to 1, as far as its edges prove anything.

    How much of a roof is seen behind a rear face changes with every scan and means nothing; so
    does what comes to light behind a corner.
    """
    looks = edges.copy()
    for axis in range(2):
        for side in range(2):
            if math.isinf(sigmas[axis, side]) and math.isfinite(sigmas[axis, 1 - side]):
                expected = shape[axis, side] + edges[axis, 1 - side] - shape[axis, 1 - side]
                grown = edges[axis, side] > expected if side == 1 else edges[axis, side] < expected
                if grown or moves:
                    looks[axis, side] = expected
    return float(change(looks, shape)[1])


@kernel
def _blur(sigmas: FloatArray, more: float) -> None:
    """Add noise of a standard deviation to that of each edge."""
    for axis in range(2):
        for side in range(2):
            sigmas[axis, side] = math.hypot(sigmas[axis, side], more)


@kernel
def _realign(table: TrackTable, motions: Motions, t: int, yaw: float, outline: FloatArray) -> None:
    """Turn a track's axes after its box where that has turned for some scans."""
    quarter = math.pi / 2
    turn = (yaw - table.angle[t] + quarter / 2) % quarter - quarter / 2
    table.turned[t] = table.turned[t] + 1 if abs(turn) > _REALIGN_ANGLE else 0
    if table.moving[t] > 0.5:
        if table.turned[t] == 0 and table.extent[t, 0] > _LONG:
            see_angle(motions, t, turn, _ANGLE_NOISE / min(table.extent[t, 0], _LONGEST))
            table.angle[t] = table.move[t, ANGLE]
    else:
        forget_turn(motions, t, table.angle[t])
    if table.turned[t] < _REALIGN_SCANS:
        return
    table.turned[t] = 0
    table.angle[t] += turn
    forget_turn(motions, t, table.angle[t])
    at = np.empty(2)
    at[0], at[1] = lead(motions, t, table.moving[t])
    table.shape[t] = edges_along(outline, at, table.angle[t])


@kernel
def velocities_of(table: TrackTable) -> Any:
    """Velocity over ground of the middles on odom's axes (T, 2) [m/s], variance the way it goes."""
    motions = Motions(table.stand, table.stand_cov, table.move, table.move_cov)
    count = len(table.id)
    velocities, variances = np.empty((count, 2)), np.empty(count)
    for t in range(count):
        shape, angle = table.shape[t], table.angle[t]
        u, w = (shape[0, 0] + shape[0, 1]) / 2, (shape[1, 0] + shape[1, 1]) / 2
        x = table.move[t, 0] + u * math.cos(angle) - w * math.sin(angle)
        y = table.move[t, 1] + u * math.sin(angle) + w * math.cos(angle)
        vx, vy, variances[t] = velocity_at(motions, t, table.moving[t], x, y)
        velocities[t, 0], velocities[t, 1] = vx, vy
    return velocities, variances

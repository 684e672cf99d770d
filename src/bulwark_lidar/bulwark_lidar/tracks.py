# SPDX-License-Identifier: Apache-2.0
"""The tracker: follows things from scan to scan in odom, with speed, existence and motion."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import numpy as np

from bulwark_core.objects import Motion
from bulwark_lidar.association import assign, association_costs, change
from bulwark_lidar.cloud import FloatArray
from bulwark_lidar.edges import edge_sigmas, edges_along
from bulwark_lidar.kernels import kernel
from bulwark_lidar.motion import (
    MOVE_POS,
    MOVE_VEL,
    STAND_POS,
    correct,
    predict,
    turn_axes,
    velocity,
)
from bulwark_lidar.params import TrackParams
from bulwark_lidar.table import Detections, Int64Array, TrackTable, new_tracks, no_tracks

_USUAL_SCAN_S = 0.1
_HIT, _MISS, _HIDDEN_MISS = 0.8, -1.1, -0.1
_MOST_LOG_ODDS, _LEAST_LOG_ODDS = 3.5, -1.5
_REALIGN_ANGLE = math.radians(12.0)
_REALIGN_SCANS = 3
_MOVED = 0.30  # a thing that moves has left its place by this [m]
_SIGMAS = 2.5
_SURELY, _HARDLY = 0.9, 0.3
_YAW_RATE_GAIN = 0.2
_UNLIKE = 1.0  # noise of the edges of a thing that looks all different [m]
_ROUGHNESS_GAIN = 0.15
_LIKENESS_GAIN = 0.25
_STRANGE, _FAMILIAR = 0.45, 0.65  # likeness of what changes at random, and of one thing
_WELL_KNOWN = 5.0  # a heading is known where the speed is this many standard deviations


class Tracker:
    """Tracks of one lidar. Same detections, same tracks, bit for bit."""

    def __init__(self, params: TrackParams, beam_step: float) -> None:
        self._params = params
        self._beam_step = beam_step
        self._next_id = 1
        self._last_ns: int | None = None
        self._steps: deque[float] = deque(maxlen=5)
        self.table = no_tracks()

    def reset(self) -> None:
        """Forget all tracks; ids go on."""
        self._last_ns = None
        self._steps.clear()
        self.table = no_tracks()

    @property
    def scan_s(self) -> float:
        """The usual time between scans [s]."""
        return float(np.median(self._steps)) if self._steps else _USUAL_SCAN_S

    def update(self, seen: Detections, sensor: FloatArray, stamp_ns: int) -> TrackTable:
        """Follow the tracks into a scan; `sensor`: (2,) where it was taken from, in odom [m].

        Raises ValueError where the stamp is not newer than the last one.
        """
        self._predict(stamp_ns)
        rows, columns = self._associate(seen)
        self._correct(seen, rows, columns, sensor, stamp_ns)
        self._miss(np.setdiff1d(np.arange(len(self.table)), rows), seen, sensor)
        self._begin(seen, np.setdiff1d(np.arange(len(seen)), columns), stamp_ns)
        _decide(self.table, self._params)
        self._forget(stamp_ns)
        return self.table

    def _predict(self, stamp_ns: int) -> None:
        if self._last_ns is None:
            self._last_ns = stamp_ns
            return
        if stamp_ns <= self._last_ns:
            raise ValueError(f"stamp {stamp_ns} ns is not newer than {self._last_ns} ns")
        dt = (stamp_ns - self._last_ns) / 1e9
        self._last_ns = stamp_ns
        self._steps.append(dt)
        scan = self.scan_s
        acceleration = max(self._params.max_acceleration, self._params.min_change / scan**2)
        table = self.table
        _predict_all(table.state, table.moving, table.yaw_rate, dt, scan, acceleration)
        if len(self._steps) == 1:
            _give_speed(table.state, self._params.first_step / scan)

    def _associate(self, seen: Detections) -> tuple[Int64Array, Int64Array]:
        t = self.table
        return assign(
            association_costs(
                t.state, t.moving, t.shape, t.origin, t.angle, seen.outlines, seen.sizes
            )
        )

    def _correct(
        self,
        seen: Detections,
        rows: Int64Array,
        columns: Int64Array,
        sensor: FloatArray,
        stamp_ns: int,
    ) -> None:
        t = self.table
        _correct_all(
            t.state, t.moving, t.roughness, t.likeness, t.shape, t.place, t.origin, t.angle, t.turned,
            t.measurements, rows, columns,
            seen.outlines, seen.sizes, seen.yaw, seen.ends, seen.hidden, seen.piece,
            sensor, self._params.noise, self._beam_step,
        )  # fmt: skip
        t.outline[rows], t.size[rows] = seen.outlines[columns], seen.sizes[columns]
        t.piece[rows], t.base[rows] = seen.piece[columns], seen.base[columns]
        t.top[rows] = np.maximum(seen.top[columns], t.top[rows] - 0.05)
        t.extent[rows] = np.maximum(seen.extent[columns], t.extent[rows] * 0.97)
        t.log_odds[rows] = np.minimum(t.log_odds[rows] + _HIT, _MOST_LOG_ODDS)
        t.measurements[rows] += 1
        t.misses[rows] = 0
        t.last_ns[rows] = stamp_ns

    def _miss(self, rows: Int64Array, seen: Detections, sensor: FloatArray) -> None:
        """Tracks that the scan does not show are less certain, unless something hides them."""
        t = self.table
        t.misses[rows] += 1
        hidden = _behind_others(t.outline, t.size, rows, seen.outlines, seen.sizes, sensor)
        t.log_odds[rows] += np.where(hidden, _HIDDEN_MISS, _MISS)

    def _begin(self, seen: Detections, columns: Int64Array, stamp_ns: int) -> None:
        if len(columns) == 0:
            return
        fresh = Detections(*(getattr(seen, name)[columns] for name in seen.__dataclass_fields__))
        ids = np.arange(self._next_id, self._next_id + len(columns), dtype=np.int64)
        self._next_id += len(columns)
        speed_sigma = self._params.first_step / self.scan_s
        born = new_tracks(fresh, ids, stamp_ns, self._params.noise, speed_sigma)
        self.table = self.table.with_rows_of(born)

    def _forget(self, stamp_ns: int) -> None:
        t, p = self.table, self._params
        unseen_s = (stamp_ns - t.last_ns) / 1e9
        kept = (unseen_s <= p.memory) & (
            t.misses <= np.minimum(t.measurements // 2, p.memory_scans)
        )
        kept &= t.log_odds > _LEAST_LOG_ODDS
        if not kept.all():
            self.table = t.where(kept)


def _decide(table: TrackTable, params: TrackParams) -> None:
    """Call a thing moving or standing where there is enough evidence; otherwise leave it."""
    if len(table) == 0:
        return
    velocities, variances = velocities_of(table)
    speed = np.hypot(velocities[:, 0], velocities[:, 1])
    way = table.state[:, :, MOVE_POS] - table.place
    enough = table.measurements >= params.min_measurements
    moves = enough & (table.moving > _SURELY) & (speed > params.min_speed)
    moves &= (np.hypot(way[:, 0], way[:, 1]) > _MOVED) & (speed > _SIGMAS * np.sqrt(variances))
    stands = enough & (table.moving < _HARDLY)
    table.motion[moves] = int(Motion.MOVING)
    table.motion[stands] = int(Motion.STATIONARY)


def velocities_of(table: TrackTable) -> tuple[FloatArray, FloatArray]:
    """Velocity over ground on odom's axes (T, 2) [m/s] and its variance per axis (T,)."""
    velocities, variances = _velocities(table.state, table.moving, table.angle)
    return velocities, variances


@kernel
def _velocities(states: FloatArray, moving: FloatArray, angles: FloatArray) -> Any:
    velocities, variances = np.empty((len(moving), 2)), np.empty(len(moving))
    for t in range(len(moving)):
        value, variance = velocity(states[t], moving[t])
        cos, sin = math.cos(angles[t]), math.sin(angles[t])
        velocities[t, 0] = value[0] * cos - value[1] * sin
        velocities[t, 1] = value[0] * sin + value[1] * cos
        variances[t] = max(variance[0], variance[1])
    return velocities, variances


@kernel
def _give_speed(states: FloatArray, sigma: float) -> None:
    """The second scan says how long a scan lasts, and so what speed a new thing may have."""
    for t in range(len(states)):
        for axis in range(2):
            states[t, axis, 6] = max(states[t, axis, 6], sigma * sigma)


@kernel
def _predict_all(
    states: FloatArray,
    moving: FloatArray,
    yaw_rates: FloatArray,
    dt: float,
    scan: float,
    acceleration: float,
) -> None:
    for t in range(len(moving)):
        turn = yaw_rates[t] * dt
        u, w = states[t, 0, MOVE_VEL], states[t, 1, MOVE_VEL]
        states[t, 0, MOVE_VEL] = u * math.cos(turn) - w * math.sin(turn)
        states[t, 1, MOVE_VEL] = u * math.sin(turn) + w * math.cos(turn)
        moving[t] = predict(states[t], moving[t], dt, scan, acceleration)


@kernel
def _correct_all(
    states: FloatArray, moving: FloatArray, roughness: FloatArray, alike: FloatArray, shapes: FloatArray,
    places: FloatArray,
    origins: FloatArray, angles: FloatArray, turned: Any, measurements: Any,
    rows: Any, columns: Any,
    outlines: FloatArray, sizes: Any, yaws: FloatArray, ends: FloatArray, hidden: Any,
    pieces: FloatArray, sensor: FloatArray, noise: float, beam_step: float,
) -> None:  # fmt: skip
    for k in range(len(rows)):
        t, d = rows[k], columns[k]
        outline = outlines[d, : sizes[d]]
        edges = edges_along(outline, origins[t], angles[t])
        sigmas = edge_sigmas(
            outline, ends[d], hidden[d], angles[t], sensor, noise, beam_step, pieces[d]
        )
        lead = MOVE_POS if moving[t] > 0.5 else STAND_POS
        _, likeness = change(edges, shapes[t], states[t], lead)
        alike[t] += _LIKENESS_GAIN * (likeness - alike[t])
        sigmas = np.sqrt(sigmas**2 + (_UNLIKE * (1.0 - likeness) ** 2) ** 2)
        trust = min(max((alike[t] - _STRANGE) / (_FAMILIAR - _STRANGE), 0.0), 1.0)
        gain = max(1.0 / (1.0 + measurements[t]), _ROUGHNESS_GAIN)
        moving[t], roughness[t] = correct(
            states[t], moving[t], shapes[t], edges, sigmas, roughness[t], gain, trust
        )
        if moving[t] < 0.5:
            places[t, 0], places[t, 1] = states[t, 0, STAND_POS], states[t, 1, STAND_POS]
        turned[t] = _realign(
            states[t], shapes[t], places[t], origins[t], angles, t, turned[t],
            yaws[d], outline, moving[t],
        )  # fmt: skip


@kernel
def _realign(
    state: FloatArray, shape: FloatArray, place: FloatArray, origin: FloatArray,
    angles: FloatArray, t: int, turned: int, yaw: float, outline: FloatArray, moving: float,
) -> int:  # fmt: skip
    """Turn the axes after a box that has turned for some scans; returns how many scans."""
    quarter = math.pi / 2
    turn = (yaw - angles[t] + quarter / 2) % quarter - quarter / 2
    if abs(turn) < _REALIGN_ANGLE:
        return 0
    if turned + 1 < _REALIGN_SCANS:
        return turned + 1
    turn_axes(state, turn)
    cos, sin = math.cos(turn), math.sin(turn)
    u, w = place[0], place[1]
    place[0], place[1] = u * cos + w * sin, w * cos - u * sin
    angles[t] += turn
    lead = MOVE_POS if moving > 0.5 else STAND_POS
    edges = edges_along(outline, origin, angles[t])
    for axis in range(2):
        for side in range(2):
            shape[axis, side] = edges[axis, side] - state[axis, lead]
    return 0


@kernel
def _behind_others(
    outlines: FloatArray, sizes: Any, rows: Any, others: FloatArray, other_sizes: Any,
    sensor: FloatArray,
) -> Any:  # fmt: skip
    """Whether the line from the sensor to the middle of each row's outline meets an outline."""
    hidden = np.zeros(len(rows), np.bool_)
    for k in range(len(rows)):
        outline = outlines[rows[k], : sizes[rows[k]]]
        x, y = outline[:, 0].mean(), outline[:, 1].mean()
        for d in range(len(other_sizes)):
            if _crosses(others[d, : other_sizes[d]], sensor[0], sensor[1], x, y):
                hidden[k] = True
                break
    return hidden


@kernel
def _crosses(outline: FloatArray, ax: float, ay: float, bx: float, by: float) -> bool:
    """Whether the way from a to b enters a convex outline before its last half metre."""
    way = math.hypot(bx - ax, by - ay)
    enter, leave = 0.0, max(1.0 - 0.5 / way, 0.0) if way > 0.0 else 0.0
    for v in range(len(outline)):
        w = (v + 1) % len(outline)
        ex, ey = outline[w, 0] - outline[v, 0], outline[w, 1] - outline[v, 1]
        start_side = ex * (ay - outline[v, 1]) - ey * (ax - outline[v, 0])
        change = ex * (by - ay) - ey * (bx - ax)
        if change == 0.0:
            if start_side < 0.0:
                return False
            continue
        at = -start_side / change
        if change > 0.0:
            enter = max(enter, at)
        else:
            leave = min(leave, at)
    return len(outline) >= 3 and enter < leave

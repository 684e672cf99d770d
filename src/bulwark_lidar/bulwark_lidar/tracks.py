# SPDX-License-Identifier: Apache-2.0
"""The tracker: follows things from scan to scan in odom, with speed, existence and motion."""

from __future__ import annotations

from collections import deque
from statistics import median

import numpy as np

from bulwark_core.objects import Motion
from bulwark_lidar.association import assign, association_costs
from bulwark_lidar.cloud import FloatArray
from bulwark_lidar.motion import turn_sigma
from bulwark_lidar.params import TrackParams
from bulwark_lidar.steps import allow_motion, correct_all, predict_all, see_edges, velocities_of
from bulwark_lidar.table import Detections, Int64Array, TrackTable, new_tracks, no_tracks
from bulwark_lidar.visibility import behind_others

_USUAL_SCAN_S = 0.1
_HIT, _MISS, _HIDDEN_MISS = 0.8, -1.1, -0.1
_MOST_LOG_ODDS, _LEAST_LOG_ODDS = 3.5, -1.5
_SINKS = 0.05  # a thing's top is remembered, but a little lower every scan [m]
_SHRINKS = 0.97  # so are its length and width
_BRIGHTENS = 0.3  # share of what is new in its brightness that is taken over
_MOVED = 0.30  # a thing that moves has left its place by this [m]
_SIGMAS = 2.5
_SURELY, _PERHAPS, _HARDLY = 0.85, 0.8, 0.3


class Tracker:
    """Tracks of one lidar. Same detections, same tracks, bit for bit."""

    def __init__(self, params: TrackParams) -> None:
        self._params = params
        self._next_id = 1
        self.reset()

    def reset(self) -> None:
        """Forget all tracks; ids go on."""
        self._last_ns: int | None = None
        self._steps: deque[float] = deque(maxlen=5)
        self.table = no_tracks()

    @property
    def scan_s(self) -> float:
        """The usual time between scans [s]."""
        return median(self._steps) if self._steps else _USUAL_SCAN_S

    def update(
        self,
        seen: Detections,
        sensor: FloatArray,
        beam_step: float,
        stamp_ns: int,
        *,
        blind: bool = False,
    ) -> TrackTable:
        """Follow the tracks into a scan that was taken from `sensor` (2,) in odom [m].

        beam_step: angle between neighbouring returns [rad]. blind: the scan cannot be trusted to
        show what is there. Raises ValueError where the stamp is not newer than the last one.
        """
        self._predict(stamp_ns)
        t = self.table
        rows, columns = assign(association_costs(t, seen, sensor))
        correct_all(t, seen, rows, columns, sensor, self._params.noise, beam_step)
        _renew(t, seen, rows, columns, stamp_ns)
        _miss(t, _others(rows, t.rows), seen, sensor, blind)
        new = seen.where(_others(columns, len(seen.size)))
        self._begin(new, sensor, beam_step, stamp_ns)
        _decide(self.table, self._params)
        self._forget(stamp_ns)
        return self.table

    def _predict(self, stamp_ns: int) -> None:
        last_ns, self._last_ns = self._last_ns, stamp_ns
        if last_ns is None:
            return
        if stamp_ns <= last_ns:
            self._last_ns = last_ns
            raise ValueError(f"stamp {stamp_ns} ns is not newer than {last_ns} ns")
        dt = (stamp_ns - last_ns) / 1e9
        self._steps.append(dt)
        scan = self.scan_s
        if len(self._steps) == 1:  # only now it is known how long a scan lasts
            allow_motion(self.table, self._params.first_step / scan, turn_sigma(scan))
        acceleration = max(self._params.max_acceleration, self._params.min_change / scan**2)
        predict_all(self.table, dt, scan, acceleration)

    def _begin(self, seen: Detections, sensor: FloatArray, beam_step: float, stamp_ns: int) -> None:
        count = len(seen.size)
        if count == 0:
            return
        ids = np.arange(self._next_id, self._next_id + count, dtype=np.int64)
        self._next_id += count
        scan, p = self.scan_s, self._params
        born = new_tracks(seen, ids, stamp_ns, p.noise, p.first_step / scan, turn_sigma(scan))
        see_edges(born, seen, sensor, p.noise, beam_step)
        self.table = self.table.followed_by(born)

    def _forget(self, stamp_ns: int) -> None:
        """Drop what was out of sight too long, for its age, or what hardly exists."""
        t, p = self.table, self._params
        most_misses = np.minimum(t.measurements // 2, p.memory_scans)
        unseen_s = (stamp_ns - t.last_ns) / 1e9
        kept = (unseen_s <= p.memory) & (t.misses <= most_misses) & (t.log_odds > _LEAST_LOG_ODDS)
        if not kept.all():
            self.table = t.where(kept)


def _others(chosen: Int64Array, count: int) -> Int64Array:
    """The indices below `count` that were not chosen."""
    rest = np.ones(count, np.bool_)
    rest[chosen] = False
    return np.flatnonzero(rest)


def _renew(
    t: TrackTable, seen: Detections, rows: Int64Array, columns: Int64Array, stamp_ns: int
) -> None:
    """Take over what is measured anew in every scan."""
    t.outline[rows], t.size[rows] = seen.outline[columns], seen.size[columns]
    t.piece[rows], t.base[rows] = seen.piece[columns], seen.base[columns]
    t.top[rows] = np.maximum(seen.top[columns], t.top[rows] - _SINKS)
    t.extent[rows] = np.maximum(seen.extent[columns], t.extent[rows] * _SHRINKS)
    t.brightness[rows] = _smoothed(t.brightness[rows], seen.brightness[columns])
    t.log_odds[rows] = np.minimum(t.log_odds[rows] + _HIT, _MOST_LOG_ODDS)
    t.measurements[rows] += 1
    t.misses[rows] = 0
    t.last_ns[rows] = stamp_ns


def _smoothed(known: FloatArray, seen: FloatArray) -> FloatArray:
    """A brightness (T,) after another sight of it; NaN, in either, for not known."""
    smoothed = known + _BRIGHTENS * (seen - known)
    return np.where(np.isnan(known), seen, np.where(np.isnan(seen), known, smoothed))


def _miss(
    t: TrackTable, rows: Int64Array, seen: Detections, sensor: FloatArray, blind: bool
) -> None:
    """Tracks that the scan does not show are less certain, unless something hides them."""
    t.misses[rows] += 1
    hidden = behind_others(t.outline[rows], t.size[rows], seen.outline, seen.size, sensor)
    t.log_odds[rows] += np.where(hidden | blind, _HIDDEN_MISS, _MISS)


def _decide(t: TrackTable, params: TrackParams) -> None:
    """Call a thing moving or standing where there is enough evidence; otherwise leave it."""
    velocities, variances = velocities_of(t)
    speed = np.hypot(velocities[:, 0], velocities[:, 1])
    way = t.move[:, :2] - t.place
    enough = t.measurements >= params.min_measurements
    moves = enough & (t.moving > _SURELY) & (speed > params.min_speed)
    moves &= (np.hypot(way[:, 0], way[:, 1]) > _MOVED) & (speed > _SIGMAS * np.sqrt(variances))
    t.motion[(t.motion == int(Motion.STATIONARY)) & (t.moving > _PERHAPS)] = int(Motion.UNKNOWN)
    t.motion[moves] = int(Motion.MOVING)
    t.motion[enough & (t.moving < _HARDLY)] = int(Motion.STATIONARY)

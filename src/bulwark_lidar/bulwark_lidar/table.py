# SPDX-License-Identifier: Apache-2.0
"""What the tracker keeps and gets: tables of tracks and detections as equally long arrays, in odom.

They are named tuples, which compiled loops take as one argument.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import Motion
from bulwark_lidar.cloud import FloatArray, IntArray
from bulwark_lidar.edges import edges_along
from bulwark_lidar.kernels import kernel
from bulwark_lidar.motion import (
    ANGLE,
    FIRST_MOVING,
    FIRST_ROUGHNESS,
    STATES,
    Motions,
    start,
)
from bulwark_lidar.outlines import MAX_VERTICES

Int64Array = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_FIRST_LIKENESS = 0.5
_FAST_LENGTH, _SLOWEST = 2.5, 0.3  # who walks is small [m]


class Detections(NamedTuple):
    """What one scan shows.

    outline: (D, V, 2) convex, padded; size: (D,) its vertices [m]. yaw: (D,) [rad].
    extent: (D, 2) length and width [m]. ends: (D, 2, 2) right and left end of the view of it;
    hidden: (D, 2) whether more is hidden there. piece: (D,) edge of the squares into which a
    bigger thing was cut [m], 0 where it was not. base, top: (D,) z [m]. points: (D,) how many.
    brightness: (D,) of these over that of all obstacle points, NaN for not known.
    """

    outline: FloatArray
    size: IntArray
    yaw: FloatArray
    extent: FloatArray
    ends: FloatArray
    hidden: BoolArray
    piece: FloatArray
    base: FloatArray
    top: FloatArray
    points: IntArray
    brightness: FloatArray

    def where(self, chosen: Any) -> Detections:
        """The rows that are chosen by a mask or by indices."""
        return Detections(*(column[chosen] for column in self))


class TrackTable(NamedTuple):
    """What is known of each thing.

    id: never 0. angle: of its axes in odom. stand, stand_cov, move, move_cov, moving, roughness,
    surprises, restless, shape: see `motion`. known: (T, 2, 2) standard deviations of the shape's
    edges when they were last seen, inf where nothing was proven [m]. likeness: how much it looks
    from scan to scan like before, 0 to 1. place: (T, 2) where it last stood. outline, size, piece,
    base, top: the newest measured ones. extent: (T, 2) length and width [m]. log_odds: of
    existence. turned: scans in a row whose box disagrees with the axes. brightness: smoothed, NaN
    as long as it is not known.
    """

    id: Int64Array
    angle: FloatArray
    stand: FloatArray
    stand_cov: FloatArray
    move: FloatArray
    move_cov: FloatArray
    moving: FloatArray
    roughness: FloatArray
    surprises: FloatArray
    restless: FloatArray
    likeness: FloatArray
    shape: FloatArray
    known: FloatArray
    place: FloatArray
    outline: FloatArray
    size: IntArray
    extent: FloatArray
    log_odds: FloatArray
    motion: Int64Array
    first_ns: Int64Array
    last_ns: Int64Array
    measurements: Int64Array
    misses: Int64Array
    turned: Int64Array
    piece: FloatArray
    base: FloatArray
    top: FloatArray
    brightness: FloatArray

    @property
    def motions(self) -> Motions:
        """Both models of all tracks."""
        return Motions(self.stand, self.stand_cov, self.move, self.move_cov)

    @property
    def rows(self) -> int:
        """How many tracks there are."""
        return len(self.id)

    def where(self, chosen: Any) -> TrackTable:
        """The rows that are chosen by a mask or by indices."""
        return TrackTable(*(column[chosen] for column in self))

    def followed_by(self, other: TrackTable) -> TrackTable:
        """These rows and then those of another table."""
        pairs: Any = zip(self, other, strict=True)
        return TrackTable(*(np.concatenate(pair) for pair in pairs))


def new_tracks(
    seen: Detections,
    ids: Int64Array,
    stamp_ns: int,
    noise: float,
    speed_sigma: float,
    turn_sigma: float,
) -> TrackTable:
    """A track for each detection: at rest, unknown, with axes along its box."""
    count = len(ids)
    table = TrackTable(
        id=ids,
        angle=seen.yaw.copy(),
        stand=np.zeros((count, 2)),
        stand_cov=np.zeros((count, 2, 2)),
        move=np.zeros((count, STATES)),
        move_cov=np.zeros((count, STATES, STATES)),
        moving=np.full(count, FIRST_MOVING),
        roughness=np.full(count, FIRST_ROUGHNESS),
        surprises=np.zeros((count, 2)),
        restless=np.ones(count),
        likeness=np.full(count, _FIRST_LIKENESS),
        shape=np.zeros((count, 2, 2)),
        known=np.full((count, 2, 2), np.inf),
        place=np.zeros((count, 2)),
        outline=seen.outline.copy(),
        size=seen.size.copy(),
        extent=seen.extent.copy(),
        log_odds=_first_log_odds(seen.points),
        motion=np.full(count, int(Motion.UNKNOWN)),
        first_ns=np.full(count, stamp_ns),
        last_ns=np.full(count, stamp_ns),
        measurements=np.ones(count, np.int64),
        misses=np.zeros(count, np.int64),
        turned=np.zeros(count, np.int64),
        piece=seen.piece.copy(),
        base=seen.base.copy(),
        top=seen.top.copy(),
        brightness=seen.brightness.copy(),
    )
    _place(table, noise, speed_sigma, turn_sigma)
    return table


@kernel
def _place(table: TrackTable, noise: float, speed_sigma: float, turn_sigma: float) -> None:
    """Put each thing at the middle of its box."""
    motions = Motions(table.stand, table.stand_cov, table.move, table.move_cov)
    for t in range(len(table.id)):
        outline, angle = table.outline[t, : table.size[t]], table.angle[t]
        edges = edges_along(outline, outline[0], angle)
        u, w = (edges[0, 0] + edges[0, 1]) / 2.0, (edges[1, 0] + edges[1, 1]) / 2.0
        cos, sin = math.cos(angle), math.sin(angle)
        table.place[t, 0] = outline[0, 0] + u * cos - w * sin
        table.place[t, 1] = outline[0, 1] + u * sin + w * cos
        table.stand[t] = table.place[t]
        table.move[t, :2], table.move[t, ANGLE] = table.place[t], angle
        table.shape[t] = edges_along(outline, table.place[t], angle)
        start(motions, t, noise, speed_sigma * slowness(table.extent[t]), turn_sigma)


@kernel
def slowness(extent: FloatArray) -> float:
    """Share of the usual speeds that a thing of this length and width [m] may have."""
    return float(min(max(max(extent[0], extent[1]) / _FAST_LENGTH, _SLOWEST), 1.0))


def _first_log_odds(points: IntArray) -> FloatArray:
    """Log odds that a thing exists which one scan shows with so many points."""
    probability = 0.35 + 0.25 * np.minimum(points / 40.0, 1.0)
    return np.asarray(np.log(probability / (1.0 - probability)), np.float64)


def no_tracks() -> TrackTable:
    """An empty table."""
    return new_tracks(no_detections(), np.zeros(0, np.int64), 0, 1.0, 1.0, 1.0)


def no_detections() -> Detections:
    """What a scan without obstacles shows."""
    none, count = np.zeros(0), np.zeros(0, np.int32)
    return Detections(
        outline=np.zeros((0, MAX_VERTICES, 2)),
        size=count,
        yaw=none,
        extent=np.zeros((0, 2)),
        ends=np.zeros((0, 2, 2)),
        hidden=np.zeros((0, 2), np.bool_),
        piece=none,
        base=none,
        top=none,
        points=count,
        brightness=none,
    )

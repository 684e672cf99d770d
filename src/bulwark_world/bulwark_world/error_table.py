# SPDX-License-Identifier: Apache-2.0
"""The errors of the lidar chain's tracks for one kind of thing, as figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bulwark_core.objects import ObjectClass

KNOTS = (6.0, 15.0, 30.0, 50.0, 72.0)
"""Distances that the rows of a table are for [m]."""
AGES = (0, 1, 2, 3, 5, 8, 12)
"""Scans since the first sight that the rows of a table of velocities are for."""
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles that are given."""

Row = tuple[float, ...]


@dataclass(frozen=True)
class KindErrors:
    """Of one kind. Tables are by `KNOTS`, those with two rows for length and width.

    first_range: distance of the first track, by SHARES [m]. near, near_noise: error of a near edge
    away from the sensor, and its spread [m]; ends, ends_noise: of both ends of a face, outwards;
    depth, depth_noise: seen share of the box behind a near edge, and open_depth, open_noise: where
    a face along that axis is looked at, see `is_open`. memory: correlation of the errors
    from scan to scan. missed: share of scans without a track after the first one, gap: how many in
    a row. to_stationary, to_moving: scans from the first track until it is called so, by SHARES;
    to_start, to_stop: from when it starts or has stopped to move. gain: told share of the velocity
    of what moves, by AGES; speed_noise: its spread as a share of the speed, by AGES, and of tracks
    as old as the last of them settled_noise: by KNOTS, of what is seen from its end and from its
    side, see `is_open`; across: spread beside the true velocity, likewise [m/s];
    speed_memory: correlation of that from scan to scan. lag: how far the velocity is behind a
    steady change of speed, in scans. existence: by AGES. classes: what it is called most often,
    with the mean probability.
    """

    first_range: Row
    near: tuple[Row, Row]
    near_noise: tuple[Row, Row]
    ends: tuple[Row, Row]
    ends_noise: tuple[Row, Row]
    depth: tuple[Row, Row]
    depth_noise: tuple[Row, Row]
    open_depth: tuple[Row, Row]
    open_noise: tuple[Row, Row]
    memory: float
    missed: float
    gap: float
    to_stationary: Row
    to_moving: Row
    to_start: Row
    to_stop: Row
    gain: Row
    speed_noise: Row
    settled_noise: tuple[Row, Row]
    across: tuple[Row, Row]
    speed_memory: float
    lag: float
    existence: Row
    classes: tuple[tuple[ObjectClass, float], ...]


def between(x: float, xs: Sequence[float], ys: Sequence[float]) -> float:
    """The piecewise linear function through the points, constant beyond its ends."""
    if x <= xs[0]:
        return ys[0]
    for k in range(1, len(xs)):
        if x < xs[k]:
            share = (x - xs[k - 1]) / (xs[k] - xs[k - 1])
            return ys[k - 1] + share * (ys[k] - ys[k - 1])
    return ys[-1]

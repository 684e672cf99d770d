# SPDX-License-Identifier: Apache-2.0
"""What ultrasonic readings say of remembered obstacles, and of what nothing else knows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bulwark_core.objects import Motion, TrackedObject
from bulwark_obstacles.cones import distances_in_cone
from bulwark_obstacles.params import UltrasonicParams
from bulwark_obstacles.table import ObjectTable, make_table
from bulwark_obstacles.ultrasonic import Heard, Reading

CORE = 0.6
"""Share of a cone in which an obstacle must answer; towards the edges echoes are weak."""
DEPTH, WIDEST, HEIGHT = 0.2, 0.5, 0.5
"""Of what only an echo tells: an echo has neither width nor height [m]."""

GAIN, SUREST = 0.1, 0.98
"""An echo a scan takes this share of the doubt that is left, up to this existence."""


@dataclass(frozen=True)
class Told:
    """What the readings say of each remembered obstacle, and what else there is.

    confirmed: its measured place, None where no echo agrees; seen_through: whether a sensor sees
    through it; found: obstacles that nothing else knows.
    """

    confirmed: list[TrackedObject | None]
    seen_through: list[bool]
    found: list[TrackedObject]


def judge(
    remembered: Sequence[TrackedObject],
    shown: ObjectTable,
    heard: Sequence[Heard],
    params: UltrasonicParams,
) -> Told:
    """remembered: obstacles out of the lidar's sight; shown: what it sees; all in base_link."""
    confirmed: list[TrackedObject | None] = [None] * len(remembered)
    through, found, table = [False] * len(remembered), [], make_table(remembered)
    for one in heard:
        reading, echo = one.reading, one.reading.echo
        distances = distances_in_cone(table, reading)
        if echo is not None:
            agree = np.abs(distances - echo) <= params.agreement
            for row in np.flatnonzero(agree).tolist():
                confirmed[row] = _measured(remembered[row], reading, distances[row] - echo)
            is_known = agree.any() or _is_shown(shown, reading, echo, params)
            is_near = echo <= params.max_distance
            if one.steady >= params.readings and is_near and not is_known:
                found.append(_unknown(one, echo, params))
        core = distances_in_cone(table, reading, CORE)
        for row in np.flatnonzero(core < reading.clear - params.agreement).tolist():
            through[row] = True
    unanswered = [place is None for place in confirmed]
    return Told(confirmed, [a and b for a, b in zip(through, unanswered, strict=True)], found)


def _is_shown(shown: ObjectTable, reading: Reading, echo: float, params: UltrasonicParams) -> bool:
    return bool((np.abs(distances_in_cone(shown, reading) - echo) <= params.agreement).any())


def _measured(obstacle: TrackedObject, reading: Reading, too_far: float) -> TrackedObject:
    """The obstacle at the distance of the echo, as of now."""
    dx, dy = obstacle.x - reading.x, obstacle.y - reading.y
    share = too_far / max(math.hypot(dx, dy), 1e-6)
    shift = np.array([-dx * share, -dy * share])
    return obstacle.but(
        x=obstacle.x + float(shift[0]),
        y=obstacle.y + float(shift[1]),
        outline=obstacle.outline + shift,
        last_seen_ns=max(obstacle.last_seen_ns, reading.stamp_ns),
        measurements=obstacle.measurements + 1,
        existence=obstacle.existence + GAIN * max(SUREST - obstacle.existence, 0.0),
    )


def _unknown(heard: Heard, echo: float, params: UltrasonicParams) -> TrackedObject:
    """A small thing on the axis of the cone, as certain as its echo is steady."""
    reading = heard.reading
    reach = echo + DEPTH / 2.0
    arc = echo * math.sin(min(reading.half_angle, math.pi / 2.0))
    return TrackedObject(
        0,
        reading.x + reach * math.cos(reading.yaw),
        reading.y + reach * math.sin(reading.yaw),
        HEIGHT / 2.0,
        reading.yaw,
        DEPTH,
        min(max(2.0 * arc, DEPTH), WIDEST),
        HEIGHT,
        existence=1.0 - 0.5 ** (heard.steady / params.readings),
        motion=Motion.STATIONARY,
        position_variance=arc**2 / 3.0,
        first_seen_ns=reading.stamp_ns,
        last_seen_ns=reading.stamp_ns,
        measurements=heard.steady,
    )

# SPDX-License-Identifier: Apache-2.0
"""Moments in which it was close: with what, how fast, how close. For catalogues and clips."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bulwark_replay.recording import Decision

CLOSE_DECELERATION = 3.0
"""Who must brake harder than this to stop short is close [m/s^2]; drivers seldom brake harder."""
CLOSE_TIME = 1.5
"""Who would meet it sooner than this is close [s]."""


@dataclass(frozen=True)
class NearMiss:
    """A period in which one object was close.

    t_s, end_s: since the start [s]; the figures are the worst in it: least gap [m] and time to
    collision [s], most required deceleration [m/s^2], most own speed [m/s].
    """

    t_s: float
    end_s: float
    target_id: int
    target_class: str
    gap_m: float
    min_ttc_s: float
    required_decel: float
    speed: float


def is_close(decision: Decision) -> bool:
    """Whether the decision's target is a near miss while the car moves."""
    if decision.target_id == 0 or abs(decision.ego_speed) < 0.3:
        return False
    harsh = decision.required_deceleration >= CLOSE_DECELERATION
    return harsh or decision.time_to_collision <= CLOSE_TIME


def near_misses(decisions: Sequence[Decision]) -> Iterator[NearMiss]:
    """Each run of decisions that are close to one object."""

    def key(decision: Decision) -> int:
        return decision.target_id if is_close(decision) else 0

    for target_id, run in groupby(decisions, key=key):
        rows = list(run)
        if target_id:
            yield NearMiss(
                t_s=rows[0].t_s,
                end_s=rows[-1].t_s,
                target_id=target_id,
                target_class=rows[-1].target_class,
                gap_m=_least(row.target_distance for row in rows),
                min_ttc_s=_least(row.time_to_collision for row in rows),
                required_decel=max(row.required_deceleration for row in rows),
                speed=max(abs(row.ego_speed) for row in rows),
            )


def _least(values: Iterator[float]) -> float:
    return min((value for value in values if math.isfinite(value)), default=math.inf)

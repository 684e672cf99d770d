# SPDX-License-Identifier: Apache-2.0
"""Evidence for targets: measurements weighted by certainty, repeated looks, and their braking.

Counted in measurements, not in seconds, so it works at any scan rate. A target whose track breaks
and starts again at the same place keeps its evidence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from bulwark_aeb.inputs import nanoseconds, seconds
from bulwark_aeb.params import ConfirmParams
from bulwark_aeb.scene import Key, displacement
from bulwark_core.frozen import replace
from bulwark_core.objects import TrackedObject


class Confirmation(IntEnum):
    """How sure a target is: full braking needs CONFIRMED."""

    NONE = 0
    PROVISIONAL = 1
    CONFIRMED = 2


@dataclass(frozen=True)
class Look:
    """What is remembered of an object on the path.

    looks: updates in which it was there; speed: along the path [m/s]; is_settled: that speed can
    be differentiated; acceleration: filtered [m/s^2], trend: its growth [m/s^3]; x, y: centre in
    base_link at `stamp_ns` [m]; measurements: of this track and its forerunners.
    """

    stamp_ns: int
    speed: float
    x: float
    y: float
    measurements: int
    looks: int = 1
    acceleration: float = 0.0
    trend: float = 0.0
    is_settled: bool = False


Memory = dict[Key, Look]


def remember(
    memory: Memory,
    keys: Sequence[Key],
    items: Sequence[TrackedObject],
    speeds: Sequence[float],
    stamps_ns: Sequence[int],
    ego_speed: float,
    ego_yaw_rate: float,
    params: ConfirmParams,
) -> Memory:
    """The memory after an update; objects long off the path are forgotten.

    Each object's own stamp tells whether it is a new look at it.
    """
    newest = max(stamps_ns, default=0)
    kept = nanoseconds(params.memory)
    updated = {key: look for key, look in memory.items() if newest - look.stamp_ns <= kept}
    lost = [look for key, look in updated.items() if key not in keys]
    for key, item, speed, stamp_ns in zip(keys, items, speeds, stamps_ns, strict=True):
        known = memory.get(key)
        if known is None:
            known = _forerunner(lost, item, stamp_ns, ego_speed, ego_yaw_rate, params)
            known = known and replace(known, acceleration=0.0, trend=0.0, is_settled=False)
        updated[key] = _looked(known, item, speed, stamp_ns, params)
    return updated


def _looked(
    known: Look | None, item: TrackedObject, speed: float, stamp_ns: int, params: ConfirmParams
) -> Look:
    settled = item.velocity_variance <= (2.0 * params.velocity_deviation) ** 2
    if known is None:
        return Look(stamp_ns, speed, item.x, item.y, item.measurements, is_settled=settled)
    step = seconds(stamp_ns - known.stamp_ns)
    if step <= 0.0:
        return known
    gain = step / (step + params.acceleration_filter)
    slope = (speed - known.speed) / step if settled and known.is_settled else 0.0
    limit = params.braking_at_most
    slope = max(-limit, min(limit, slope))
    growth = gain * (slope - known.acceleration)
    return Look(
        stamp_ns,
        speed,
        item.x,
        item.y,
        max(item.measurements, known.measurements + 1),
        known.looks + 1,
        known.acceleration + growth,
        known.trend + gain * (growth / step - known.trend),
        settled,
    )


def _forerunner(
    lost: Sequence[Look],
    item: TrackedObject,
    stamp_ns: int,
    ego_speed: float,
    ego_yaw_rate: float,
    params: ConfirmParams,
) -> Look | None:
    """The lost object that stood where this one is now, if any; its braking is not taken over."""
    for look in lost:
        time = seconds(stamp_ns - look.stamp_ns)
        x, y, yaw = displacement(ego_speed, ego_yaw_rate, time)
        dx, dy = look.x - x, look.y - y
        there_x = dx * math.cos(yaw) + dy * math.sin(yaw) + look.speed * time
        there_y = dy * math.cos(yaw) - dx * math.sin(yaw)
        if math.hypot(item.x - there_x, item.y - there_y) <= params.same_place:
            return look
    return None


def confirmations(
    items: Sequence[TrackedObject],
    looks: Sequence[Look],
    gaps: Sequence[float],
    params: ConfirmParams,
) -> list[Confirmation]:
    """How sure each object on the path is; `gaps`: free travel up to each [m].

    What is seen past another road user, through its windows or beneath it, shows little of itself
    and nothing of its edges: its speed is a guess for longer. It is met only after the nearer one,
    so there is time for more looks; they are counted before the nearer one leaves the path.
    """
    sure = [confirmation(item, look, params) for item, look in zip(items, looks, strict=True)]
    nearest = min(
        (gap for gap, one in zip(gaps, sure, strict=True) if one is Confirmation.CONFIRMED),
        default=math.inf,
    )
    return [
        one
        if gap <= nearest + params.beyond_gap
        else confirmation(item, look, params, params.beyond_share)
        for item, look, gap, one in zip(items, looks, gaps, sure, strict=True)
    ]


def confirmation(
    item: TrackedObject, look: Look, params: ConfirmParams, share: float = 1.0
) -> Confirmation:
    """From existence, measurements and certainty of place, and from repeated looks.

    share: how much of the evidence counts.
    """
    deviation = math.sqrt(max(item.position_variance, 0.0))
    certainty = min(1.0, params.position_deviation / max(deviation, 1e-6))
    evidence = share * item.existence * certainty * look.measurements
    if evidence >= params.confirmed_evidence and look.looks >= params.confirmed_looks:
        return Confirmation.CONFIRMED
    if evidence >= params.provisional_evidence:
        return Confirmation.PROVISIONAL
    return Confirmation.NONE


def lead_deceleration(look: Look, params: ConfirmParams) -> float:
    """How hard the target brakes [m/s^2]; 0 until that stands out.

    Braking that grows is expected to grow on for a moment: what is measured lags behind.
    """
    braking = -look.acceleration
    growing = braking + params.anticipation * max(-look.trend, 0.0)
    return min(growing, params.braking_at_most) if braking >= params.braking_from else 0.0

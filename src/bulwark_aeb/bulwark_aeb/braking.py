# SPDX-License-Identifier: Apache-2.0
"""How much braking a situation needs, and until when it can wait.

All in closed form over phases: waiting (own deceleration goes on), delay (own acceleration goes
on), ramp (jerk), full deceleration. A braking lead keeps its deceleration and stops at zero speed.
Source of the quantities: ISO 15623 (required deceleration), UN R157 (actuator with delay and jerk).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from bulwark_core.objects import FloatArray
from bulwark_core.vehicle import BrakeModel

Number: TypeAlias = "float | FloatArray"

WAITS: FloatArray = np.square(np.linspace(0.0, np.sqrt(8.0), 41, dtype=np.float64))
"""Waiting times that are tried [s], denser where it matters."""
ONCOMING_WALK = 3.0
"""Who comes towards us faster than this [m/s] is a driver, who brakes as we do."""
_TINY = 1e-9


@dataclass(frozen=True)
class Approach:
    """Ego behind, or against, other road users; arrays broadcast.

    gap: free distance along the path, stop margin already taken off [m]; may be negative.
    ego_speed >= 0 [m/s]; ego_deceleration: of the moment, negative when accelerating [m/s^2].
    lead_speed: along the path, negative when oncoming [m/s]; lead_deceleration >= 0 [m/s^2].
    """

    gap: Number
    ego_speed: float
    ego_deceleration: Number
    lead_speed: Number
    lead_deceleration: Number

    def column(self) -> Approach:
        """The same with the other's figures as columns, to broadcast against a row."""
        gap, lead, braking = (
            np.asarray(value, dtype=float)[..., None]
            for value in (self.gap, self.lead_speed, self.lead_deceleration)
        )
        own = self.ego_deceleration
        own = own if isinstance(own, float) else np.asarray(own, dtype=float)[..., None]
        return Approach(gap, self.ego_speed, own, lead, braking)


def slow_down(speed: Number, deceleration: Number, time: Number) -> tuple[FloatArray, FloatArray]:
    """Distance and speed after `time` of constant deceleration that ends at standstill."""
    deceleration = np.asarray(deceleration, dtype=float)
    moving = np.minimum(time, speed / np.maximum(deceleration, _TINY))
    moving = np.where(deceleration > 0.0, moving, time)
    distance = speed * moving - deceleration * moving**2 / 2.0
    return np.asarray(distance), np.maximum(speed - deceleration * moving, 0.0)


def ramp_stop(
    speed: Number, initial: Number, jerk: float, deceleration: Number
) -> tuple[FloatArray, FloatArray]:
    """Distance and time to standstill when deceleration grows from `initial` to its limit."""
    initial, deceleration = np.asarray(initial), np.asarray(deceleration)
    ramp = (deceleration - initial) / jerk
    left = speed - initial * ramp - jerk * ramp**2 / 2.0
    early = (np.sqrt(initial**2 + 2.0 * jerk * np.asarray(speed)) - initial) / jerk
    rising = np.where(left > 0.0, ramp, early)
    left = np.maximum(left, 0.0)
    on_ramp = speed * rising - initial * rising**2 / 2.0 - jerk * rising**3 / 6.0
    return on_ramp + left**2 / (2.0 * deceleration), rising + left / deceleration


def brake_margin(
    approach: Approach, brake: BrakeModel, wait: Number = 0.0, deceleration: Number | None = None
) -> FloatArray:
    """Smallest gap that remains when braking is demanded after `wait` seconds [m].

    `deceleration` replaces the brake model's. Negative: contact. Decreases with `wait`, increases
    with gap and deceleration.
    """
    full = brake.deceleration if deceleration is None else deceleration
    v, u, beta = approach.ego_speed, approach.lead_speed, approach.lead_deceleration
    own = np.minimum(np.maximum(approach.ego_deceleration, 0.0), full)
    waited, speed = slow_down(v, own, wait)
    rolled, speed = slow_down(
        speed,
        np.where(np.less(approach.ego_deceleration, 0.0), approach.ego_deceleration, own),
        brake.delay,
    )
    begun = wait + brake.delay
    travelled = waited + rolled
    distance, time = ramp_stop(speed, own, brake.jerk, full)
    stands = np.where(speed > _TINY, begun + time, v / np.maximum(own, _TINY))
    end = approach.gap - travelled - distance + _lead_travel(u, beta, stands)
    closing = _closing_on_ramp(speed, u, beta, own, begun, brake.jerk, full)
    lead_at_begin = u * begun - beta * begun**2 / 2.0
    matched = approach.gap - travelled + lead_at_begin - closing.distance
    lead_stops = np.where(np.greater(beta, 0.0), u / np.maximum(beta, _TINY), np.inf)
    is_match = np.greater(u, 0.0) & (begun + closing.time <= lead_stops)
    before = approach.gap - _closing_while_waiting(v, v - u, own, own - beta, begun)
    return np.asarray(np.minimum(before, np.where(is_match, matched, end)))


@dataclass(frozen=True)
class _Closing:
    distance: FloatArray
    time: FloatArray


def _closing_on_ramp(
    speed: FloatArray,
    lead_speed: Number,
    beta: Number,
    own: FloatArray,
    begun: Number,
    jerk: float,
    full: Number,
) -> _Closing:
    """From the first own deceleration to equal speeds with a lead that still moves."""
    closing = speed - (lead_speed - beta * begun)
    gain = beta - own
    discriminant = gain**2 + 2.0 * jerk * closing
    matched = (gain + np.sqrt(np.maximum(discriminant, 0.0))) / jerk
    ramp = (full - own) / jerk
    rising = np.maximum(np.minimum(matched, ramp), 0.0)
    on_ramp = closing * rising + gain * rising**2 / 2.0 - jerk * rising**3 / 6.0
    left = np.maximum(closing + gain * ramp - jerk * ramp**2 / 2.0, 0.0)
    left = np.where(matched > ramp, left, 0.0)
    excess = full - beta
    rest = np.where(left > 0.0, left / np.maximum(excess, _TINY), 0.0)
    opening = discriminant < 0.0
    distance = np.where(opening, 0.0, on_ramp + left * rest / 2.0)
    time = np.where(opening, 0.0, rising + rest)
    weaker = (excess <= 0.0) & (opening | (matched > ramp))
    return _Closing(distance, np.where(weaker, np.inf, time))


def _closing_while_waiting(
    speed: float, closing: Number, own: Number, gain: Number, begun: Number
) -> FloatArray:
    """How much nearer one came, where one's own braking already opened the gap again.

    That is from equal speeds on, if they are reached in time and neither stands by then.
    """
    closing, gain = np.maximum(closing, 0.0), np.asarray(gain)
    equal = closing / np.maximum(gain, _TINY)
    opens = (gain > 0.0) & (equal < begun) & (speed >= own * equal)
    return np.where(opens, closing * equal / 2.0, 0.0)


def _lead_travel(speed: Number, deceleration: Number, time: Number) -> FloatArray:
    """How far the lead is when the ego stands: standing itself, or still coming."""
    braked = np.maximum(speed, 0.0) ** 2 / (2.0 * np.maximum(deceleration, _TINY))
    towards = np.maximum(np.negative(speed), 0.0)
    walking = np.minimum(towards, ONCOMING_WALK)
    return np.where(np.greater(speed, 0.0), braked, -(walking + (towards - walking) / 2.0) * time)


def latest_brake_time(approach: Approach, brake: BrakeModel) -> FloatArray:
    """Until the last moment to brake [s]: (N,); negative: too late; inf: not within 8 s."""
    margin = brake_margin(approach.column(), brake, WAITS)
    late = margin < 0.0
    after = late.argmax(axis=-1)
    row = np.arange(len(margin))
    ever, above, below = late[row, after], margin[row, after - 1], margin[row, after]
    in_time = after > 0
    share = above / np.where(in_time, above - below, 1.0)
    crossing = WAITS[after - 1] + share * (WAITS[after] - WAITS[after - 1])
    closing = np.maximum(approach.ego_speed - np.asarray(approach.lead_speed), 0.1)
    waiting = np.where(in_time, crossing, below / closing)
    return np.where(ever, waiting, np.inf)


def required_deceleration(approach: Approach) -> FloatArray:
    """Constant deceleration from now that just avoids contact, no actuator delay [m/s^2].

    inf where the gap is used up; 0 where nothing closes.
    """
    v, u, beta = approach.ego_speed, np.asarray(approach.lead_speed), approach.lead_deceleration
    gap = np.maximum(approach.gap, _TINY)
    lead_stop = np.maximum(u, 0.0) ** 2 / (2.0 * np.maximum(beta, _TINY))
    stopping = v**2 / (2.0 * (gap + lead_stop))
    matching = beta + np.maximum(v - u, 0.0) ** 2 / (2.0 * gap)
    lead_first = v * np.maximum(beta, _TINY) >= np.maximum(u, 0.0) * stopping
    meeting = (v**2 / 2.0 + v * np.maximum(-u, 0.0)) / gap
    required = np.where(u > 0.0, np.where(lead_first, stopping, matching), meeting)
    opening = (v <= u) & np.less_equal(beta, 0.0)
    required = np.where(opening | (v <= 0.0), 0.0, required)
    return np.where((required > 0.0) & np.less_equal(approach.gap, 0.0), np.inf, required)


def time_to_collision(gap: Number, closing: Number) -> FloatArray:
    """Gap over closing speed [s]; inf where nothing closes (ISO 15623)."""
    closing = np.asarray(closing)
    safe = np.where(closing > 0.0, closing, 1.0)
    return np.where(closing > 0.0, np.maximum(gap, 0.0) / safe, np.inf)


def demand(approach: Approach, brake: BrakeModel, strongest: float) -> float:
    """The least deceleration that, through this brake, still avoids contact [m/s^2].

    For one target; `strongest` where none suffices.
    """
    tried: FloatArray = np.linspace(0.5, strongest, 40, dtype=np.float64)
    margin = brake_margin(approach, brake, 0.0, tried)
    enough = np.flatnonzero(margin >= 0.0)
    if len(enough) == 0:
        return strongest
    first = int(enough[0])
    if first == 0:
        return float(tried[0])
    return float(np.interp(0.0, margin[first - 1 : first + 1], tried[first - 1 : first + 1]))

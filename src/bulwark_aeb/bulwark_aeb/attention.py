# SPDX-License-Identifier: Apache-2.0
"""Calls an inattentive driver back while assistance is engaged: seen, heard, felt, then a stop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from bulwark_aeb.driver import Driver
from bulwark_aeb.params import AttentionParams


class Recall(IntEnum):
    """How far the driver is called back: ATTENTION_* of bulwark_msgs/AebState."""

    NONE = 0
    VISUAL = 1
    ACOUSTIC = 2
    BRAKE_JERK = 3
    STOP = 4


@dataclass(frozen=True)
class Inattention:
    """lost: for how long eyes or hands have been off while that mattered [s]."""

    lost: float = 0.0
    recall: Recall = Recall.NONE


def follow(
    state: Inattention, driver: Driver, quiet: bool, step: float, params: AttentionParams
) -> Inattention:
    """The state `step` seconds later.

    quiet: the car moves and nothing else is done with it. During an intervention, a fallback or at
    standstill nobody is called, and time does not count. Attention that the vehicle cannot tell is
    not missing.
    """
    if not driver.engaged or not driver.is_away:
        return Inattention()
    if not quiet:
        return Inattention(state.lost)
    lost = state.lost + step
    return Inattention(lost, _recall(lost, params))


def _recall(lost: float, params: AttentionParams) -> Recall:
    limits = (
        (Recall.STOP, params.stop),
        (Recall.BRAKE_JERK, params.brake_jerk),
        (Recall.ACOUSTIC, params.acoustic),
        (Recall.VISUAL, params.visual),
    )
    return next((recall for recall, limit in limits if lost >= limit), Recall.NONE)


def jerk(state: Inattention, params: AttentionParams) -> float:
    """The short brake that is felt [m/s^2]; 0 before and after."""
    begun = state.lost - params.brake_jerk
    felt = state.recall is Recall.BRAKE_JERK and begun < params.jerk_time
    return params.jerk_deceleration if felt else 0.0

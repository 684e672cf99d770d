# SPDX-License-Identifier: Apache-2.0
"""Misacceleration inhibition (MAI): the accelerator pressed hard, from standstill or creep, towards
an obstacle that is already known.

The torque is cut at once and comes back when the pedal was let go. Braking is left to the emergency
brake, which then starts as late as physics allows; a car that stands is held. The same press again
and again is a decision, see `_suppressed_enough`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bulwark_aeb.assess import Threat
from bulwark_aeb.confirm import Confirmation
from bulwark_aeb.driver import Driver
from bulwark_aeb.inputs import Gear, VehicleStatus, nanoseconds, seconds
from bulwark_aeb.params import AebParams, MaiParams
from bulwark_aeb.stages import Situation, Stage, StageReason, StageState
from bulwark_core.frozen import replace
from bulwark_core.objects import ObjectClass

_FORWARD_OR_BACK = (Gear.DRIVE, Gear.REVERSE)


@dataclass(frozen=True)
class Pedal:
    """The accelerator over the last moments.

    samples: (stamp [ns], stroke 0..1) of the window and one before it, the oldest first. Where no
    gear drives the stroke counts as 0, so shifting with the pedal down is a press too.
    """

    samples: tuple[tuple[int, float], ...] = ()

    @property
    def stroke(self) -> float:
        """Now, 0..1."""
        return self.samples[-1][1] if self.samples else 0.0

    def rate(self, window: float) -> float:
        """Mean rise over the window [1/s]; 0 until half of the window [s] has been seen."""
        if not self.samples:
            return 0.0
        (first_ns, first), (last_ns, last) = self.samples[0], self.samples[-1]
        span = seconds(last_ns - first_ns)
        return (last - first) / span if span >= window / 2.0 else 0.0


@dataclass(frozen=True)
class MaiState:
    """What MAI does.

    since_ns: torque is cut since, None: it is not; target: what for; presses: when those began that
    were suppressed lately [ns]; insists: the press that goes on now is taken for a decision.
    """

    since_ns: int | None = None
    target: Threat | None = None
    presses: tuple[int, ...] = ()
    insists: bool = False

    @property
    def suppresses(self) -> bool:
        return self.since_ns is not None


def follow_pedal(
    pedal: Pedal, status: VehicleStatus | None, stamp_ns: int, params: MaiParams
) -> Pedal:
    """The pedal after the status of this stamp, which may be known already; None: not known."""
    if status is None:
        return Pedal()
    if pedal.samples and stamp_ns <= pedal.samples[-1][0]:
        return pedal
    known = math.isfinite(status.accelerator) and status.gear in _FORWARD_OR_BACK
    samples = (*pedal.samples, (stamp_ns, status.accelerator if known else 0.0))
    begin = stamp_ns - nanoseconds(params.window)
    recent = sum(1 for ns, _ in samples if ns > begin)
    return Pedal(samples[-(recent + 1) :])


def step(
    state: MaiState, now: Situation, pedal: Pedal, reverse: bool, params: AebParams
) -> MaiState:
    """The next state. reverse: whether the path of `now.threats` leads backwards."""
    oldest = now.now_ns - nanoseconds(params.mai.insist_within)
    state = replace(state, presses=tuple(ns for ns in state.presses if ns >= oldest))
    if state.suppresses:
        return _go_on(state, now, pedal, params)
    if state.insists:
        pressed = pedal.stroke >= params.driver.accelerator_pressed
        return replace(state, insists=pressed and now.speed <= params.mai.speed)
    target = _obstacle(now, reverse, params)
    if target is None or not _is_hard(pedal, params.mai):
        return state
    if _suppressed_enough(state, params.mai):
        return replace(state, insists=True)
    return MaiState(now.now_ns, target, (*state.presses, now.now_ns))


def _is_hard(pedal: Pedal, params: MaiParams) -> bool:
    return pedal.stroke >= params.stroke and pedal.rate(params.window) >= params.rate


def _suppressed_enough(state: MaiState, params: MaiParams) -> bool:
    """Who lets go and presses again that often means it. Holding on proves nothing: it is what a
    driver does who has taken the wrong pedal.
    """
    return len(state.presses) >= params.insist_after


def _obstacle(now: Situation, reverse: bool, params: AebParams) -> Threat | None:
    """The nearest confirmed object that a wrong press reaches before the driver can let go."""
    if not _applies(now, reverse, params.mai):
        return None
    met = [threat for threat in now.threats if _is_met(threat, params.mai)]
    return min(met, key=lambda threat: threat.gap, default=None)


def _applies(now: Situation, reverse: bool, params: MaiParams) -> bool:
    """The driver drives, slowly, and the pedal moves the car the way the path leads."""
    driver = now.driver
    drives = driver.gear in _FORWARD_OR_BACK and (driver.gear is Gear.REVERSE) == reverse
    by_foot = driver.seen and not driver.engaged
    return now.is_judged and by_foot and drives and now.speed <= params.speed


def _is_met(threat: Threat, params: MaiParams) -> bool:
    reach = threat.closing_speed * params.foresight + params.traction * params.foresight**2 / 2.0
    is_sure = threat.confirmation is Confirmation.CONFIRMED
    return is_sure and threat.gap <= reach and threat.item.object_class is not ObjectClass.KERB


def _go_on(state: MaiState, now: Situation, pedal: Pedal, params: AebParams) -> MaiState:
    """Until the pedal is let go; an obstacle that leaves must not set a car off."""
    if _is_released(state, now, pedal, params):
        return replace(state, since_ns=None, target=None)
    key = None if state.target is None else state.target.key
    newest = (threat for threat in now.threats if threat.key == key)
    return replace(state, target=next(newest, state.target))


def _is_released(state: MaiState, now: Situation, pedal: Pedal, params: AebParams) -> bool:
    """Let go, or handed to the planner; where nobody can be seen letting go, after a time."""
    driver = now.driver
    if driver.seen:
        return driver.engaged or pedal.stroke < params.driver.accelerator_pressed
    since = max(driver.unseen_since_ns, state.since_ns or 0)
    return seconds(now.now_ns - since) >= params.stage.hold_blind


def judged_driver(driver: Driver, state: MaiState) -> Driver:
    """The driver as emergency braking shall see them: a wrong press overrides nothing."""
    return replace(driver, misplaced=state.suppresses, insists=state.insists)


def impose(stages: StageState, state: MaiState, now: Situation, params: AebParams) -> StageState:
    """The stage that counts: emergency braking's, or torque cut and hold where that does less."""
    if state.since_ns is None or stages.stage > Stage.PREFILL:
        return stages
    stands = now.speed <= params.stage.standstill
    held = stands and seconds(now.now_ns - state.since_ns) >= params.stage.prefill_lead
    return replace(
        stages,
        stage=Stage.HOLD if held else Stage.PREFILL,
        reason=StageReason.MISACCELERATION,
        demand=params.brake.hold_demand if held else 0.0,
        target=state.target,
    )

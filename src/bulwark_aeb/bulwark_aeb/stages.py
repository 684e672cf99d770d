# SPDX-License-Identifier: Apache-2.0
"""The stages of an intervention: NONE, WARNING, PREFILL, PARTIAL, FULL, HOLD, release."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from bulwark_aeb.assess import Threat
from bulwark_aeb.braking import Approach, demand
from bulwark_aeb.confirm import Confirmation
from bulwark_aeb.driver import Driver, steers_away
from bulwark_aeb.inputs import Gear, seconds
from bulwark_aeb.params import AebParams
from bulwark_aeb.scene import Key
from bulwark_core.frozen import replace


class Stage(IntEnum):
    """The stages of bulwark_msgs/AebState."""

    NONE = 0
    WARNING = 1
    PREFILL = 2
    PARTIAL = 3
    FULL = 4
    HOLD = 5

    @property
    def brakes(self) -> bool:
        return self in (Stage.PARTIAL, Stage.FULL)

    @property
    def intervenes(self) -> bool:
        """Whether the car does not do what driver or planner want."""
        return self >= Stage.PREFILL


class StageReason(IntEnum):
    """The stage reasons of bulwark_msgs/AebState."""

    NONE = 0
    COLLISION_AHEAD = 1
    LATEST_BRAKE_TIME = 2
    UNAVOIDABLE = 3
    CONTINUED = 4
    STANDSTILL = 5
    DRIVER_OVERRIDE = 6
    RELEASED = 7
    MISACCELERATION = 8
    INATTENTION = 9


@dataclass(frozen=True)
class Situation:
    """What the stages are decided on at one moment.

    speed: in the direction of travel [m/s]; travelled since the last decision [m]; threats: the
    most urgent first; seen: all objects of the newest scene; is_judged: threats are from fresh
    data; own_deceleration [m/s^2]; stop_margin [m]; is_doubted: objects were refused.
    """

    now_ns: int
    speed: float
    travelled: float
    threats: Sequence[Threat]
    seen: frozenset[Key]
    is_judged: bool
    driver: Driver
    own_deceleration: float
    stop_margin: float
    is_doubted: bool = False


@dataclass(frozen=True)
class StageState:
    """Where the intervention is.

    warned_ns, entry_ns, clear_ns: since when warned, in this stage, out of danger. entry_speed:
    when braking began [m/s]; tyre_angle, gear: when warned, when held; capped: an unconfirmed
    target that was braked for as much as is allowed; insisted: the driver went on after a hold.
    """

    stage: Stage = Stage.NONE
    reason: StageReason = StageReason.NONE
    demand: float = 0.0
    target: Threat | None = None
    now_ns: int = 0
    warned_ns: int | None = None
    entry_ns: int = 0
    clear_ns: int | None = None
    target_seen_ns: int = 0
    entry_speed: float = 0.0
    tyre_angle: float = math.nan
    gear: Gear = Gear.UNKNOWN
    capped: Key | None = None
    insisted: bool = False


def step(state: StageState, now: Situation, params: AebParams) -> StageState:
    """The next state."""
    insisted = state.insisted and _still_insists(now, params) and not now.driver.misplaced
    state = replace(state, insisted=insisted)
    if state.stage is Stage.HOLD:
        after = _hold(state, now, params)
    elif state.stage.brakes:
        after = _brake(state, now, params)
    else:
        after = _watch(state, now, params)
    return replace(after, now_ns=now.now_ns)


def _still_insists(now: Situation, params: AebParams) -> bool:
    near = any(threat.gap <= params.stage.insisted_within for threat in now.threats)
    return now.speed <= params.stage.warning_from and (near or now.speed <= params.stage.standstill)


def _enter(state: StageState, stage: Stage, reason: StageReason, now: Situation) -> StageState:
    """Another stage, or the same one with its entry kept; NONE forgets the warning."""
    if stage is state.stage:
        return replace(state, reason=reason)
    warned = None if stage is Stage.NONE else state.warned_ns
    angle = state.tyre_angle
    if warned is None and stage is not Stage.NONE:
        warned, angle = now.now_ns, now.driver.tyre_angle
    begins = stage.brakes and not state.stage.brakes
    return replace(
        state,
        stage=stage,
        reason=reason,
        demand=0.0,
        warned_ns=warned,
        tyre_angle=angle,
        entry_ns=now.now_ns,
        entry_speed=now.speed if begins else state.entry_speed,
        clear_ns=None,
    )


# Watching: nothing, warning or prefill.


def _watch(state: StageState, now: Situation, params: AebParams) -> StageState:
    if not now.is_judged or now.speed <= params.stage.standstill:
        return replace(_enter(state, Stage.NONE, StageReason.NONE, now), target=None)
    threat = _foremost([item for item in now.threats if _may_brake_for(item, state)], now)
    if threat is None:
        return replace(_enter(state, Stage.NONE, StageReason.NONE, now), target=None, capped=None)
    stage = _wanted(state, threat, now, params)
    state = replace(state, target=threat, target_seen_ns=now.now_ns)
    if stage > Stage.WARNING and _overrides(state, now, params):
        return _enter(state, Stage.WARNING, StageReason.DRIVER_OVERRIDE, now)
    if stage.brakes:
        return _apply(_enter(state, stage, _why(threat, now, params), now), now, params)
    reason = StageReason.NONE if stage is Stage.NONE else StageReason.COLLISION_AHEAD
    return _enter(state, stage, reason, now)


def _foremost(threats: Sequence[Threat], now: Situation) -> Threat | None:
    """The most urgent one that cannot wait, else the most urgent one."""
    due = (item for item in threats if item.latest_brake_time <= 0.0 or not _can_wait(item, now))
    return next(due, threats[0] if threats else None)


def _can_wait(threat: Threat, now: Situation) -> bool:
    """Whether a driver who looks needs no warning of it yet."""
    return threat.can_wait and not now.driver.is_inattentive


def _may_brake_for(threat: Threat, state: StageState) -> bool:
    if threat.key == state.capped:
        return threat.confirmation is Confirmation.CONFIRMED
    return threat.confirmation is not Confirmation.NONE


def _wanted(state: StageState, threat: Threat, now: Situation, params: AebParams) -> Stage:
    """The stage that the time left to brake asks for."""
    left, limits = threat.latest_brake_time, params.stage
    is_sure = threat.confirmation is Confirmation.CONFIRMED
    if left <= 0.0:
        return Stage.FULL if is_sure else Stage.PARTIAL
    if _can_wait(threat, now):
        return Stage.NONE
    if left <= limits.prefill_lead:
        return Stage.PREFILL
    lead = limits.warning_lead + (limits.inattentive_lead if now.driver.is_inattentive else 0.0)
    lead += limits.hysteresis if state.stage in (Stage.WARNING, Stage.PREFILL) else 0.0
    if is_sure and left <= lead and now.speed >= limits.warning_from:
        return Stage.WARNING
    return Stage.NONE


def _overrides(state: StageState, now: Situation, params: AebParams) -> bool:
    """Full accelerator or a decided wheel, both only after the warning began; or who insists."""
    warned = now.now_ns if state.warned_ns is None else state.warned_ns
    full = None if now.driver.misplaced else now.driver.full_since_ns
    if full is not None and full >= warned and state.warned_ns is not None:
        return True
    if now.driver.insists:
        return True
    return steers_away(now.driver, state.tyre_angle, now.speed, params)


def _why(threat: Threat, now: Situation, params: AebParams) -> StageReason:
    """Unavoidable where even what can be relied on, applied now, ends in contact."""
    needed = demand(
        _approach(threat, now, 0.0), params.brake.model(), params.brake.strongest_demand
    )
    late = needed > params.brake.deceleration + 1.0
    return StageReason.UNAVOIDABLE if late else StageReason.LATEST_BRAKE_TIME


# Braking.


def _brake(state: StageState, now: Situation, params: AebParams) -> StageState:
    if now.speed <= params.stage.standstill:
        held = _enter(state, Stage.HOLD, StageReason.STANDSTILL, now)
        return replace(held, demand=params.brake.hold_demand, gear=now.driver.gear)
    if _overrides(state, now, params):
        return _enter(state, Stage.WARNING, StageReason.DRIVER_OVERRIDE, now)
    if not now.is_judged:
        return _carry_on(state, now, params)
    state = _retarget(state, now, params)
    if state.clear_ns is not None:
        return _release_when_clear(state, now, params)
    if _is_capped(state, now, params):
        capped = None if state.target is None else state.target.key
        return replace(_enter(state, Stage.NONE, StageReason.RELEASED, now), capped=capped)
    return _apply(state, now, params)


def _retarget(state: StageState, now: Situation, params: AebParams) -> StageState:
    """The target that needs the hardest braking; one that vanished is kept for a while."""
    dangers = [item for item in now.threats if _is_danger(item, params)]
    dangers = [item for item in dangers if _may_brake_for(item, state)]
    if dangers:
        target = max(dangers, key=lambda item: item.required_deceleration)
        sure = any(item.confirmation is Confirmation.CONFIRMED for item in dangers)
        stage = Stage.FULL if sure else state.stage
        reason = state.reason if state.stage is stage else _why(target, now, params)
        state = replace(_enter(state, stage, reason, now), target=target)
        return replace(state, target_seen_ns=now.now_ns, clear_ns=None)
    ghost = _ghost(state, now, params)
    if ghost is not None:
        return replace(state, target=ghost, clear_ns=None)
    return replace(state, clear_ns=state.clear_ns or now.now_ns)


def _is_danger(threat: Threat, params: AebParams) -> bool:
    near = threat.gap <= params.stage.insisted_within and threat.closing_speed > 0.0
    soon = threat.ttc <= params.stage.release_ttc
    return near or soon or threat.required_deceleration >= params.stage.release_deceleration


def _ghost(state: StageState, now: Situation, params: AebParams) -> Threat | None:
    """A target no longer seen: kept for a moment, or up to standstill right before the bumper.

    Where objects were refused it may be one of them, and is kept as long as that goes on.
    """
    target = state.target
    if target is None or target.key in now.seen:
        return None
    ghost = _moved_on(target, state, now)
    recent = seconds(now.now_ns - state.target_seen_ns) <= params.confirm.memory
    near = target.gap <= params.stage.insisted_within
    return ghost if recent or near or now.is_doubted else None


def _moved_on(target: Threat, state: StageState, now: Situation) -> Threat:
    return target.moved_on(now.travelled, seconds(now.now_ns - state.now_ns))


def _carry_on(state: StageState, now: Situation, params: AebParams) -> StageState:
    """Without fresh data an intervention goes on to standstill, on odometry."""
    if state.target is not None:
        state = replace(state, target=_moved_on(state.target, state, now))
    state = _apply(replace(state, clear_ns=None), now, params)
    return replace(state, reason=StageReason.CONTINUED)


def _release_when_clear(state: StageState, now: Situation, params: AebParams) -> StageState:
    since = now.now_ns if state.clear_ns is None else state.clear_ns
    if seconds(now.now_ns - since) >= params.stage.release_time:
        return replace(_enter(state, Stage.NONE, StageReason.RELEASED, now), target=None)
    return replace(state, demand=params.brake.clear_demand)


def _is_capped(state: StageState, now: Situation, params: AebParams) -> bool:
    """Unintended braking is the worse hazard: an unconfirmed target costs only so much speed."""
    lost = state.entry_speed - now.speed
    return state.stage is Stage.PARTIAL and lost > params.stage.speed_loss


def _apply(state: StageState, now: Situation, params: AebParams) -> StageState:
    """How hard to brake: what the target needs, within the limits of the stage."""
    brake = params.brake
    if state.stage is Stage.PARTIAL:
        return replace(state, demand=brake.partial_demand)
    if state.target is None:
        return replace(state, demand=max(state.demand, brake.emergency_demand))
    approach = _approach(state.target, now, now.own_deceleration)
    needed = demand(approach, brake.model(), brake.strongest_demand)
    return replace(state, demand=max(needed, brake.emergency_demand))


def _approach(threat: Threat, now: Situation, own_deceleration: float) -> Approach:
    return Approach(
        threat.gap - now.stop_margin,
        now.speed,
        own_deceleration,
        threat.lead_speed,
        threat.lead_deceleration,
    )


# Holding.


def _hold(state: StageState, now: Situation, params: AebParams) -> StageState:
    """The car is kept still until the driver acts; where nobody can be seen acting, for a time."""
    driver, stage = now.driver, params.stage
    pressed = driver.pressed_since_ns
    goes_on = pressed is not None and pressed >= state.entry_ns
    known = Gear.UNKNOWN not in (driver.gear, state.gear)
    shifts = known and driver.gear is not state.gear
    unseen_ns = None if driver.seen else max(driver.unseen_since_ns, state.entry_ns)
    blind = unseen_ns is not None and seconds(now.now_ns - unseen_ns) >= stage.hold_blind
    if goes_on or shifts or blind or now.speed > stage.moved_on:
        released = _enter(state, Stage.NONE, StageReason.RELEASED, now)
        return replace(released, target=None, insisted=goes_on or shifts)
    gear = driver.gear if state.gear is Gear.UNKNOWN else state.gear
    return replace(state, gear=gear, demand=params.brake.hold_demand)


def stop_margin(state: StageState, speed: float, params: AebParams) -> float:
    """The gap to stop at [m]."""
    if state.insisted:
        return params.margin.insisted
    return params.margin.stop + params.margin.stop_per_speed * speed


def credited_deceleration(measured: float, params: AebParams) -> float:
    """What of the own present deceleration counts against braking early [m/s^2].

    Noise earns nothing; acceleration counts in full.
    """
    if measured <= 0.0:
        return min(measured + params.driver.noise, 0.0)
    return params.driver.credit * max(measured - params.driver.noise, 0.0)

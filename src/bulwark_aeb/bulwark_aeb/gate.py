# SPDX-License-Identifier: Apache-2.0
"""The gate every command passes: who may move the car, and how a fault ends in a stop.

The strongest brake wins; nothing weakens it. The gate never steers by itself: while assistance is
engaged it passes the planner's steering, and keeps the last good one during a stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from bulwark_aeb.attention import Recall
from bulwark_aeb.braking import Approach, demand
from bulwark_aeb.driver import Driver
from bulwark_aeb.inputs import PlannedCommand, seconds
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import Stage, StageReason, StageState
from bulwark_core.frozen import replace

COUNTER_RANGE = 2**32


class Source(IntEnum):
    """The sources of bulwark_msgs/ControlCommand."""

    DRIVER = 0
    PLANNER = 1
    AEB = 2
    FALLBACK = 3


@dataclass(frozen=True)
class Command:
    """What the vehicle obeys, field by field as bulwark_msgs/ControlCommand."""

    alive_counter: int = 0
    source: Source = Source.DRIVER
    longitudinal_active: bool = False
    acceleration: float = 0.0
    brake_deceleration: float = 0.0
    torque_cut: bool = False
    standstill_hold: bool = False
    lateral_active: bool = False
    steering_tyre_angle: float = 0.0
    takeover_request: bool = False
    hazard_lights: bool = False


@dataclass(frozen=True)
class GateState:
    """What the gate remembers.

    passed: the planner drove in this engagement; since_ns: of a fallback, None: none is going on;
    stood_ns: since when it stands; stopping: because of inattention; steering: the last good one
    of the planner [rad].
    """

    counter: int = 0
    passed: bool = False
    since_ns: int | None = None
    stood_ns: int | None = None
    stopping: bool = False
    steering: float | None = None


@dataclass(frozen=True)
class Traffic:
    """What the gate decides on.

    planned: None where not fresh or not drivable; can_judge: the supervisor sees; speed: in the
    direction of travel, >= 0 [m/s]; free: what is left of the space last seen free [m]; recall,
    jerk: how far an inattentive driver is called back, the brake to be felt now [m/s^2].
    """

    now_ns: int
    driver: Driver
    planned: PlannedCommand | None
    stages: StageState
    can_judge: bool
    speed: float
    own_deceleration: float
    free: float
    recall: Recall = Recall.NONE
    jerk: float = 0.0


def arbitrate(state: GateState, traffic: Traffic, params: AebParams) -> tuple[GateState, Command]:
    """The next command; its alive counter always counts."""
    state = _remember(state, traffic, params)
    command = _base(state, traffic, params)
    command = _with_emergency_brake(command, traffic.stages)
    counter = (state.counter + 1) % COUNTER_RANGE
    return replace(state, counter=counter), replace(command, alive_counter=counter)


def _remember(state: GateState, traffic: Traffic, params: AebParams) -> GateState:
    """Begins, keeps or ends a fallback.

    One that lasted is over when the driver acts, not when the fault is. A hiccup hands nothing
    over.
    """
    driver = traffic.driver
    if not driver.engaged:
        return GateState(counter=state.counter)
    if state.since_ns is not None:
        lasted_ns = traffic.now_ns - state.since_ns
        if not state.stopping and _was_hiccup(lasted_ns, traffic, params):
            return replace(state, since_ns=None, stood_ns=None)
        if traffic.speed <= params.stage.standstill:
            state = replace(state, stood_ns=state.stood_ns or traffic.now_ns)
        return _released(state, traffic)
    if traffic.planned is not None and traffic.can_judge:
        steering = traffic.planned.steering_tyre_angle
        state = replace(state, passed=True, steering=steering)
        return _recalled(state, traffic, params)
    return replace(state, since_ns=traffic.now_ns) if state.passed else state


def _recalled(state: GateState, traffic: Traffic, params: AebParams) -> GateState:
    """A stop for an inattentive driver: over with their attention, but kept once the car stands."""
    if state.stopping and traffic.speed <= params.stage.standstill:
        return replace(state, since_ns=traffic.now_ns, stood_ns=traffic.now_ns)
    return replace(state, stopping=traffic.recall is Recall.STOP)


def _was_hiccup(lasted_ns: int, traffic: Traffic, params: AebParams) -> bool:
    is_over = traffic.planned is not None and traffic.can_judge
    return is_over and seconds(lasted_ns) < params.fallback.latch_after


def _released(state: GateState, traffic: Traffic) -> GateState:
    """At standstill a new press of the accelerator lets the planner drive again."""
    pressed = traffic.driver.pressed_since_ns
    if state.stood_ns is not None and pressed is not None and pressed >= state.stood_ns:
        return replace(state, since_ns=None, stood_ns=None, passed=False, stopping=False)
    return state


def _base(state: GateState, traffic: Traffic, params: AebParams) -> Command:
    """The command without emergency braking."""
    if not traffic.driver.engaged:
        return Command()
    planned = traffic.planned
    stops = state.since_ns is not None or state.stopping
    if stops or planned is None or not traffic.can_judge:
        return _fallback(state, traffic, params)
    return _with_jerk(_passed(planned), traffic)


def _passed(planned: PlannedCommand) -> Command:
    return Command(
        source=Source.PLANNER,
        longitudinal_active=planned.longitudinal_active,
        acceleration=planned.acceleration,
        brake_deceleration=planned.brake_deceleration,
        torque_cut=planned.torque_cut,
        standstill_hold=planned.standstill_hold,
        lateral_active=planned.lateral_active,
        steering_tyre_angle=planned.steering_tyre_angle,
        takeover_request=planned.takeover_request,
        hazard_lights=planned.hazard_lights,
    )


def _with_jerk(command: Command, traffic: Traffic) -> Command:
    """The call that is felt, and the request to take over from then on."""
    if traffic.recall < Recall.BRAKE_JERK:
        return command
    command = replace(command, takeover_request=True)
    if traffic.jerk <= max(command.brake_deceleration, -command.acceleration):
        return command
    return replace(
        command,
        source=Source.FALLBACK,
        acceleration=-traffic.jerk,
        brake_deceleration=traffic.jerk,
        torque_cut=True,
    )


def _fallback(state: GateState, traffic: Traffic, params: AebParams) -> Command:
    """A stop that stays within the space last seen free, with takeover request."""
    stands = traffic.speed <= params.stage.standstill
    needed = params.fallback.comfort
    if not traffic.can_judge and not stands:
        needed = max(needed, _needed_blind(traffic, params))
    if traffic.planned is not None:
        needed = max(needed, traffic.planned.brake_deceleration, -traffic.planned.acceleration)
    return Command(
        source=Source.FALLBACK,
        longitudinal_active=True,
        acceleration=-needed,
        brake_deceleration=needed,
        torque_cut=True,
        standstill_hold=stands,
        lateral_active=state.steering is not None,
        steering_tyre_angle=state.steering or 0.0,
        takeover_request=state.since_ns is not None or not stands,
        hazard_lights=state.stopping or (state.since_ns is not None and stands),
    )


def _needed_blind(traffic: Traffic, params: AebParams) -> float:
    gap = traffic.free - params.fallback.margin
    approach = Approach(gap, traffic.speed, traffic.own_deceleration, 0.0, 0.0)
    return demand(approach, params.brake.model(), params.brake.deceleration)


def _with_emergency_brake(command: Command, stages: StageState) -> Command:
    """Torque is cut first; then the stronger brake counts."""
    if stages.stage < Stage.PREFILL:
        return command
    if stages.stage is Stage.PREFILL:
        pedal = stages.reason is StageReason.MISACCELERATION
        return replace(
            command,
            source=Source.AEB if pedal else command.source,
            torque_cut=True,
            acceleration=min(command.acceleration, 0.0),
        )
    wished = -command.acceleration if command.longitudinal_active else 0.0
    strongest = max(stages.demand, command.brake_deceleration, wished)
    source = Source.AEB if strongest == stages.demand else command.source
    return replace(
        command,
        source=source,
        acceleration=min(command.acceleration, -strongest),
        brake_deceleration=strongest,
        torque_cut=True,
        standstill_hold=command.standstill_hold or stages.stage is Stage.HOLD,
        hazard_lights=True,
    )


def after_fault(last: Command, params: AebParams) -> Command:
    """The command when the supervisor itself failed: the last brake, or a comfort stop."""
    counter = (last.alive_counter + 1) % COUNTER_RANGE
    if last.source is Source.DRIVER:
        return replace(last, alive_counter=counter)
    strongest = max(params.fallback.comfort, last.brake_deceleration, -last.acceleration)
    return replace(
        last,
        alive_counter=counter,
        source=Source.FALLBACK,
        acceleration=-strongest,
        brake_deceleration=strongest,
        torque_cut=True,
        takeover_request=True,
    )

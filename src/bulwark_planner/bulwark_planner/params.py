# SPDX-License-Identifier: Apache-2.0
"""Parameters of the planner node."""

from __future__ import annotations

from dataclasses import dataclass, field

from bulwark_core.params import param
from bulwark_core.vehicle import VehicleParams


@dataclass(frozen=True)
class ComfortParams:
    """What passengers feel."""

    max_acceleration: float = param(
        3.0, "acceleration from standstill", unit="m/s^2", minimum=0.5, maximum=5.0
    )
    deceleration: float = param(
        2.0,
        "deceleration aimed at before obstacles, curves and limits",
        unit="m/s^2",
        minimum=0.5,
        maximum=4.0,
    )
    max_deceleration: float = param(
        3.5,
        "the most the planner brakes; more is the supervisor's",
        unit="m/s^2",
        minimum=0.5,
        maximum=5.0,
    )
    max_jerk: float = param(
        2.5, "change of planned acceleration", unit="m/s^3", minimum=0.5, maximum=20.0
    )
    max_lateral_acceleration: float = param(
        2.5, "in curves", unit="m/s^2", minimum=0.5, maximum=6.0
    )


@dataclass(frozen=True)
class FollowingParams:
    """How to drive behind an obstacle: the intelligent driver model's figures."""

    time_gap: float = param(1.5, "to the one ahead", unit="s", minimum=0.5, maximum=4.0)
    standstill_gap: float = param(
        5.0, "bumper to obstacle when stopped", unit="m", minimum=1.0, maximum=15.0
    )
    restart_gap: float = param(
        1.0,
        "how much the standstill gap must open before the car moves off",
        unit="m",
        minimum=0.0,
        maximum=10.0,
    )
    exponent: float = param(
        8.0, "how late acceleration fades before the desired speed", minimum=1.0, maximum=20.0
    )
    corridor_margin: float = param(
        0.3,
        "room on each side of the car that must be free of obstacles",
        unit="m",
        minimum=0.0,
        maximum=2.0,
    )


@dataclass(frozen=True)
class SteeringParams:
    """How the line is followed."""

    look_ahead_time: float = param(
        0.7, "look-ahead distance per speed", unit="s", minimum=0.2, maximum=3.0
    )
    min_look_ahead: float = param(3.0, "look-ahead when slow", unit="m", minimum=1.0, maximum=20.0)
    understeer: float = param(
        0.0025, "extra wheelbase per speed squared", unit="s^2/m", minimum=-0.01, maximum=0.02
    )
    max_rate: float = param(0.5, "of the tyre angle", unit="rad/s", minimum=0.05, maximum=2.0)
    lag: float = param(
        0.1, "how far ahead in the plan the tyre angle is taken", unit="s", minimum=0.0, maximum=1.0
    )


@dataclass(frozen=True)
class SpeedControlParams:
    """How the planned speed is held: feed-forward, proportional and integral part."""

    proportional: float = param(1.6, "per speed error", unit="1/s", minimum=0.0, maximum=5.0)
    integral: float = param(
        1.0, "per speed error and time: drag and slope", unit="1/s^2", minimum=0.0, maximum=5.0
    )
    max_integral: float = param(
        2.0, "the most the integral adds or takes", unit="m/s^2", minimum=0.0, maximum=5.0
    )
    lag: float = param(
        0.25,
        "of the powertrain: how far ahead in the plan acceleration is taken",
        unit="s",
        minimum=0.0,
        maximum=1.0,
    )
    authority: float = param(
        1.0,
        "command beyond the comfort limits, for drag and slope",
        unit="m/s^2",
        minimum=0.0,
        maximum=3.0,
    )
    max_jerk: float = param(8.0, "change of the command", unit="m/s^3", minimum=1.0, maximum=50.0)
    hold: float = param(
        0.5, "deceleration asked for while standing", unit="m/s^2", minimum=0.0, maximum=3.0
    )
    max_error: float = param(
        1.5,
        "speed error from which the plan starts anew at the measured speed",
        unit="m/s",
        minimum=0.2,
        maximum=10.0,
    )


@dataclass(frozen=True)
class PlannerParams:
    """All parameters of the planner node."""

    follow_objects: bool = param(
        True, "drive behind and stop for obstacles; false: follow the line as if there were none"
    )
    max_speed: float = param(
        37.5, "whatever the route allows", unit="m/s", minimum=1.0, maximum=60.0
    )
    input_timeout: float = param(
        0.5, "age from which an input counts as lost", unit="s", minimum=0.1, maximum=3.0
    )
    comfort: ComfortParams = field(default_factory=ComfortParams)
    following: FollowingParams = field(default_factory=FollowingParams)
    steering: SteeringParams = field(default_factory=SteeringParams)
    speed_control: SpeedControlParams = field(default_factory=SpeedControlParams)
    vehicle: VehicleParams = field(default_factory=VehicleParams)

# SPDX-License-Identifier: Apache-2.0
"""Parameters of the AEB supervisor. Nested groups become dotted names, e.g. `brake.delay`."""

from __future__ import annotations

from dataclasses import dataclass, field

from bulwark_core.params import param
from bulwark_core.vehicle import BrakeModel, VehicleParams


@dataclass(frozen=True)
class BrakeParams:
    """What the supervisor expects of the brakes; too optimistic brakes too late."""

    delay: float = param(
        0.20, "from command to the first deceleration", unit="s", minimum=0.0, maximum=1.0
    )
    jerk: float = param(
        20.0, "how fast deceleration builds up", unit="m/s^3", minimum=2.0, maximum=100.0
    )
    deceleration: float = param(
        7.0, "what can be relied on", unit="m/s^2", minimum=1.0, maximum=11.0
    )
    strongest_demand: float = param(
        10.0,
        "asked for when what can be relied on does not suffice",
        unit="m/s^2",
        minimum=1.0,
        maximum=12.0,
    )
    emergency_demand: float = param(
        5.0,
        "least demand of full braking (UN R152, 5.2.1.2)",
        unit="m/s^2",
        minimum=1.0,
        maximum=9.0,
    )
    partial_demand: float = param(
        4.0,
        "braking for a target not yet confirmed",
        unit="m/s^2",
        minimum=0.5,
        maximum=6.0,
    )
    clear_demand: float = param(
        0.5, "while it shows that the danger is over", unit="m/s^2", minimum=0.1, maximum=3.0
    )
    hold_demand: float = param(
        3.0, "brake that keeps the car standing", unit="m/s^2", minimum=0.5, maximum=6.0
    )
    reaction: float = param(
        0.04, "from decision to the brake's input", unit="s", minimum=0.0, maximum=0.5
    )

    def model(self) -> BrakeModel:
        """The brake as seen from the decision: its delay includes the way to its input."""
        return BrakeModel(self.delay + self.reaction, self.jerk, self.deceleration)


@dataclass(frozen=True)
class MarginParams:
    """Distances that are kept."""

    stop: float = param(
        0.55, "gap to stop at from walking pace", unit="m", minimum=0.1, maximum=3.0
    )
    stop_per_speed: float = param(
        0.015, "more of it per own speed", unit="s", minimum=0.0, maximum=0.2
    )
    insisted: float = param(
        0.15, "gap to stop at after the driver went on", unit="m", minimum=0.0, maximum=1.0
    )
    lateral_uncertain: float = param(
        0.10,
        "how far an object of uncertain place must reach into the path at most",
        unit="m",
        minimum=0.0,
        maximum=0.5,
    )


@dataclass(frozen=True)
class PathParams:
    """How the own path is predicted."""

    yaw_rate_filter: float = param(
        0.20, "time constant of the yaw rate", unit="s", minimum=0.0, maximum=2.0
    )
    acceleration_filter: float = param(
        0.15, "time constant of the acceleration", unit="s", minimum=0.0, maximum=2.0
    )
    yaw_rate_floor: float = param(
        0.002, "error of the best yaw rate", unit="rad/s", minimum=0.0001, maximum=0.1
    )
    steering_deviation: float = param(
        0.003, "error of curvature from steering", unit="1/m", minimum=0.0001, maximum=0.1
    )
    straight_deviation: float = param(
        0.10, "how curved a path is where nothing is known", unit="1/m", minimum=0.001, maximum=1.0
    )
    plan_deviation: float = param(
        0.005,
        "error of curvature from a plan that is followed",
        unit="1/m",
        minimum=0.0005,
        maximum=0.1,
    )
    plan_horizon: float = param(
        1.0, "so far ahead the plan bends the path", unit="s", minimum=0.3, maximum=3.0
    )
    deviations: float = param(
        1.5,
        "standard deviations of curvature over which an object must stay on the path",
        minimum=0.0,
        maximum=4.0,
    )


@dataclass(frozen=True)
class ConfirmParams:
    """How much evidence a target needs."""

    provisional_evidence: float = param(
        1.8, "weighted measurements for partial braking", minimum=1.0, maximum=20.0
    )
    confirmed_evidence: float = param(
        2.7, "weighted measurements for full braking", minimum=1.0, maximum=50.0
    )
    confirmed_looks: int = param(
        2, "updates in which it was on the path, for full braking", minimum=1, maximum=20
    )
    beyond_gap: float = param(
        3.0,
        "what lies this far past a confirmed object on the path is seen past it",
        unit="m",
        minimum=0.0,
        maximum=20.0,
    )
    beyond_share: float = param(
        0.3, "how much of the evidence for it counts", minimum=0.05, maximum=1.0
    )
    position_deviation: float = param(
        0.3, "a place less certain than this counts less", unit="m", minimum=0.01, maximum=5.0
    )
    velocity_deviation: float = param(
        0.5,
        "velocity error up to which it is taken as it is",
        unit="m/s",
        minimum=0.05,
        maximum=5.0,
    )
    benign_deviations: float = param(
        2.0,
        "how many times what exceeds it counts in the target's favour",
        minimum=0.0,
        maximum=5.0,
    )
    lateral_deviations: float = param(
        2.0, "deviations from which sideways motion is believed", minimum=0.5, maximum=6.0
    )
    lateral_speed: float = param(
        0.4, "sideways motion below this is none", unit="m/s", minimum=0.0, maximum=2.0
    )
    bearing_rate: float = param(
        0.01,
        "sideways error per distance, from own rotation",
        unit="rad/s",
        minimum=0.0,
        maximum=0.1,
    )
    acceleration_filter: float = param(
        0.12, "time constant of a target's acceleration", unit="s", minimum=0.02, maximum=2.0
    )
    anticipation: float = param(
        0.25, "a target's growing braking grows on for", unit="s", minimum=0.0, maximum=1.0
    )
    braking_from: float = param(
        1.0, "a target brakes from this deceleration", unit="m/s^2", minimum=0.1, maximum=5.0
    )
    braking_at_most: float = param(
        9.0, "no target brakes harder", unit="m/s^2", minimum=2.0, maximum=12.0
    )
    memory: float = param(
        0.5, "a target that vanished under braking is kept", unit="s", minimum=0.0, maximum=3.0
    )
    same_place: float = param(
        1.0, "a new track so near to a lost one is the same", unit="m", minimum=0.0, maximum=3.0
    )


@dataclass(frozen=True)
class StageParams:
    """When which stage begins and ends."""

    warning_lead: float = param(
        0.9,
        "warning before the latest brake time (UN R152, 5.2.1.1: at least 0.8 s)",
        unit="s",
        minimum=0.8,
        maximum=4.0,
    )
    inattentive_lead: float = param(
        0.4, "earlier still without eyes or hands on", unit="s", minimum=0.0, maximum=2.0
    )
    warning_from: float = param(
        2.7778, "no early warning below (UN R152 range)", unit="m/s", minimum=0.0, maximum=20.0
    )
    prefill_lead: float = param(
        0.20, "torque cut and brakes readied before braking", unit="s", minimum=0.0, maximum=1.0
    )
    hysteresis: float = param(
        0.3, "a warning ends this much above its limit", unit="s", minimum=0.0, maximum=2.0
    )
    release_ttc: float = param(
        3.0, "danger is over above this time to collision", unit="s", minimum=1.0, maximum=10.0
    )
    release_deceleration: float = param(
        1.0, "nor while so much is needed", unit="m/s^2", minimum=0.1, maximum=5.0
    )
    release_time: float = param(
        0.3, "for how long it must be over", unit="s", minimum=0.0, maximum=2.0
    )
    standstill: float = param(0.15, "slower is standing", unit="m/s", minimum=0.01, maximum=0.5)
    moved_on: float = param(
        0.8, "a held car faster than this does not obey", unit="m/s", minimum=0.2, maximum=3.0
    )
    hold_blind: float = param(
        3.0, "hold where the driver cannot be seen", unit="s", minimum=0.5, maximum=60.0
    )
    speed_loss: float = param(
        2.8, "most speed taken for an unconfirmed target", unit="m/s", minimum=0.0, maximum=20.0
    )
    insisted_within: float = param(
        2.0,
        "targets nearer keep the margin the driver insisted on",
        unit="m",
        minimum=0.5,
        maximum=5.0,
    )


@dataclass(frozen=True)
class DriverParams:
    """What counts as a decision of the driver."""

    full_accelerator: float = param(0.9, "override stroke", minimum=0.5, maximum=1.0)
    accelerator_pressed: float = param(0.05, "a foot on it", minimum=0.01, maximum=0.5)
    evasive_acceleration: float = param(
        3.0, "change of lateral acceleration by the wheel", unit="m/s^2", minimum=0.5, maximum=9.0
    )
    credit: float = param(
        0.9, "share of present deceleration that is expected to go on", minimum=0.0, maximum=1.0
    )
    noise: float = param(
        0.3, "present deceleration below this is none", unit="m/s^2", minimum=0.0, maximum=2.0
    )
    evasive_angle: float = param(
        0.03, "change of the tyre angle", unit="rad", minimum=0.005, maximum=0.5
    )


@dataclass(frozen=True)
class MaiParams:
    """Misacceleration inhibition: what a wrong press is, and what it is stopped for."""

    speed: float = param(
        2.7778, "no torque cut begins above (10 km/h)", unit="m/s", minimum=0.0, maximum=8.0
    )
    stroke: float = param(0.35, "a press from this stroke on is hard", minimum=0.2, maximum=0.9)
    rate: float = param(
        1.5,
        "if the stroke grew that fast; slower is a start on a hill or over a kerb",
        unit="1/s",
        minimum=0.5,
        maximum=10.0,
    )
    window: float = param(
        0.10, "over which the rate is measured", unit="s", minimum=0.02, maximum=0.5
    )
    traction: float = param(
        8.0, "acceleration that a wrong press may give", unit="m/s^2", minimum=1.0, maximum=15.0
    )
    foresight: float = param(
        1.0,
        "obstacles count that are reached within, before a driver lets go",
        unit="s",
        minimum=0.3,
        maximum=2.0,
    )
    insist_after: int = param(
        2, "suppressed presses after which the next one counts", minimum=1, maximum=10
    )
    insist_within: float = param(
        8.0, "for so long a suppressed press is remembered", unit="s", minimum=1.0, maximum=60.0
    )


@dataclass(frozen=True)
class AttentionParams:
    """How an inattentive driver is called back: since when eyes or hands are off.

    The order is that of UN R171 and R157; the times are this project's own choice.
    """

    visual: float = param(5.0, "a sign is shown", unit="s", minimum=0.5, maximum=60.0)
    acoustic: float = param(8.0, "and a sound is heard", unit="s", minimum=0.5, maximum=90.0)
    brake_jerk: float = param(
        11.0, "and one short brake is felt", unit="s", minimum=0.5, maximum=120.0
    )
    stop: float = param(15.0, "and the car comes to a stop", unit="s", minimum=1.0, maximum=180.0)
    jerk_time: float = param(0.3, "of the short brake", unit="s", minimum=0.05, maximum=1.0)
    jerk_deceleration: float = param(
        2.5, "of the short brake", unit="m/s^2", minimum=0.5, maximum=4.0
    )


@dataclass(frozen=True)
class AgeParams:
    """Limits on the age of inputs: now minus the stamp."""

    lidar: float = param(0.30, "tracked objects", unit="s", minimum=0.05, maximum=2.0)
    odometry: float = param(0.20, "odometry", unit="s", minimum=0.02, maximum=1.0)
    status: float = param(0.30, "vehicle status", unit="s", minimum=0.05, maximum=2.0)
    camera: float = param(0.50, "camera objects", unit="s", minimum=0.05, maximum=5.0)
    static: float = param(0.50, "static obstacles", unit="s", minimum=0.05, maximum=5.0)
    planned: float = param(0.15, "the planner's command", unit="s", minimum=0.02, maximum=1.0)
    trajectory: float = param(0.50, "the planner's trajectory", unit="s", minimum=0.05, maximum=2.0)
    future: float = param(
        0.05, "stamps this far ahead of the clock are refused", unit="s", minimum=0.0, maximum=1.0
    )
    clock: float = param(0.20, "the clock must move within", unit="s", minimum=0.05, maximum=5.0)
    jump: float = param(
        1.0, "a clock that leaps farther jumped", unit="s", minimum=0.1, maximum=60.0
    )
    starting: float = param(
        15.0,
        "inputs not complete by then are lost (UN R152, 5.1.4.1)",
        unit="s",
        minimum=1.0,
        maximum=60.0,
    )


@dataclass(frozen=True)
class PlausibleParams:
    """Limits of what is believed."""

    ego_speed: float = param(80.0, "own speed", unit="m/s", minimum=10.0, maximum=150.0)
    speed_jump: float = param(
        5.0, "own speed between two messages", unit="m/s", minimum=0.5, maximum=50.0
    )
    settle: float = param(
        0.2, "distrust after an implausible odometry", unit="s", minimum=0.0, maximum=2.0
    )
    ego_deceleration: float = param(
        12.0, "own deceleration; more earns no credit", unit="m/s^2", minimum=5.0, maximum=20.0
    )
    object_speed: float = param(100.0, "an object's speed", unit="m/s", minimum=20.0, maximum=300.0)
    object_extent: float = param(
        0.02, "an object's larger side at least", unit="m", minimum=0.0, maximum=0.2
    )
    object_distance: float = param(
        500.0, "an object's range", unit="m", minimum=50.0, maximum=5000.0
    )
    planned_acceleration: float = param(
        4.0, "planner's acceleration", unit="m/s^2", minimum=0.5, maximum=10.0
    )
    planned_deceleration: float = param(
        9.0, "planner's deceleration", unit="m/s^2", minimum=1.0, maximum=12.0
    )
    lateral_acceleration: float = param(
        9.0, "of the planner's trajectory", unit="m/s^2", minimum=2.0, maximum=15.0
    )


@dataclass(frozen=True)
class FallbackParams:
    """The stop after a fault while assistance is engaged."""

    comfort: float = param(2.0, "its least deceleration", unit="m/s^2", minimum=0.5, maximum=4.0)
    latch_after: float = param(
        1.0, "a fault this long hands over to the driver", unit="s", minimum=0.0, maximum=5.0
    )
    margin: float = param(
        2.0, "kept of the space last seen free", unit="m", minimum=0.0, maximum=10.0
    )
    sight: float = param(
        60.0,
        "space taken as seen free where nothing was there",
        unit="m",
        minimum=5.0,
        maximum=200.0,
    )


@dataclass(frozen=True)
class UnlistedParams:
    """What lidar points on the path must show to count although no object explains them."""

    points: int = param(10, "so many of them together", minimum=3, maximum=1000)
    depth: float = param(0.4, "within this length of the path", unit="m", minimum=0.05, maximum=2.0)
    height: float = param(0.3, "lower ones do not count", unit="m", minimum=0.0, maximum=2.0)
    apart: float = param(
        0.5, "what is this close to an object belongs to it", unit="m", minimum=0.0, maximum=3.0
    )
    same_place: float = param(
        0.4,
        "from scan to scan it moves no farther over ground",
        unit="m",
        minimum=0.05,
        maximum=2.0,
    )
    looks: int = param(8, "scans on end in which it is there", minimum=3, maximum=100)
    reach: float = param(40.0, "farther ones do not count", unit="m", minimum=1.0, maximum=100.0)


@dataclass(frozen=True)
class AebParams:
    """All parameters of the AEB supervisor."""

    vehicle: VehicleParams = field(default_factory=VehicleParams)
    brake: BrakeParams = field(default_factory=BrakeParams)
    margin: MarginParams = field(default_factory=MarginParams)
    path: PathParams = field(default_factory=PathParams)
    confirm: ConfirmParams = field(default_factory=ConfirmParams)
    stage: StageParams = field(default_factory=StageParams)
    driver: DriverParams = field(default_factory=DriverParams)
    mai: MaiParams = field(default_factory=MaiParams)
    attention: AttentionParams = field(default_factory=AttentionParams)
    age: AgeParams = field(default_factory=AgeParams)
    plausible: PlausibleParams = field(default_factory=PlausibleParams)
    fallback: FallbackParams = field(default_factory=FallbackParams)
    unlisted: UnlistedParams = field(default_factory=UnlistedParams)
    timer_rate: float = param(
        50.0, "decisions and commands", unit="Hz", minimum=20.0, maximum=200.0
    )

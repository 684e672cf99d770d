# SPDX-License-Identifier: Apache-2.0
"""How the vehicle moves: brake, traction and steering actuators on a single-track model.

Longitudinal motion is integrated exactly for an acceleration that is linear within the step, so
that the stopping distance is the brake model's and not the step's. Lateral motion is the
steady-state single-track model with understeer (Gillespie, Fundamentals of Vehicle Dynamics,
ch. 6), limited by friction.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

from bulwark_core.vehicle import GRAVITY, BrakeModel, VehicleParams

STEP_NS = 10_000_000
STEP_S = STEP_NS / 1e9
"""The fixed step of the dynamics."""
_CREEP_GAIN, _CREEP_MOST = 2.0, 1.0  # 1/s, m/s^2


@dataclass(frozen=True)
class DriveTrain:
    """What moves and slows the vehicle beside its brakes.

    max_acceleration: of the traction at full stroke [m/s^2]; traction_lag: time constant [s];
    rolling_resistance [m/s^2]; air_drag: deceleration per speed squared [1/m]; steering_rate: of
    the tyre angle [rad/s]; understeer: gradient [s^2/m], extra wheelbase per speed squared;
    friction: coefficient between tyre and road. creep_speed: that the vehicle takes up by itself
    in gear with no pedal pressed [m/s].
    """

    max_acceleration: float = 3.5
    traction_lag: float = 0.15
    rolling_resistance: float = 0.10
    air_drag: float = 2.6e-4
    steering_rate: float = 0.6
    understeer: float = 0.0025
    friction: float = 1.0
    creep_speed: float = 0.0

    @property
    def grip(self) -> float:
        """The largest acceleration that the road carries [m/s^2]."""
        return self.friction * GRAVITY

    def creep(self, speed: float) -> float:
        """Traction with no pedal pressed [m/s^2]: gentle, and nothing above the creep speed."""
        if self.creep_speed == 0.0:
            return 0.0
        wanted = self.resistance(speed) + _CREEP_GAIN * (self.creep_speed - abs(speed))
        return min(max(wanted, 0.0), _CREEP_MOST)

    def resistance(self, speed: float) -> float:
        """Deceleration by rolling and air at this speed, either sign [m/s^2]."""
        return self.rolling_resistance + self.air_drag * speed * speed


@dataclass(frozen=True)
class Actuation:
    """What the actuators are asked for: traction and brake >= 0 [m/s^2], tyre angle [rad]."""

    traction: float = 0.0
    brake: float = 0.0
    steering_angle: float = 0.0


@dataclass(frozen=True)
class VehicleState:
    """The vehicle at an instant, in the world frame.

    x, y [m], yaw [rad]: pose of base_link. speed: along base_link x, negative in reverse [m/s].
    acceleration: along the direction of travel, negative when slowing [m/s^2]. yaw_rate [rad/s].
    steering_angle: tyre angle [rad]. traction, brake: what the actuators give now [m/s^2].
    On a slope x and y are seen from above, speed and acceleration are along the ground.
    """

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0
    speed: float = 0.0
    acceleration: float = 0.0
    yaw_rate: float = 0.0
    steering_angle: float = 0.0
    traction: float = 0.0
    brake: float = 0.0


class BrakeActuator:
    """Delay, then a jerk-limited approach to the demand, at most the model's deceleration."""

    def __init__(self, model: BrakeModel) -> None:
        self._model = model
        self._delayed = deque([0.0] * round(model.delay / STEP_S))
        self.deceleration = 0.0

    def step(self, demand: float) -> float:
        """Take a demand [m/s^2] and return the deceleration at the end of the step."""
        self._delayed.append(demand)
        target = min(max(self._delayed.popleft(), 0.0), self._model.deceleration)
        change = self._model.jerk * STEP_S
        low, high = self.deceleration - change, self.deceleration + change
        self.deceleration = min(max(target, low), high)
        return self.deceleration


class Vehicle:
    """The moving vehicle. `direction` is +1 in a forward gear and -1 in reverse."""

    def __init__(
        self,
        body: VehicleParams,
        brake: BrakeModel,
        drive_train: DriveTrain,
        state: VehicleState,
        direction: int = 1,
    ) -> None:
        self.body = body
        self.drive_train = drive_train
        self.direction = direction
        self.state = _at_constant_speed(state, drive_train)
        self._brake = BrakeActuator(brake.limited_by(drive_train.grip))
        self._traction_share = 1.0 - math.exp(-STEP_S / drive_train.traction_lag)

    def step(self, actuation: Actuation, slope: float = 0.0) -> VehicleState:
        """Advance by one step and return the new state.

        slope: the angle by which base_link looks uphill [rad]. The car rolls back where neither
        traction nor brake keeps it.
        """
        old = self.state
        traction = self._traction(actuation.traction)
        brake = self._brake.step(actuation.brake)
        pull = self.direction * GRAVITY * math.sin(slope)
        pace = self.direction * old.speed
        rolls_back = pace < 0.0 or (pace == 0.0 and traction - pull < 0.0)
        sense = -1.0 if rolls_back else 1.0
        pace *= sense
        before = self._acceleration(sense * (old.traction - pull), old.brake, pace)
        after = self._acceleration(sense * (traction - pull), brake, pace)
        pace, travelled, acceleration = advance(pace, before, after)
        pace, travelled, acceleration = sense * pace, sense * travelled, sense * acceleration
        steering = self._steering(actuation.steering_angle)
        curvature = self._curvature(steering, pace)
        x, y, yaw = _along_arc(old, self.direction * travelled * math.cos(slope), curvature)
        self.state = VehicleState(
            x,
            y,
            yaw,
            speed=self.direction * pace,
            acceleration=acceleration,
            yaw_rate=self.direction * pace * curvature,
            steering_angle=steering,
            traction=traction,
            brake=brake,
        )
        return self.state

    def _acceleration(self, drive: float, brake: float, pace: float) -> float:
        """Deceleration is controlled: what resistance gives, the brake need not give.

        drive: what traction and gravity give in the direction of motion [m/s^2].
        """
        return drive - max(brake, self.drive_train.resistance(pace))

    def _traction(self, demand: float) -> float:
        most = min(self.drive_train.max_acceleration, self.drive_train.grip)
        target = min(max(demand, 0.0), most)
        return self.state.traction + (target - self.state.traction) * self._traction_share

    def _steering(self, demand: float) -> float:
        change, angle = self.drive_train.steering_rate * STEP_S, self.state.steering_angle
        angle = min(max(demand, angle - change), angle + change)
        return min(max(angle, -self.body.max_steering_angle), self.body.max_steering_angle)

    def _curvature(self, steering: float, pace: float) -> float:
        effective_base = self.body.wheelbase + self.drive_train.understeer * pace * pace
        curvature = math.tan(steering) / effective_base
        most = self.drive_train.grip / max(pace * pace, 1e-3)
        return min(max(curvature, -most), most)


def advance(pace: float, before: float, after: float) -> tuple[float, float, float]:
    """One step along the path from `pace` >= 0 [m/s] with an acceleration linear in time.

    Returns the new pace, the distance [m] and the acceleration at the end, which is 0 where the
    vehicle has come to a stand: a brake does not push back.
    """
    if pace == 0.0:
        before = max(before, 0.0)
    new_pace = pace + (before + after) / 2.0 * STEP_S
    if new_pace > 0.0:
        distance = pace * STEP_S + (2.0 * before + after) / 6.0 * STEP_S**2
        return new_pace, distance, after
    stop = _time_to_stand(pace, before, (after - before) / STEP_S)
    jerk = (after - before) / STEP_S
    return 0.0, pace * stop + before * stop**2 / 2.0 + jerk * stop**3 / 6.0, 0.0


def _time_to_stand(pace: float, acceleration: float, jerk: float) -> float:
    """The first root of pace + acceleration t + jerk t^2 / 2 within the step [s]."""
    if pace == 0.0:
        return 0.0
    discriminant = max(acceleration**2 - 2.0 * jerk * pace, 0.0)
    return min(2.0 * pace / (-acceleration + math.sqrt(discriminant)), STEP_S)


def _along_arc(old: VehicleState, distance: float, curvature: float) -> tuple[float, float, float]:
    turn = distance * curvature
    middle = old.yaw + turn / 2.0
    return (
        old.x + distance * math.cos(middle),
        old.y + distance * math.sin(middle),
        old.yaw + turn,
    )


def _at_constant_speed(state: VehicleState, drive_train: DriveTrain) -> VehicleState:
    """A moving vehicle starts with the traction that keeps its speed."""
    if state.speed == 0.0:
        return state
    return replace(state, traction=drive_train.resistance(state.speed))

# SPDX-License-Identifier: Apache-2.0
"""The own motion: filtered, checked, and turned into a path by the agreement of its sources."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bulwark_aeb.inputs import nanoseconds, seconds
from bulwark_aeb.params import AebParams, PathParams, PlausibleParams
from bulwark_aeb.path import Path
from bulwark_core.frozen import replace
from bulwark_core.objects import EgoMotion
from bulwark_core.vehicle import VehicleParams

MOVING = 0.3
"""From this speed on [m/s] the odometry's sign tells the direction better than the gear."""
_SLOWEST = 0.3
_STANDS = 1e-3


@dataclass(frozen=True)
class Ego:
    """The newest odometry and what follows from those before.

    acceleration: d(speed)/dt, filtered [m/s^2]; yaw_rate: filtered [rad/s]; yaw_rate_variance: of
    the filtered rate, from its scatter [rad^2/s^2]; distrusted_until_ns: implausible before.
    """

    stamp_ns: int
    speed: float
    acceleration: float = 0.0
    yaw_rate: float = 0.0
    scatter: float = 0.0
    yaw_rate_variance: float = 0.0
    distrusted_until_ns: int = 0

    def deceleration(self, reverse: bool, plausible: PlausibleParams) -> float:
        """Against the direction of travel [m/s^2]; 0 where no car brakes like that."""
        value = self.plausible_acceleration(plausible)
        return value if reverse else -value

    def plausible_acceleration(self, plausible: PlausibleParams) -> float:
        """d(speed)/dt [m/s^2]; 0 where no car can do that."""
        is_possible = abs(self.acceleration) <= plausible.ego_deceleration
        return self.acceleration if is_possible else 0.0

    def mean_speed(self, age: float, plausible: PlausibleParams) -> float:
        """Over the last `age` seconds, during which the acceleration was what it is now [m/s]."""
        return self.speed - self.plausible_acceleration(plausible) * age / 2.0


def follow(ego: Ego | None, motion: EgoMotion, params: AebParams) -> Ego:
    """The estimate after one more odometry message with a newer stamp."""
    if ego is None:
        return Ego(motion.stamp_ns, motion.speed, yaw_rate=motion.yaw_rate)
    step = seconds(motion.stamp_ns - ego.stamp_ns)
    change = motion.speed - ego.speed
    if abs(change) > params.plausible.speed_jump:
        distrusted = motion.stamp_ns + nanoseconds(params.plausible.settle)
        return replace(
            ego, stamp_ns=motion.stamp_ns, speed=motion.speed, distrusted_until_ns=distrusted
        )
    return _filtered(replace(ego, speed=motion.speed), motion, change / step, step, params.path)


def _filtered(ego: Ego, motion: EgoMotion, slope: float, step: float, path: PathParams) -> Ego:
    gain = step / (step + path.yaw_rate_filter)
    residual = motion.yaw_rate - ego.yaw_rate
    scatter = ego.scatter + gain * (residual**2 - ego.scatter)
    ease = step / (step + path.acceleration_filter)
    return replace(
        ego,
        stamp_ns=motion.stamp_ns,
        acceleration=ego.acceleration + ease * (slope - ego.acceleration),
        yaw_rate=ego.yaw_rate + gain * residual,
        scatter=scatter,
        yaw_rate_variance=scatter * gain / (2.0 - gain),
    )


def is_plausible(motion: EgoMotion, plausible: PlausibleParams) -> bool:
    """Finite, and a speed that a car can have."""
    finite = math.isfinite(motion.speed) and math.isfinite(motion.yaw_rate)
    return finite and abs(motion.speed) <= plausible.ego_speed


def drives_backwards(speed: float, reverse_gear: bool) -> bool:
    """The direction of travel: by its sign when moving, else by the gear."""
    return speed < 0.0 if abs(speed) > MOVING else reverse_gear


def predict_path(
    ego: Ego, tyre_angle: float, reverse: bool, vehicle: VehicleParams, params: PathParams
) -> Path:
    """Curvature from yaw rate over speed, steering, and a prior for straight on.

    Each counts with its inverse variance; where yaw rate and steering contradict each other, half
    of the difference is added to the deviation. Low speed takes weight from the yaw rate by itself.
    """
    speed = math.copysign(max(abs(ego.speed), _SLOWEST), -1.0 if reverse else 1.0)
    slowest = max(abs(ego.speed), _STANDS)  # who stands does not turn, whatever the path
    rate_variance = (ego.yaw_rate_variance + params.yaw_rate_floor**2) / slowest**2
    by_rate = ego.yaw_rate / speed
    weights = [1.0 / rate_variance, 1.0 / params.straight_deviation**2]
    values = [by_rate, 0.0]
    conflict = 0.0
    if math.isfinite(tyre_angle):
        by_wheel = math.tan(tyre_angle) / vehicle.wheelbase
        weights.append(1.0 / params.steering_deviation**2)
        values.append(by_wheel)
        spread = math.sqrt(rate_variance + params.steering_deviation**2)
        conflict = max(0.0, abs(by_wheel - by_rate) - 2.0 * spread) / 2.0
    total = sum(weights)
    mean = sum(weight * value for weight, value in zip(weights, values, strict=True)) / total
    tightest = math.tan(vehicle.max_steering_angle) / vehicle.wheelbase
    mean = max(-tightest, min(tightest, mean))
    return Path(mean, math.sqrt(1.0 / total) + conflict, reverse)

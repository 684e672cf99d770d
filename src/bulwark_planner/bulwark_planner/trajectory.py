# SPDX-License-Identifier: Apache-2.0
"""Rolling a plan out in time with a kinematic bicycle whose reference is the rear axle."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bulwark_core.objects import FloatArray
from bulwark_planner.ego_frames import chord

STEP_S = 0.1
HORIZON_S = 4.0


@dataclass(frozen=True)
class State:
    """One point of a trajectory, as bulwark_msgs/TrajectoryPoint: s, m, rad, m/s, m/s^2, rad/s."""

    time: float
    x: float
    y: float
    yaw: float
    speed: float
    acceleration: float
    yaw_rate: float
    steering: float


@dataclass(frozen=True)
class Trajectory:
    """States (N >= 2, 8) in the order of `State`, in base_link at the start, by time."""

    states: FloatArray

    def at(self, time: float) -> State:
        """The state at a time after the start [s], held before the first and after the last."""
        times = self.states[:, 0]
        after = int(np.clip(np.searchsorted(times, time), 1, len(times) - 1))
        share = (time - times[after - 1]) / (times[after] - times[after - 1])
        share = min(max(float(share), 0.0), 1.0)
        step = self.states[after] - self.states[after - 1]
        return State(*(self.states[after - 1] + share * step).tolist())

    def highest_speed(self, until: float) -> float:
        """The highest speed from the start until a time [m/s]."""
        return float(self.states[self.states[:, 0] <= until, 4].max())


@dataclass(frozen=True)
class Limits:
    """What the roll-out keeps: m/s^3, rad/s, rad, m."""

    jerk: float
    steering_rate: float
    steering_angle: float
    wheelbase: float


Accelerate = Callable[[State, float], float]
"""From a state and the distance travelled [m] to the wanted acceleration [m/s^2]."""
Steer = Callable[[State], float]
"""From a state to the wanted tyre angle [rad]."""


def roll_out(
    speed: float,
    acceleration: float,
    steering: float,
    accelerate: Accelerate,
    steer: Steer,
    limits: Limits,
) -> Trajectory:
    """Drive from the origin for `HORIZON_S` as `accelerate` and `steer` want, within limits.

    The first state is the start as given, so a plan that starts on the last one continues it.
    """
    yaw_rate = speed * math.tan(steering) / limits.wheelbase
    state = State(0.0, 0.0, 0.0, 0.0, speed, acceleration, yaw_rate, steering)
    travelled, states = 0.0, [state]
    for index in range(1, round(HORIZON_S / STEP_S) + 1):
        moved = _step(state, index * STEP_S, limits.wheelbase)
        travelled += (state.speed + moved.speed) / 2.0 * STEP_S
        state = _decided(moved, accelerate(moved, travelled), steer(moved), limits)
        states.append(state)
    return Trajectory(np.array([list(vars(state).values()) for state in states]))


def _decided(state: State, acceleration: float, steering: float, limits: Limits) -> State:
    """The state with the wanted inputs, as far as the limits let them change in a step."""
    acceleration = approach(state.acceleration, acceleration, limits.jerk * STEP_S)
    acceleration = max(acceleration, -state.speed / STEP_S)  # the next step ends at standstill
    steering = approach(state.steering, steering, limits.steering_rate * STEP_S)
    steering = min(max(steering, -limits.steering_angle), limits.steering_angle)
    yaw_rate = state.speed * math.tan(steering) / limits.wheelbase
    return replace(state, acceleration=acceleration, steering=steering, yaw_rate=yaw_rate)


def _step(state: State, time: float, wheelbase: float) -> State:
    """The state a step later, on the circle of the tyre angle."""
    speed = max(0.0, state.speed + state.acceleration * STEP_S)
    distance = (state.speed + speed) / 2.0 * STEP_S
    turned = distance * math.tan(state.steering) / wheelbase
    heading, way = state.yaw + turned / 2.0, chord(distance, turned)
    return replace(
        state,
        time=time,
        x=state.x + way * math.cos(heading),
        y=state.y + way * math.sin(heading),
        yaw=state.yaw + turned,
        speed=speed,
        acceleration=state.acceleration if speed > 0.0 else 0.0,
    )


def approach(value: float, target: float, step: float) -> float:
    """`target`, or as near to it as `step` lets `value` come."""
    return min(max(target, value - step), value + step)

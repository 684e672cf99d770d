# SPDX-License-Identifier: Apache-2.0
"""The vehicle's own measurement of its motion, and the pose that follows from it."""

from __future__ import annotations

import math

import numpy as np

from bulwark_core.objects import EgoMotion
from bulwark_world.dynamics import VehicleState
from bulwark_world.params import OdometryParams

_STREAM = 17


class OdometrySensor:
    """Wheel speed and yaw rate with noise; the pose is their integral, so it drifts smoothly."""

    def __init__(self, params: OdometryParams, start: VehicleState, seed: int) -> None:
        self._params = params
        self._rng = np.random.default_rng((seed, _STREAM))
        self._last = EgoMotion(0, start.speed, 0.0, start.x, start.y, start.yaw)

    def measure(self, state: VehicleState, stamp_ns: int) -> EgoMotion:
        """The measurement at this stamp, which must not be before the last one."""
        last = self._last
        speed, yaw_rate = self._twist(state)
        elapsed = (stamp_ns - last.stamp_ns) * 1e-9 if last.stamp_ns else 0.0
        turn = (last.yaw_rate + yaw_rate) / 2.0 * elapsed
        distance, middle = (last.speed + speed) / 2.0 * elapsed, last.yaw + turn / 2.0
        self._last = EgoMotion(
            stamp_ns,
            speed,
            yaw_rate,
            last.x + distance * math.cos(middle),
            last.y + distance * math.sin(middle),
            last.yaw + turn,
        )
        return self._last

    def _twist(self, state: VehicleState) -> tuple[float, float]:
        of_speed, of_yaw_rate = self._rng.standard_normal(2)
        if state.speed == 0.0:
            return 0.0, 0.0
        params = self._params
        speed = state.speed * (1.0 + params.speed_scale) + of_speed * params.speed_noise
        yaw_rate = state.yaw_rate * (1.0 + params.yaw_rate_scale)
        return float(speed), float(yaw_rate + of_yaw_rate * params.yaw_rate_noise)

# SPDX-License-Identifier: Apache-2.0
"""The own vehicle's run without any intervention: where it is when, and its way by distance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bulwark_world.driver import Situation
from bulwark_world.dynamics import STEP_S, Vehicle, VehicleState
from bulwark_world.truth import ego_pose
from bulwark_world.vehicle_interface import VehicleInterface
from bulwark_world.world import World

FloatArray = npt.NDArray[np.float64]

STEP = STEP_S
_LONGEST_S = 60.0


@dataclass(frozen=True)
class FreeRun:
    """A run at T instants.

    times (T,) [s]; poses (T, 3): x, y [m] and yaw [rad] of base_link; gone (T,): distance since the
    start [m]; speeds (T,): along the direction of travel, >= 0 [m/s]. way: distance, x, y, yaw at
    places along the whole way, (W, 4). direction: +1 forward, -1 reverse.
    """

    times: FloatArray
    poses: FloatArray
    gone: FloatArray
    speeds: FloatArray
    way: FloatArray
    direction: int

    def along(self, gone: FloatArray) -> FreeRun:
        """Another run over the same way with these distances (T,)."""
        speeds = np.gradient(gone, self.times) if len(gone) > 1 else self.speeds
        return replace(self, poses=self._at(gone), gone=gone, speeds=np.maximum(speeds, 0.0))

    def going_on(self, i: int, later: FloatArray) -> FloatArray:
        """Poses (L, 3) at so many seconds after instant i, at its speed and curvature."""
        x, y, yaw = self.poses[i]
        j = min(i + 1, len(self.times) - 1)
        moved = self.gone[j] - self.gone[i]
        curvature = (self.poses[j, 2] - yaw) / moved if moved > 1e-6 else 0.0
        gone = self.speeds[i] * later
        turned = gone * curvature
        chord = self.direction * gone * np.sinc(turned / (2.0 * np.pi))
        middle = yaw + turned / 2.0
        return np.stack([x + chord * np.cos(middle), y + chord * np.sin(middle), yaw + turned], 1)

    def _at(self, gone: FloatArray) -> FloatArray:
        distance = self.way[:, 0]
        return np.stack([np.interp(gone, distance, self.way[:, k]) for k in (1, 2, 3)], axis=1)


def free_run(world: World) -> FreeRun:
    """Drive this world to its end with the driver alone."""
    count = round(min(world.end.after_s, _LONGEST_S) / STEP) + 1
    times: FloatArray = np.arange(count, dtype=np.float64) * STEP
    ego = world.ego
    simple = ego.driver is None and ego.plan is None and ego.wheel == 0.0 and world.way.is_straight
    if simple:  # the test robot keeps speed and lane
        return _straight(world, times)
    return _driven(world, times)


def _straight(world: World, times: FloatArray) -> FreeRun:
    ego = world.ego
    gone = ego.speed * times
    x = ego.x + ego.direction * gone
    poses = np.stack([x, np.zeros_like(x), np.zeros_like(x)], axis=1)
    way = np.column_stack([gone, poses]) if ego.speed > 0.0 else np.array([[0.0, ego.x, 0.0, 0.0]])
    return FreeRun(times, poses, gone, np.full_like(times, ego.speed), way, ego.direction)


def _driven(world: World, times: FloatArray) -> FreeRun:
    ego, body = world.ego, world.body
    state = VehicleState(x=ego.x, speed=ego.direction * ego.speed)
    vehicle = Vehicle(body, ego.brake, ego.drive_train, state, ego.direction)
    interface, driver = VehicleInterface(ego.drive_train), world.make_driver()
    rows = [(0.0, ego.x, 0.0, 0.0, ego.speed)]
    for time in times[:-1]:
        before = vehicle.state
        wanted = driver.act(Situation(float(time), before.speed, False, ego_pose(before)))
        state = vehicle.step(interface.actuation(0, wanted, before))
        gone = rows[-1][0] + (abs(before.speed) + abs(state.speed)) / 2.0 * STEP
        rows.append((gone, state.x, state.y, state.yaw, abs(state.speed)))
    table = np.array(rows)
    return FreeRun(times, table[:, 1:4], table[:, 0], table[:, 4], table[:, :4], ego.direction)

# SPDX-License-Identifier: Apache-2.0
"""When the own vehicle gets where, if nothing intervenes: what actors are timed by."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bulwark_core.vehicle import VehicleParams
from bulwark_world.driver import Situation
from bulwark_world.dynamics import STEP_S, Vehicle, VehicleState
from bulwark_world.motion import Pose
from bulwark_world.robot import WayKeeper
from bulwark_world.truth import ego_pose
from bulwark_world.vehicle_interface import VehicleInterface
from bulwark_world.world import Ego
from bulwark_world.yaml_fields import Fields

KMH = 3.6
APPROACH_TIME = 5.5
"""The least time to collision at the start [s]: 4 s, UN R152 6.4.1, and time to settle."""
_SETTLE = 2.0
_LEAST_DISTANCE = 3.0
_LONGEST_S = 60.0


def approach_gap(fields: Fields, ego: Ego, closing: float) -> float:
    """From the bumper to the nearest point [m] by `ahead`, or by time to collision, `ttc_s`.

    Where both are 0: far enough for a steady approach.
    """
    given = fields.number("ahead", 0.0, 0.0, 1000.0)
    by_time = closing * fields.number("ttc_s", 0.0, 0.0, 60.0)
    if given or by_time:
        return given or by_time
    steady = closing * APPROACH_TIME
    stopping = ego.brake.stopping_distance(closing) + _SETTLE * closing if closing > 0.0 else 0.0
    return max(steady, stopping, _LEAST_DISTANCE)


@dataclass(frozen=True)
class Arrival:
    """When [s], and where base_link is then."""

    time_s: float
    pose: Pose


def travel(ego: Ego, body: VehicleParams, distance: float) -> Arrival:
    """When and where the own vehicle has gone this far [m] by itself; time inf: it never does.

    The way is the ego's own, else straight on; places with a way of their own are not known here.
    """
    bends = ego.wheel != 0.0 or not (ego.way is None or ego.way.is_straight)
    if ego.driver is None and ego.plan is None and not bends:
        time = distance / ego.speed if ego.speed > 0.0 else math.inf
        return Arrival(time, Pose(ego.x + ego.direction * distance))
    start = VehicleState(x=ego.x, speed=ego.direction * ego.speed)
    vehicle = Vehicle(body, ego.brake, ego.drive_train, start, ego.direction)
    keeper = WayKeeper(ego.way, body, ego.drive_train) if ego.way else None
    interface, driver = VehicleInterface(ego.drive_train), ego.make_driver(keeper)
    gone = 0.0
    for step in range(round(_LONGEST_S / STEP_S)):
        before = vehicle.state
        situation = Situation(step * STEP_S, before.speed, False, ego_pose(before))
        state = vehicle.step(interface.actuation(0, driver.act(situation), before))
        moved = (abs(before.speed) + abs(state.speed)) / 2.0 * STEP_S
        if gone + moved >= distance:
            return Arrival((step + 1) * STEP_S, ego_pose(state))
        gone += moved
    return Arrival(math.inf, ego_pose(vehicle.state))

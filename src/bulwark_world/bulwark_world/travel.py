# SPDX-License-Identifier: Apache-2.0
"""When the own vehicle gets where, if nothing intervenes: what actors are timed by."""

from __future__ import annotations

from bulwark_core.vehicle import VehicleParams
from bulwark_world.driver import Situation
from bulwark_world.dynamics import STEP_S, Vehicle, VehicleState
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
    """From the bumper to the nearest point [m]; `ahead: 0`: far enough for a steady approach."""
    given = fields.number("ahead", 0.0, 0.0, 1000.0)
    if given > 0.0:
        return given
    steady = closing * APPROACH_TIME
    stopping = ego.brake.stopping_distance(closing) + _SETTLE * closing if closing > 0.0 else 0.0
    return max(steady, stopping, _LEAST_DISTANCE)


def time_to_travel(ego: Ego, body: VehicleParams, distance: float) -> float:
    """Until the own vehicle has gone this far [m] by itself [s]; inf where it never does."""
    if ego.driver is None:
        return distance / ego.speed if ego.speed > 0.0 else float("inf")
    start = VehicleState(speed=ego.direction * ego.speed)
    vehicle = Vehicle(body, ego.brake, ego.drive_train, start, ego.direction)
    interface = VehicleInterface(ego.drive_train)
    gone = 0.0
    for step in range(round(_LONGEST_S / STEP_S)):
        before = vehicle.state
        driver = ego.driver.act(Situation(step * STEP_S, before.speed, False))
        state = vehicle.step(interface.actuation(0, driver, before))
        moved = (abs(before.speed) + abs(state.speed)) / 2.0 * STEP_S
        if gone + moved >= distance > 0.0:
            return (step + (distance - gone) / moved) * STEP_S
        gone += moved
    return float("inf")

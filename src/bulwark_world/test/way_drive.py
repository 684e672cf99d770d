# SPDX-License-Identifier: Apache-2.0
"""Drives a scenario with its driver alone, and finds the moments that standards speak of."""

from dataclasses import dataclass

from bulwark_core.vehicle import VehicleParams
from bulwark_world.attitude import Attitude
from bulwark_world.dynamics import VehicleState
from bulwark_world.params import SensorParams
from bulwark_world.scenario import load_scenario
from bulwark_world.simulation import Simulation
from bulwark_world.truth import Contact, Relation

BODY = VehicleParams()
STEERS = 0.01
"""The tyre angle from which on the car steers [rad]."""


@dataclass(frozen=True)
class Moment:
    """An instant; offset: from the way [m]."""

    time_s: float
    state: VehicleState
    offset: float
    target: Relation | None
    attitude: Attitude
    contact: Contact | None

    @property
    def kmh(self):
        return self.state.speed * 3.6


def drive(name, seconds=None, **values):
    """The built world and a moment for each step until the end of the run or so many seconds."""
    world, _ = load_scenario(name).build(values, 1, BODY)
    simulation = Simulation(world, SensorParams(), 1)
    simulation.wants_scan = simulation.wants_picture = lambda: False
    moments, station = [], 0.0
    while simulation.time_s < (seconds or world.end.after_s) and simulation.contact is None:
        simulation.step()
        state = simulation.state
        station, offset = world.way.project(state.x, state.y, near=station)
        moments.append(
            Moment(
                simulation.time_s,
                state,
                offset,
                simulation.target(),
                simulation.attitude,
                simulation.contact,
            )
        )
    return world, moments


def steer_start(moments):
    """The first moment at which the car steers."""
    return next(m for m in moments if abs(m.state.steering_angle) > STEERS)


def overlap_gone(moments):
    """The first moment from which on the strip straight ahead no longer meets the target.

    Only while the target is still ahead.
    """
    ahead = [m for m in moments if m.target.along > 0.0]
    last = max(i for i, m in enumerate(ahead) if m.target.in_path)
    return ahead[last + 1]

# SPDX-License-Identifier: Apache-2.0
"""When a run is over."""

from __future__ import annotations

from bulwark_world.dynamics import STEP_NS
from bulwark_world.simulation import Simulation


class RunEnd:
    """Says when a run is over; asked after each step."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._has_moved = False
        self._standing_steps = 0

    def reached(self) -> bool:
        """Whether the world's end conditions hold now."""
        simulation, end = self._simulation, self._simulation.world.end
        standing = simulation.state.speed == 0.0
        self._has_moved = self._has_moved or not standing
        self._standing_steps = self._standing_steps + 1 if standing and self._has_moved else 0
        stopped = self._standing_steps * STEP_NS >= end.stopped_s * 1e9 and self._standing_steps > 0
        late = simulation.time_s >= end.after_s
        traffic = simulation.traffic
        there = traffic is not None and traffic.station >= end.station
        return simulation.contact is not None or stopped or late or there or self._passed()

    def _passed(self) -> bool:
        simulation = self._simulation
        if simulation.world.target is None or simulation.index % 10:
            return False
        target, world = simulation.target(), simulation.world
        assert target is not None
        return target.along < -(world.body.length + world.end.passed_m)

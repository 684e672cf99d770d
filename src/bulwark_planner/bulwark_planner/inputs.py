# SPDX-License-Identifier: Apache-2.0
"""What the planner has received, how old it is, and whether it can be driven on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_planner.ego_frames import advance, relative
from bulwark_planner.leader import Obstacle, obstacle_from
from bulwark_planner.messages import RouteTask
from bulwark_planner.route_line import RouteLine

FUTURE_TOLERANCE_S = 0.1
"""A stamp may be this far ahead of the clock [s]."""


@dataclass(frozen=True)
class ObjectsInput:
    """Objects in base_link of the own motion at their stamp."""

    ego: EgoMotion
    objects: tuple[TrackedObject, ...]


@dataclass
class Inputs:
    """The newest of each input; None: never received, or forgotten."""

    timeout: float
    odometry: EgoMotion | None = None
    route: RouteTask | None = None
    route_ego: EgoMotion | None = None
    objects: dict[str, ObjectsInput] = field(default_factory=dict)

    def add_odometry(self, ego: EgoMotion) -> bool:
        """False where time went back: everything older is forgotten."""
        in_order = self.odometry is None or ego.stamp_ns >= self.odometry.stamp_ns
        if not in_order:
            self.route, self.route_ego, self.objects = None, None, {}
        self.odometry = ego
        return in_order

    def add_route(self, route: RouteTask) -> None:
        """Kept only where odometry tells from where it was seen."""
        if self.odometry is not None:
            self.route, self.route_ego = route, advance(self.odometry, route.stamp_ns)

    def add_objects(self, port: str, stamp_ns: int, objects: list[TrackedObject]) -> None:
        """Kept only where odometry tells from where they were seen."""
        if self.odometry is not None:
            self.objects[port] = ObjectsInput(advance(self.odometry, stamp_ns), tuple(objects))

    def cannot_drive(self, now_ns: int) -> str:
        """Why there is nothing to follow; empty where there is."""
        return (
            self._lost("odometry", self.odometry, now_ns)
            or self._lost("route", self.route_ego, now_ns)
            or self._ran_out(now_ns)
        )

    def line(self, ego: EgoMotion) -> RouteLine:
        """The route's line in base_link of `ego`; only where there is a route."""
        assert self.route is not None
        assert self.route_ego is not None
        return self.route.line.moved(relative(self.route_ego, ego))

    def _ran_out(self, now_ns: int) -> str:
        assert self.odometry is not None
        assert self.route is not None
        line = self.line(advance(self.odometry, now_ns))
        behind = line.project(np.zeros((1, 2)))[0][0] > line.length
        return "the route's line ends behind the car" if behind and not self.route.ends_here else ""

    def objects_lost(self, port: str, now_ns: int) -> str:
        """Why the objects of a port cannot be used; empty where they can."""
        received = self.objects.get(port)
        return self._lost(port.replace("_", " "), received.ego if received else None, now_ns)

    def _lost(self, what: str, ego: EgoMotion | None, now_ns: int) -> str:
        if ego is None:
            return f"waiting for {what}"
        age = (now_ns - ego.stamp_ns) * 1e-9
        if age > self.timeout:
            return f"{what} is older than {self.timeout:g} s"
        if age < -FUTURE_TOLERANCE_S:
            return f"{what} has a stamp ahead of the clock"
        return ""

    def obstacles(self, ego: EgoMotion) -> list[Obstacle]:
        """All objects that are not lost, where they are by now, in base_link of `ego`."""
        now_ns, found = ego.stamp_ns, []
        for port, received in self.objects.items():
            if self.objects_lost(port, now_ns):
                continue
            matrix = relative(received.ego, ego)
            dt = (now_ns - received.ego.stamp_ns) * 1e-9
            found += [obstacle_from(tracked, matrix, dt) for tracked in received.objects]
        return found

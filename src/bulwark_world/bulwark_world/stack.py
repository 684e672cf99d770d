# SPDX-License-Identifier: Apache-2.0
"""The stack's own components, set up for the vehicle of a world."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from bulwark_core.component import Component
from bulwark_core.params import build, specs
from bulwark_core.vehicle import VehicleParams
from bulwark_world.world import World

P = TypeVar("P")


class Sensing(str, Enum):
    """What the stack senses with.

    OBJECTS: true objects with errors. LIDAR: ray-cast points through the lidar chain. ALL: the
    camera and the planner as well.
    """

    OBJECTS = "objects"
    LIDAR = "lidar"
    ALL = "all"


OURS = "bulwark"
"""The name of our own supervisor, beside those of `peers`."""


def make_stack(world: World, sensing: Sensing, supervisor: str = OURS) -> list[Component]:
    """The components of a run, in the order in which the offline host serves them."""
    from bulwark_obstacles.component import StaticObstacles
    from bulwark_obstacles.params import StaticObstaclesParams

    settings = _vehicle_settings(world.body) | _brake_settings(world)
    obstacles = StaticObstacles(_params(StaticObstaclesParams, settings))
    obstacles.gives_free_space = False  # no component reads it
    planner: list[Component] = []
    if world.ego.engaged or sensing is Sensing.ALL:
        planner = _planner(settings, follows=world.ego.follows)
    judge = _supervisor(supervisor, world.body, settings)
    return [*_perception(sensing, settings), obstacles, *planner, judge]


def _supervisor(name: str, body: VehicleParams, settings: Mapping[str, Any]) -> Component:
    if name != OURS:
        from bulwark_world.peers import make_peer

        return make_peer(name, body)
    from bulwark_aeb.component import AebSupervisor
    from bulwark_aeb.params import AebParams

    return AebSupervisor(_params(AebParams, settings))


def _perception(sensing: Sensing, settings: Mapping[str, Any]) -> list[Component]:
    if sensing is Sensing.OBJECTS:
        return []
    from bulwark_lidar.component import LidarPerception
    from bulwark_lidar.params import LidarParams

    lidar = LidarPerception(_params(LidarParams, settings))
    if sensing is Sensing.LIDAR:
        return [lidar]
    from bulwark_camera.component import CameraPerception
    from bulwark_camera.params import CameraParams

    return [lidar, CameraPerception(_params(CameraParams, settings))]


def _planner(settings: Mapping[str, Any], *, follows: bool) -> list[Component]:
    from bulwark_planner.component import Planner
    from bulwark_planner.params import PlannerParams

    # Outside traffic the supervisor is what is tested: the planner must not stop before it has to.
    return [Planner(_params(PlannerParams, {**settings, "follow_objects": follows}))]


def _vehicle_settings(body: VehicleParams) -> dict[str, Any]:
    return {f"vehicle.{name}": value for name, value in dataclasses.asdict(body).items()}


def _brake_settings(world: World) -> dict[str, Any]:
    brake = dataclasses.asdict(world.ego.declared_brake)
    return {f"brake.{name}": value for name, value in brake.items()}


def _params(params_class: type[P], settings: Mapping[str, Any]) -> P:
    """The class's parameters with those of the settings that it has."""
    known = {spec.name for spec in specs(params_class)}
    chosen = tuple((name, value) for name, value in settings.items() if name in known)
    kind: type = params_class
    params: P = _built(kind, chosen)
    return params


@lru_cache(maxsize=64)
def _built(params_class: type, settings: tuple[tuple[str, Any], ...]) -> Any:
    """Parameters never change: all runs with the same ones share them."""
    return build(params_class, dict(settings))

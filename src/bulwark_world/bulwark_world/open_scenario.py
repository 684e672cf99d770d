# SPDX-License-Identifier: Apache-2.0
"""A world's actors and weather as OpenSCENARIO."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bulwark_core.objects import ObjectClass
from bulwark_world.actors import STANDING, Actor
from bulwark_world.kinds import Kind
from bulwark_world.scenario_export import AUTHOR, library
from bulwark_world.weather import Weather
from bulwark_world.world import World

_STEP_S = 0.1
_EGO = "ego"
_VEHICLES = {ObjectClass.CAR: "car", ObjectClass.TRUCK: "truck", ObjectClass.CYCLIST: "bicycle"}


def storyline(world: World, name: str, road_file: str) -> Any:
    """The own vehicle at its start, and actors that move on trajectories over time."""
    xosc = library("xosc")
    entities, init = xosc.Entities(), xosc.Init()
    entities.add_scenario_object(_EGO, _own_vehicle(xosc, world))
    x, speed = world.ego.x, world.ego.direction * world.ego.speed
    _start(xosc, init, _EGO, xosc.WorldPosition(x, 0.0, 0.0, 0.0), speed)
    _add_weather(xosc, init, world.weather)
    board = xosc.StoryBoard(init, _after(xosc, "end", world.end.after_s, "stop"))
    for actor in world.actors:
        entities.add_scenario_object(actor.name, _entity(xosc, actor.kind))
        _start(xosc, init, actor.name, _position(xosc, actor, 0.0), actor.profile.speed(0.0))
        if actor.profile is not STANDING:
            board.add_maneuver(_motion(xosc, actor, world.end.after_s), actor.name)
    return xosc.Scenario(
        name, AUTHOR, xosc.ParameterDeclarations(), entities, board,
        xosc.RoadNetwork(road_file), xosc.Catalog(), osc_minor_version=2,
    )  # fmt: skip


def _start(xosc: Any, init: Any, name: str, place: Any, speed: float) -> None:
    at_once = xosc.TransitionDynamics(xosc.DynamicsShapes.step, xosc.DynamicsDimension.time, 0.0)
    init.add_init_action(name, xosc.TeleportAction(place))
    init.add_init_action(name, xosc.AbsoluteSpeedAction(speed, at_once))


def _position(xosc: Any, actor: Actor, time_s: float) -> Any:
    pose = actor.pose(time_s)
    return xosc.WorldPosition(pose.x, pose.y, 0.0, pose.yaw)


def _motion(xosc: Any, actor: Actor, until_s: float) -> Any:
    times = [float(t) for t in np.arange(0.0, until_s + _STEP_S, _STEP_S)]
    trajectory = xosc.Trajectory(f"{actor.name}_trajectory", False)
    trajectory.add_shape(xosc.Polyline(times, [_position(xosc, actor, t) for t in times]))
    follow = xosc.FollowTrajectoryAction(
        trajectory, xosc.FollowingMode.position, xosc.ReferenceContext.absolute, 1.0, 0.0
    )
    event = xosc.Event(f"{actor.name}_moves", xosc.Priority.override)
    event.add_trigger(_after(xosc, f"{actor.name}_start", 0.0, "start"))
    event.add_action(f"{actor.name}_follow", follow)
    maneuver = xosc.Maneuver(f"{actor.name}_maneuver")
    maneuver.add_event(event)
    return maneuver


def _after(xosc: Any, name: str, time_s: float, point: str) -> Any:
    condition = xosc.SimulationTimeCondition(time_s, xosc.Rule.greaterOrEqual)
    return xosc.ValueTrigger(name, 0.0, xosc.ConditionEdge.none, condition, point)


def _own_vehicle(xosc: Any, world: World) -> Any:
    body = world.body
    middle = (body.front + body.rear) / 2.0
    bounds = xosc.BoundingBox(body.width, body.length, body.height, middle, 0.0, body.height / 2.0)
    front = xosc.Axle(body.max_steering_angle, 0.64, 0.84 * body.width, body.wheelbase, 0.32)
    rear = xosc.Axle(0.0, 0.64, 0.84 * body.width, 0.0, 0.32)
    train, brake = world.ego.drive_train, world.ego.brake
    return xosc.Vehicle(
        _EGO, xosc.VehicleCategory.car, bounds, front, rear, 70.0,
        train.max_acceleration, brake.deceleration,
    )  # fmt: skip


def _entity(xosc: Any, kind: Kind) -> Any:
    height = kind.height - kind.clearance
    bounds = xosc.BoundingBox(
        kind.width, kind.length, height, 0.0, 0.0, kind.clearance + height / 2.0
    )
    if kind.object_class is ObjectClass.PEDESTRIAN:
        return xosc.Pedestrian(kind.name, 80.0, xosc.PedestrianCategory.pedestrian, bounds)
    if kind.object_class in _VEHICLES:
        category = getattr(xosc.VehicleCategory, _VEHICLES[kind.object_class])
        front = xosc.Axle(0.6, 0.64, 0.84 * kind.width, 0.3 * kind.length, 0.32)
        rear = xosc.Axle(0.0, 0.64, 0.84 * kind.width, -0.3 * kind.length, 0.32)
        return xosc.Vehicle(kind.name, category, bounds, front, rear, 70.0, 5.0, 9.0)
    return xosc.MiscObject(kind.name, 100.0, xosc.MiscObjectCategory.obstacle, bounds)


def _add_weather(xosc: Any, init: Any, weather: Weather) -> None:
    falls = max(weather.rain, weather.snow)
    if falls == 0.0 and math.isinf(weather.fog):
        return
    rain, snow = xosc.PrecipitationType.rain, xosc.PrecipitationType.snow
    kind = snow if weather.snow > weather.rain else rain
    seen = None if math.isinf(weather.fog) else xosc.Fog(weather.fog)
    conditions = xosc.Weather(
        xosc.FractionalCloudCover.eightOktas,
        fog=seen,
        precipitation=xosc.Precipitation(kind, falls) if falls > 0.0 else None,
    )
    init.add_global_action(xosc.EnvironmentAction(xosc.Environment("weather", weather=conditions)))

# SPDX-License-Identifier: Apache-2.0
"""A world's road as OpenDRIVE."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from bulwark_world.actors import STANDING, Actor
from bulwark_world.line import Section
from bulwark_world.place import Place
from bulwark_world.relief import Relief
from bulwark_world.scenario_export import library
from bulwark_world.world import World

_SHOULDER = 0.05  # narrower ones are none [m]


def road_network(world: World, name: str) -> Any:
    """One road along the place's way; its s is the station from the way's start."""
    xodr, place = library("xodr"), world.place
    road = xodr.Road(1, _plan_view(xodr, place), _lanes(xodr, place))
    _elevate(road, place)
    standing = [actor for actor in world.actors if actor.profile is STANDING]
    for actor in (*standing, *world.furniture):
        road.add_object(_object(xodr, place, actor))
    network = xodr.OpenDrive(name)
    network.add_road(road)
    network.adjust_roads_and_lanes()
    return network


def _plan_view(xodr: Any, place: Place) -> Any:
    way = place.way
    view = xodr.PlanView(way.start, 0.0, 0.0)
    for section in way.line.sections:
        view.add_geometry(_geometry(xodr, section))
    return view


def _geometry(xodr: Any, section: Section) -> Any:
    if section.is_straight:
        return xodr.Line(section.length)
    if section.start_curvature == section.end_curvature:
        return xodr.Arc(section.start_curvature, length=section.length)
    return xodr.Spiral(section.start_curvature, section.end_curvature, length=section.length)


def _lanes(xodr: Any, place: Place) -> Any:
    """Lanes from the line to the left of the own one: right ones are driven, left ones come."""
    lines = place.lane_lines
    middle = min((y for y in lines if y > 0.0), default=place.left_edge)
    section = xodr.LaneSection(0.0, xodr.standard_lane(0.0, _mark(xodr)))
    for side, edge, add in (
        (-1.0, place.right_edge, section.add_right_lane),
        (1.0, place.left_edge, section.add_left_lane),
    ):
        borders = sorted(side * (y - middle) for y in lines if side * (y - middle) >= 0.0)
        for near, far in pairwise(borders):
            lane = xodr.Lane(xodr.LaneType.driving, far - near)
            lane.add_roadmark(_mark(xodr))
            add(lane)
        rest = side * (edge - middle) - (borders[-1] if borders else 0.0)
        if rest > _SHOULDER:
            add(xodr.Lane(xodr.LaneType.shoulder, rest))
    lanes = xodr.Lanes()
    lanes.add_laneoffset(xodr.LaneOffset(0.0, middle))
    lanes.add_lanesection(section)
    return lanes


def _mark(xodr: Any) -> Any:
    return xodr.RoadMark(xodr.RoadMarkType.solid, 0.12)


def _elevate(road: Any, place: Place) -> None:
    """Heights that the whole ground has; others are not told."""
    surface = place.surface
    if not isinstance(surface, Relief) or math.isfinite(surface.half_width):
        return
    points = [(s - place.way.start, z) for s, z in surface.profile]
    if points[0][0] > 0.0:
        points.insert(0, (0.0, points[0][1]))
    for (s0, z0), (s1, z1) in pairwise(points):
        if s1 > 0.0:
            road.add_elevation(max(s0, 0.0), z0, (z1 - z0) / (s1 - s0), 0.0, 0.0)
    last, height = points[-1]
    road.add_elevation(last, height, 0.0, 0.0, 0.0)


def _object(xodr: Any, place: Place, actor: Actor) -> Any:
    way, kind = place.way, actor.kind
    station, offset = way.project(actor.start.x, actor.start.y)
    heading = math.remainder(actor.start.yaw - way.pose(station).yaw, 2.0 * math.pi)
    return xodr.Object(
        station - way.start,
        offset,
        xodr.ObjectType.obstacle,
        subtype=kind.name,
        name=actor.name,
        zOffset=kind.clearance,
        hdg=heading,
        length=kind.length,
        width=kind.width,
        height=kind.height - kind.clearance,
    )

# SPDX-License-Identifier: Apache-2.0
"""Where a scenario's actors start: relative to the own body and path, in a scenario's words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from bulwark_core.vehicle import VehicleParams
from bulwark_world.actors import STANDING, Actor
from bulwark_world.crossing import read_crossing, read_meeting, read_turning
from bulwark_world.kinds import Kind, kinds
from bulwark_world.lane_change import read_lane_change
from bulwark_world.line import Line
from bulwark_world.motion import Phase, Pose, SpeedProfile
from bulwark_world.travel import KMH, approach_gap, travel
from bulwark_world.way_fields import read_sections
from bulwark_world.world import Ego
from bulwark_world.yaml_fields import Fields

__all__ = ["KMH", "overlap_offset", "read_actor", "read_actors"]


def read_actors(
    fields: Fields, name: str, ego: Ego, body: VehicleParams, others: Mapping[str, Actor]
) -> dict[str, Actor]:
    """An actor, or with `repeat` a row of them across the way. Raises ScenarioError.

    `repeat: {count, gap}`: so many, with that much free room [m] between two.
    """
    repeat = fields.fields("repeat")
    count = round(repeat.number("count", 1, 1, 20))
    gap = repeat.number("gap", 1.0, 0.0, 20.0)
    repeat.finish()
    actor = read_actor(fields, name, ego, body, others)
    if count == 1:
        return {name: actor}
    y = actor.footprint(0.0)[:, 1]
    pitch = gap + float(y.max() - y.min())
    places = [(i - (count - 1) / 2.0) * pitch for i in range(count)]
    names = [f"{name}_{i + 1}" for i in range(count)]
    return {
        each: replace(actor, name=each, start=replace(actor.start, y=actor.start.y + place))
        for each, place in zip(names, places, strict=True)
    }


def read_actor(
    fields: Fields, name: str, ego: Ego, body: VehicleParams, others: Mapping[str, Actor]
) -> Actor:
    """An actor from its part of a scenario file; others were read before. Raises ScenarioError."""
    kind = kinds()[fields.text("kind", choices=kinds())]
    if "cross" in fields:
        actor = read_crossing(fields, name, kind, ego, body)
    elif "meet" in fields:
        actor = read_meeting(fields, name, kind, ego, body)
    elif "turn" in fields:
        actor = read_turning(fields, name, kind, ego, body)
    elif "at" in fields:
        actor = _placed(fields, name, kind)
    else:
        actor = _along(fields, name, kind, ego, body, others)
    if "path" in fields:
        actor = replace(actor, path=Line(read_sections(fields.items("path")), actor.start))
    fields.finish()
    return actor


def _placed(fields: Fields, name: str, kind: Kind) -> Actor:
    """One whose middle starts at a place of the world."""
    at = fields.fields("at")
    heading = math.radians(at.number("heading_deg", 0.0, -180.0, 180.0))
    start = Pose(at.number("x", None, -500.0, 2000.0), at.number("y", None, -200.0, 200.0), heading)
    at.finish()
    speed = fields.number("speed_kmh", 0.0, 0.0, 200.0) / KMH
    phases = _phases(fields.items("speed_changes"))
    profile = SpeedProfile(speed, phases) if speed or phases else STANDING
    return Actor(name, kind, start, profile)


def _along(
    fields: Fields,
    name: str,
    kind: Kind,
    ego: Ego,
    body: VehicleParams,
    others: Mapping[str, Actor],
) -> Actor:
    """One that stands or moves along its heading, ahead in the direction of travel."""
    yaw = math.radians(fields.number("heading_deg", 0.0, -180.0, 180.0))
    speed = fields.number("speed_kmh", 0.0, 0.0, 200.0) / KMH
    outline = Pose(yaw=yaw).to_world(kind.outline)
    low, high = outline.min(axis=0), outline.max(axis=0)
    if fields.flag("on_way", False):
        return _on_way(fields, name, kind, ego, body)
    if "before" in fields:
        x = _before(fields, ego.direction, float(high[0] - low[0]), others)
    else:
        gap = _gap(fields, ego, speed * math.cos(yaw) * ego.direction)
        near = low[0] if ego.direction > 0 else high[0]
        x = ego.x + (body.front if ego.direction > 0 else body.rear) + ego.direction * gap - near
    y = _lateral(fields, body, width=float(high[1] - low[1]))
    phases = _phases(fields.items("speed_changes"))
    profile = SpeedProfile(speed, phases) if speed or phases else STANDING
    actor = Actor(name, kind, Pose(float(x), y, yaw), profile)
    if "lane_change" in fields:
        return read_lane_change(fields, actor, ego, body, others)
    return actor


def _on_way(fields: Fields, name: str, kind: Kind, ego: Ego, body: VehicleParams) -> Actor:
    """One that stands where the leading bumper gets on the own way, which may bend."""
    gap = _gap(fields, ego, 0.0)
    there = travel(ego, body, gap).pose
    edge = body.front if ego.direction > 0 else body.rear
    centre = Pose(yaw=there.yaw).to_world(
        np.array([[edge + ego.direction * kind.length / 2.0, _lateral(fields, body, kind.width)]])
    )[0]
    return Actor(
        name, kind, Pose(there.x + float(centre[0]), there.y + float(centre[1]), there.yaw)
    )


def _before(fields: Fields, direction: int, length: float, others: Mapping[str, Actor]) -> float:
    """The place of one that stands so much nearer than another one, seen in the own direction."""
    part = fields.fields("before")
    other = others.get(part.text("actor", choices=others))
    assert other is not None
    gap = part.number("gap", None, 0.0, 200.0)
    part.finish()
    edge = direction * other.start.to_world(other.kind.outline)[:, 0]
    return direction * (float(edge.min()) - gap - length / 2.0)


def _gap(fields: Fields, ego: Ego, speed: float) -> float:
    """From the bumper to the nearest point of one that moves away at `speed` [m/s]."""
    fields.ignore("headway_s")
    if "headway_s" in fields and fields.number("ahead", 0.0) == 0.0:
        return fields.number("headway_s", None, 0.1, 10.0) * ego.speed
    return approach_gap(fields, ego, max(ego.speed - speed, 0.0))


def _lateral(fields: Fields, body: VehicleParams, width: float) -> float:
    """Where the middle is across the path: by `overlap`, `location`, `beside` or `lateral`.

    `offset_m` moves it further to the left: the tolerance of a test.
    """
    offset = fields.number("offset_m", 0.0, -5.0, 5.0)
    return offset + _middle(fields, body, width)


def _middle(fields: Fields, body: VehicleParams, width: float) -> float:
    given = [name for name in ("overlap", "location", "beside", "lateral") if name in fields]
    if len(given) > 1:
        raise fields.error(given[1], f"cannot be combined with {given[0]}")
    if "beside" in fields:
        clearance = fields.number("beside", None, -50.0, 50.0)
        return math.copysign(body.width / 2.0 + width / 2.0 + abs(clearance), clearance)
    if "lateral" in fields:
        return fields.number("lateral", None, -100.0, 100.0)
    if "location" in fields:
        return (0.5 - fields.number("location", None, -1.0, 2.0)) * body.width
    return overlap_offset(fields.number("overlap", 1.0, -1.0, 1.0), body.width, width)


def overlap_offset(overlap: float, own_width: float, width: float) -> float:
    """Lateral place of something `width` wide that covers a share of the own width [m].

    overlap: 1 or -1: in the middle; else the share that is covered from the left (positive) or
    right (negative). Something narrower than that share lies in the middle at most.
    """
    if abs(overlap) >= 1.0:
        return 0.0
    offset = own_width / 2.0 + width / 2.0 - abs(overlap) * own_width
    return math.copysign(max(offset, 0.0), overlap)


def _phases(changes: Iterable[Fields]) -> list[Phase]:
    phases = []
    for change in changes:
        phases.append(
            Phase(
                change.number("at_s", None, 0.0),
                change.number("to_kmh", None, 0.0, 200.0) / KMH,
                change.number("rate", None, 0.01, 20.0),
                change.number("ramp_s", 0.0, 0.0, 5.0),
            )
        )
        change.finish()
    return sorted(phases, key=lambda phase: phase.start_s)

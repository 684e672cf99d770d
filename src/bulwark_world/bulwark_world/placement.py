# SPDX-License-Identifier: Apache-2.0
"""Where a scenario's actors start: relative to the own body and path, in a scenario's words."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bulwark_core.vehicle import VehicleParams
from bulwark_world.actors import STANDING, Actor
from bulwark_world.kinds import Kind, kinds
from bulwark_world.motion import Phase, Pose, SpeedProfile
from bulwark_world.world import Ego
from bulwark_world.yaml_fields import Fields

KMH = 3.6
APPROACH_TIME = 5.5
"""The least time to collision at the start [s]: 4 s, UN R152 6.4.1, and time to settle."""
_SETTLE = 2.0
_LEAST_DISTANCE = 3.0
_STEP_OFF = 3.0  # m/s^2: at walking speed within 0.4 m; 1.5 m are allowed, FMVSS 127 S8.2


def read_actor(fields: Fields, name: str, ego: Ego, body: VehicleParams) -> Actor:
    """An actor from its part of a scenario file. Raises ScenarioError."""
    kind = kinds()[fields.text("kind", choices=kinds())]
    if "cross" in fields:
        actor = _crossing(fields, name, kind, ego, body)
    else:
        actor = _along(fields, name, kind, ego, body)
    fields.finish()
    return actor


def _along(fields: Fields, name: str, kind: Kind, ego: Ego, body: VehicleParams) -> Actor:
    """One that stands or moves along its heading, ahead in the direction of travel."""
    yaw = math.radians(fields.number("heading_deg", 0.0, -180.0, 180.0))
    speed = fields.number("speed_kmh", 0.0, 0.0, 200.0) / KMH
    closing = max(ego.speed - speed * math.cos(yaw) * ego.direction, 0.0)
    gap = _gap(fields, ego, closing)
    outline = Pose(yaw=yaw).to_world(kind.outline)
    low, high = outline.min(axis=0), outline.max(axis=0)
    x = (
        ego.x + body.front + gap - low[0]
        if ego.direction > 0
        else ego.x + body.rear - gap - high[0]
    )
    y = _lateral(fields, body, width=float(high[1] - low[1]))
    phases = _phases(fields.items("speed_changes"))
    profile = SpeedProfile(speed, phases) if speed or phases else STANDING
    return Actor(name, kind, Pose(float(x), y, yaw), profile)


def _crossing(fields: Fields, name: str, kind: Kind, ego: Ego, body: VehicleParams) -> Actor:
    """One that walks across the path so that it would be hit at a place across the front."""
    cross = fields.fields("cross")
    side = -1.0 if cross.text("from", choices=("left", "right")) == "right" else 1.0
    location = cross.number("location", 0.5, 0.0, 1.0)
    start = cross.number("start_m", 4.0, 0.5, 30.0)
    speed = cross.number("speed_kmh", None, 0.5, 80.0) / KMH
    cross.finish()
    gap = _gap(fields, ego, ego.speed)
    walked = start + (location - 0.5) * body.width  # 0: the edge that is nearer to the start
    begin = gap / max(ego.speed, 0.1) - walked / speed - speed / (2.0 * _STEP_OFF)
    if begin < 0.0:
        raise fields.error(
            "cross", f"must begin {-begin:.1f} s before the start; more `ahead` or less `start_m`"
        )
    front = ego.x + (body.front + gap if ego.direction > 0 else body.rear - gap)
    x = front + ego.direction * kind.width / 2.0  # its width lies along the road
    pose = Pose(x, side * start, -side * math.pi / 2.0)
    return Actor(name, kind, pose, SpeedProfile(0.0, [Phase(begin, speed, _STEP_OFF)]))


def _gap(fields: Fields, ego: Ego, closing: float) -> float:
    """From the bumper to the nearest point; 0 in the file: far enough for a steady approach."""
    given = fields.number("ahead", 0.0, 0.0, 1000.0)
    if given > 0.0:
        return given
    steady = closing * APPROACH_TIME
    stopping = ego.brake.stopping_distance(closing) + _SETTLE * closing if closing > 0.0 else 0.0
    return max(steady, stopping, _LEAST_DISTANCE)


def _lateral(fields: Fields, body: VehicleParams, width: float) -> float:
    """Where the middle is across the path: by `overlap`, `beside` or `lateral`."""
    given = [name for name in ("overlap", "beside", "lateral") if name in fields]
    if len(given) > 1:
        raise fields.error(given[1], f"cannot be combined with {given[0]}")
    if "beside" in fields:
        clearance = fields.number("beside", None, -50.0, 50.0)
        return math.copysign(body.width / 2.0 + width / 2.0 + abs(clearance), clearance)
    if "lateral" in fields:
        return fields.number("lateral", None, -100.0, 100.0)
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
            )
        )
        change.finish()
    return sorted(phases, key=lambda phase: phase.start_s)

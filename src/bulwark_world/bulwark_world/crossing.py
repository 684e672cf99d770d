# SPDX-License-Identifier: Apache-2.0
"""Actors that cross the own path, timed so that they would be hit at a stated place."""

from __future__ import annotations

import math

from bulwark_core.vehicle import VehicleParams
from bulwark_world.actors import Actor
from bulwark_world.kinds import Kind
from bulwark_world.line import Line, Section
from bulwark_world.motion import Phase, Pose, SpeedProfile
from bulwark_world.travel import KMH, approach_gap, travel
from bulwark_world.way import bend
from bulwark_world.world import Ego
from bulwark_world.yaml_fields import Fields

_FRONT_REACH = 5.0  # m: how far beyond the bend of the own way a meeting may be
_STEP_OFF = 3.0  # m/s^2: at walking speed within 0.4 m; 1.5 s are allowed, FMVSS 127 S8.2


def read_crossing(fields: Fields, name: str, kind: Kind, ego: Ego, body: VehicleParams) -> Actor:
    """One that goes straight across, at right angles or aslant. Raises ScenarioError.

    It is hit with the point at `at_length` of its length, from its front, at `location` across the
    own front, from the edge that is nearer to where it comes from.
    """
    cross = fields.fields("cross")
    side = -1.0 if cross.text("from", choices=("left", "right")) == "right" else 1.0
    location = cross.number("location", 0.5, 0.0, 1.0)
    start = cross.number("start_m", 4.0, 0.5, 120.0)
    speed = cross.number("speed_kmh", None, 0.5, 100.0) / KMH
    behind = (cross.number("at_length", 0.5, 0.0, 1.0) - 0.5) * kind.length
    rate = _step_off(cross, speed)
    moving = cross.flag("moving", False)  # at speed all the time, and from as far as that takes
    cross.finish()
    gap, gone = _gap_and_way(fields, ego, start, speed, rate, location * body.width)
    arrival = _arrival(fields, "cross", ego, body, gap)
    across = (location - 0.5) * body.width + behind  # of its middle, from the own middle line
    if moving:
        start = speed * arrival - across
        profile = SpeedProfile(speed)
    else:
        begin = arrival - (start + across + gone) / speed
        if begin < 0.0:
            raise fields.error(
                "cross",
                f"must begin {-begin:.1f} s before the start; more `ahead` or less `start_m`",
            )
        profile = SpeedProfile(0.0, [Phase(begin, speed, rate)])
    front = ego.x + (body.front + gap if ego.direction > 0 else body.rear - gap)
    x = front + ego.direction * kind.width / 2.0  # its width lies along the road
    return Actor(name, kind, Pose(x, side * start, -side * math.pi / 2.0), profile)


def _arrival(fields: Fields, name: str, ego: Ego, body: VehicleParams, distance: float) -> float:
    """When the own vehicle has gone this far [s]."""
    time = travel(ego, body, distance).time_s
    if math.isinf(time):
        raise fields.error(
            name, f"cannot be timed: the own vehicle never gets {distance:.1f} m far"
        )
    return time


def _step_off(cross: Fields, speed: float) -> float:
    """Its acceleration [m/s^2]: by `accelerate_m`, the way to its speed, or by itself."""
    if "accelerate_m" in cross:
        return speed**2 / (2.0 * cross.number("accelerate_m", None, 0.05, 50.0))
    return _STEP_OFF


def _gap_and_way(
    fields: Fields, ego: Ego, start: float, speed: float, rate: float, width: float
) -> tuple[float, float]:
    """The own way to go [m], and what it lags behind by not starting at speed [m].

    Without `ahead` and `ttc_s` the way is long enough for it to begin after the start.
    """
    lag = speed**2 / (2.0 * rate)
    gap = approach_gap(fields, ego, ego.speed)
    given = fields.number("ahead", 0.0) or fields.number("ttc_s", 0.0)
    if given == 0.0 and ego.speed > 0.0:
        gap = max(gap, ego.speed * ((start + width + lag) / speed + 0.5))
    return gap, lag


def read_meeting(fields: Fields, name: str, kind: Kind, ego: Ego, body: VehicleParams) -> Actor:
    """One that comes towards in a lane that the own way bends across. Raises ScenarioError.

    Its front is where the middle of the own front would then get to the middle of its lane.
    """
    meet = fields.fields("meet")
    lateral = meet.number("lateral", 3.5, 1.0, 12.0)
    speed = meet.number("speed_kmh", None, 1.0, 100.0) / KMH
    meet.finish()
    if ego.way is None:
        raise fields.error("meet", "needs an own `way` that bends to the left")
    end = ego.way.end + _FRONT_REACH
    low, high = 0.0, end
    if _front(ego, body, end).y < lateral:
        raise fields.error("meet.lateral", "is not reached by the own way")
    for _ in range(50):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _front(ego, body, middle).y < lateral else (low, middle)
    arrival, met = _arrival(fields, "meet", ego, body, low), _front(ego, body, low).x
    start = Pose(met + kind.length / 2.0 + speed * arrival, lateral, math.pi)
    return Actor(name, kind, start, SpeedProfile(speed))


def _front(ego: Ego, body: VehicleParams, station: float) -> Pose:
    """The middle of the front bumper when base_link is at this station of the own way."""
    assert ego.way is not None
    return ego.way.pose(station).ahead(body.front)


def read_turning(fields: Fields, name: str, kind: Kind, ego: Ego, body: VehicleParams) -> Actor:
    """One that comes towards the own vehicle and turns across its path. Raises ScenarioError.

    Its middle is in the middle of the own path when the own front would get there.
    """
    turn = fields.fields("turn")
    lateral = turn.number("lateral", 3.5, 1.0, 12.0)  # of its lane, on the left
    speed = turn.number("speed_kmh", None, 1.0, 60.0) / KMH
    radius = turn.number("radius", 9.0, 4.0, 50.0)
    easing = turn.number("easing", 4.0, 0.5, 30.0)
    angle = math.radians(turn.number("angle_deg", 90.0, 20.0, 120.0))
    turn.finish()
    gap = approach_gap(fields, ego, ego.speed + speed)
    arrival = _arrival(fields, "turn", ego, body, gap)
    sections = bend(radius, angle, easing)
    along, to_cross = _crossing_of(Line(sections), lateral)
    if math.isinf(to_cross):
        raise fields.error("turn", "does not reach the own path: a larger angle or radius")
    straight = max(speed * arrival - to_cross, 0.0)
    met = ego.x + body.front + gap
    start = Pose(met + along + straight, lateral, math.pi)
    begin = max(arrival - (straight + to_cross) / speed, 0.0)
    profile = SpeedProfile(speed) if begin == 0.0 else SpeedProfile(0.0, [Phase(begin, speed, 5.0)])
    return Actor(name, kind, start, profile, Line([Section(straight), *sections], start))


def _crossing_of(line: Line, lateral: float) -> tuple[float, float]:
    """Where a line from the origin along x comes to be so far to the left: x and arc length [m]."""
    low, high = 0.0, line.length + 100.0
    if line.pose(high).y < lateral:
        return math.inf, math.inf
    for _ in range(50):
        middle = (low + high) / 2.0
        low, high = (middle, high) if line.pose(middle).y < lateral else (low, middle)
    return line.pose(low).x, low

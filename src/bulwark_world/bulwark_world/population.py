# SPDX-License-Identifier: Apache-2.0
"""Who is around the own vehicle: agents come where nobody sees it, and go when they are far off."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bulwark_world.agents import Agent, Vehicle
from bulwark_world.idm import Manner
from bulwark_world.kinds import Kind, kinds
from bulwark_world.lanes import Lane, lanes_of
from bulwark_world.motion import Pose
from bulwark_world.place import Place
from bulwark_world.traffic_plan import TrafficPlan
from bulwark_world.walkers import Walker

AHEAD, BEHIND = 190.0, 160.0
"""How far agents go along the way from the own vehicle [m]."""
UNSEEN = 125.0
"""As far off as that nobody sees one come: sensors reach less [m]."""
_DEPTH = 30.0  # of the strip where they come [m]
_HEADWAY_S, _ROOM = 1.6, 12.0
_LOOKS_AHEAD = 200.0
_CLOSING = 8.0  # faster than the own vehicle, at most, comes nobody from behind [m/s]
_CLEAR_START = (-90.0, 25.0)  # no one is here on the own way at first [m]
_TRUCK_MPS = 23.6  # 85 km/h
_CYCLIST_MPS = (3.5, 6.0)
_WALKER_MPS = (1.0, 1.6)
_SPAN_KM = (AHEAD + BEHIND) / 1000.0
_TRUCK_LANES = 2


@dataclass(frozen=True)
class Around:
    """What a newcomer has to fit in: who is there, the own station, place and speed [m, m/s]."""

    time_s: float
    agents: Sequence[Agent]
    station: float
    pose: Pose
    pace: float
    first: bool = False


class Population:
    """Draws agents, the same for the same seed and the same course of events."""

    def __init__(self, plan: TrafficPlan, place: Place, seed: int) -> None:
        self.plan, self.place = plan, place
        self.lanes = lanes_of(place, round(plan.oncoming_lanes))
        self._random = random.Random(f"traffic {seed} {plan.variant!r}")
        self._serial = 0
        own = [lane for lane in self.lanes if lane.direction > 0]
        towards = [lane for lane in self.lanes if lane.direction < 0]
        edge = place.right_edge + plan.edge
        beside = Lane(edge, 2.0 * plan.edge)
        self._groups: dict[str, tuple[int, Callable[[Around], Agent | None]]] = {
            "same": (
                _count(plan.vehicles * len(own)),
                lambda around: self._vehicle(own, around),
            ),
            "towards": (
                _count(plan.oncoming * len(towards)),
                lambda around: self._vehicle(towards, around),
            ),
            "cyclist": (_count(plan.cyclists), lambda around: self._cyclist(beside, around)),
            "walker": (_count(plan.pedestrians), self._walker),
        }
        self._group_of: dict[int, str] = {}

    def gone(self, agents: Iterable[Agent], time_s: float, station: float) -> set[int]:
        """The serials of those who are too far off."""
        return {
            agent.serial
            for agent in agents
            if not -BEHIND <= agent.spot(time_s).station - station <= AHEAD
        }

    def newcomers(self, around: Around) -> list[Agent]:
        """At most one of each group; at first as many as there shall be."""
        there, found = list(around.agents), []
        for name, (wanted, make) in self._groups.items():
            missing = wanted - sum(self._group_of[agent.serial] == name for agent in there)
            for _ in range(missing if around.first else min(missing, 1)):
                agent = make(replace(around, agents=there))
                if agent is not None:
                    self._group_of[agent.serial] = name
                    there.append(agent)
                    found.append(agent)
        return found

    def _vehicle(self, lanes: Sequence[Lane], around: Around) -> Agent | None:
        draw = self._random
        place, is_truck = draw.randrange(len(lanes)), draw.random() < self.plan.trucks
        desired = self.plan.speed_kmh / 3.6 * (1.0 + draw.uniform(-1.0, 1.0) * self.plan.spread)
        desired *= 1.0 + 0.12 * (place - (len(lanes) - 1) / 2.0)
        kind = kinds()["car"]
        if is_truck and place < _TRUCK_LANES:
            kind, desired = kinds()["truck"], min(desired, _TRUCK_MPS)
        manner = Manner(
            acceleration=draw.uniform(0.9, 1.6), time_gap=draw.uniform(1.2, 2.0)
        )  # fmt: skip
        return self._on_lane(kind, lanes[place], manner, desired, around)

    def _cyclist(self, lane: Lane, around: Around) -> Agent | None:
        desired = self._random.uniform(*_CYCLIST_MPS)
        return self._on_lane(kinds()["cyclist"], lane, Manner(0.8, 1.5, 1.2, 1.5), desired, around)

    def _on_lane(
        self, kind: Kind, lane: Lane, manner: Manner, desired: float, around: Around
    ) -> Agent | None:
        vehicle = Vehicle(self._serial, kind, self.place.way, lane, manner, desired)
        from_ahead = lane.direction < 0 or desired <= around.pace
        station = self._station(around, from_ahead)
        if not self._is_open(vehicle, station, around):
            return None
        vehicle.put(around.time_s, station, self._pace(vehicle, station, around))
        return self._if_unseen(vehicle, around)

    def _walker(self, around: Around) -> Agent | None:
        draw, plan = self._random, self.plan
        sides = self.place.right_edge - plan.pavement, self.place.left_edge + plan.pavement
        kind = kinds()["child" if draw.random() < 0.15 else "pedestrian"]
        walker = Walker(self._serial, kind, self.place.way, sides, draw.uniform(*_WALKER_MPS))
        station = self._station(around, from_ahead=True)
        walker.put(around.time_s, station, draw.randrange(2), draw.choice((-1, 1)))
        if draw.random() < plan.crossing:
            walker.crosses_at_s = around.time_s + draw.uniform(2.0, 30.0)
            walker.insists = draw.random() < plan.zebra
        return self._if_unseen(walker, around)

    def _station(self, around: Around, from_ahead: bool) -> float:
        if around.first:
            return around.station + self._random.uniform(-BEHIND, AHEAD)
        if from_ahead:
            return around.station + AHEAD - self._random.uniform(0.0, _DEPTH)
        return around.station - BEHIND + self._random.uniform(0.0, _DEPTH)

    def _is_open(self, vehicle: Vehicle, station: float, around: Around) -> bool:
        """Whether there is room on its lane, and for the own vehicle to start."""
        if station > self.place.end:
            return False
        lane, away = vehicle.lane, station - around.station
        if around.first and lane.direction > 0 and _CLEAR_START[0] < away < _CLEAR_START[1]:
            return False
        room = _HEADWAY_S * vehicle.desired + _ROOM
        return all(
            abs(agent.spot(around.time_s).station - station) > room for agent in _on(lane, around)
        )

    def _pace(self, vehicle: Vehicle, station: float, around: Around) -> float:
        """No faster than who is ahead on its lane, or than the own vehicle where it follows it."""
        lane, pace = vehicle.lane, vehicle.desired
        if lane.direction > 0 and station < around.station:
            pace = min(pace, max(around.pace + _CLOSING, 0.0))
        for agent in _on(lane, around):
            spot = agent.spot(around.time_s)
            if 0.0 < lane.direction * (spot.station - station) < _LOOKS_AHEAD:
                pace = min(pace, max(lane.direction * spot.along, 0.0))
        return pace

    def _if_unseen(self, agent: Agent, around: Around) -> Agent | None:
        there = agent.pose(around.time_s)
        away = math.hypot(there.x - around.pose.x, there.y - around.pose.y)
        if not around.first and away < UNSEEN:
            return None
        self._serial += 1
        return agent


def _on(lane: Lane, around: Around) -> Iterator[Agent]:
    """Those who are on a lane, or have to cross it."""
    half = lane.width / 2.0
    for agent in around.agents:
        right, left = agent.covers(around.time_s)
        if left > lane.offset - half and right < lane.offset + half:
            yield agent


def _count(per_km: float) -> int:
    return round(per_km * _SPAN_KM)

# SPDX-License-Identifier: Apache-2.0
"""Traffic around the own vehicle: agents that see each other, it, and what stands or is scripted.

They decide ten times a second, all on the same picture of the moment, in the order in which they
came; between decisions they move in closed form.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bulwark_core.vehicle import VehicleParams
from bulwark_world.actors import Actor
from bulwark_world.agents import DECISION_S, Agent, LaneChange, Vehicle
from bulwark_world.dynamics import VehicleState
from bulwark_world.idm import (
    ALONG,
    COLUMNS,
    HIGH,
    LEFT,
    LOW,
    RIGHT,
    Manner,
    acceleration,
    one_behind,
)
from bulwark_world.lane_choice import LASTS_S, SIGNALS_S, SLOWEST, Mobil, Prospect, is_worth_it
from bulwark_world.lanes import BendSpeeds, Lane
from bulwark_world.motion import Pose
from bulwark_world.place import Place
from bulwark_world.population import AHEAD, BEHIND, Around, Population
from bulwark_world.traffic_plan import TrafficPlan
from bulwark_world.walkers import Coming, Walker
from bulwark_world.world import World

FloatArray = npt.NDArray[np.float64]

OWN_MANNER = Manner(acceleration=1.3, deceleration=1.5, time_gap=1.8, standstill_gap=3.0)
"""How the own vehicle's driver drives."""
_OWN = 0  # the own vehicle's row
_BESIDE = 0.3  # room that a driver wants to both sides [m]
_CONSIDERS_EVERY = 10  # decisions
_LEAST_RADIUS = 300.0  # nobody changes lanes in a tighter bend
_STEPS_ASIDE = 0.6  # a pedestrian needs so much room between things that stand [m]
_AWAY = 12.0
_RULES = Mobil()
_Lane = tuple[float, float]


class Traffic:
    """Agents of a run. present: who is there now. station: of the own vehicle.

    own_acceleration: what its driver would do now, wanting `cruise` [m/s, m/s^2].
    """

    def __init__(
        self,
        plan: TrafficPlan,
        place: Place,
        actors: Sequence[Actor],
        body: VehicleParams,
        cruise: float,
        seed: int,
        yields: bool = True,
    ) -> None:
        self.present: list[Agent] = []
        self.station, self.own_acceleration = 0.0, 0.0
        self._place, self._way, self._body, self._cruise = place, place.way, body, cruise
        self._yields = yields
        self._population = Population(plan, place, seed)
        self._scripted = _Scripted(place, actors)
        self._bends: dict[tuple[float, int], BendSpeeds] = {}
        self._tick = 0
        self._offset = 0.0

    def advance(self, time_s: float, state: VehicleState) -> None:
        """Let all decide; at the first call they come into the world."""
        self._locate(state)
        self._come_and_go(time_s, state)
        rows = self._rows(time_s, state)
        vehicles = [(i, a) for i, a in enumerate(self.present, 1) if isinstance(a, Vehicle)]
        coming = [_OWN, *(i for i, _ in vehicles)]
        self._change_lanes(rows, vehicles, time_s)
        chosen = [self._wish(rows, i, vehicle, time_s) for i, vehicle in vehicles]
        self.own_acceleration = self._own_wish(rows, state)
        for i, agent in enumerate(self.present, 1):
            if isinstance(agent, Walker):
                self._walk(agent, rows, i, coming, time_s)
        for (_, vehicle), wish in zip(vehicles, chosen, strict=True):
            vehicle.decide(time_s, wish)
        self._note_who_is_near(time_s, state)
        self._tick += 1

    def _locate(self, state: VehicleState) -> None:
        near = None if self._tick == 0 else self.station
        self.station, self._offset = self._way.project(state.x, state.y, near)

    def _come_and_go(self, time_s: float, state: VehicleState) -> None:
        if self._tick % _CONSIDERS_EVERY:
            return
        gone = self._population.gone(self.present, time_s, self.station)
        left = [agent for agent in self.present if agent.serial not in gone]
        pose = Pose(state.x, state.y, state.yaw)
        around = Around(time_s, left, self.station, pose, state.speed, self._tick == 0)
        self.present = [*left, *self._population.newcomers(around)]

    def _rows(self, time_s: float, state: VehicleState) -> FloatArray:
        """All that counts: the own vehicle, the agents in their order, what stands or is scripted.

        (N, COLUMNS), see `idm.LOW`.
        """
        scripted = self._scripted.rows(time_s, self.station)
        rows = np.empty((1 + len(self.present) + len(scripted), COLUMNS))
        there, half = self._way.pose(self.station), self._body.width / 2.0
        rows[_OWN] = (
            self.station + self._body.rear,
            self.station + self._body.front,
            self._offset - half,
            self._offset + half,
            state.speed * math.cos(state.yaw - there.yaw),
            there.yaw,
            self._offset,
        )
        for i, agent in enumerate(self.present, 1):
            spot, (right, left) = agent.spot(time_s), agent.covers(time_s)
            yaw, half = agent.pose(time_s).yaw - spot.yaw, agent.half_length
            low, high = spot.station - half, spot.station + half
            rows[i] = (low, high, right, left, spot.along, yaw, spot.offset)
        rows[1 + len(self.present) :] = scripted
        return rows

    def _bend_speed(self, offset: float, direction: int, station: float) -> float:
        key = round(offset, 2), direction
        if key not in self._bends:
            self._bends[key] = BendSpeeds(self._way, offset, direction)
        return self._bends[key].at(station)

    def _wish(self, rows: FloatArray, i: int, vehicle: Vehicle, time_s: float) -> float:
        right, left = vehicle.covers(time_s)
        return self._in_lane(rows, i, vehicle, (right - _BESIDE, left + _BESIDE))

    def _in_lane(self, rows: FloatArray, i: int, vehicle: Vehicle, lane: _Lane) -> float:
        direction, station = vehicle.lane.direction, (rows[i, LOW] + rows[i, HIGH]) / 2.0
        bend = self._bend_speed(vehicle.lane.offset, direction, float(station))
        speeds = vehicle.pace, min(vehicle.desired, bend)
        return float(acceleration(rows, i, float(direction), lane, speeds, vehicle.manner.row))

    def _own_wish(self, rows: FloatArray, state: VehicleState) -> float:
        half = self._body.width / 2.0 + _BESIDE
        ahead = self.station + self._body.wheelbase / 2.0
        speeds = state.speed, min(self._cruise, self._bend_speed(0.0, 1, ahead))
        manner = OWN_MANNER.row
        return float(acceleration(rows, _OWN, 1.0, (-half, half), speeds, manner))

    def _change_lanes(
        self, rows: FloatArray, vehicles: Sequence[tuple[int, Vehicle]], time_s: float
    ) -> None:
        lanes = [lane for lane in self._population.lanes if lane.direction > 0]
        if len(lanes) < 2:
            return
        for i, vehicle in vehicles:
            its_turn = (self._tick + vehicle.serial) % _CONSIDERS_EVERY == 0
            if not its_turn or not self._may_change(vehicle, rows[i, LOW], lanes):
                continue
            here = lanes.index(vehicle.lane)
            for there in (here + 1, here - 1):
                if 0 <= there < len(lanes) and self._is_worth_it(
                    rows, i, vehicle, lanes[there], to_right=there < here
                ):
                    self._begin(vehicle, lanes[there], time_s)
                    rows[i, RIGHT : LEFT + 1] = vehicle.covers(time_s)
                    break

    def _may_change(self, vehicle: Vehicle, station: float, lanes: Sequence[Lane]) -> bool:
        straight = abs(self._way.curvature(float(station))) < 1.0 / _LEAST_RADIUS
        settled = vehicle.change is None and vehicle.pace >= SLOWEST
        return settled and straight and vehicle.lane in lanes

    def _is_worth_it(
        self, rows: FloatArray, i: int, vehicle: Vehicle, lane: Lane, *, to_right: bool
    ) -> bool:
        half = vehicle.half_width + _BESIDE
        here = vehicle.lane.offset - half, vehicle.lane.offset + half
        there = lane.offset - half, lane.offset + half
        own = self._in_lane(rows, i, vehicle, here), self._in_lane(rows, i, vehicle, there)
        behind = one_behind(rows, i, 1.0, there)
        before, after = 0.0, 0.0
        if behind >= 0:
            before = self._behind(rows, behind, there)
            covered = rows[i, RIGHT : LEFT + 1].copy()
            rows[i, RIGHT : LEFT + 1] = there
            after = self._behind(rows, behind, there)
            rows[i, RIGHT : LEFT + 1] = covered
        return is_worth_it(Prospect(own, (before, after)), to_right, _RULES)

    def _behind(self, rows: FloatArray, i: int, lane: _Lane) -> float:
        """The acceleration of one in a lane; what is no agent is taken to keep its speed."""
        if 1 <= i <= len(self.present) and isinstance(agent := self.present[i - 1], Vehicle):
            return self._in_lane(rows, i, agent, lane)
        pace = float(rows[i, ALONG])
        manner = OWN_MANNER.row
        return float(acceleration(rows, i, 1.0, lane, (pace, max(pace, 1.0)), manner))

    @staticmethod
    def _begin(vehicle: Vehicle, lane: Lane, time_s: float) -> None:
        length = max(vehicle.pace * LASTS_S, 35.0)
        start = vehicle.lane.offset
        vehicle.change = LaneChange(start, lane.offset, length, time_s + SIGNALS_S)
        vehicle.lane = lane

    def _walk(
        self, walker: Walker, rows: FloatArray, me: int, coming: Sequence[int], time_s: float
    ) -> None:
        is_clear, is_open = False, True
        if walker.wants_to_cross:
            station = walker.spot(time_s).station
            is_open = self._scripted.is_open(station, _STEPS_ASIDE)
            vehicles = [self._coming(rows, i, station) for i in coming]
            is_clear = walker.crossing.is_safe(vehicles)
        walker.decide(time_s, is_clear=is_clear, is_open=is_open)
        rows[me, RIGHT : LEFT + 1] = walker.covers(time_s)

    def _coming(self, rows: FloatArray, i: int, station: float) -> Coming:
        low, high, right, left, along = (float(value) for value in rows[i, :5])
        direction = -1 if i != _OWN and self._direction(i) < 0 else 1
        distance = station - high if direction > 0 else low - station
        past = low - station if direction > 0 else station - high
        yields = i != _OWN or self._yields
        return Coming(distance, past, max(direction * along, 0.0), (right, left), yields)

    def _direction(self, i: int) -> int:
        agent = self.present[i - 1]
        return agent.lane.direction if isinstance(agent, Vehicle) else 1

    def _note_who_is_near(self, time_s: float, state: VehicleState) -> None:
        for agent in self.present:
            pose = agent.pose(time_s)
            reach = _AWAY + (abs(state.speed) + agent.speed(time_s)) * 2.0 * DECISION_S
            agent.is_away = math.hypot(pose.x - state.x, pose.y - state.y) > reach


def make_traffic(world: World, seed: int) -> Traffic | None:
    """The traffic of a world, new for each run; None where it has none."""
    if world.traffic is None:
        return None
    return Traffic(
        world.traffic, world.place, world.actors, world.body, world.ego.pace, seed,
        yields=not world.ego.engaged,
    )  # fmt: skip


class _Scripted:
    """What stands on or near the road or moves by a script, as rows."""

    def __init__(self, place: Place, actors: Sequence[Actor]) -> None:
        self._way = place.way
        self._moving = [actor for actor in actors if not actor.stands]
        low, high = place.right_edge - 1.0, place.left_edge + 1.0
        rows = [self._row(actor, 0.0) for actor in actors if actor.stands]
        rows = [row for row in rows if row[LEFT] >= low and row[RIGHT] <= high]
        self._standing = np.array(sorted(rows)).reshape(-1, COLUMNS)
        self._ends = self._standing[:, LOW]

    def rows(self, time_s: float, station: float) -> FloatArray:
        """(N, COLUMNS) of those around a station [m]."""
        first, last = np.searchsorted(self._ends, (station - BEHIND, station + AHEAD))
        moving = np.array([self._row(actor, time_s) for actor in self._moving])
        return np.concatenate([self._standing[first:last], moving.reshape(-1, COLUMNS)])

    def is_open(self, station: float, room: float) -> bool:
        """Whether nothing stands across the road there, and so much beside it [m]."""
        near = np.abs((self._standing[:, LOW] + self._standing[:, HIGH]) / 2.0 - station)
        half = (self._standing[:, HIGH] - self._standing[:, LOW]) / 2.0
        return not bool(np.any(near < half + room))

    def _row(self, actor: Actor, time_s: float) -> tuple[float, ...]:
        pose, velocity = actor.pose(time_s), actor.velocity(time_s)
        station, offset = self._way.project(pose.x, pose.y)
        there = self._way.pose(station)
        turned = pose.yaw - there.yaw
        cos, sin = abs(math.cos(turned)), abs(math.sin(turned))
        length, width = actor.kind.length / 2.0, actor.kind.width / 2.0
        along, across = cos * length + sin * width, sin * length + cos * width
        speed = velocity[0] * math.cos(there.yaw) + velocity[1] * math.sin(there.yaw)
        low, high = station - along, station + along
        return low, high, offset - across, offset + across, speed, there.yaw, offset

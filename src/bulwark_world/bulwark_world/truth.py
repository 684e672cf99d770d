# SPDX-License-Identifier: Apache-2.0
"""What the world knows: objects in base_link, the gap to one, and contact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import Motion, TrackedObject
from bulwark_core.vehicle import VehicleParams
from bulwark_world import footprint
from bulwark_world.actors import Actor, Thing
from bulwark_world.dynamics import VehicleState
from bulwark_world.motion import Pose

FloatArray = npt.NDArray[np.float64]

_ROOM = 5.0
_SOON = 0.05  # [s]
_SPINS = 3.0  # [rad/s]
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Relation:
    """How the target lies to the own vehicle.

    gap: body to body [m]. along: from the leading bumper along the direction of travel to its
    nearest point [m]. closing: how fast `along` shrinks [m/s]. acceleration: of the target in the
    direction of travel [m/s^2]. in_path: it overlaps the strip that the body covers straight ahead.
    ttc: along / closing [s], inf where it does not close.
    """

    gap: float
    along: float
    closing: float
    acceleration: float
    in_path: bool

    @property
    def ttc(self) -> float:
        """Time to collision [s]."""
        if self.closing <= 1e-6:
            return math.inf
        return max(self.along, 0.0) / self.closing


@dataclass(frozen=True)
class Contact:
    """The vehicle touched an actor: when [s], whom, and the closing speed before [m/s]."""

    time_s: float
    actor: str
    closing_speed: float


def ego_pose(state: VehicleState) -> Pose:
    """The pose of base_link."""
    return Pose(state.x, state.y, state.yaw)


def in_base_link(state: VehicleState, points: FloatArray) -> FloatArray:
    """World points (N, 2) in base_link."""
    cos, sin = math.cos(state.yaw), math.sin(state.yaw)
    return np.asarray((points - (state.x, state.y)) @ np.array([[cos, -sin], [sin, cos]]))


def truth_object(
    actor: Thing, index: int, state: VehicleState, time_s: float, stamp_ns: int
) -> TrackedObject:
    """The actor as a perfect track in base_link; its id is `index` + 1."""
    pose, kind = actor.pose(time_s), actor.kind
    (x, y), velocity = in_base_link(state, np.array([[pose.x, pose.y]]))[0], actor.velocity(time_s)
    cos, sin = math.cos(state.yaw), math.sin(state.yaw)
    moving = math.hypot(*velocity) > 0.1
    return TrackedObject(
        id=index + 1,
        x=float(x),
        y=float(y),
        z=(kind.clearance + kind.height) / 2.0,
        yaw=pose.yaw - state.yaw,
        length=kind.length,
        width=kind.width,
        height=kind.height - kind.clearance,
        vx=velocity[0] * cos + velocity[1] * sin,
        vy=velocity[1] * cos - velocity[0] * sin,
        yaw_rate=_turn_rate(actor, pose, time_s) if moving else 0.0,
        object_class=kind.object_class,
        class_probability=1.0,
        motion=Motion.MOVING if moving else Motion.STATIONARY,
        first_seen_ns=stamp_ns,
        last_seen_ns=stamp_ns,
    )


def _turn_rate(actor: Thing, pose: Pose, time_s: float) -> float:
    """How fast it turns from now on [rad/s]; who only turns round on the spot does not."""
    turned = math.remainder(actor.pose(time_s + _SOON).yaw - pose.yaw, 2.0 * math.pi)
    rate = turned / _SOON
    return rate if abs(rate) <= _SPINS else 0.0


def relation(
    actor: Actor, body: VehicleParams, state: VehicleState, direction: int, time_s: float
) -> Relation:
    """How this actor lies to the vehicle that travels in `direction`."""
    pose = actor.pose(time_s)
    gap, nearest, right, left = footprint.lie(
        _corners(body),
        (state.x, state.y, state.yaw),
        (pose.x, pose.y, pose.yaw),
        actor.kind.outline,
        float(direction),
    )
    bumper = body.front if direction > 0 else -body.rear
    vx, vy = actor.velocity(time_s)
    of_actor = vx * math.cos(state.yaw) + vy * math.sin(state.yaw)
    acceleration = actor.profile.acceleration(time_s) * math.cos(actor.heading(time_s) - state.yaw)
    half = body.width / 2.0
    return Relation(
        gap=gap,
        along=nearest - bumper,
        closing=direction * (state.speed - of_actor),
        acceleration=direction * acceleration,
        in_path=left > -half and right < half,
    )


@lru_cache(maxsize=8)
def _corners(body: VehicleParams) -> FloatArray:
    return body.corners()


class NearActors:
    """Of many actors those within `reach` of the own vehicle [m], with their indices."""

    def __init__(self, actors: Sequence[Actor], reach: float) -> None:
        self._actors, self._reach = actors, reach
        self._moving = np.array([not actor.stands for actor in actors], np.bool_)
        self._centres = np.array([(actor.start.x, actor.start.y) for actor in actors])

    def around(self, state: VehicleState) -> list[tuple[int, Actor]]:
        """All that move, and what stands near."""
        if not self._actors or math.isinf(self._reach):
            return list(enumerate(self._actors))
        away = np.hypot(*(self._centres - (state.x, state.y)).T)
        chosen = np.flatnonzero(self._moving | (away <= self._reach)).tolist()
        return [(i, self._actors[i]) for i in chosen]


class ContactWatch:
    """Finds the first contact of the body with anything that stands or moves.

    Of what stands only that is looked at which may be reached before the vehicle has come
    `_ROOM` farther.
    """

    def __init__(self, body: VehicleParams, actors: Sequence[Thing]) -> None:
        self._body, self._corners = body, body.corners()
        self._half = body.width / 2.0
        reach = math.hypot(max(body.front, -body.rear), self._half)
        low = [actor for actor in actors if actor.kind.clearance < body.height]
        self._watched = [_Watched(actor, reach) for actor in low]
        standing = [one for one in self._watched if one.actor.stands]
        self._standing = {id(one): place for place, one in enumerate(standing)}
        self._centres = np.array([one.place for one in standing])
        self._reaches = np.array([one.reach for one in standing])
        self._near: list[_Watched] = []
        self._reach, self._agents = reach, dict[str, _Watched]()
        self._looked_at: tuple[float, float] | None = None

    def join(self, agents: Sequence[Thing]) -> None:
        """These have come into the world, in place of those that came before."""
        known = self._agents
        self._agents = {
            agent.name: known.get(agent.name) or _Watched(agent, self._reach) for agent in agents
        }

    def check(self, before: VehicleState, state: VehicleState, time_s: float) -> Contact | None:
        """The contact of this step: the state before it tells the speed of the impact."""
        self._look_around(state)
        for one in chain(self._near, self._agents.values()):
            if one.actor.is_away:
                continue
            pose = one.actor.pose(time_s)
            if math.hypot(pose.x - state.x, pose.y - state.y) > one.reach:
                continue
            if self._touches(one, pose, state):
                return Contact(time_s, one.actor.name, _closing_speed(one.actor, before, time_s))
        return None

    def _look_around(self, state: VehicleState) -> None:
        """Choose what is near anew where the vehicle has come far enough."""
        at = self._looked_at
        if at is not None and math.hypot(state.x - at[0], state.y - at[1]) < _ROOM:
            return
        self._looked_at = (state.x, state.y)
        is_near = [True] * len(self._standing)
        if self._standing:
            away = np.hypot(*(self._centres - self._looked_at).T)
            is_near = (away <= self._reaches + _ROOM + _ROUNDING).tolist()
        self._near = [
            one
            for one in self._watched
            if id(one) not in self._standing or is_near[self._standing[id(one)]]
        ]

    def _touches(self, one: _Watched, pose: Pose, state: VehicleState) -> bool:
        """Exact, after a look at whether the circle around it reaches the body at all."""
        dx, dy = pose.x - state.x, pose.y - state.y
        cos, sin = math.cos(state.yaw), math.sin(state.yaw)
        along, across = dx * cos + dy * sin, abs(dy * cos - dx * sin)
        radius = one.radius + _ROUNDING
        if across > self._half + radius or not self._body.rear - radius <= along <= (
            self._body.front + radius
        ):
            return False
        placed = (pose.x, pose.y, pose.yaw)
        seen = footprint.seen_from((state.x, state.y, state.yaw), placed, one.actor.kind.outline)
        return bool(footprint.overlap(self._corners, seen))


class _Watched:
    """An actor that the body may touch; radius: around its centre; reach: with the body's [m]."""

    def __init__(self, actor: Thing, body_reach: float) -> None:
        self.actor = actor
        self.radius = math.hypot(actor.kind.length, actor.kind.width) / 2.0
        self.reach = body_reach + self.radius

    @property
    def place(self) -> tuple[float, float]:
        """Where it is from the beginning on: x, y [m]."""
        pose = self.actor.pose(0.0)
        return pose.x, pose.y


def _closing_speed(actor: Thing, state: VehicleState, time_s: float) -> float:
    """The length of the relative velocity along the own direction of travel [m/s]."""
    vx, vy = actor.velocity(time_s)
    along = vx * math.cos(state.yaw) + vy * math.sin(state.yaw)
    return abs(state.speed - along)

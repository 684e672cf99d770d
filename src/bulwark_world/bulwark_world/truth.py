# SPDX-License-Identifier: Apache-2.0
"""What the world knows: objects in base_link, the gap to one, and contact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import Motion, TrackedObject
from bulwark_core.vehicle import VehicleParams
from bulwark_world import footprint
from bulwark_world.actors import Actor
from bulwark_world.dynamics import VehicleState
from bulwark_world.motion import Pose

FloatArray = npt.NDArray[np.float64]


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
    actor: Actor, index: int, state: VehicleState, time_s: float, stamp_ns: int
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
        object_class=kind.object_class,
        class_probability=1.0,
        motion=Motion.MOVING if moving else Motion.STATIONARY,
        first_seen_ns=stamp_ns,
        last_seen_ns=stamp_ns,
    )


def relation(
    actor: Actor, body: VehicleParams, state: VehicleState, direction: int, time_s: float
) -> Relation:
    """How this actor lies to the vehicle that travels in `direction`."""
    outline = in_base_link(state, actor.footprint(time_s))
    own = body.corners()
    along = direction * outline[:, 0]
    bumper = body.front if direction > 0 else -body.rear
    vx, vy = actor.velocity(time_s)
    of_actor = vx * math.cos(state.yaw) + vy * math.sin(state.yaw)
    acceleration = actor.profile.acceleration(time_s) * math.cos(actor.heading(time_s) - state.yaw)
    half = body.width / 2.0
    return Relation(
        gap=footprint.gap(own, outline),
        along=float(along.min()) - bumper,
        closing=direction * (state.speed - of_actor),
        acceleration=direction * acceleration,
        in_path=bool(outline[:, 1].max() > -half and outline[:, 1].min() < half),
    )


class ContactWatch:
    """Finds the first contact of the body with anything that stands or moves."""

    def __init__(self, body: VehicleParams, actors: Sequence[Actor]) -> None:
        self._body = body
        self._actors = [actor for actor in actors if actor.kind.clearance < body.height]
        self._reach = math.hypot(max(body.front, -body.rear), body.width / 2.0)
        self._radii = [math.hypot(a.kind.length, a.kind.width) / 2.0 for a in self._actors]

    def check(self, before: VehicleState, state: VehicleState, time_s: float) -> Contact | None:
        """The contact of this step: the state before it tells the speed of the impact."""
        own: FloatArray | None = None
        for actor, radius in zip(self._actors, self._radii, strict=True):
            pose = actor.pose(time_s)
            if math.hypot(pose.x - state.x, pose.y - state.y) > self._reach + radius:
                continue
            if own is None:
                own = ego_pose(state).to_world(self._body.corners())
            if footprint.overlap(own, pose.to_world(actor.kind.outline)):
                return Contact(time_s, actor.name, _closing_speed(actor, before, time_s))
        return None


def _closing_speed(actor: Actor, state: VehicleState, time_s: float) -> float:
    """The length of the relative velocity along the own direction of travel [m/s]."""
    vx, vy = actor.velocity(time_s)
    along = vx * math.cos(state.yaw) + vy * math.sin(state.yaw)
    return abs(state.speed - along)

# SPDX-License-Identifier: Apache-2.0
"""What physics allows in a run: whether a perfect brake avoids the contact, and the least impact.

The perfect brake demands all of the brake model at `CONFIRM_S` after the danger is first to be
seen. Something is to be seen as a danger at a scan if half of it is in the lidar's line of sight
past the other actors, it is within the range of the tracks that the stack is given, and the bodies
would meet if both went on as they do: the own one on its curve, the other one straight. Somebody
who stands at the kerb is no danger before the first steps, a car ahead none before it brakes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.vehicle import VehicleParams
from bulwark_world.actors import Actor
from bulwark_world.brake_margin import travelled
from bulwark_world.error_model import track_range
from bulwark_world.free_run import STEP, FreeRun, free_run
from bulwark_world.meeting import first_contact, poses_of
from bulwark_world.params import LidarMount
from bulwark_world.sight import IN_SIGHT, Standing, shares_in_sight
from bulwark_world.world import World

FloatArray = npt.NDArray[np.float64]

CONFIRM_S = 0.3
"""From first sight to the brake demand [s]: two scans, their delay, and a decision."""
_SCAN_S = 0.1
_LATER_S = 0.2
_FORESIGHT: FloatArray = np.arange(0.0, 8.0, 0.05, dtype=np.float64)
_KMH = 3.6


@dataclass(frozen=True)
class Physics:
    """free_impact_kmh: of the run without any intervention, None for no contact. seen_s: when the
    danger is first to be seen, None for never. least_impact_kmh: the least relative speed of a
    contact that a perfect brake leaves; 0 where it avoids the contact.
    """

    free_impact_kmh: float | None
    seen_s: float | None
    least_impact_kmh: float
    avoidable: bool

    @property
    def needs_brake(self) -> bool:
        """Whether there is a contact if nobody brakes."""
        return self.free_impact_kmh is not None


def physics_of(
    world: World, sensor: LidarMount | None = None, confirm_s: float = CONFIRM_S
) -> Physics | None:
    """What physics allows in this world; None where the planner drives: its way is not known."""
    if world.ego.engaged:
        return None
    run = free_run(world)
    obstacles = _Obstacles(world, run.times)
    free = obstacles.contact(run)
    if free is None:
        return Physics(None, None, 0.0, True)
    at, impact = free
    seen = _first_sight(world, run, at, sensor or LidarMount())
    if seen is None:
        return Physics(_KMH * impact, None, _KMH * impact, False)
    least = _least_impact(world, run, obstacles, seen + confirm_s, at)
    least = impact if least is None else least
    return Physics(_KMH * impact, seen, _KMH * max(least, 0.0), least < 0.0)


def _least_impact(
    world: World, run: FreeRun, obstacles: _Obstacles, earliest: float, latest: float
) -> float | None:
    """Of all brake starts; negative: no contact; None: all come too late."""
    least = None
    for start in np.arange(earliest, latest, _LATER_S):
        contact = obstacles.contact(_braked(world, run, float(start)))
        if contact is None:
            return -1.0
        least = contact[1] if least is None else min(least, contact[1])
    return least


def _braked(world: World, run: FreeRun, start: float) -> FreeRun:
    """The same run with a full demand from `start` on [s]."""
    i = min(round(start / STEP), len(run.times) - 1)
    since = np.maximum(run.times - run.times[i], 0.0)
    gone = run.gone[i] + travelled(world.ego.brake, float(run.speeds[i]), since)
    return run.along(np.where(run.times <= run.times[i], run.gone, gone))


class _Obstacles:
    """The actors that the body can touch, at all times of a run."""

    def __init__(self, world: World, times: FloatArray) -> None:
        self._body, self._direction = world.body, world.ego.direction
        self._actors = [actor for actor in world.actors if _is_low(actor, world.body)]
        self._poses = [poses_of(actor, times) for actor in self._actors]

    def contact(self, run: FreeRun) -> tuple[float, float] | None:
        """The first contact of a run: when [s], and the closing speed [m/s]."""
        found = []
        for actor, poses in zip(self._actors, self._poses, strict=True):
            i = first_contact(run.poses, poses, self._body, actor.kind.outline)
            if i is not None:
                found.append((i, actor))
        if not found:
            return None
        i, actor = min(found, key=lambda pair: pair[0])
        return float(run.times[i]), self._closing(run, max(i - 1, 0), actor)

    def _closing(self, run: FreeRun, i: int, actor: Actor) -> float:
        vx, vy = actor.velocity(float(run.times[i]))
        yaw = float(run.poses[i, 2])
        return abs(self._direction * float(run.speeds[i]) - vx * math.cos(yaw) - vy * math.sin(yaw))


def _is_low(actor: Actor, body: VehicleParams) -> bool:
    return actor.kind.clearance < body.height


def _first_sight(world: World, run: FreeRun, until: float, sensor: LidarMount) -> float | None:
    for time in np.arange(0.0, until, _SCAN_S):
        i = round(float(time) / STEP)
        if any(_is_danger(world, run, i, actor, sensor) for actor in world.actors):
            return float(time)
    return None


def _is_danger(world: World, run: FreeRun, i: int, actor: Actor, sensor: LidarMount) -> bool:
    time = float(run.times[i])
    eye = _eye(run.poses[i], sensor)
    outline = actor.footprint(time)
    kind = actor.kind
    farthest = track_range(kind.object_class, kind.height, max(kind.length, kind.width))
    near = np.hypot(*(outline - eye[:2]).T).min() <= farthest
    if not near or not _is_low(actor, world.body):
        return False
    if not _would_meet(world.body, run, i, actor):
        return False
    return _in_sight(eye, actor, world.actors, time)


def _would_meet(body: VehicleParams, run: FreeRun, i: int, actor: Actor) -> bool:
    """Whether the bodies meet if both go on as they do now."""
    time, pose = float(run.times[i]), actor.pose(float(run.times[i]))
    vx, vy = actor.velocity(time)
    theirs = np.stack(
        [pose.x + vx * _FORESIGHT, pose.y + vy * _FORESIGHT, np.full_like(_FORESIGHT, pose.yaw)],
        axis=1,
    )
    return first_contact(run.going_on(i, _FORESIGHT), theirs, body, actor.kind.outline) is not None


def _in_sight(eye: FloatArray, actor: Actor, actors: Sequence[Actor], time: float) -> bool:
    things = [_standing(other, time) for other in actors]
    share = shares_in_sight(eye, things, [actors.index(actor)])[0]
    return bool(share >= IN_SIGHT)


def _standing(actor: Actor, time: float) -> Standing:
    return Standing(actor.footprint(time), actor.kind.clearance, actor.kind.height)


def _eye(pose: FloatArray, sensor: LidarMount) -> FloatArray:
    cos, sin = math.cos(pose[2]), math.sin(pose[2])
    x = pose[0] + cos * sensor.x - sin * sensor.y
    y = pose[1] + sin * sensor.x + cos * sensor.y
    return np.array([x, y, sensor.z])

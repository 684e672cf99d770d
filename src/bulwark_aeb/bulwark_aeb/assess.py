# SPDX-License-Identifier: Apache-2.0
"""Judges every object: does the body meet it, where, when, and until when can braking wait.

An object is met if it is inside the swept path at the time the ego gets there. Sideways motion
moves its outline to that time; motion along the path becomes the lead's speed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_aeb.braking import (
    ONCOMING_WALK,
    Approach,
    latest_brake_time,
    required_deceleration,
    time_to_collision,
)
from bulwark_aeb.confirm import Confirmation
from bulwark_aeb.courses import (
    BENDS,
    TURNS_FROM,
    own_course,
    surely_meets,
    within_reach,
)
from bulwark_aeb.crossing import BUMPER_ZONE, front_met, tangent_at
from bulwark_aeb.params import ConfirmParams, MarginParams
from bulwark_aeb.passing import (
    behind_a_barrier,
    can_be_steered_round,
    may_be_vehicle,
    sidestep,
)
from bulwark_aeb.path import (
    Body,
    Path,
    arc_length,
    edge_contact,
    lateral_offset,
)
from bulwark_aeb.scene import IntArray, Key, Scene, join
from bulwark_core.frozen import replace
from bulwark_core.objects import FloatArray, TrackedObject
from bulwark_core.vehicle import BrakeModel

BoolArray = npt.NDArray[np.bool_]

FORESIGHT = 4.0
"""Sideways motion is not predicted any farther [s]."""
VERIFY_WITHIN = 2.0
"""Targets more urgent than this [s] are checked against all likely curvatures."""
_ALONG = 0.5
"""What goes along our path with this share of its speed neither crosses it nor comes towards us."""
_CROSSES = 0.5  # who goes along a straight path by less of its speed crosses it
_LONG = 1.5  # longer than this from its middle, what crosses is met in space and time [m]
_NONE: FloatArray = np.empty(0)


@dataclass(frozen=True)
class Hits:
    """M objects on the predicted path; arrays (M,).

    scene: of these objects; gap: free travel until contact [m]; speed: along the path [m/s];
    lead_speed: the same, with the benefit of the doubt where it is uncertain [m/s]; shift: (M, 2)
    how far each moves sideways until met [m].
    """

    scene: Scene
    gap: FloatArray
    speed: FloatArray
    lead_speed: FloatArray
    shift: FloatArray

    def braked(self, deceleration: FloatArray, age: FloatArray) -> Hits:
        """The hits now: the braking of a lead goes on since its measurement, `age` seconds ago."""
        moving = np.maximum(self.lead_speed, 0.0)
        lost = np.minimum(deceleration * age, moving)
        return replace(self, gap=self.gap - lost * age / 2.0, lead_speed=self.lead_speed - lost)


@dataclass(frozen=True)
class Threat:
    """An object that the ego meets if nothing changes.

    gap: body to body along the path [m]; lead_speed, closing_speed [m/s]; lead_deceleration
    [m/s^2]; ttc, latest_brake_time [s]; required_deceleration: without actuator delay [m/s^2].
    aside: how far a driver goes aside to pass it [m], inf for a vehicle. is_behind: others that
    stand close the path before it.
    """

    key: Key
    item: TrackedObject
    confirmation: Confirmation
    gap: float
    lead_speed: float
    lead_deceleration: float
    closing_speed: float
    ttc: float
    latest_brake_time: float
    required_deceleration: float
    aside: float = math.inf
    is_behind: bool = False

    @property
    def can_wait(self) -> bool:
        """Whether no warning is due yet, since the driver still steers round it with ease."""
        return self.is_behind or can_be_steered_round(self.aside, self.ttc)

    def moved_on(self, travelled: float, time: float) -> Threat:
        """The same target seen no more, after own travel [m] and time [s]: dead reckoning."""
        moving = max(self.lead_speed - self.lead_deceleration * time, 0.0)
        gap = self.gap - travelled + (self.lead_speed + moving) / 2.0 * time
        return replace(self, gap=max(gap, 0.0), lead_speed=moving)


def find_hits(
    scene: Scene, path: Path, body: Body, speed: float, horizon: float, params: ConfirmParams,
    margins: MarginParams,
) -> Hits:  # fmt: skip
    """The objects inside the swept path when the ego gets there, up to `horizon` metres ahead.

    speed: of the ego in the direction of travel, >= 0 [m/s].
    """
    if len(scene) == 0:
        return Hits(scene, _NONE, _NONE, _NONE, np.empty((0, 2)))
    across = _across(scene, path)
    if not across.any():
        return _met_along(scene, path, body, speed, horizon, params, margins)
    rest = scene.pick(np.flatnonzero(~across))
    along = _met_along(rest, path, body, speed, horizon, params, margins)
    return _both(along, _met_across(scene.pick(np.flatnonzero(across)), path, body, speed, margins))


def _both(first: Hits, second: Hits) -> Hits:
    names = ("gap", "speed", "lead_speed", "shift")
    pairs = {name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in names}
    return Hits(join(first.scene, second.scene), **pairs)


def _across(scene: Scene, path: Path) -> BoolArray:
    """Which vehicles do not go along a path: (N,).

    They meet one that bends where it leads in another direction than beside them. On a straight one
    only who crosses and is long: it is met at many moments, not at the one when we get there.
    """
    pace = np.hypot(scene.velocity[:, 0], scene.velocity[:, 1])
    fast = pace > ONCOMING_WALK
    if not fast.any():
        return fast
    tangent = tangent_at(arc_length(scene.centre, path), path)
    along = (scene.velocity * tangent).sum(axis=1)
    if abs(path.curvature) < BENDS:
        return np.asarray(fast & (np.abs(along) < _CROSSES * pace) & (scene.radius > _LONG))
    return np.asarray(fast & (along < _ALONG * pace))


def _met_across(scene: Scene, path: Path, body: Body, speed: float, margins: MarginParams) -> Hits:
    """Of vehicles that do not go along with us those that meet our front, in space and time.

    Who comes across our path is met where it will be, and we must stop short of the strip that it
    covers on its way; who comes straight towards us leaves no such place.
    """
    own = own_course(path, speed)
    gap, along, lead = np.full(len(scene), np.inf), np.zeros(len(scene)), np.zeros(len(scene))
    shift = np.zeros((len(scene), 2))
    turns = np.array([item.yaw_rate for item in scene.objects])
    near = within_reach(scene.centre, scene.radius, scene.velocity, own, body)
    for index in np.flatnonzero(near | (np.abs(turns) >= TURNS_FROM)).tolist():
        slim = _slim(body, float(scene.position_deviation[index]), margins)
        outline = scene.corners[scene.owner == index]
        found = front_met(
            outline, scene.centre[index], scene.velocity[index], float(turns[index]), path, speed,
            slim,
        )  # fmt: skip
        if found is not None:
            gap[index], along[index], lead[index], shift[index] = found
    met = np.flatnonzero(np.isfinite(gap))
    return Hits(scene.pick(met), gap[met], along[met], lead[met], shift[met])


def _slim(body: Body, deviation: float, margins: MarginParams) -> Body:
    """The body that a thing must reach into whose place is known with this deviation [m]."""
    return replace(body, half_width=body.half_width - min(deviation, margins.lateral_uncertain))


def _met_along(
    scene: Scene, path: Path, body: Body, speed: float, horizon: float, params: ConfirmParams,
    margins: MarginParams,
) -> Hits:  # fmt: skip
    """The same for what stands, goes along, or crosses a straight path."""
    arc = arc_length(scene.centre, path)
    tangent = tangent_at(arc, path)
    along = scene.velocity[:, 0] * tangent[:, 0] + scene.velocity[:, 1] * tangent[:, 1]
    sideways = scene.velocity - along[:, None] * tangent
    sideways[~_is_believed(sideways, scene, params)] = 0.0
    lead = along + params.benign_deviations * np.maximum(
        scene.velocity_deviation - params.velocity_deviation, 0.0
    )
    start = arc - scene.radius - _leading(path, body)
    shift = sideways * _meeting_time(start, speed - lead)[:, None]
    near = _in_reach(scene, shift, path, body, horizon)
    if len(near) == 0:
        return Hits(scene.pick(near), along[near], along[near], lead[near], shift[near])
    scene, shift, sideways = scene.pick(near), shift[near], sideways[near]
    along, lead = along[near], lead[near]
    gap = outline_contact(scene, shift, [path], body, margins)[0]
    crossing = np.flatnonzero(sideways.any(axis=1) & np.isfinite(gap))
    if len(crossing):
        time = _meeting_time(gap[crossing], speed - lead[crossing])
        shift[crossing] = sideways[crossing] * time[:, None]
        picked = scene.pick(crossing)
        gap[crossing] = outline_contact(picked, shift[crossing], [path], body, margins)[0]
    met = np.flatnonzero(gap <= horizon)
    return Hits(scene.pick(met), gap[met], along[met], lead[met], shift[met])


def _leading(path: Path, body: Body) -> float:
    """From the rear axle to the bumper that leads [m]."""
    return -body.rear if path.reverse else body.front


def _in_reach(scene: Scene, shift: FloatArray, path: Path, body: Body, horizon: float) -> IntArray:
    """Indices of objects whose circle may touch the corridor, including its swinging corners."""
    longest = max(body.front, -body.rear)
    swing = abs(path.curvature) * longest**2 / 2.0
    centre = scene.centre + shift
    beside = np.abs(lateral_offset(centre, path)) - scene.radius <= body.half_width + swing
    arc = arc_length(centre, path)
    ahead = (arc + scene.radius >= 0.0) & (arc - scene.radius <= horizon + longest)
    return np.flatnonzero(beside & ahead)


def _is_believed(sideways: FloatArray, scene: Scene, params: ConfirmParams) -> BoolArray:
    """Whether sideways motion stands out from its error, which own rotation makes worse afar."""
    pace = np.hypot(sideways[:, 0], sideways[:, 1])
    bearing = params.bearing_rate * np.hypot(scene.centre[:, 0], scene.centre[:, 1])
    error = np.hypot(scene.velocity_deviation, bearing)
    return pace >= np.maximum(params.lateral_speed, params.lateral_deviations * error)


def _meeting_time(gap: FloatArray, closing: FloatArray) -> FloatArray:
    """When the ego is there [s]; 0 where nothing closes: then sideways motion changes nothing."""
    time = np.maximum(gap, 0.0) / np.maximum(closing, 0.1)
    return np.where(closing > 0.1, np.minimum(time, FORESIGHT), 0.0)


def outline_contact(
    scene: Scene, shift: FloatArray, paths: Sequence[Path], body: Body, margins: MarginParams
) -> FloatArray:
    """Travel until the body meets each shifted outline, by each of S paths [m]: (S, N).

    inf: never. The paths lead in the same direction.
    """
    if len(scene) == 0:
        return np.empty((len(paths), 0))
    move = shift[scene.owner]
    margin = -np.minimum(scene.position_deviation, margins.lateral_uncertain)[scene.owner]
    travel, along = edge_contact(
        scene.corners + move, scene.next_corners + move, paths, body, margin
    )
    beside = (travel == 0.0) & (along < _leading(paths[0], body) - BUMPER_ZONE)
    first = np.where(beside, np.inf, travel).min(axis=2)
    begins = np.searchsorted(scene.owner, np.arange(len(scene)))
    return np.asarray(np.minimum.reduceat(first, begins, axis=1))


def judge(
    hits: Hits,
    confirmations: Sequence[Confirmation],
    lead_deceleration: FloatArray,
    path: Path,
    body: Body,
    speed: float,
    own_deceleration: float,
    stop_margin: float,
    brake: BrakeModel,
    deviations: float,
    margins: MarginParams,
    *,
    goes_on: bool = False,
) -> list[Threat]:
    """Threats among the hits, the most urgent first; the urgent ones checked for path error.

    goes_on: braking that goes on is not ended by another course that somebody may take.
    """
    if len(hits.gap) == 0:
        return []
    approach = Approach(
        hits.gap - stop_margin, speed, own_deceleration, hits.lead_speed, lead_deceleration
    )
    waits = latest_brake_time(approach, brake)
    required = required_deceleration(approach)
    closing = speed - hits.lead_speed
    ttc = time_to_collision(hits.gap, closing)
    urgent = waits < VERIFY_WITHIN
    kept = _surely_met(hits, urgent, path, body, deviations, margins)
    if not goes_on:
        _drop_doubtful(kept, hits, urgent, path, body, speed, margins)
    order = [int(index) for index in np.argsort(waits, kind="stable") if kept[index]]
    aside, behind = _passable(hits, path, body)
    return [
        Threat(
            hits.scene.keys[index],
            hits.scene.objects[index],
            confirmations[index],
            float(hits.gap[index]),
            float(hits.lead_speed[index]),
            float(lead_deceleration[index]),
            float(closing[index]),
            float(ttc[index]),
            float(waits[index]),
            float(required[index]),
            aside[index],
            behind[index],
        )
        for index in order
    ]


def _passable(hits: Hits, path: Path, body: Body) -> tuple[list[float], list[bool]]:
    """How far aside one goes to pass each [m], and which lie behind a barrier; see `Threat`."""
    aside, count = [math.inf] * len(hits.gap), len(hits.gap)
    spans = np.full((count, 2), np.nan)
    for index, item in enumerate(hits.scene.objects):
        if not may_be_vehicle(item):
            across = lateral_offset(hits.scene.corners[hits.scene.owner == index], path)
            right, left = float(across.min()), float(across.max())
            spans[index] = right, left
            aside[index] = sidestep(right, left, body.half_width)
    if np.isnan(spans).all():
        return aside, [False] * count
    return aside, behind_a_barrier(hits.gap.tolist(), spans, body.half_width)


def _surely_met(
    hits: Hits, urgent: BoolArray, path: Path, body: Body, deviations: float, margins: MarginParams
) -> BoolArray:
    """Whether an object is on the path for every likely curvature; asked for urgent ones only."""
    kept = np.ones(len(hits.gap), dtype=bool)
    chosen = np.flatnonzero(urgent)
    if len(chosen) == 0 or deviations * path.deviation == 0.0:
        return kept
    scene, shift = hits.scene.pick(chosen), hits.shift[chosen]
    bend = deviations * path.deviation
    contact = outline_contact(scene, shift, [path.bent(-bend), path.bent(bend)], body, margins)
    kept[chosen] = np.isfinite(contact).all(axis=0)
    return kept


def _drop_doubtful(
    kept: BoolArray, hits: Hits, urgent: BoolArray, path: Path, body: Body, speed: float,
    margins: MarginParams,
) -> None:  # fmt: skip
    """Keep no vehicle that crosses or comes towards us and may as well take another course."""
    scene = hits.scene
    pace = np.hypot(scene.velocity[:, 0], scene.velocity[:, 1])
    against = hits.speed < _ALONG * pace
    for index in np.flatnonzero(kept & urgent & against & (pace > ONCOMING_WALK)).tolist():
        turn_rate = scene.objects[index].yaw_rate
        centre, velocity = scene.centre[index], scene.velocity[index]
        outline = scene.corners[scene.owner == index] - centre
        slim = _slim(body, float(scene.position_deviation[index]), margins)
        kept[index] = surely_meets(outline, centre, velocity, turn_rate, path, speed, slim)

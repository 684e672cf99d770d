# SPDX-License-Identifier: Apache-2.0
"""How well the lidar chain follows the movers of a script, and how still it holds the rest.

A track belongs to a mover where the middle of its outline lies on the mover's true outline, a
little enlarged. A mover is in sight where it has a fair share of the obstacle points that it would
have if nothing hid it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from tracking_world import MOUNT, Look, Mover, Script, footprints, looks

from bulwark_core.objects import Motion, TrackedObject
from bulwark_lidar.cloud import FloatArray
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline, LidarResult
from bulwark_world.beams import LIDAR_MODELS, LidarModel

_AROUND, _APART = 0.5, 0.7
_FEWEST = 4
_FAIR_SHARE = 0.3
_KEEPS = 3
_AHEAD_S = 1.0


@dataclass(frozen=True)
class Sight:
    """A mover in one scan: its points and range [m], true velocity and yaw rate, and its track.

    is_seen: whether enough of it is in sight. way: where it goes within the next second [m], in
    base_link.
    """

    time_s: float
    points: int
    is_seen: bool
    reach: float
    velocity: FloatArray
    yaw_rate: float
    way: FloatArray
    track: TrackedObject | None

    @property
    def error(self) -> float:
        """Of the velocity [m/s]; inf without a track."""
        if self.track is None:
            return math.inf
        return math.hypot(self.track.vx - self.velocity[0], self.track.vy - self.velocity[1])

    @property
    def is_right(self) -> bool:
        """Whether the velocity is within 0.5 m/s or a tenth."""
        return self.error <= max(0.5, 0.1 * float(np.hypot(*self.velocity)))

    @property
    def predicted(self) -> FloatArray:
        """The way within a second by the track's velocity and yaw rate [m]."""
        assert self.track is not None
        turn = self.track.yaw_rate * _AHEAD_S
        share = float(np.sinc(turn / (2.0 * math.pi))) * _AHEAD_S
        cos, sin = math.cos(turn / 2.0), math.sin(turn / 2.0)
        vx, vy = self.track.vx, self.track.vy
        return np.array([vx * cos - vy * sin, vx * sin + vy * cos]) * share


@dataclass
class Run:
    """One script through the chain: sights of each mover, and what else was reported."""

    name: str
    rate: float
    sights: dict[str, list[Sight]] = field(default_factory=dict)
    still: list[TrackedObject] = field(default_factory=list)


def run(script: Script, model: str, rate: float, seed: int = 1) -> Run:
    """Put the scans of a script through the lidar chain."""
    pipeline = LidarPipeline(LidarParams())
    update = lambda look: pipeline.update(look.xyz, look.ego, look.stamp_ns, MOUNT)  # noqa: E731
    return observe(script, model, rate, looks(script, model, rate, seed), update)


def observe(
    script: Script,
    model: str,
    rate: float,
    scans: Sequence[Look],
    update: Callable[[Look], LidarResult],
) -> Run:
    """What the chain makes of these scans."""
    found = Run(f"{script.name} {model} {rate:.0f}", rate)
    names = [f"{mover.name}{k}" for k, mover in enumerate(script.movers)]
    for name in names:
        found.sights[name] = []
    for look in scans:
        result = update(look)
        outlines = footprints(script.movers, look)
        for name, mover, outline in zip(names, script.movers, outlines, strict=True):
            found.sights[name].append(_sight(mover, outline, look, result, model))
        for tracked in result.objects:
            if tracked.measurements >= _FEWEST and not _touches(tracked, outlines):
                found.still.append(tracked)
    return found


def _sight(mover: Mover, outline: FloatArray, look: Look, result: LidarResult, model: str) -> Sight:
    points = int(inside(result.obstacle_points[:, :2].astype(float), outline, 0.1).sum())
    fair = _FAIR_SHARE * _unhidden(mover, outline, LIDAR_MODELS[model])
    here, later = mover.pose(look.time_s), mover.pose(look.time_s + _AHEAD_S)
    return Sight(
        look.time_s,
        points,
        points >= max(fair, _FEWEST),
        float(np.hypot(*(outline - MOUNT[:2, 3]).T).min()),
        look.turned(mover.velocity(look.time_s)),
        mover.yaw_rate(look.time_s),
        look.turned((later.x - here.x, later.y - here.y)),
        _track_of(outline, look, result.objects),
    )


def _unhidden(mover: Mover, outline: FloatArray, model: LidarModel) -> float:
    """About how many points a mover has where nothing hides it."""
    from_sensor = outline - MOUNT[:2, 3]
    reach = float(np.hypot(*from_sensor.T).min())
    width = _across(from_sensor) / reach
    low, high = (math.atan2(z - MOUNT[2, 3], reach) for z in (0.3, mover.kind.height))
    rings = int(((model.elevations > low) & (model.elevations < high)).sum())
    return rings * width * model.columns / (2.0 * math.pi)


def _track_of(
    outline: FloatArray, look: Look, objects: Sequence[TrackedObject]
) -> TrackedObject | None:
    """The track, of those that were measured on this outline now, that shows most of itself."""
    on_it = [
        tracked
        for tracked in objects
        if tracked.last_seen_ns == look.stamp_ns
        and inside(tracked.footprint().mean(axis=0)[None], outline, _AROUND)[0]
    ]
    return max(on_it, key=_seen_width, default=None)


def _seen_width(tracked: TrackedObject) -> float:
    return _across(tracked.footprint() - MOUNT[:2, 3])


def _across(from_sensor: FloatArray) -> float:
    """How wide points seen from the origin are across the line of sight [m]."""
    sight = from_sensor.mean(axis=0)
    across = from_sensor @ np.array([-sight[1], sight[0]]) / np.hypot(*sight)
    return float(across.max() - across.min())


def inside(points: FloatArray, outline: FloatArray, margin: float) -> FloatArray:
    """Which points (N, 2) lie in a convex outline that is enlarged by a margin [m]."""
    edges = np.roll(outline, -1, axis=0) - outline
    normals = np.stack([edges[:, 1], -edges[:, 0]], axis=1)
    normals /= np.hypot(*normals.T)[:, None]
    depth = (points[:, None] - outline[None]) * normals[None]
    return (depth.sum(axis=2) <= margin).all(axis=1)


def _touches(tracked: TrackedObject, outlines: Sequence[FloatArray]) -> bool:
    corners = tracked.footprint()
    return any(inside(corners, outline, _APART).any() for outline in outlines)


@dataclass(frozen=True)
class Figures:
    """Of one mover: what the sights come to.

    until_right: from first sight within range to a velocity that is right and stays so [s].
    until_moving: to being called moving [s]. switches: changes of the id. right: share of the
    sights later than half a second whose velocity is right. nees: mean squared velocity error per
    axis over the told variance, of what is called moving. ahead: median error of the way within the
    next second [m]; yaw_rate: median error [rad/s].
    """

    until_right: float
    until_moving: float
    switches: int
    right: float
    nees: float
    ahead: float
    yaw_rate: float
    nearest: float


def figures(sights: Sequence[Sight], rate: float, within: float) -> Figures | None:
    """The figures of a mover within this range [m]; None where it was never in sight there."""
    seen = [k for k, s in enumerate(sights) if s.is_seen and s.reach <= within]
    if not seen:
        return None
    first = seen[0]
    right = [k for k in seen if all(s.is_right for s in sights[k : k + _KEEPS] if s.is_seen)]
    called = [k for k in seen if sights[k].track and sights[k].track.motion is Motion.MOVING]
    ids = [sights[k].track.id for k in seen if sights[k].track and k > first + 1]
    late = [sights[k] for k in seen if k >= first + math.ceil(0.5 * rate)]
    known = [s for s in late if s.track and s.track.motion is Motion.MOVING]
    ratios = [s.error**2 / 2.0 / s.track.velocity_variance for s in known]
    ahead = [float(np.hypot(*(s.predicted - s.way))) for s in known]
    rates = [abs(s.track.yaw_rate - s.yaw_rate) for s in known]
    return Figures(
        until_right=(right[0] - first) / rate if right else math.inf,
        until_moving=(called[0] - first) / rate if called else math.inf,
        switches=sum(a != b for a, b in pairwise(ids)),
        right=float(np.mean([s.is_right for s in late])) if late else math.nan,
        nees=float(np.mean(ratios)) if ratios else math.nan,
        ahead=float(np.median(ahead)) if ahead else math.nan,
        yaw_rate=float(np.median(rates)) if rates else math.nan,
        nearest=sights[first].reach,
    )


@dataclass(frozen=True)
class Stillness:
    """Of what stands: 95th percentile and maximum of the speeds told [m/s], how many reports,
    ids of what was called moving, and of those that were said to come closer.
    """

    p95: float
    most: float
    reports: int
    moving: int
    towards: int


def stillness(still: Sequence[TrackedObject]) -> Stillness:
    """The figures of what stands."""
    speeds = [math.hypot(o.vx, o.vy) for o in still] or [0.0]
    moving = [o for o in still if o.motion is Motion.MOVING]
    towards = {o.id for o in moving if o.vx * o.x + o.vy * o.y < 0.0}
    return Stillness(
        float(np.percentile(speeds, 95)),
        max(speeds),
        len(still),
        len({o.id for o in moving}),
        len(towards),
    )

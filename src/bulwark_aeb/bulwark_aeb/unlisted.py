# SPDX-License-Identifier: Apache-2.0
"""The last resort: what stands on the path in the lidar's points, though no list has it.

Tracking may lose or never begin what is there. A dense group of points on the path that no object
explains, at one place over ground in many scans on end, is taken for a standing obstacle. Rain,
spray and what moves are at no place for so long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_aeb.inputs import Inputs, Objects, seconds
from bulwark_aeb.params import AebParams, UnlistedParams
from bulwark_aeb.path import Body, Path, swept_contact
from bulwark_aeb.scene import Scene, build_scene, displacement, join, move_to
from bulwark_core.frozen import replace
from bulwark_core.objects import EgoMotion, FloatArray, Motion, TrackedObject

BoolArray = npt.NDArray[np.bool_]
_LEAST_SIZE = 0.1
_DEVIATION = 0.1
_MOST_MISSED = 2
"""Scans in which it may be hidden before it is forgotten."""


@dataclass(frozen=True)
class _Group:
    """The nearest unexplained points: (N, 3) in base_link at `stamp_ns` [m], and since when."""

    id: int
    stamp_ns: int
    points: FloatArray
    looks: int = 1
    missed: int = 0
    first_ns: int = 0

    @property
    def place(self) -> FloatArray:
        """Middle of the box around the points, from above: (2,)."""
        low, high = self.points[:, :2].min(axis=0), self.points[:, :2].max(axis=0)
        return np.asarray((low + high) / 2.0)


class Unlisted:
    """Follows the nearest group of unexplained points from scan to scan."""

    def __init__(self, params: AebParams) -> None:
        self._params, self._body = params, Body.of(params.vehicle)
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._group: _Group | None = None
        self._groups = 0

    def look(self, points: npt.NDArray[Any], stamp_ns: int, inputs: Inputs, path: Path) -> Objects:
        """The obstacle that these (N, 3) points in base_link [m] show beside the lists, if any."""
        ego = inputs.odometry.value
        if ego is None:
            return ()
        limits = self._params.unlisted
        on_path = _on_path(points, path, self._body, limits)
        left = on_path[~_is_explained(on_path[:, :2], _known(inputs, ego, stamp_ns), limits.apart)]
        nearest = _nearest_group(left, path, self._body, limits)
        self._group = self._followed(nearest, stamp_ns, ego)
        group = self._group
        if group is None or group.missed > 0 or group.looks < limits.looks:
            return ()
        return (_as_object(group),)

    def _followed(self, nearest: FloatArray, stamp_ns: int, ego: EgoMotion) -> _Group | None:
        known = self._group and _moved(self._group, stamp_ns, ego)
        if len(nearest) == 0:
            lost = known is None or known.missed >= _MOST_MISSED
            return None if known is None or lost else replace(known, missed=known.missed + 1)
        seen = _Group(self._groups + 1, stamp_ns, nearest, first_ns=stamp_ns)
        if known is not None:
            apart = float(np.hypot(*(seen.place - known.place)))
            if apart <= self._params.unlisted.same_place:
                looks = known.looks + 1
                return replace(seen, id=known.id, looks=looks, first_ns=known.first_ns)
        self._groups += 1
        return seen


def _on_path(
    points: npt.NDArray[Any], path: Path, body: Body, limits: UnlistedParams
) -> FloatArray:
    """The points that the body would meet within reach, and that are no kerb."""
    near = (np.abs(points[:, :2]) <= limits.reach + body.front).all(axis=1)
    points = np.asarray(points[near & (points[:, 2] >= limits.height)], dtype=float)
    return points[swept_contact(points[:, :2], path, body) <= limits.reach]


def _known(inputs: Inputs, ego: EgoMotion, stamp_ns: int) -> Scene:
    """Both lists, as base_link sees them at the stamp."""
    scenes = [
        move_to(build_scene(feed.stamp_ns, feed.value or ()), stamp_ns, ego.speed, ego.yaw_rate)
        for feed in (inputs.objects, inputs.static_obstacles)
    ]
    return join(*scenes)


def _is_explained(points: FloatArray, scene: Scene, apart: float) -> BoolArray:
    """Which of (N, 2) points are in an object's outline, or this close to it: (N,) bool."""
    explained = np.zeros(len(points), dtype=bool)
    for index in range(len(scene)):
        away = np.hypot(*(points - scene.centre[index]).T) > scene.radius[index] + apart
        if away.all():
            continue
        mine = scene.owner == index
        starts, steps = scene.corners[mine], scene.next_corners[mine] - scene.corners[mine]
        lengths = np.maximum(np.hypot(*steps.T), 1e-9)
        to_point = points[:, None, :] - starts
        outside = (steps[:, 1] * to_point[..., 0] - steps[:, 0] * to_point[..., 1]) / lengths
        explained |= outside.max(axis=1) <= apart
    return explained


def _nearest_group(
    points: FloatArray, path: Path, body: Body, limits: UnlistedParams
) -> FloatArray:
    """The first points on the path that are dense along it: (N, 3), empty where there are none."""
    travel = swept_contact(points[:, :2], path, body)
    order = np.argsort(travel, kind="stable")
    travel, least = travel[order], limits.points
    if len(travel) < least:
        return points[:0]
    dense = np.flatnonzero(travel[least - 1 :] - travel[: len(travel) - least + 1] <= limits.depth)
    if len(dense) == 0:
        return points[:0]
    first = dense[0]
    chosen = order[first:][travel[first:] <= travel[first] + limits.depth]
    return np.asarray(points[chosen])


def _moved(group: _Group, stamp_ns: int, ego: EgoMotion) -> _Group:
    """The group as base_link sees it at the stamp, if it stands."""
    x, y, yaw = displacement(ego.speed, ego.yaw_rate, seconds(stamp_ns - group.stamp_ns))
    cos, sin = np.cos(yaw), np.sin(yaw)
    points = group.points.copy()
    points[:, :2] = (points[:, :2] - (x, y)) @ np.array([[cos, -sin], [sin, cos]])
    return replace(group, stamp_ns=stamp_ns, points=points)


def _as_object(group: _Group) -> TrackedObject:
    low, high = group.points.min(axis=0), group.points.max(axis=0)
    size, middle = np.maximum(high - low, _LEAST_SIZE), (low + high) / 2.0
    return TrackedObject(
        id=group.id,
        x=float(middle[0]),
        y=float(middle[1]),
        z=float(middle[2]),
        yaw=0.0,
        length=float(size[0]),
        width=float(size[1]),
        height=float(size[2]),
        motion=Motion.STATIONARY,
        position_variance=_DEVIATION**2,
        first_seen_ns=group.first_ns,
        last_seen_ns=group.stamp_ns,
        measurements=group.looks,
    )

# SPDX-License-Identifier: Apache-2.0
"""Objects as arrays, moved from their stamp to now."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_aeb.inputs import seconds
from bulwark_aeb.params import PlausibleParams
from bulwark_core.frozen import replace
from bulwark_core.objects import NO_OUTLINE, FloatArray, Motion, TrackedObject

IntArray = npt.NDArray[np.int64]
_NO_TURN = 1e-20
Key = tuple[str, int]
"""Which list an object comes from, and its id there."""


@dataclass(frozen=True)
class Scene:
    """N objects with together V outline corners, in base_link at `stamp_ns`.

    corners, next_corners: (V, 2) start and end of every outline edge [m]; owner: (V,) whose.
    centre (N, 2), radius (N,): circle around the outline [m]; velocity (N, 2) over ground [m/s];
    position_deviation [m], velocity_deviation [m/s]: (N,).
    """

    stamp_ns: int
    keys: tuple[Key, ...]
    objects: tuple[TrackedObject, ...]
    corners: FloatArray
    next_corners: FloatArray
    owner: IntArray
    centre: FloatArray
    radius: FloatArray
    velocity: FloatArray
    position_deviation: FloatArray
    velocity_deviation: FloatArray

    def __len__(self) -> int:
        return len(self.objects)

    def pick(self, chosen: IntArray) -> Scene:
        """The scene with only the objects at these indices, which are in order."""
        if len(chosen) == len(self):
            return self
        place = np.full(len(self), -1)
        place[chosen] = np.arange(len(chosen))
        kept = place[self.owner] >= 0
        return replace(
            self,
            keys=tuple(self.keys[index] for index in chosen),
            objects=tuple(self.objects[index] for index in chosen),
            corners=self.corners[kept],
            next_corners=self.next_corners[kept],
            owner=place[self.owner[kept]],
            centre=self.centre[chosen],
            radius=self.radius[chosen],
            velocity=self.velocity[chosen],
            position_deviation=self.position_deviation[chosen],
            velocity_deviation=self.velocity_deviation[chosen],
        )


def build_scene(stamp_ns: int, objects: Sequence[TrackedObject], source: str = "lidar") -> Scene:
    """Arrays from objects; outlines where there are any, else boxes."""
    table = _table(objects)
    boxes = _boxes(table)
    outlines = [
        item.outline if len(item.outline) >= 3 else box
        for item, box in zip(objects, boxes, strict=True)
    ]
    sizes = np.array([len(outline) for outline in outlines], dtype=np.int64)
    corners = np.concatenate([NO_OUTLINE, *outlines])
    owner = np.repeat(np.arange(len(objects)), sizes)
    first = np.concatenate([[0], np.cumsum(sizes)])[:-1].astype(np.int64)
    following = np.arange(1, len(corners) + 1)
    following[first + sizes - 1] = first
    centre = table[:, :2]
    radius = np.zeros(len(objects))
    np.maximum.at(radius, owner, np.hypot(*(corners - centre[owner]).T))
    still = table[:, 10] == Motion.STATIONARY
    return Scene(
        stamp_ns,
        tuple((source, item.id) for item in objects),
        tuple(objects),
        corners,
        corners[following],
        owner,
        centre,
        radius,
        np.where(still[:, None], 0.0, table[:, 5:7]),
        np.sqrt(np.maximum(table[:, 7], 0.0)),
        np.where(still, 0.0, np.sqrt(np.maximum(table[:, 8], 0.0))),
    )


def believable(objects: Sequence[TrackedObject], limits: PlausibleParams) -> list[TrackedObject]:
    """The objects that are finite, of some size, and neither too fast nor too far for a road."""
    table = _table(objects)
    larger, smaller = table[:, 3:5].max(axis=1), table[:, 3:5].min(axis=1)
    good = (
        np.isfinite(table).all(axis=1)
        & (smaller >= 0.0)
        & (larger >= limits.object_extent)
        & (larger <= limits.object_distance)
        & (np.hypot(table[:, 5], table[:, 6]) <= limits.object_speed)
        & (np.hypot(table[:, 0], table[:, 1]) <= limits.object_distance)
    )
    outlines = np.concatenate([NO_OUTLINE, *(item.outline for item in objects)])
    if not np.isfinite(outlines).all():
        good &= [bool(np.isfinite(item.outline).all()) for item in objects]
    return [item for item, is_good in zip(objects, good.tolist(), strict=True) if is_good]


def _table(objects: Sequence[TrackedObject]) -> FloatArray:
    """The numbers of N objects: (N, 11)."""
    rows = [
        (
            item.x, item.y, item.yaw, item.length, item.width, item.vx, item.vy,
            item.position_variance, item.velocity_variance, item.existence, item.motion,
        )
        for item in objects
    ]  # fmt: skip
    return np.array(rows, dtype=float).reshape(-1, 11)


def join(first: Scene, second: Scene) -> Scene:
    """Both in one; they must be of the same moment."""
    if len(second) == 0:
        return first
    pairs = {
        name: np.concatenate([getattr(first, name), getattr(second, name)])
        for name in (
            "corners", "next_corners", "centre", "radius", "velocity",
            "position_deviation", "velocity_deviation",
        )
    }  # fmt: skip
    return Scene(
        first.stamp_ns,
        first.keys + second.keys,
        first.objects + second.objects,
        owner=np.concatenate([first.owner, second.owner + len(first)]),
        **pairs,
    )


def _boxes(table: FloatArray) -> FloatArray:
    """Corners of N boxes, counter-clockwise: (N, 4, 2)."""
    half = table[:, None, 3:5] / 2.0 * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    cos, sin = np.cos(table[:, 2:3]), np.sin(table[:, 2:3])
    x = half[..., 0] * cos - half[..., 1] * sin
    y = half[..., 0] * sin + half[..., 1] * cos
    return np.stack([x, y], axis=-1) + table[:, None, :2]


def displacement(speed: float, yaw_rate: float, time: float) -> tuple[float, float, float]:
    """Where base_link is after `time` at constant speed and yaw rate: x, y [m], yaw [rad]."""
    yaw = yaw_rate * time
    half = yaw / 2.0
    chord = speed * time * (math.sin(half) / half if abs(half) > _NO_TURN else 1.0)
    return chord * math.cos(yaw / 2.0), chord * math.sin(yaw / 2.0), yaw


def move_to(scene: Scene, now_ns: int, speed: float, yaw_rate: float) -> Scene:
    """The scene as base_link sees it at `now_ns`: objects moved on, own motion taken off."""
    if len(scene) == 0:
        return replace(scene, stamp_ns=now_ns)
    time = seconds(now_ns - scene.stamp_ns)
    x, y, yaw = displacement(speed, yaw_rate, time)
    cos, sin = math.cos(yaw), math.sin(yaw)
    rotation = np.array([[cos, -sin], [sin, cos]])
    shift = scene.velocity * time - (x, y)
    return replace(
        scene,
        stamp_ns=now_ns,
        corners=(scene.corners + shift[scene.owner]) @ rotation,
        next_corners=(scene.next_corners + shift[scene.owner]) @ rotation,
        centre=(scene.centre + shift) @ rotation,
        velocity=scene.velocity @ rotation,
    )

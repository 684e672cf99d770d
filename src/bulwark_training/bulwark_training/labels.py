# SPDX-License-Identifier: Apache-2.0
"""True boxes from what each pixel shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import ObjectClass
from bulwark_training.classes import NUMBER
from bulwark_world.actors import Actor
from bulwark_world.scene import Hits, Scene

Float32Array = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

OPEN = -1
"""The class number of a region that is neither asked for nor counted as wrong."""
_OPEN_KINDS = ("house", "skyline", "booth")
_FEWEST_PIXELS = 12
_LARGE = 400  # pixels, from which every fourth row and column tells how much is seen
_AROUND = 24
_NEAR_SHARE = 5.0  # per cent of its pixels are nearer than a thing's distance
_FIELDS = 7


@dataclass(frozen=True)
class Labels:
    """N boxes of one picture.

    boxes: (N, 4) float32 x_min, y_min, x_max, y_max of the pixels that show it [px].
    classes: (N,) numbers, OPEN for regions that are left open. visible: (N,) share of its pixels
    in the picture that nothing hides. distance: (N,) of its near end from the camera [m].
    """

    boxes: Float32Array
    classes: IntArray
    visible: Float32Array
    distance: Float32Array

    def __len__(self) -> int:
        return len(self.classes)

    def take(self, index: npt.NDArray[np.bool_] | IntArray) -> Labels:
        """Those that an index or mask names."""
        return Labels(
            self.boxes[index], self.classes[index], self.visible[index], self.distance[index]
        )

    def as_rows(self) -> Float32Array:
        """(N, 7): box, class number, visible, distance."""
        rest = [self.classes.astype(np.float32), self.visible, self.distance]
        return np.column_stack([self.boxes, *rest]).astype(np.float32).reshape(-1, _FIELDS)

    @classmethod
    def from_rows(cls, rows: Float32Array) -> Labels:
        """What `as_rows` gave."""
        return cls(rows[:, :4], rows[:, 4].astype(np.int64), rows[:, 5], rows[:, 6])


def class_number(actor: Actor) -> int | None:
    """Of an actor; OPEN for fronts of houses, None for what is background."""
    if actor.kind.name in _OPEN_KINDS:
        return OPEN
    return NUMBER.get(actor.kind.object_class)


def groups_of(actors: Sequence[Actor]) -> IntArray:
    """Which object each actor belongs to (A,): the pieces of a place's guard rail are one."""
    first: dict[str, int] = {}
    groups = np.arange(len(actors))
    for number, actor in enumerate(actors):
        if actor.kind.object_class == ObjectClass.GUARD_RAIL and actor.name.startswith("rail_"):
            groups[number] = first.setdefault("rail", number)
    return groups


def read_labels(
    scene: Scene, actors: Sequence[Actor], hits: Hits, rays: Float32Array, width: int
) -> Labels:
    """The boxes of a picture.

    actors: all that the scene has. hits: of the rays (H * W, 6) of its pixels, row by row; width:
    of the picture [px].
    """
    owner = scene.owners(hits)
    shown = np.where(owner >= 0, groups_of(actors)[owner], -1)
    rows = []
    for group in np.unique(shown[shown >= 0]):
        number = class_number(actors[group])
        pixels = np.flatnonzero(shown == group)
        if number is None or len(pixels) < _FEWEST_PIXELS:
            continue
        box = _box_of(pixels, width)
        members = [int(k) for k in np.unique(owner[pixels])]
        visible = _visible(scene, members, rays, pixels, box, width)
        near = float(np.percentile(hits.distance[pixels], _NEAR_SHARE))
        rows.append((*box, number, visible, near))
    return Labels.from_rows(np.array(rows, np.float32).reshape(-1, _FIELDS))


def _box_of(pixels: IntArray, width: int) -> tuple[int, int, int, int]:
    v, u = np.divmod(pixels, width)
    return int(u.min()), int(v.min()), int(u.max()) + 1, int(v.max()) + 1


def _visible(
    scene: Scene, members: list[int], rays: Float32Array, pixels: IntArray,
    box: tuple[int, int, int, int], width: int,
) -> float:  # fmt: skip
    """Share of a thing's pixels in the picture that show it."""
    height = len(rays) // width
    grid = np.arange(len(rays)).reshape(height, width)
    if len(pixels) >= _LARGE:
        looked = grid[::4, ::4]
    else:
        left, top, right, bottom = box
        looked = grid[
            max(top - _AROUND, 0) : bottom + _AROUND, max(left - _AROUND, 0) : right + _AROUND
        ]
    chosen = np.ascontiguousarray(looked).reshape(-1)
    covered = np.zeros(len(chosen), np.bool_)
    for member in members:
        covered |= scene.would_meet(member, rays[chosen])
    is_shown = np.zeros(len(rays), np.bool_)
    is_shown[pixels] = True
    return float(np.count_nonzero(is_shown[chosen]) / max(np.count_nonzero(covered), 1))

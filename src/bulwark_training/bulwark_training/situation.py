# SPDX-License-Identifier: Apache-2.0
"""What is put before the camera: things of all classes in groups, clutter and a skyline."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bulwark_core.objects import ObjectClass
from bulwark_training import barriers, clutter, vehicles
from bulwark_training.palette import Palette
from bulwark_training.settings import Setting
from bulwark_world.actors import Actor
from bulwark_world.kinds import Kind, kinds
from bulwark_world.motion import Pose
from bulwark_world.roadside_kinds import BARRIER_ALONG, CONE

Maker = Callable[[np.random.Generator, Palette], Kind]

_C = ObjectClass
MAKERS: dict[ObjectClass, tuple[Maker, float]] = {
    _C.CAR: (vehicles.car, 1.4),
    _C.TRUCK: (vehicles.truck, 0.8),
    _C.PEDESTRIAN: (vehicles.pedestrian, 1.2),
    _C.CYCLIST: (vehicles.cyclist, 1.1),
    _C.WATER_BARRIER: (barriers.water_barrier, 1.3),
    _C.CRASH_BARREL: (barriers.crash_barrel, 1.2),
    _C.PILLAR: (barriers.pillar, 1.4),
    _C.WALL: (barriers.wall, 1.2),
    _C.CONE: (barriers.cone, 1.0),
    _C.GUARD_RAIL: (barriers.guard_rail, 0.8),
}
"""What makes one of a class, and how often it is asked to."""

_USUAL: dict[ObjectClass, tuple[Kind, ...]] = {
    _C.WATER_BARRIER: (kinds()["water_barrier"], BARRIER_ALONG),
    _C.CONE: (kinds()["cone"], CONE),
    **{
        kind.object_class: tuple(
            k for k in kinds().values() if k.object_class == kind.object_class and k.name != "house"
        )
        for kind in kinds().values()
        if kind.object_class in (_C.CAR, _C.TRUCK, _C.PEDESTRIAN, _C.CYCLIST, _C.CRASH_BARREL)
        or kind.object_class in (_C.PILLAR, _C.WALL)
    },
}
"""The world's own kinds, which scenarios show."""
_USUAL_SHARE = 0.22
_ROWS = {_C.WATER_BARRIER: 0.45, _C.CONE: 0.45, _C.CRASH_BARREL: 0.3, _C.CAR: 0.15, _C.PILLAR: 0.2}
_NEAREST, _FARTHEST = 3.0, 60.0
_LARGE = 30.0  # what is larger keeps nothing away [m]


@dataclass(frozen=True)
class Situation:
    """A setting with what stands there; the palette has the colours that meshes name."""

    setting: Setting
    actors: Sequence[Actor]
    palette: Palette


def fill(rng: np.random.Generator, setting: Setting, palette: Palette, seed: int) -> Situation:
    """Put things before the camera of a setting; seed: of the place's own things."""
    stands = [*setting.place.furniture(seed), *setting.place.bystanders(seed)]
    stands = [_recoloured(actor, rng, palette) for actor in stands]
    filling = _Filling(rng, setting, palette, stands)
    is_inside = setting.place_name == "garage"
    for _ in range(int(rng.integers(1, 5 if is_inside else 9))):
        filling.add_group()
    for _ in range(0 if is_inside else int(rng.integers(0, 9))):
        filling.add_clutter()
    if not is_inside:
        filling.add_skyline(int(rng.integers(0, 25)))
    return Situation(setting, filling.actors, palette)


def _recoloured(actor: Actor, rng: np.random.Generator, palette: Palette) -> Actor:
    """A place's own car, in most cases another one."""
    if actor.kind.object_class != _C.CAR or rng.random() < 0.3:
        return actor
    return replace(actor, kind=vehicles.car(rng, palette))


class _Filling:
    """Finds room for things in the camera's view."""

    def __init__(
        self, rng: np.random.Generator, setting: Setting, palette: Palette, stands: list[Actor]
    ) -> None:
        self.actors = stands
        self._rng, self._setting, self._palette = rng, setting, palette
        self._taken = [
            (actor.start.x, actor.start.y, _radius(actor.kind))
            for actor in stands
            if _radius(actor.kind) < _LARGE
        ]
        self._farthest = 20.0 if setting.place_name == "garage" else _FARTHEST
        half = setting.intrinsics.width / 2 / setting.intrinsics.focal
        self._view = math.atan(half) * 1.1

    def add_group(self) -> None:
        """One of a class, or a row of them."""
        classes = list(MAKERS)
        weights = np.array([MAKERS[c][1] for c in classes])
        chosen = classes[int(self._rng.choice(len(classes), p=weights / weights.sum()))]
        kind = self._make(chosen)
        count = 1
        if self._rng.random() < _ROWS.get(chosen, 0.0):
            count = int(self._rng.integers(2, 7))
        away, bearing = self._spot()
        yaw = self._setting.ego.yaw + self._turn(chosen)
        gap = 0.0 if chosen == _C.WATER_BARRIER and self._rng.random() < 0.5 else None
        along = yaw + math.pi / 2 if chosen != _C.CAR else yaw
        step = (kind.width if chosen != _C.CAR else kind.length) + 0.02
        step += self._rng.uniform(0.1, 4.0) if gap is None else gap
        x, y = self._at(away, bearing)
        for i in range(count):
            there = Pose(x + i * step * math.cos(along), y + i * step * math.sin(along), yaw)
            if i and self._rng.random() < 0.4 and chosen in (_C.CAR, _C.CONE):
                kind = self._make(chosen)
            self._put(kind, there, is_free=gap == 0.0 and i > 0)

    def add_clutter(self) -> None:
        """Something that is none of the classes."""
        there = Pose(*self._at(*self._spot()), self._rng.uniform(0.0, 2.0 * math.pi))
        self._put(clutter.clutter(self._rng, self._palette), there)

    def add_skyline(self, count: int) -> None:
        """Blocks far away."""
        for _ in range(count):
            away, bearing = self._rng.uniform(75.0, 160.0), self._rng.uniform(-1.2, 1.2)
            x, y = self._at(away, bearing)
            kind = clutter.skyline(self._rng, self._palette)
            pose = Pose(x, y, self._setting.ego.yaw + self._rng.normal(0.0, 0.5))
            self.actors.append(Actor(f"far_{len(self.actors)}", kind, pose))

    def _make(self, chosen: ObjectClass) -> Kind:
        usual = _USUAL.get(chosen)
        if usual is not None and self._rng.random() < _USUAL_SHARE:
            return usual[int(self._rng.integers(len(usual)))]
        return MAKERS[chosen][0](self._rng, self._palette)

    def _turn(self, chosen: ObjectClass) -> float:
        """How things of a class stand to the own heading [rad]."""
        draw = self._rng.random()
        if chosen in (_C.PEDESTRIAN, _C.CYCLIST, _C.CONE) or draw < 0.25:
            return float(self._rng.uniform(-math.pi, math.pi))
        quarter = 0.0 if draw < 0.65 else math.pi / 2
        flip = math.pi if self._rng.random() < 0.4 else 0.0
        return float(quarter + flip + self._rng.normal(0.0, 0.1))

    def _spot(self) -> tuple[float, float]:
        low, high = math.log(_NEAREST), math.log(self._farthest)
        away = math.exp(self._rng.uniform(low, high))
        if self._setting.place_name == "garage":
            return away, float(self._rng.normal(0.0, min(2.0 / away, self._view)))
        return away, float(self._rng.uniform(-self._view, self._view))

    def _at(self, away: float, bearing: float) -> tuple[float, float]:
        """A place in the world, from the camera's."""
        ego = self._setting.ego
        eye = ego.ahead(float(self._setting.mount[0, 3]))
        return (
            eye.x + away * math.cos(ego.yaw + bearing), eye.y + away * math.sin(ego.yaw + bearing),
        )  # fmt: skip

    def _put(self, kind: Kind, there: Pose, *, is_free: bool = False) -> None:
        """Where there is room; is_free: it may touch others."""
        radius = _radius(kind)
        eye = self._setting.ego.ahead(1.7)
        if math.hypot(there.x - eye.x, there.y - eye.y) < radius + 1.2:
            return
        if not is_free and any(
            math.hypot(there.x - x, there.y - y) < radius + r for x, y, r in self._taken
        ):
            return
        self._taken.append((there.x, there.y, radius))
        self.actors.append(Actor(f"{kind.name}_{len(self.actors)}", kind, there))


def _radius(kind: Kind) -> float:
    return math.hypot(kind.length, kind.width) / 2

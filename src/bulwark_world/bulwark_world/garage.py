# SPDX-License-Identifier: Apache-2.0
"""A parking garage: an aisle along x between bays, pillars and walls, under a low ceiling.

The measures are those that German garages have to keep (Garagenverordnung) or usually have: bays
of 2.5 x 5 m, a pillar strip after every third bay, clear height at least 2 m.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bulwark_world.actors import Actor
from bulwark_world.kinds import Kind, kinds
from bulwark_world.line import Section
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, box, merge, pipe
from bulwark_world.motion import Pose
from bulwark_world.place import Ground
from bulwark_world.ramp import LANDING, Ramp
from bulwark_world.relief import Relief
from bulwark_world.way import Way

RAMPS = ("up", "down", "none")
START = -18.0
"""Where the wall behind the own vehicle stands: room for a run-up to 15 km/h [m]."""
STOP_HEIGHT = 0.12
_BAY_WIDTH, _BAY_DEPTH, _BAYS = 2.5, 5.0, 3
_STRIP = 0.6
_MODULE = _BAYS * _BAY_WIDTH + _STRIP
_PILLAR_INSET = 0.45  # from the aisle to the pillar's middle
_BELOW_CEILING, _LEAST_CLEAR = 0.28, 2.02
_SLAB = 0.2
_BESIDE = _BAY_DEPTH / 2
_LINE = 0.12


@dataclass(frozen=True)
class Garage:
    """One level. All lengths in [m].

    modules: pillar strips with three bays on both sides. aisle: its width. ceiling: its height;
    beams and pipes hang below it. occupancy: share of the bays with a car. ramp: where the aisle
    leads to, one of RAMPS. landing: what there is of the next level.
    """

    modules: int = 7
    aisle: float = 5.5
    ceiling: float = 2.3
    occupancy: float = 0.75
    ramp: str = "up"
    landing: float = LANDING

    @property
    def way(self) -> Way:
        """The x axis."""
        return Way((Section(self.end),), self.start)

    @property
    def surface(self) -> Relief | None:
        """The ramp and what it leads to."""
        ramps = self._ramps()
        return Relief(self.way, ramps[0].profile) if ramps else None

    @property
    def start(self) -> float:
        """The wall behind: x [m]."""
        return START

    @property
    def end(self) -> float:
        """Where the level ends, with a wall or the ramp: x [m]."""
        return START + self.modules * _MODULE + _STRIP

    @property
    def right_edge(self) -> float:
        """The aisle's right side: y [m]."""
        return -self.aisle / 2

    @property
    def left_edge(self) -> float:
        """The aisle's left side: y [m]."""
        return self.aisle / 2

    @property
    def lane_lines(self) -> tuple[float, ...]:
        """Lines between the aisle and the bays: y [m]."""
        return (self.right_edge, self.left_edge)

    @property
    def clear_height(self) -> float:
        """Below beams and pipes [m]."""
        return max(self.ceiling - _BELOW_CEILING, _LEAST_CLEAR)

    def with_run_up(self, _way: float) -> Garage:
        """The same: there is room behind, see START."""
        return self

    def ground(self) -> Ground:
        """Asphalt from wall to wall, open where a ramp leads down."""
        ways = self._ramps()
        paved = (-self._half, self._half, START, max([self.end, *(r.end for r in ways)]))
        lines = [(y, _LINE / 2, 0.0, 1.0) for y in self.lane_lines]
        holes = np.concatenate([np.empty((0, 4), np.float32), *(r.hole for r in ways)])
        return Ground(np.array(paved, np.float32), np.array(lines, np.float32), holes)

    def mesh(self) -> Mesh:
        """Ceiling, beams, pipes, plinths of the pillars, wheel stops and the ramp."""
        length, middle = self.end - START, (self.end + START) / 2
        ceiling = box(
            length, 2 * self._half, self.ceiling, self.ceiling + _SLAB, Material.CONCRETE
        ).moved(middle)
        beam = box(0.4, 2 * self._half, self.clear_height, self.ceiling, Material.CONCRETE)
        line = pipe(0.06, length, Material.METAL).moved(middle, 0.0, self.clear_height + 0.1)
        stop = box(1.6, 0.15, 0.0, STOP_HEIGHT, Material.CONCRETE)
        plinth = box(_STRIP, 0.8, 0.0, STOP_HEIGHT, Material.CONCRETE)
        behind = self.aisle / 2 + _BAY_DEPTH - 0.9
        return merge(
            [
                ceiling,
                *(beam.moved(x) for x in self._strips()),
                *(line.moved(0.0, y) for y in (-0.8, 0.9, self.aisle / 2 + 1.0)),
                *(stop.moved(x, side * behind) for x, side in self._bays()),
                *(plinth.moved(*place) for place in self._pillars()),
                *(ramp.mesh() for ramp in self._ramps()),
            ]
        )

    def furniture(self, seed: int) -> list[Actor]:
        """Walls, pillars of either kind, and cars in some of the bays."""
        rng = np.random.default_rng((seed, 19))
        pillars = [
            Actor(f"pillar_{i}", self._pillar_kind(rng), Pose(x, y))
            for i, (x, y) in enumerate(self._pillars())
        ]
        cars = [
            self._parked(rng, x, side, f"parked_{i}")
            for i, (x, side) in enumerate(self._bays())
            if rng.random() < self.occupancy
        ]
        return [*self._walls(), *pillars, *cars]

    def bystanders(self, _seed: int) -> list[Actor]:
        """Nobody."""
        return []

    @property
    def _half(self) -> float:
        return self.aisle / 2 + _BAY_DEPTH

    def _strips(self) -> list[float]:
        """The middles of the pillar strips: x."""
        return [START + i * _MODULE + _STRIP / 2 for i in range(self.modules + 1)]

    def _pillars(self) -> list[tuple[float, float]]:
        y = self.aisle / 2 + _PILLAR_INSET
        return [(x, side * y) for x in self._strips() for side in (-1.0, 1.0)]

    def _bays(self) -> Iterator[tuple[float, float]]:
        """The middles of the bays: x, and on which side."""
        for strip in self._strips()[:-1]:
            for k in range(_BAYS):
                for side in (-1.0, 1.0):
                    yield strip + _STRIP / 2 + (k + 0.5) * _BAY_WIDTH, side

    def _ramps(self) -> list[Ramp]:
        if self.ramp == "none":
            return []
        storey = self.ceiling + _SLAB
        rise = storey if self.ramp == "up" else -storey
        return [Ramp(self.end, rise, self.aisle, self.ceiling, self.landing)]

    def _pillar_kind(self, rng: np.random.Generator) -> Kind:
        kind = kinds()[str(rng.choice(["pillar", "round_pillar"]))]
        size = float(rng.uniform(0.4, 0.58))
        return replace(kind, length=size, width=size, height=self.ceiling)

    def _parked(self, rng: np.random.Generator, x: float, side: float, name: str) -> Actor:
        across, into = rng.uniform(-0.12, 0.12), rng.uniform(-0.15, 0.15)
        facing = rng.choice([-1.0, 1.0]) * np.pi / 2 + rng.uniform(-0.03, 0.03)
        y = side * (self.aisle / 2 + _BESIDE + into)
        return Actor(name, kinds()["car"], Pose(float(x + across), float(y), float(facing)))

    def _walls(self) -> list[Actor]:
        long, middle = self.end - START, (self.end + START) / 2
        away = self._half + 0.15
        walls = [
            self._wall("wall_right", long, Pose(middle, -away, np.pi / 2)),
            self._wall("wall_left", long, Pose(middle, away, np.pi / 2)),
            self._wall("wall_behind", 2 * self._half, Pose(START - 0.15)),
        ]
        if self.ramp == "none":
            return [*walls, self._wall("wall_ahead", 2 * self._half, Pose(self.end + 0.15))]
        beside = self.aisle / 2 + _BESIDE
        return walls + [
            self._wall(f"wall_ahead_{name}", _BAY_DEPTH, Pose(self.end + 0.15, y))
            for name, y in (("right", -beside), ("left", beside))
        ]

    def _wall(self, name: str, width: float, pose: Pose) -> Actor:
        kind = replace(kinds()["wall"], width=width, height=self.ceiling)
        return Actor(name, kind, pose)

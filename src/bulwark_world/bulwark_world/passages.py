# SPDX-License-Identifier: Apache-2.0
"""What the car squeezes through: a narrow gate, a toll plaza, a car wash, low branches."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from bulwark_core.params import param
from bulwark_world.actors import Actor
from bulwark_world.kinds import kinds
from bulwark_world.line import Section
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, box, pipe
from bulwark_world.motion import Pose
from bulwark_world.roadside_kinds import BOOTH, WALL
from bulwark_world.site import Dress
from bulwark_world.stretch import Stretch
from bulwark_world.sweep import block
from bulwark_world.way import Way

_BEYOND = 80.0


@dataclass(frozen=True)
class _Straight:
    """A yard of asphalt with a way along x."""

    ahead: float = param(25.0, "from the origin", unit="m", minimum=5.0, maximum=300.0)

    def stretch(self) -> Stretch:
        """No lines, no kerbs."""
        way = Way((Section(self.ahead + _BEYOND),))
        return Stretch(way, lanes=1, lane_width=3.0, shoulder=0.0, marked=False, paved=True)

    def surface(self, _road: Stretch) -> None:
        """The plane."""
        return


@dataclass(frozen=True)
class Gate(_Straight):
    """Two pillars at the ends of walls."""

    free: float = param(2.3, "between the pillars", unit="m", minimum=2.0, maximum=6.0)
    pillar: float = param(0.5, "edge of the pillars", unit="m", minimum=0.1, maximum=1.5)

    def dress(self, _road: Stretch, _rng: np.random.Generator) -> Dress:
        """Pillars, and a wall of 6 m beside each."""
        pillar = replace(kinds()["pillar"], length=self.pillar, width=self.pillar, height=2.2)
        wall = replace(WALL, length=0.25, width=6.0, height=1.8)
        things = []
        for side, name in ((1.0, "left"), (-1.0, "right")):
            y = side * (self.free / 2.0 + self.pillar / 2.0)
            beside = y + side * (self.pillar / 2.0 + wall.width / 2.0)
            things += [
                Actor(f"pillar_{name}", pillar, Pose(self.ahead, y)),
                Actor(f"wall_{name}", wall, Pose(self.ahead, beside)),
            ]
        return Dress(things=things)


@dataclass(frozen=True)
class Toll(_Straight):
    """Islands with booths under a canopy; the own lane's barrier is raised."""

    free: float = param(3.2, "between the islands", unit="m", minimum=2.3, maximum=6.0)
    canopy: float = param(4.8, "clear height", unit="m", minimum=2.3, maximum=8.0)

    def dress(self, road: Stretch, _rng: np.random.Generator) -> Dress:
        """One island on either side, with a booth and a post of the barrier."""
        width, middle, end = 2.0, self.ahead + 6.0, self.ahead + 14.0
        y = (self.free + width) / 2.0
        meshes = [
            block(road.bed, side * y, width, 0.0, 0.2, self.ahead, end, Material.CONCRETE)
            for side in (1.0, -1.0)
        ]
        roof = box(10.0, 30.0, self.canopy, self.canopy + 0.6, Material.PAINT_WHITE)
        arm = pipe(0.05, 3.0, Material.PLASTIC_RED)
        meshes += [roof.moved(middle), _upright(arm).moved(middle + 4.0, -self.free / 2.0 - 0.5)]
        things = [Actor(f"booth_{s:+.0f}", BOOTH, Pose(middle, s * y)) for s in (1.0, -1.0)]
        return Dress(meshes, things)


@dataclass(frozen=True)
class CarWash(_Straight):
    """A hall with curtains of strips that hang across the way and give way to the car."""

    rows: int = param(2, "curtains", minimum=1, maximum=6)
    below: float = param(0.35, "from the ground to the strips", unit="m", minimum=0.1, maximum=1.5)
    strip: float = param(0.25, "width of a strip", unit="m", minimum=0.05, maximum=0.6)
    gap: float = param(0.08, "between strips", unit="m", minimum=0.0, maximum=0.6)

    def dress(self, road: Stretch, _rng: np.random.Generator) -> Dress:
        """Walls and ceiling as the hall, strips as mesh: what touches them is no contact."""
        end = self.ahead + 12.0
        hall = [
            block(road.bed, side * 2.2, 0.2, 0.0, 2.9, self.ahead, end, Material.BRICK)
            for side in (1.0, -1.0)
        ]
        hall.append(block(road.bed, 0.0, 4.6, 2.7, 2.9, self.ahead, end, Material.CONCRETE))
        return Dress([*hall, *self._strips()])

    def _strips(self) -> list[Mesh]:
        strip = box(0.02, self.strip, self.below, 2.6, Material.CLOTH_BRIGHT)
        across = np.arange(-1.4, 1.4, self.strip + self.gap)
        rows = [self.ahead + 0.5 + 4.0 * i for i in range(self.rows)]
        return [strip.moved(x, float(y)) for x in rows for y in across]


@dataclass(frozen=True)
class Branches(_Straight):
    """A tree beside the road whose branches reach over it."""

    clearance: float = param(2.2, "below the leaves", unit="m", minimum=1.65, maximum=5.0)
    depth: float = param(6.0, "along the way", unit="m", minimum=1.0, maximum=40.0)

    def dress(self, _road: Stretch, rng: np.random.Generator) -> Dress:
        """Leaves as small flakes on branches that rise from the lowest over the way."""
        tree = kinds()["tree"]
        leaves = [self._leaf(rng) for _ in range(round(60 * self.depth))]
        boughs = [
            box(0.08, 5.0, self.clearance + 0.3, self.clearance + 0.4, Material.BRICK).moved(
                self.ahead + float(x), -0.5
            )
            for x in np.arange(0.5, self.depth, 1.5)
        ]
        trunk = Actor("tree", tree, Pose(self.ahead + self.depth / 2.0, -4.6))
        return Dress([*leaves, *boughs], furniture=[trunk])

    def _leaf(self, rng: np.random.Generator) -> Mesh:
        size, low = float(rng.uniform(0.1, 0.25)), self.clearance
        leaf = box(size, size, 0.0, 0.02, Material.FOLIAGE)
        x, y = rng.uniform(0.0, self.depth), rng.uniform(-3.0, 2.0)
        z, yaw = low + rng.uniform(0.0, 1.0), rng.uniform(0.0, math.pi)
        return leaf.moved(self.ahead + float(x), float(y), float(z), float(yaw))


def _upright(mesh: Mesh) -> Mesh:
    """Something along x, turned up and standing on the ground."""
    x, y, z = mesh.vertices.T
    return Mesh(np.stack([z, y, x - x.min()], axis=1), mesh.triangles, mesh.materials)

# SPDX-License-Identifier: Apache-2.0
"""A straight road along x: lanes, markings, kerbs and what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bulwark_world.actors import Actor
from bulwark_world.kinds import kinds
from bulwark_world.line import Section
from bulwark_world.materials import Material
from bulwark_world.mesh import EMPTY, Mesh, box, merge
from bulwark_world.motion import Pose
from bulwark_world.place import Ground
from bulwark_world.way import Way

KERB_HEIGHT = 0.12
KERB_WIDTH = 0.15
_STRIPE = 0.12
_DASH, _DASH_PERIOD = 6.0, 18.0
_ROADSIDE_SPACING = 22.0


@dataclass(frozen=True)
class Road:
    """The right lane's centre line is y = 0; other lanes lie to its left, from x = start to end.

    shoulder: from the outer lane line to the kerb [m]. roadside: whether trees, poles, houses and
    parked cars stand beside it.
    """

    start: float = -60.0
    end: float = 400.0
    lanes: int = 2
    lane_width: float = 3.5
    shoulder: float = 1.0
    kerbs: bool = True
    roadside: bool = True

    @property
    def way(self) -> Way:
        """The x axis."""
        return Way((Section(self.end),), self.start)

    @property
    def surface(self) -> None:
        """The plane."""
        return None

    @property
    def right_edge(self) -> float:
        """Where the right kerb's face is: y [m]."""
        return -self.lane_width / 2 - self.shoulder

    @property
    def left_edge(self) -> float:
        """Where the left kerb's face is: y [m]."""
        return self.lane_width * (self.lanes - 0.5) + self.shoulder

    @property
    def lane_lines(self) -> tuple[float, ...]:
        """The markings between and beside the lanes, from right to left: y [m]."""
        return tuple((line - 0.5) * self.lane_width for line in range(self.lanes + 1))

    def with_run_up(self, way: float) -> Road:
        """The same road, longer at both ends: a vehicle may start in reverse, too."""
        return replace(self, start=self.start - way, end=self.end + way)

    def mesh(self) -> Mesh:
        """What rises above the ground plane and belongs to the road."""
        if not self.kerbs:
            return EMPTY
        length, middle = self.end - self.start, (self.end + self.start) / 2
        kerb = box(length, KERB_WIDTH, 0.0, KERB_HEIGHT, Material.CONCRETE)
        half = KERB_WIDTH / 2
        edges = (self.right_edge - half, self.left_edge + half)
        return merge(kerb.moved(middle, y) for y in edges)

    def ground(self) -> Ground:
        """The markings and the road's rectangle."""
        rows = [
            (y, _STRIPE / 2, _DASH if 0 < line < self.lanes else 0.0, _DASH_PERIOD)
            for line, y in enumerate(self.lane_lines)
        ]
        paved = (self.right_edge, self.left_edge, self.start, self.end)
        return Ground(np.array(paved, np.float32), np.array(rows, np.float32))

    def furniture(self, seed: int) -> list[Actor]:
        """The roadside, the same for the same seed; nothing nearer than 2 m to the kerb."""
        if not self.roadside:
            return []
        rng = np.random.default_rng((seed, 7))
        places = np.arange(self.start + 10.0, self.end, _ROADSIDE_SPACING)
        sides = ((self.right_edge, -1.0), (self.left_edge, 1.0))
        return [
            self._beside(rng, float(x), edge, sign, f"roadside_{i}_{sign:+.0f}")
            for i, x in enumerate(places)
            for edge, sign in sides
        ]

    def bystanders(self, _seed: int) -> list[Actor]:
        """Nobody."""
        return []

    def _beside(
        self, rng: np.random.Generator, x: float, edge: float, sign: float, name: str
    ) -> Actor:
        kind = kinds()[str(rng.choice(["pole", "tree", "house", "car", "tree", "wall"]))]
        lengthwise = kind.name == "wall"  # a garden wall runs along the road
        depth = kind.length if lengthwise else kind.width
        if kind.name == "house":
            depth += 8.0
        y = edge + sign * (2.0 + depth / 2 + float(rng.uniform(0.0, 3.0)))
        yaw = np.pi / 2 if lengthwise else 0.0
        return Actor(name, kind, Pose(x + float(rng.uniform(-4.0, 4.0)), y, float(yaw)))

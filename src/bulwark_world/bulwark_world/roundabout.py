# SPDX-License-Identifier: Apache-2.0
"""A roundabout: a round island with a board that faces who comes, and a lane around it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bulwark_core.params import param
from bulwark_world.actors import Actor
from bulwark_world.kinds import kinds
from bulwark_world.line import Section
from bulwark_world.materials import Material
from bulwark_world.mesh import cylinder
from bulwark_world.motion import Pose
from bulwark_world.roadside_kinds import SIGN_BOARD
from bulwark_world.site import Dress
from bulwark_world.stretch import Stretch
from bulwark_world.way import Way, bend

_EXITS = {"right": 0.0, "straight": 90.0, "left": 180.0}
_DEFLECTION = math.pi / 4.0
_EASING = 3.0


@dataclass(frozen=True)
class Roundabout:
    """The own way goes in, around to the left, and out."""

    approach: float = param(40.0, "from the origin", unit="m", minimum=10.0, maximum=300.0)
    radius: float = param(16.0, "of the lane's middle", unit="m", minimum=10.0, maximum=60.0)
    lane_width: float = param(5.0, "around the island", unit="m", minimum=3.5, maximum=8.0)
    exit: str = param("straight", "where the own way leaves", choices=tuple(_EXITS))

    def stretch(self) -> Stretch:
        """Entry, ring and exit; all around is asphalt."""
        deflect = bend(0.75 * self.radius, -_DEFLECTION, _EASING)
        around = math.radians(_EXITS[self.exit])
        ring = bend(self.radius, around, _EASING) if around else ()
        sections = (Section(self.approach), *deflect, *ring, *deflect, Section(60.0))
        return Stretch(Way(sections), lanes=1, marked=False, paved=True)

    def surface(self, _road: Stretch) -> None:
        """The plane."""
        return

    def dress(self, road: Stretch, rng: np.random.Generator) -> Dress:
        """A kerb around the island, trees and the board on it."""
        middle, inner = self._middle(road), self.radius - self.lane_width / 2.0
        kerb = cylinder(inner, 0.0, 0.12, Material.CONCRETE, 48).moved(middle.x, middle.y)
        mound = cylinder(inner - 1.5, 0.0, 0.5, Material.GRASS, 32).moved(middle.x, middle.y)
        towards = math.atan2(-middle.y, self.approach - middle.x)
        board = Pose(
            middle.x + (inner - 1.0) * math.cos(towards),
            middle.y + (inner - 1.0) * math.sin(towards),
        )
        trees = [
            Actor(f"tree_{i}", kinds()["tree"], _within(rng, middle, inner - 4.0)) for i in range(3)
        ]
        return Dress([kerb, mound], [Actor("board", SIGN_BOARD, board)], trees)

    def _middle(self, road: Stretch) -> Pose:
        """The island's: to the left of where the ring begins."""
        entry = Way(bend(0.75 * self.radius, -_DEFLECTION, _EASING), 0.0)
        return road.way.pose(self.approach + entry.end, self.radius)


def _within(rng: np.random.Generator, middle: Pose, radius: float) -> Pose:
    """Some place within a circle."""
    angle, away = rng.uniform(0.0, 2.0 * math.pi), radius * math.sqrt(rng.uniform())
    return Pose(middle.x + away * math.cos(angle), middle.y + away * math.sin(angle))

# SPDX-License-Identifier: Apache-2.0
"""A junction of two roads with houses at its corners; the own way goes on or turns."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bulwark_core.params import param
from bulwark_world.actors import Actor
from bulwark_world.kinds import kinds
from bulwark_world.line import Section
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, sheet
from bulwark_world.motion import Pose
from bulwark_world.roadside_kinds import post
from bulwark_world.site import Dress
from bulwark_world.stretch import Stretch
from bulwark_world.sweep import PAINT
from bulwark_world.way import Way, bend

_TURNS = {"straight": 0.0, "left": math.pi / 2.0, "right": -math.pi / 2.0}
_ARM = 80.0
_LINE = 0.12
_PAVEMENT = 3.0  # from the road's edge to the houses [m]


@dataclass(frozen=True)
class Junction:
    """Both roads have two lanes. The other road's middle is `ahead` from the origin."""

    ahead: float = param(45.0, "to the middle", unit="m", minimum=15.0, maximum=300.0)
    turn: str = param("straight", "where the own way goes", choices=tuple(_TURNS))
    radius: float = param(9.0, "of the turn", unit="m", minimum=4.0, maximum=30.0)
    easing: float = param(3.0, "each clothoid", unit="m", minimum=0.5, maximum=20.0)
    lane_width: float = param(3.5, "of all lanes", unit="m", minimum=2.5, maximum=5.0)
    houses: bool = param(True, "at the corners")

    def stretch(self) -> Stretch:
        """The own way; it ends in the middle of the lane that it turns into."""
        angle = _TURNS[self.turn]
        if angle == 0.0:
            return Stretch(Way((Section(self.ahead + _ARM),)), marked=False, paved=True)
        turning = bend(self.radius, angle, self.easing)
        turned = Way(turning, 0.0)
        lane = self._middle[0] + math.copysign(self.lane_width / 2.0, angle)
        straight = lane - turned.pose(turned.end).x
        return Stretch(Way((Section(straight), *turning, Section(_ARM))), marked=False, paved=True)

    def surface(self, _road: Stretch) -> None:
        """The plane."""
        return

    def dress(self, _road: Stretch, rng: np.random.Generator) -> Dress:
        """Lines on all four arms, houses and a lamp at each corner."""
        return Dress(self._lines(), furniture=self._corners(rng) if self.houses else ())

    @property
    def _middle(self) -> tuple[float, float]:
        """Where the middle lines of both roads cross [m]."""
        return self.ahead, self.lane_width / 2.0

    def _lines(self) -> list[Mesh]:
        (x, y), half, line = self._middle, self.lane_width, _LINE / 2.0
        arms = []
        for side in (-1.0, 1.0):
            near, far = sorted((side * half, side * _ARM))
            for across in (-half, 0.0, half):
                low, high = across - line, across + line
                along_x = (x + near, x + far), (y + low, y + high)
                along_y = (x + low, x + high), (y + near, y + far)
                arms += [sheet(*arm, PAINT, Material.MARKING) for arm in (along_x, along_y)]
        return arms

    def _corners(self, rng: np.random.Generator) -> list[Actor]:
        house, (x, y) = kinds()["house"], self._middle
        away = self.lane_width + _PAVEMENT
        things = []
        for i, (a, b) in enumerate(((-1, -1), (-1, 1), (1, -1), (1, 1))):
            for k in range(3):
                back = k * (house.length + 3.0) + float(rng.uniform(0.0, 1.0))
                place = Pose(
                    x + a * (away + house.length / 2.0 + back), y + b * (away + house.width / 2.0)
                )
                things.append(Actor(f"house_{i}_{k}", house, place))
            lamp = Way().pose(x + a * (away - 0.5), y + b * (away - 0.5))
            things.append(post(f"lamp_{i}", Way(), lamp.x, lamp.y))
        return things

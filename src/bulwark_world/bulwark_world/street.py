# SPDX-License-Identifier: Apache-2.0
"""A narrow street between two rows of parked cars, with houses behind."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bulwark_core.params import param
from bulwark_world.actors import Actor
from bulwark_world.kinds import kinds
from bulwark_world.line import Section
from bulwark_world.materials import Material
from bulwark_world.motion import Pose
from bulwark_world.site import Dress
from bulwark_world.stretch import KERB_HEIGHT, KERB_WIDTH, Stretch
from bulwark_world.sweep import block
from bulwark_world.way import Way

_BAY = 5.8  # a car and the gap to the next [m]
_HOUSE = 14.0
_PAVEMENT = 2.0


@dataclass(frozen=True)
class Street:
    """The own way is the middle of what the rows leave free."""

    free: float = param(3.4, "between the rows", unit="m", minimum=2.2, maximum=12.0)
    length: float = param(150.0, "from the origin", unit="m", minimum=20.0, maximum=1000.0)
    occupancy: float = param(0.85, "share of the bays with a car", minimum=0.0, maximum=1.0)
    first: float = param(15.0, "where the rows begin", unit="m", minimum=-100.0, maximum=500.0)

    def stretch(self) -> Stretch:
        """One lane as wide as between the kerbs, with no lines."""
        width = self.free + 2.0 * (kinds()["car"].width + 0.2)
        way = Way((Section(self.length),))
        return Stretch(way, lanes=1, lane_width=width, shoulder=0.0, kerbs=True, marked=False)

    def surface(self, _road: Stretch) -> None:
        """The plane."""
        return

    def dress(self, road: Stretch, rng: np.random.Generator) -> Dress:
        """Cars in both rows, none nearer than they shall be; pavements and fronts of houses."""
        start, end = road.span
        away = KERB_WIDTH + _PAVEMENT / 2.0
        meshes = [
            block(road.bed, y, _PAVEMENT, 0.0, KERB_HEIGHT, start, end, Material.CONCRETE)
            for y in (road.right_edge - away, road.left_edge + away)
        ]
        return Dress(meshes, self._cars(rng), self._houses(road, rng))

    def _cars(self, rng: np.random.Generator) -> list[Actor]:
        car, cars = kinds()["car"], []
        for i, x in enumerate(np.arange(self.first + _BAY / 2.0, self.length, _BAY)):
            for side in (-1.0, 1.0):
                if rng.random() >= self.occupancy:
                    continue
                turned = float(rng.uniform(-0.015, 0.015))
                reach = car.width / 2.0 + car.length / 2.0 * abs(turned)
                y = side * (self.free / 2.0 + reach + float(rng.uniform(0.0, 0.1)))
                x_there = float(x + rng.uniform(-0.3, 0.3))
                cars.append(Actor(f"parked_{i}_{side:+.0f}", car, Pose(x_there, y, turned)))
        return cars

    def _houses(self, road: Stretch, rng: np.random.Generator) -> list[Actor]:
        usual, houses = kinds()["house"], []
        for i, x in enumerate(np.arange(road.way.start, self.length, _HOUSE)):
            for side, edge in ((-1.0, road.right_edge), (1.0, road.left_edge)):
                kind = replace(usual, length=_HOUSE - 1.0, height=float(rng.uniform(6.0, 12.0)))
                y = edge + side * (_PAVEMENT + 0.5 + kind.width / 2.0)
                houses.append(Actor(f"house_{i}_{side:+.0f}", kind, Pose(float(x), y)))
        return houses

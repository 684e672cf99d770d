# SPDX-License-Identifier: Apache-2.0
"""A way through a town: blocks of houses, turns at their corners, bays with parked cars."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bulwark_core.params import param
from bulwark_world.actors import Actor
from bulwark_world.kinds import kinds
from bulwark_world.line import Section
from bulwark_world.materials import Material
from bulwark_world.roadside_kinds import post
from bulwark_world.site import Dress
from bulwark_world.stretch import KERB_HEIGHT, KERB_WIDTH, Stretch
from bulwark_world.sweep import block
from bulwark_world.way import Way, bend

_CYCLE_LANE, _BAY_WIDTH = 1.5, 2.3  # beside the lanes, on both sides [m]
_BAY = 6.2
_HOUSE = 15.0
_PAVEMENT = 3.0
_CORNER = 22.0  # from a turn to the first house or parked car [m]
_LAMPS = 35.0


@dataclass(frozen=True)
class Town:
    """Turns to the left and to the right in alternation, so that the way never meets itself."""

    length: float = param(250.0, "from the origin", unit="m", minimum=100.0, maximum=6000.0)
    block: float = param(160.0, "from turn to turn", unit="m", minimum=60.0, maximum=1000.0)
    radius: float = param(14.0, "of the turns", unit="m", minimum=9.0, maximum=60.0)
    occupancy: float = param(0.6, "share of the bays with a car", minimum=0.0, maximum=1.0)

    def stretch(self) -> Stretch:
        """Two lanes of 3.5 m, beside them room for cyclists and bays."""
        way = Way(tuple(self._sections()))
        return Stretch(way, shoulder=_CYCLE_LANE + _BAY_WIDTH, kerbs=True)

    def surface(self, _road: Stretch) -> None:
        """The plane."""
        return

    def dress(self, road: Stretch, rng: np.random.Generator) -> Dress:
        """Cars in the bays, pavements, and houses and lamps along the straights."""
        start, end = road.span
        away = KERB_WIDTH + _PAVEMENT / 2.0
        edges = ((-1.0, road.right_edge), (1.0, road.left_edge))
        meshes = [
            block(road.bed, edge + side * away, _PAVEMENT, 0.0, KERB_HEIGHT, start, end,
                  Material.CONCRETE)
            for side, edge in edges
        ]  # fmt: skip
        cars, beside = [], []
        for first, last in self._straights():
            for side, edge in edges:
                cars += self._cars(road, rng, (first, last), side, edge - side * 1.05)
                beside += self._houses(road, rng, (first, last), side, edge)
            lamps = np.arange(first, last, _LAMPS).tolist()
            beside += [post(f"lamp_{s:.0f}", road.way, s, road.right_edge - 0.6) for s in lamps]
        return Dress(meshes, cars, beside)

    def _turns(self) -> Iterator[float]:
        sign = 1.0
        while True:
            yield sign * math.pi / 2.0
            sign = -sign

    def _sections(self) -> Iterator[Section]:
        gone = 0.0
        for angle in self._turns():
            yield Section(self.block)
            gone += self.block
            if gone >= self.length:
                return
            turn = bend(self.radius, angle, 4.0)
            gone += sum(section.length for section in turn)
            yield from turn

    def _straights(self) -> Iterator[tuple[float, float]]:
        """From and to station of what is far enough from the turns [m]."""
        station = 0.0
        for section in self._sections():
            if section.is_straight:
                yield station + _CORNER, station + section.length - _CORNER
            station += section.length

    def _cars(
        self,
        road: Stretch,
        rng: np.random.Generator,
        span: tuple[float, float],
        side: float,
        offset: float,
    ) -> list[Actor]:
        car, cars = kinds()["car"], []
        for station in np.arange(span[0], span[1] - _BAY, _BAY).tolist():
            if rng.random() >= self.occupancy:
                continue
            there = road.way.pose(
                station + _BAY / 2.0 + float(rng.uniform(-0.3, 0.3)),
                offset + float(rng.uniform(-0.1, 0.1)),
            )
            turned = float(rng.uniform(-0.015, 0.015))
            name = f"parked_{station:.0f}_{side:+.0f}"
            cars.append(Actor(name, car, replace(there, yaw=there.yaw + turned)))
        return cars

    def _houses(
        self,
        road: Stretch,
        rng: np.random.Generator,
        span: tuple[float, float],
        side: float,
        edge: float,
    ) -> list[Actor]:
        usual, houses = kinds()["house"], []
        for station in np.arange(span[0], span[1] - _HOUSE / 2.0, _HOUSE).tolist():
            kind = replace(usual, length=_HOUSE - 1.0, height=float(rng.uniform(6.0, 14.0)))
            offset = edge + side * (_PAVEMENT + 0.5 + kind.width / 2.0)
            there = road.way.pose(station + _HOUSE / 2.0, offset)
            houses.append(Actor(f"house_{station:.0f}_{side:+.0f}", kind, there))
        return houses

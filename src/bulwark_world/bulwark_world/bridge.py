# SPDX-License-Identifier: Apache-2.0
"""Bridges: one that leads over the road, and one that the road leads over."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from bulwark_core.params import param
from bulwark_world.actors import Actor
from bulwark_world.kinds import kinds
from bulwark_world.line import Section
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, box
from bulwark_world.relief import Profile, Relief
from bulwark_world.site import Dress
from bulwark_world.stretch import Stretch
from bulwark_world.sweep import block
from bulwark_world.way import Way

_WIDE = 10.0  # of the bridge above, along the own way [m]
_LONG = 60.0
_JOINT = 0.012  # how far an expansion joint stands out [m]
_PIECE = 2.0


@dataclass(frozen=True)
class Bridge:
    """An overpass at `ahead`, then an arched bridge with parapets."""

    ahead: float = param(60.0, "to the bridge above", unit="m", minimum=10.0, maximum=500.0)
    headroom: float = param(4.6, "below it; 0: none", unit="m", minimum=0.0, maximum=10.0)
    begin: float = param(120.0, "of the own bridge", unit="m", minimum=20.0, maximum=1000.0)
    length: float = param(80.0, "of the own bridge", unit="m", minimum=20.0, maximum=500.0)
    rise: float = param(1.6, "of the own bridge", unit="m", minimum=0.0, maximum=8.0)

    def stretch(self) -> Stretch:
        """Two lanes that rise over the bridge as a cosine does."""
        way = Way((Section(self.begin + self.length + 250.0),))
        return Stretch(way, profile=self._profile() if self.rise > 0.0 else None)

    def surface(self, road: Stretch) -> Relief | None:
        """The road and the banks beside it."""
        return road.relief

    def dress(self, road: Stretch, _rng: np.random.Generator) -> Dress:
        """Deck and abutments above; parapets and joints on the own bridge."""
        meshes = self._own(road)
        if self.headroom == 0.0:
            return Dress(meshes)
        middle = (road.left_edge + road.right_edge) / 2.0
        deck = box(_WIDE, _LONG, self.headroom, self.headroom + 1.2, Material.CONCRETE)
        return Dress([*meshes, deck.moved(self.ahead + _WIDE / 2.0, middle)], self._piers(road))

    def _own(self, road: Stretch) -> list[Mesh]:
        end = self.begin + self.length
        parapets = [
            block(road.bed, offset, 0.25, 0.0, 1.0, self.begin, end, Material.CONCRETE)
            for offset in (road.left_edge + 0.3, road.right_edge - 0.3)
        ]
        width, middle = road.left_edge - road.right_edge, (road.left_edge + road.right_edge) / 2.0
        joints = [
            block(road.bed, middle, width, 0.0, _JOINT, s, s + 0.3, Material.METAL)
            for s in (self.begin, end)
        ]
        return parapets + joints

    def _piers(self, road: Stretch) -> list[Actor]:
        pier = replace(kinds()["round_pillar"], length=1.0, width=1.0, height=self.headroom)
        rows = ((road.left_edge + 1.5, "left"), (road.right_edge - 1.5, "right"))
        return [
            Actor(f"pier_{name}_{i}", pier, road.way.pose(self.ahead + along, offset))
            for offset, name in rows
            for i, along in enumerate((1.5, _WIDE - 1.5))
        ]

    def _profile(self) -> Profile:
        ramp = self.length / 2.0
        stations = np.arange(-ramp, self.length + ramp + _PIECE, _PIECE)
        share = np.clip((stations + ramp) / (self.length + 2.0 * ramp), 0.0, 1.0)
        heights = self.rise / 2.0 * (1.0 - np.cos(2.0 * math.pi * share))
        return tuple(
            (float(self.begin + s), float(z)) for s, z in zip(stations, heights, strict=True)
        )

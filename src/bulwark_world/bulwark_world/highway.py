# SPDX-License-Identifier: Apache-2.0
"""A motorway: three lanes, a lane that merges, guard rails and gantries."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from bulwark_core.params import param
from bulwark_world.actors import Actor
from bulwark_world.kinds import kinds
from bulwark_world.line import Section
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, merge
from bulwark_world.roadside_kinds import post
from bulwark_world.site import Dress
from bulwark_world.stretch import Stretch
from bulwark_world.sweep import Bed, block, stripes
from bulwark_world.way import Way, bend

_RAIL_LOW, _RAIL_HIGH = 0.44, 0.75
_POSTS = 4.0
_GANTRY_FIRST = 80.0


@dataclass(frozen=True)
class Highway:
    """One carriageway. Lane 1 is the right one."""

    lane: int = param(2, "the own one", minimum=1, maximum=3)
    length: float = param(600.0, "from the origin", unit="m", minimum=100.0, maximum=10000.0)
    radius: float = param(
        0.0,
        "of the bend to the left from 100 m on; 0: none",
        unit="m",
        minimum=0.0,
        maximum=5000.0,
    )
    gantries: float = param(150.0, "between them; 0: none", unit="m", minimum=0.0, maximum=2000.0)
    merge_end: float = param(
        250.0, "where the lane that merges ends; 0: none", unit="m", minimum=0.0, maximum=2000.0
    )

    def stretch(self) -> Stretch:
        """Three lanes of 3.75 m and a hard shoulder of 3 m."""
        sections: tuple[Section, ...] = (Section(self.length),)
        if self.radius > 0.0:
            angle = (self.length - 100.0) / self.radius
            sections = (Section(100.0), *bend(self.radius, angle, min(80.0, self.length / 4.0)))
        return Stretch(Way(sections), lanes=3, right=self.lane - 1, lane_width=3.75, shoulder=3.0)

    def surface(self, _road: Stretch) -> None:
        """The plane."""
        return

    def dress(self, road: Stretch, _rng: np.random.Generator) -> Dress:
        """Rails on both sides, gantries above, the merging lane's line."""
        start, end = road.span
        meshes = [
            rail(road.bed, offset, start, end)
            for offset in (road.right_edge - 0.6, road.left_edge + 0.6)
        ]
        if self.merge_end > 0.0:
            beside = road.lane_lines[0] - road.shoulder + 0.2
            meshes.append(stripes(road.bed, beside, 0.3, 0.0, 1.0, start, self.merge_end))
        return Dress(meshes, furniture=self._gantries(road))

    def _gantries(self, road: Stretch) -> list[Actor]:
        if self.gantries == 0.0:
            return []
        width = road.left_edge - road.right_edge + 3.0
        kind = replace(kinds()["gantry"], width=width)
        middle = (road.left_edge + road.right_edge) / 2.0
        things = []
        stations = np.arange(_GANTRY_FIRST, road.way.end, self.gantries).tolist()
        for i, station in enumerate(stations):
            things.append(Actor(f"gantry_{i}", kind, road.way.pose(station, middle)))
            things += [
                post(f"leg_{i}_{side:+.0f}", road.way, station, middle + side * width / 2.0, 6.5)
                for side in (-1.0, 1.0)
            ]
        return things


def rail(bed: Bed, offset: float, start: float, end: float) -> Mesh:
    """A guard rail on posts along a bed."""
    beam = block(bed, offset, 0.08, _RAIL_LOW, _RAIL_HIGH, start, end, Material.METAL)
    count = max(1, math.floor((end - start) / _POSTS))
    posts = [
        block(bed, offset, 0.1, 0.0, _RAIL_HIGH - 0.05, s, s + 0.1, Material.METAL)
        for s in np.linspace(start + 1.0, end - 1.0, count)
    ]
    return merge([beam, *posts])

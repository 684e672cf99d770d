# SPDX-License-Identifier: Apache-2.0
"""A tunnel with two lanes: walls, a ceiling with lamps and fans, and its portal."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bulwark_core.params import param
from bulwark_world.line import Section
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, box, pipe
from bulwark_world.motion import Pose
from bulwark_world.site import Dress
from bulwark_world.stretch import Stretch
from bulwark_world.sweep import block, sweep
from bulwark_world.way import Way, bend

_WALK = 1.0  # raised walk beside the road [m]
_WALL = 0.5
_LAMPS, _FANS = 12.0, 60.0
_BEYOND = 120.0


@dataclass(frozen=True)
class Tunnel:
    """It begins at `portal` and is `length` long."""

    portal: float = param(40.0, "from the origin", unit="m", minimum=0.0, maximum=500.0)
    length: float = param(200.0, "of the tunnel", unit="m", minimum=20.0, maximum=2000.0)
    headroom: float = param(4.7, "road to ceiling", unit="m", minimum=2.3, maximum=8.0)
    radius: float = param(
        0.0, "of the bend in it, to the left; 0: straight", unit="m", minimum=0.0, maximum=3000.0
    )

    def stretch(self) -> Stretch:
        """Two lanes of 3.5 m."""
        way: tuple[Section, ...] = (Section(self.portal + self.length + _BEYOND),)
        if self.radius > 0.0:
            angle = min(self.length / self.radius, math.pi)
            way = (
                Section(self.portal + 10.0),
                *bend(self.radius, angle, 30.0),
                Section(_BEYOND),
            )
        return Stretch(Way(way), shoulder=0.5)

    def surface(self, _road: Stretch) -> None:
        """The plane."""
        return

    def dress(self, road: Stretch, _rng: np.random.Generator) -> Dress:
        """All of it is built."""
        start, end = self.portal, self.portal + self.length
        left, right = road.left_edge + _WALK, road.right_edge - _WALK
        high, bed = self.headroom, road.bed
        inside = [(left, 0.0), (left, high), (right, high), (right, 0.0)]
        meshes = [sweep(bed, inside, start, end, Material.CONCRETE)]
        for edge, side in ((road.left_edge, 1.0), (road.right_edge, -1.0)):
            middle = edge + side * _WALK / 2.0
            meshes.append(block(bed, middle, _WALK, 0.0, 0.15, start, end, Material.CONCRETE))
        return Dress([*meshes, *self._portal(road), *self._hanging(road)])

    def _portal(self, road: Stretch) -> list[Mesh]:
        """The wall that the tunnel leads through: beside and above."""
        left, right = road.left_edge + _WALK, road.right_edge - _WALK
        there = road.way.pose(self.portal)
        above = box(_WALL, left - right, self.headroom, self.headroom + 3.0, Material.CONCRETE)
        beside = box(_WALL, 8.0, 0.0, self.headroom + 3.0, Material.CONCRETE)
        return [
            above.moved(there.x, there.y + (left + right) / 2.0),
            beside.moved(there.x, there.y + left + 4.0),
            beside.moved(there.x, there.y + right - 4.0),
        ]

    def _hanging(self, road: Stretch) -> list[Mesh]:
        middle, top = (road.left_edge + road.right_edge) / 2.0, self.headroom
        end = self.portal + self.length
        lamp = box(1.2, 0.3, top - 0.15, top, Material.LAMP_WHITE)
        fan = pipe(0.4, 3.0, Material.METAL).moved(z=top - 0.55)
        lamps = np.arange(self.portal + 6.0, end, _LAMPS).tolist()
        fans = np.arange(self.portal + 30.0, end, _FANS).tolist()
        rows = [(lamp, station) for station in lamps] + [(fan, station) for station in fans]
        return [_at(mesh, road.way.pose(station, middle)) for mesh, station in rows]


def _at(mesh: Mesh, pose: Pose) -> Mesh:
    return mesh.moved(pose.x, pose.y, 0.0, pose.yaw)

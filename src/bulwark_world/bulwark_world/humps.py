# SPDX-License-Identifier: Apache-2.0
"""What lies on the road and is driven over: humps, bumps, plates, covers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bulwark_core.params import param
from bulwark_world.line import Section
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, cylinder
from bulwark_world.relief import Profile, Relief
from bulwark_world.site import Dress
from bulwark_world.stretch import Stretch
from bulwark_world.sweep import Bed, sweep
from bulwark_world.way import Way

_EDGE = 0.02  # over which a plate's edge is climbed [m]
_COVER, _COVER_HEIGHT = 0.3, 0.015


def _rounded(length: float, height: float) -> Profile:
    """A sine's half, as the round-top humps of the usual guidelines nearly are."""
    along = np.linspace(0.0, length, 13)
    return tuple((float(s), height * math.sin(math.pi * s / length)) for s in along)


def _table(length: float, height: float) -> Profile:
    """Ramps of 1 : 10 with a flat top."""
    ramp = min(10.0 * height, length / 3.0)
    return ((0.0, 0.0), (ramp, height), (length - ramp, height), (length, 0.0))


def _plate(length: float, height: float) -> Profile:
    return ((0.0, 0.0), (_EDGE, height), (length - _EDGE, height), (length, 0.0))


@dataclass(frozen=True)
class _Shape:
    profile: Callable[[float, float], Profile]
    length: float
    height: float
    material: Material
    width: float = 0.0  # 0: of the whole road


SHAPES = {
    "hump": _Shape(_rounded, 3.6, 0.10, Material.ASPHALT),
    "bump": _Shape(_rounded, 0.5, 0.05, Material.PLASTIC_YELLOW),
    "table": _Shape(_table, 7.0, 0.10, Material.BRICK),
    "plate": _Shape(_plate, 3.7, 0.025, Material.METAL, 2.4),
    "cover": _Shape(_plate, 0.0, 0.0, Material.METAL),
}
"""By name. hump: 3.6 m round top; plate: FMVSS 127 S9.1, as wide as 2.4 m; cover: of a manhole."""


@dataclass(frozen=True)
class Humps:
    """Some of one shape, one after the other, on a straight road of two lanes."""

    shape: str = param("hump", "what lies there", choices=tuple(SHAPES))
    first: float = param(50.0, "to the first", unit="m", minimum=0.0, maximum=500.0)
    count: int = param(1, "how many", minimum=1, maximum=20)
    spacing: float = param(30.0, "from one to the next", unit="m", minimum=2.0, maximum=300.0)
    height: float = param(0.0, "0: as usual", unit="m", minimum=0.0, maximum=0.2)
    length: float = param(0.0, "along the way; 0: as usual", unit="m", minimum=0.0, maximum=20.0)

    def stretch(self) -> Stretch:
        """The plane road."""
        end = self.first + self.count * self.spacing + 150.0
        return Stretch(Way((Section(end),)), kerbs=True)

    def surface(self, road: Stretch) -> Relief | None:
        """The humps."""
        if self.shape == "cover":
            return None
        shape, points = SHAPES[self.shape], []
        one = shape.profile(self.length or shape.length, self.height or shape.height)
        for place in self._places():
            points += [(place + s, z) for s, z in one]
        half = shape.width / 2.0 if shape.width else road.left_edge - road.way.pose(0.0).y
        return Relief(road.way, tuple(points), half)

    def dress(self, road: Stretch, _rng: np.random.Generator) -> Dress:
        """The same heights as triangles."""
        relief = self.surface(road)
        if relief is None:
            cover = cylinder(_COVER, 0.0, self.height or _COVER_HEIGHT, Material.METAL)
            return Dress([cover.moved(place) for place in self._places()])
        return Dress(self._tops(road, relief))

    def _tops(self, road: Stretch, relief: Relief) -> list[Mesh]:
        shape, bed = SHAPES[self.shape], Bed(road.way, relief)
        left, right = road.left_edge, road.right_edge
        if shape.width:
            left, right = shape.width / 2.0, -shape.width / 2.0
        outline = [(left, -0.02), (left, 0.006), (right, 0.006), (right, -0.02)]
        length = self.length or shape.length
        return [sweep(bed, outline, p, p + length, shape.material) for p in self._places()]

    def _places(self) -> list[float]:
        return [self.first + i * self.spacing for i in range(self.count)]

# SPDX-License-Identifier: Apache-2.0
"""A country road over crests and through dips, with trees beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bulwark_core.params import param
from bulwark_world.actors import Actor
from bulwark_world.kinds import kinds
from bulwark_world.line import Section
from bulwark_world.relief import Profile, Relief
from bulwark_world.site import Dress
from bulwark_world.stretch import Stretch
from bulwark_world.way import Way, bend

_PIECE = 3.0
_SPACING = 18.0


@dataclass(frozen=True)
class Rural:
    """The ground rises and falls as a cosine along the way, level at the origin."""

    length: float = param(400.0, "from the origin", unit="m", minimum=50.0, maximum=3000.0)
    rise: float = param(
        3.0, "from dip to crest; negative: a dip comes first", unit="m", minimum=-10.0, maximum=10.0
    )
    wave: float = param(120.0, "from crest to crest", unit="m", minimum=40.0, maximum=1000.0)
    radius: float = param(
        0.0, "of bends to either side; 0: straight", unit="m", minimum=0.0, maximum=2000.0
    )
    trees: bool = param(True, "beside the road")

    def stretch(self) -> Stretch:
        """Two lanes of 3 m."""
        return Stretch(self._way(), lane_width=3.0, shoulder=0.5, profile=self._profile())

    def surface(self, road: Stretch) -> Relief | None:
        """The road and the fields beside it."""
        return road.relief

    def dress(self, road: Stretch, rng: np.random.Generator) -> Dress:
        """Trees at least 1.5 m beside the road's edge, counted to their crowns."""
        if not self.trees:
            return Dress()
        kind, trees = kinds()["tree"], []
        away = 1.5 + kind.width / 2.0
        for i, station in enumerate(np.arange(road.way.start + 5.0, road.way.end, _SPACING)):
            for side, edge in ((-1.0, road.right_edge), (1.0, road.left_edge)):
                offset = edge + side * (away + float(rng.uniform(0.0, 4.0)))
                place = road.way.pose(float(station + rng.uniform(-5.0, 5.0)), offset)
                trees.append(Actor(f"tree_{i}_{side:+.0f}", kind, place))
        return Dress(furniture=trees)

    def _way(self) -> Way:
        if self.radius == 0.0:
            return Way((Section(self.length),))
        angle, sections = math.radians(25.0), [Section(30.0)]
        while sum(section.length for section in sections) < self.length:
            sections += bend(self.radius, angle, self.radius * abs(angle) / 3.0)
            angle = -angle
        return Way(tuple(sections))

    def _profile(self) -> Profile:
        end = self.length + 200.0
        stations = np.arange(0.0, end, _PIECE)
        heights = self.rise / 2.0 * (1.0 - np.cos(2.0 * math.pi * stations / self.wave))
        return tuple((float(s), float(z)) for s, z in zip(stations, heights, strict=True))

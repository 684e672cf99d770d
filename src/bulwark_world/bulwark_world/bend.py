# SPDX-License-Identifier: Apache-2.0
"""A bend with a guard rail on its outer side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bulwark_core.params import param
from bulwark_world.line import Section
from bulwark_world.roadside_kinds import GUARD_RAIL, RAIL_PIECE, along
from bulwark_world.site import Dress
from bulwark_world.stretch import Stretch
from bulwark_world.way import Way, bend

_BEYOND = 60.0
_TO_RAIL = 0.3
_RAIL_BEFORE = 20.0


@dataclass(frozen=True)
class Bend:
    """Straight, then a bend, then straight again."""

    radius: float = param(25.0, "of the own lane", unit="m", minimum=8.0, maximum=2000.0)
    turn_deg: float = param(90.0, "left positive", unit="deg", minimum=-180.0, maximum=180.0)
    approach: float = param(
        60.0, "from the origin to the bend", unit="m", minimum=5.0, maximum=500.0
    )
    easing: float = param(3.0, "each clothoid", unit="m", minimum=0.5, maximum=200.0)
    lane_width: float = param(3.5, "of both lanes", unit="m", minimum=2.5, maximum=5.0)
    shoulder: float = param(1.0, "beside the lanes", unit="m", minimum=0.1, maximum=5.0)
    rail: bool = param(True, "guard rail outside")

    def stretch(self) -> Stretch:
        """Two lanes."""
        sections = (
            Section(self.approach),
            *bend(self.radius, math.radians(self.turn_deg), self.easing),
            Section(_BEYOND),
        )
        return Stretch(Way(sections), lane_width=self.lane_width, shoulder=self.shoulder)

    def surface(self, _road: Stretch) -> None:
        """The plane."""
        return

    def dress(self, road: Stretch, _rng: np.random.Generator) -> Dress:
        """The rail from 20 m before the bend to the end."""
        if not self.rail:
            return Dress()
        outer = road.right_edge - _TO_RAIL if self.turn_deg > 0 else road.left_edge + _TO_RAIL
        # pieces touch on the outer side, where the way is longer than on the own lane
        stretched = 1.0 + abs(outer) / self.radius
        first = self.approach - _RAIL_BEFORE
        stations = np.arange(first, road.way.end, RAIL_PIECE / stretched)
        return Dress(things=along(road.way, GUARD_RAIL, "rail", stations.tolist(), outer))

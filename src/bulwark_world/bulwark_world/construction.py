# SPDX-License-Identifier: Apache-2.0
"""A construction site: the own lane is led to the side between cones, barrels and barriers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bulwark_core.params import param
from bulwark_world.actors import Actor
from bulwark_world.kinds import kinds
from bulwark_world.line import Section
from bulwark_world.motion import Pose
from bulwark_world.roadside_kinds import BARRIER_ALONG, CONE, SIGN_BOARD, along
from bulwark_world.site import Dress
from bulwark_world.stretch import Stretch
from bulwark_world.way import Way, shift

_BARRIERS, _CONES = 2.0, 5.0


@dataclass(frozen=True)
class Construction:
    """Straight, a shift of the lane, the works on the side that was left, straight."""

    approach: float = param(50.0, "to the shift", unit="m", minimum=5.0, maximum=500.0)
    shift: float = param(3.0, "to the left", unit="m", minimum=-6.0, maximum=6.0)
    over: float = param(30.0, "length of the shift", unit="m", minimum=10.0, maximum=200.0)
    works: float = param(50.0, "length beside the works", unit="m", minimum=10.0, maximum=500.0)
    free: float = param(3.2, "width between the barriers", unit="m", minimum=2.3, maximum=6.0)

    def stretch(self) -> Stretch:
        """Asphalt all over; what leads are barriers and cones."""
        sections = (
            Section(self.approach),
            *shift(self.shift, self.over),
            Section(self.works + 60.0),
        )
        return Stretch(Way(sections), lanes=1, lane_width=self.free, marked=False, paved=True)

    def surface(self, _road: Stretch) -> None:
        """The plane."""
        return

    def dress(self, road: Stretch, _rng: np.random.Generator) -> Dress:
        """Barriers along the works, cones along the shift, barrels and a board where it begins."""
        side = -1.0 if self.shift > 0.0 else 1.0
        begin = self.approach + self.over
        works = np.arange(begin, begin + self.works, _BARRIERS)
        taper = np.arange(self.approach + 0.25 * self.over, begin, _CONES)
        away = self.free / 2.0 + BARRIER_ALONG.width / 2.0
        things = along(road.way, BARRIER_ALONG, "barrier", works, side * away)
        things += along(road.way, CONE, "cone", taper, side * (self.free / 2.0 + 0.3))
        things += along(road.way, CONE, "cone_beside", works[::3], -side * (self.free / 2.0 + 0.3))
        return Dress(things=[*things, *self._head(side, begin)])

    def _head(self, side: float, begin: float) -> list[Actor]:
        """Barrels and a board straight ahead of who does not follow the shift."""
        barrel = kinds()["crash_barrel"]
        y = self.shift + side * (self.free / 2.0 + 1.2)
        return [
            Actor("barrel_0", barrel, Pose(begin - 2.0, y)),
            Actor("barrel_1", barrel, Pose(begin - 2.0, y + side * 1.0)),
            Actor("board", SIGN_BOARD, Pose(begin - 0.5, y + side * 0.5)),
        ]

# SPDX-License-Identifier: Apache-2.0
"""A ramp to the next level: floor and ceiling in straight pieces between two walls."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, box, merge, prism

GRADE = 0.15
"""The steepest that garages may have (German Garagenverordnung, section 3)."""
_EASING = 1.5  # length of the half as steep pieces below and above [m]
LANDING = 8.0
"""What there is of the next level [m]."""
_SLAB = 0.3


@dataclass(frozen=True)
class Ramp:
    """It begins at x on z = 0 and rises by `rise`, negative: falls. All lengths in [m].

    width: between the walls, about y = 0. headroom: from the floor to the ceiling. landing: what
    there is of the next level, up to a wall.
    """

    x: float
    rise: float
    width: float
    headroom: float
    landing: float = LANDING

    @property
    def profile(self) -> tuple[tuple[float, float], ...]:
        """The floor's side view: points (x, z) with straight lines between them."""
        ease = math.copysign(_EASING * GRADE / 2, self.rise)
        length = (abs(self.rise) - _EASING * GRADE) / GRADE
        steps = (
            (_EASING, ease), (length, self.rise - 2 * ease), (_EASING, ease), (self.landing, 0.0)
        )  # fmt: skip
        points = np.cumsum([(self.x, 0.0), *steps], axis=0)
        return tuple((float(x), float(z)) for x, z in points)

    @property
    def end(self) -> float:
        """Where the wall behind the landing stands: x [m]."""
        return self.profile[-1][0]

    @property
    def hole(self) -> npt.NDArray[np.float32]:
        """Where the plane z = 0 is open: (0 or 1, 4) as `place.Ground` has it."""
        if self.rise > 0.0:
            return np.empty((0, 4), np.float32)
        half = self.width / 2
        return np.array([(-half, half, self.x, self.end)], np.float32)

    def mesh(self) -> Mesh:
        """Floor, ceiling, the walls beside it and the one behind the landing."""
        floor = self.profile
        ceiling = [(x, z + self.headroom + _SLAB) for x, z in floor]
        low, high = min(0.0, self.rise) - _SLAB, max(0.0, self.rise) + self.headroom + _SLAB
        length, middle = self.end - self.x, (self.end + self.x) / 2
        side = box(length, _SLAB, low, high, Material.CONCRETE)
        away = (self.width + _SLAB) / 2
        back = box(_SLAB, self.width + 2 * _SLAB, low, high, Material.CONCRETE)
        return merge(
            [
                _slabs(floor, self.width, Material.ASPHALT),
                _slabs(ceiling, self.width, Material.CONCRETE),
                side.moved(middle, away),
                side.moved(middle, -away),
                back.moved(self.end + _SLAB / 2),
            ]
        )


def _slabs(tops: Sequence[tuple[float, float]], width: float, material: Material) -> Mesh:
    """Slabs below a line of points (x, z)."""
    return merge(
        prism([(x0, z0 - _SLAB), (x1, z1 - _SLAB), (x1, z1), (x0, z0)], width, material)
        for (x0, z0), (x1, z1) in pairwise(tops)
    )

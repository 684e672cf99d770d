# SPDX-License-Identifier: Apache-2.0
"""Where a run happens: what every place tells the scene, the scenario and the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bulwark_world.actors import Actor
from bulwark_world.attitude import Surface
from bulwark_world.mesh import Mesh
from bulwark_world.way import Way

Float32Array = npt.NDArray[np.float32]


def _none() -> Float32Array:
    return np.empty((0, 4), np.float32)


@dataclass(frozen=True)
class Ground:
    """The plane z = 0, as `kernels.cut_ground` takes it. All lengths in [m], world frame.

    paved: (4,) y low, y high, x low, x high of what is asphalt; grass is around it. lines: (L, 4)
    y, half width, dash length or 0, dash period of the markings along x. holes: (H, 4) rectangles
    like `paved` without plane; the place's mesh closes them below.
    """

    paved: Float32Array
    lines: Float32Array = field(default_factory=_none)
    holes: Float32Array = field(default_factory=_none)


class Place(Protocol):
    """A place with a way through it, which begins along x and passes the origin.

    start, end: its stations [m]; right_edge, left_edge: how far the road reaches to the sides of
    the way [m]; lane_lines: offsets of its markings [m].
    """

    @property
    def way(self) -> Way:
        """Where the own vehicle is meant to go."""
        ...

    @property
    def surface(self) -> Surface | None:
        """Where the ground is; None for the plane z = 0."""
        ...

    @property
    def start(self) -> float: ...

    @property
    def end(self) -> float: ...

    @property
    def right_edge(self) -> float: ...

    @property
    def left_edge(self) -> float: ...

    @property
    def lane_lines(self) -> tuple[float, ...]: ...

    def mesh(self) -> Mesh:
        """What is not the plane and belongs to the place."""
        ...

    def ground(self) -> Ground:
        """The plane, its markings and where it is open."""
        ...

    def furniture(self, seed: int) -> list[Actor]:
        """What stands beside the way, the same for the same seed."""
        ...

    def bystanders(self, seed: int) -> list[Actor]:
        """What stands so near that lists of true objects tell of it, the same for the same seed."""
        ...

    def with_run_up(self, way: float, /) -> Place:
        """The same place for a vehicle that starts so much farther back [m]."""
        ...

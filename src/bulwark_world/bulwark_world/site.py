# SPDX-License-Identifier: Apache-2.0
"""Places that are a stretch of road with things along it, each from a small design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from bulwark_world.actors import Actor
from bulwark_world.attitude import Surface
from bulwark_world.mesh import Mesh, merge
from bulwark_world.place import Ground
from bulwark_world.stretch import Stretch
from bulwark_world.way import Way

_STREAM = 31


@dataclass(frozen=True)
class Dress:
    """What belongs to a place beside its road.

    meshes: what is built there. things: what lists of true objects tell of. furniture: what
    stands farther off.
    """

    meshes: Sequence[Mesh] = ()
    things: Sequence[Actor] = ()
    furniture: Sequence[Actor] = ()


class Design(Protocol):
    """How a place of some kind is made from its parameters."""

    def stretch(self) -> Stretch:
        """The road."""
        ...

    def surface(self, road: Stretch) -> Surface | None:
        """Where the ground is; None for the plane z = 0."""
        ...

    def dress(self, road: Stretch, rng: np.random.Generator) -> Dress:
        """What stands along it; the same for the same state of the generator."""
        ...


@dataclass(frozen=True)
class Site:
    """A place: a design, and how much earlier its road begins [m]."""

    design: Design
    run_up: float = 0.0

    @cached_property
    def road(self) -> Stretch:
        """The road."""
        return self.design.stretch().longer(self.run_up)

    @property
    def way(self) -> Way:
        """The own lane's centre line."""
        return self.road.way

    @cached_property
    def surface(self) -> Surface | None:
        """Where the ground is."""
        return self.design.surface(self.road)

    @property
    def start(self) -> float:
        """The first station [m]."""
        return self.way.start

    @property
    def end(self) -> float:
        """The last station [m]."""
        return self.way.end

    @property
    def right_edge(self) -> float:
        """Offset [m]."""
        return self.road.right_edge

    @property
    def left_edge(self) -> float:
        """Offset [m]."""
        return self.road.left_edge

    @property
    def lane_lines(self) -> tuple[float, ...]:
        """Offsets [m]."""
        return self.road.lane_lines

    def mesh(self) -> Mesh:
        """The road and what is built there, which no seed changes."""
        return merge([self.road.mesh(), *self._dress(0).meshes])

    def ground(self) -> Ground:
        """The plane."""
        return self.road.ground()

    def furniture(self, seed: int) -> list[Actor]:
        """What stands farther off."""
        return list(self._dress(seed).furniture)

    def bystanders(self, seed: int) -> list[Actor]:
        """What stands near the way."""
        return list(self._dress(seed).things)

    def with_run_up(self, way: float) -> Site:
        """The same place, longer before the start."""
        return replace(self, run_up=self.run_up + way)

    def _dress(self, seed: int) -> Dress:
        return self.design.dress(self.road, np.random.default_rng((seed, _STREAM)))

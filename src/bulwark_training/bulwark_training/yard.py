# SPDX-License-Identifier: Apache-2.0
"""Asphalt as far as one sees, with or without lines: the plainest place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bulwark_world.line import Section
from bulwark_world.site import Dress
from bulwark_world.stretch import Stretch
from bulwark_world.way import Way


@dataclass(frozen=True)
class Yard:
    """A design of a place. lines: whether it has lanes that are marked."""

    lines: bool = False

    def stretch(self) -> Stretch:
        """300 m straight ahead."""
        return Stretch(Way((Section(300.0),)), lanes=3, right=1, marked=self.lines, paved=True)

    def surface(self, _road: Stretch) -> None:
        """The plane."""
        return

    def dress(self, _road: Stretch, _rng: np.random.Generator) -> Dress:
        """Nothing."""
        return Dress()

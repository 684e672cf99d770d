# SPDX-License-Identifier: Apache-2.0
"""The colours of one picture: the materials', shifted, and plain ones of single things."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from bulwark_training.split import Split
from bulwark_world.materials import COLOURS, Material
from bulwark_world.mesh import Mesh

Bgr = tuple[float, float, float]
_MOST = 250  # 255 means nothing

_SAFETY = {"red": (0.0, 9.0), "orange": (4.0, 18.0), "yellow": (18.0, 33.0), "blue": (100.0, 118.0)}


class Palette:
    """Colours by material index; `add` makes room for one more."""

    def __init__(self, rng: np.random.Generator, split: Split, strength: float = 1.0) -> None:
        """strength: how far the materials' own colours are shifted, 0: not at all."""
        self._rng, self._split = rng, split
        tone = np.exp(rng.normal(0.0, 0.25 * strength, (len(COLOURS), 1)))
        tint = np.exp(rng.normal(0.0, 0.08 * strength, (len(COLOURS), 3)))
        self._rows: list[npt.NDArray[np.floating]] = list(np.clip(COLOURS * tone * tint, 4, 255))

    @property
    def colours(self) -> npt.NDArray[np.float32]:
        """(M, 3) BGR, 0..255."""
        return np.array(self._rows, dtype=np.float32)

    def add(self, bgr: Bgr) -> int:
        """The index of this colour; where there is no more room, that of the last one."""
        if len(self._rows) < _MOST:
            self._rows.append(np.clip(np.array(bgr), 3, 255))
        return len(self._rows) - 1

    def any(self) -> int:
        """Any colour."""
        return self.add(
            self._hsv(self._hue(), self._rng.uniform(0, 230), self._rng.uniform(25, 250))
        )

    def cloth(self) -> int:
        """What people wear: much of it dark."""
        value = 255 * self._rng.beta(1.2, 1.6)
        return self.add(self._hsv(self._hue(), 230 * self._rng.beta(1.0, 1.6), value))

    def paint(self) -> int:
        """Of vehicles: two of three are white, grey or black."""
        if self._rng.random() < 0.66:
            return self.add(
                self._hsv(self._hue(), self._rng.uniform(0, 18), self._rng.uniform(15, 245))
            )
        return self.add(
            self._hsv(self._hue(), self._rng.uniform(90, 225), self._rng.uniform(50, 215))
        )

    def safety(self, *names: str) -> int:
        """A signal colour: one of the named among red, orange, yellow, blue, white, black, grey."""
        name = str(self._rng.choice(list(names)))
        if name in _SAFETY:
            hue = self._split.hue(self._rng, *_SAFETY[name])
            return self.add(
                self._hsv(hue, self._rng.uniform(150, 250), self._rng.uniform(130, 250))
            )
        value = {"white": (185, 250), "black": (15, 60), "grey": (90, 180)}[name]
        return self.add(self._hsv(self._hue(), self._rng.uniform(0, 22), self._rng.uniform(*value)))

    def plaster(self) -> int:
        """Of walls: pale, earthy or grey."""
        saturation = 110 * self._rng.beta(1.0, 2.0)
        return self.add(self._hsv(self._hue(), saturation, self._rng.uniform(70, 240)))

    def _hue(self) -> float:
        return self._split.hue(self._rng)

    @staticmethod
    def _hsv(hue: float, saturation: float, value: float) -> Bgr:
        pixel = np.array([[[hue, saturation, value]]]).round().astype(np.uint8)
        blue, green, red = cv2.cvtColor(pixel, cv2.COLOR_HSV2BGR)[0, 0].tolist()
        return blue, green, red


def recoloured(mesh: Mesh, to: Mapping[Material, int]) -> Mesh:
    """The mesh with some of its materials replaced by colours of a palette."""
    table = np.arange(256, dtype=np.uint8)
    for material, index in to.items():
        table[material] = index
    return Mesh(mesh.vertices, mesh.triangles, table[mesh.materials])

# SPDX-License-Identifier: Apache-2.0
"""A pinhole camera: one ray a pixel, flat colours under a sun and a hazy sky."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.geometry import Matrix
from bulwark_world.kernels import aim, shade
from bulwark_world.materials import COLOURS
from bulwark_world.scene import Scene

Picture = npt.NDArray[np.uint8]

OPTICAL = np.array(
    [[0.0, 0.0, 1.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)
"""Pose of the optical frame (z forward, x right, y down; REP-103) in the camera's body frame."""
_SUN = np.array([-0.35, 0.45, 0.82], dtype=np.float32)
_STREAM = 13


@dataclass(frozen=True)
class Intrinsics:
    """A pinhole camera without distortion; the centre of the first pixel is (0, 0)."""

    width: int
    height: int
    focal: float

    @classmethod
    def from_field_of_view(cls, width: int, height: int, horizontal_deg: float) -> Intrinsics:
        """With this horizontal field of view over the whole width [deg]."""
        return cls(width, height, width / 2.0 / math.tan(math.radians(horizontal_deg) / 2.0))

    @property
    def centre(self) -> tuple[float, float]:
        """The principal point [px]."""
        return (self.width - 1) / 2.0, (self.height - 1) / 2.0

    def directions(self) -> npt.NDArray[np.float32]:
        """Unit vectors through the pixels' centres in the optical frame: (H * W, 3), by row."""
        cx, cy = self.centre
        u, v = np.meshgrid(np.arange(self.width) - cx, np.arange(self.height) - cy)
        rays = np.stack([u, v, np.full(u.shape, self.focal)], axis=-1).reshape(-1, 3)
        return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True), dtype=np.float32)


class Camera:
    """Takes pictures of a scene. mount: pose of the camera's body frame in base_link."""

    def __init__(self, intrinsics: Intrinsics, mount: Matrix, seed: int) -> None:
        self.intrinsics = intrinsics
        self._optical_mount = mount @ OPTICAL
        self._seed = seed
        self._directions = intrinsics.directions()
        self._rays = np.empty((len(self._directions), 6), np.float32)

    def picture(self, scene: Scene, base: Matrix, index: int) -> Picture:
        """(H, W, 3) uint8 BGR from this pose of base_link in the world; `index` picks its noise."""
        aim(self._rays, self._directions, base @ self._optical_mount)
        hits = scene.cast(self._rays)
        rng = np.random.default_rng((self._seed, _STREAM, index))
        grain = rng.integers(-3, 4, len(self._rays), dtype=np.int8)
        pixels = shade(self._rays, hits.distance, hits.normals, hits.material, COLOURS, _SUN, grain)
        return np.asarray(pixels.reshape(self.intrinsics.height, self.intrinsics.width, 3))

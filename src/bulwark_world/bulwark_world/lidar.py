# SPDX-License-Identifier: Apache-2.0
"""A spinning lidar: rays from the pose at the stamp, with noise that only the seed decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.geometry import Matrix
from bulwark_world.beams import LidarModel
from bulwark_world.kernels import aim, lidar_returns
from bulwark_world.materials import REFLECTIVITIES
from bulwark_world.scene import Scene

Float32Array = npt.NDArray[np.float32]

_STREAM = 11


@dataclass(frozen=True)
class Scan:
    """One turn in the sensor frame: xyz (N, 3) [m], intensity (N,) 0..1, ring (N,).

    Only returns are in it, column by column. Every ray starts at the stamp: no motion distortion.
    """

    stamp_ns: int
    xyz: Float32Array
    intensity: Float32Array
    ring: npt.NDArray[np.uint16]


class Lidar:
    """Scans a scene. mount: pose of the sensor in base_link."""

    def __init__(self, model: LidarModel, mount: Matrix, seed: int) -> None:
        self._model = model
        self._mount = mount
        self._seed = seed
        self._directions, self._rings = model.directions()
        self._reach = _reach(model)
        self._rays = np.empty((len(self._rings), 6), np.float32)

    def scan(self, scene: Scene, base: Matrix, stamp_ns: int, index: int) -> Scan:
        """The scan from this pose of base_link in the world; `index` picks its noise."""
        aim(self._rays, self._directions, base @ self._mount)
        hits = scene.cast(self._rays)
        rng = np.random.default_rng((self._seed, _STREAM, index))
        count, model = len(self._rays), self._model
        xyz, intensity, rays = lidar_returns(
            self._rays,
            self._directions,
            hits.distance,
            hits.normals,
            hits.material,
            self._reach,
            REFLECTIVITIES,
            rng.random(count, dtype=np.float32) >= model.dropout,
            rng.standard_normal(count, dtype=np.float32) * np.float32(model.noise),
            model.min_range,
        )
        return Scan(stamp_ns, xyz, intensity, self._rings[rays])


def _reach(model: LidarModel) -> Float32Array:
    """How far each material is seen [m]: the light that returns falls with the squared range."""
    reach = model.range_at_10_percent * np.sqrt(REFLECTIVITIES / 0.1)
    return np.asarray(np.minimum(reach, model.max_range), dtype=np.float32)

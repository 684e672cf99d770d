# SPDX-License-Identifier: Apache-2.0
"""A spinning lidar: rays from the pose at the stamp, with noise that only the seed decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.geometry import Matrix
from bulwark_world.air import Optics, Seen, through_air
from bulwark_world.beams import LidarModel
from bulwark_world.kernels import aim, lidar_returns
from bulwark_world.materials import REFLECTIVITIES
from bulwark_world.scene import Hits, Scene
from bulwark_world.weather import CLEAR, Weather, window

Float32Array = npt.NDArray[np.float32]

_STREAM = 11
NO_PUFFS = np.empty((0, 5), np.float32)


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

    def __init__(
        self, model: LidarModel, mount: Matrix, seed: int, weather: Weather = CLEAR
    ) -> None:
        self._model = model
        self._mount = mount
        self._seed = seed
        self._weather = weather
        self._directions, self._rings = model.directions()
        self._reach = np.append(_reach(model), np.float32(model.max_range))
        self._rays = np.empty((len(self._rings), 6), np.float32)
        self._optics = Optics(
            REFLECTIVITIES,
            0.1 / model.range_at_10_percent**2,
            window(weather.dirt, self._directions, seed),
        )
        self._undimmed = np.ones(len(self._rings), np.float32)

    def scan(
        self, scene: Scene, base: Matrix, stamp_ns: int, index: int, puffs: Float32Array = NO_PUFFS
    ) -> Scan:
        """The scan from this pose of base_link in the world; `index` picks its noise.

        puffs: clouds as `puffs.puffs` gives them; seen only in weather.
        """
        aim(self._rays, self._directions, base @ self._mount)
        hits = scene.cast(self._rays)
        seen = self._seen(hits, index, puffs)
        rng = np.random.default_rng((self._seed, _STREAM, index))
        count, model = len(self._rays), self._model
        xyz, intensity, rays = lidar_returns(
            self._rays,
            self._directions,
            seen.distance,
            hits.normals,
            seen.material,
            self._reach,
            REFLECTIVITIES,
            seen.gain,
            rng.random(count, dtype=np.float32) >= model.dropout,
            rng.standard_normal(count, dtype=np.float32) * np.float32(model.noise),
            model.min_range,
        )
        return Scan(stamp_ns, xyz, intensity, self._rings[rays])

    def _seen(self, hits: Hits, index: int, puffs: Float32Array) -> Seen:
        if self._weather.is_clear:
            return Seen(hits.distance, hits.material, self._undimmed)
        return through_air(
            self._rays, hits.distance, hits.material, self._optics, self._weather, puffs,
            self._seed, index,
        )  # fmt: skip


def _reach(model: LidarModel) -> Float32Array:
    """How far each material is seen [m]: the light that returns falls with the squared range."""
    reach = model.range_at_10_percent * np.sqrt(REFLECTIVITIES / 0.1)
    return np.asarray(np.minimum(reach, model.max_range), dtype=np.float32)

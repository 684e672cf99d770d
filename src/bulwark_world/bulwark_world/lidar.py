# SPDX-License-Identifier: Apache-2.0
"""A lidar: rays from the pose at the stamp or their own time, with noise of the seed alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.geometry import Matrix
from bulwark_world.air import Optics, Seen, through_air
from bulwark_world.beams import LidarModel
from bulwark_world.kernels import aim, lidar_returns
from bulwark_world.materials import GLOSS, REFLECTIVITIES
from bulwark_world.scan_motion import Sweep, aim_columns
from bulwark_world.scene import Hits, Scene
from bulwark_world.weather import CLEAR, Weather, window

Float32Array = npt.NDArray[np.float32]

_STREAM = 11
_SLICES = 10
"""Of a turn, in each of which the actors stand."""
NO_PUFFS = np.empty((0, 5), np.float32)


@dataclass(frozen=True)
class Scan:
    """One turn in the sensor frame: xyz (N, 3) [m], intensity (N,) 0..1, ring (N,).

    Only returns are in it, column by column. time: when each was measured after the stamp (N,)
    [s], each in the frame of that time; None where every ray starts at the stamp.
    """

    stamp_ns: int
    xyz: Float32Array
    intensity: Float32Array
    ring: npt.NDArray[np.uint16]
    time: Float32Array | None = None


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
        self._times = model.column_times()
        self._rays = np.empty((len(self._rings), 6), np.float32)
        self._optics = Optics(
            REFLECTIVITIES,
            0.1 / model.range_at_10_percent**2,
            window(weather.dirt, self._directions, seed),
        )
        self._undimmed = np.ones(len(self._rings), np.float32)

    def scan(
        self,
        scene: Scene,
        base: Matrix,
        stamp_ns: int,
        index: int,
        puffs: Float32Array = NO_PUFFS,
        sweep: Sweep | None = None,
    ) -> Scan:
        """The scan from this pose of base_link in the world; `index` picks its noise.

        puffs: clouds as `puffs.puffs` gives them; seen only in weather. sweep: how everything
        moves meanwhile; None for a scan that is taken at once.
        """
        hits = self._cast(scene, base) if sweep is None else self._sweep(scene, base, sweep)
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
            GLOSS,
            seen.gain,
            rng.random(count, dtype=np.float32),
            model.dropout,
            rng.standard_normal(count, dtype=np.float32) * np.float32(model.noise),
            (model.min_range, model.max_range),
        )
        times = None if sweep is None else self._times[rays // len(model.elevations)]
        return Scan(
            stamp_ns, xyz, intensity, self._rings[rays],
            None if times is None else times.astype(np.float32),
        )  # fmt: skip

    def _cast(self, scene: Scene, base: Matrix) -> Hits:
        aim(self._rays, self._directions, base @ self._mount)
        return scene.cast(self._rays)

    def _sweep(self, scene: Scene, base: Matrix, sweep: Sweep) -> Hits:
        """Every column from its own pose; the actors move on from slice to slice of the turn."""
        poses = sweep.poses(base, self._mount, self._times).astype(np.float32)
        aim_columns(self._rays, self._directions, poses)
        columns = np.array_split(np.arange(len(self._times)), _SLICES)
        parts = []
        for some in columns:
            sweep.place(float(self._times[some].mean()))
            rings = len(self._model.elevations)
            parts.append(scene.cast(self._rays[some[0] * rings : (some[-1] + 1) * rings]))
        sweep.place(0.0)
        return Hits(
            np.concatenate([part.distance for part in parts]),
            np.concatenate([part.material for part in parts]),
            np.concatenate([part.normals for part in parts]),
            np.concatenate([part.triangle for part in parts]),
        )

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
    return np.asarray(reach, dtype=np.float32)

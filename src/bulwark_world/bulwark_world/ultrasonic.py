# SPDX-License-Identifier: Apache-2.0
"""Ultrasonic sensors at the corners of the body: the nearest echo in a cone, as REP-117 has it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.geometry import Matrix, rigid
from bulwark_core.vehicle import VehicleParams
from bulwark_world.kernels import aim
from bulwark_world.params import UltrasonicParams
from bulwark_world.scene import NOTHING, Hits, Scene

Float32Array = npt.NDArray[np.float32]

CORNERS = ("front_left", "front_right", "rear_left", "rear_right")
_STREAM = 37
_ACROSS, _UP = 15, 5
"""Rays of a cone."""
_LEVEL = 0.8  # what faces upwards more than this is ground or a lid, which echoes away
_GRAZED = 0.25  # cosine of incidence below which a face echoes away


@dataclass(frozen=True)
class Echo:
    """A reading. distance: [m], +inf for nothing, -inf for too near, NaN for no reading."""

    corner: str
    stamp_ns: int
    distance: float


def mounts(body: VehicleParams, params: UltrasonicParams) -> dict[str, Matrix]:
    """The sensors' poses in base_link by corner: x along the cone's axis."""
    side = body.width / 2.0 - params.inset
    poses = {}
    for corner in CORNERS:
        end, left = corner.startswith("front"), corner.endswith("left")
        out = params.yaw if left == end else -params.yaw
        yaw = out if end else math.pi + out
        x = body.front if end else body.rear
        poses[corner] = rigid(x, side if left else -side, params.height, yaw=yaw)
    return poses


class Ultrasonic:
    """All sensors of a vehicle."""

    def __init__(self, body: VehicleParams, params: UltrasonicParams, seed: int) -> None:
        self._params, self._seed = params, seed
        self._mounts = list(mounts(body, params).values())
        self._cone = _cone(params.field_of_view, params.elevation)
        self._rays = np.empty((len(CORNERS), len(self._cone), 6), np.float32)

    def measure(self, scene: Scene, base: Matrix, stamp_ns: int, index: int) -> list[Echo]:
        """The readings from this pose of base_link in the world; `index` picks their noise."""
        for rays, mount in zip(self._rays, self._mounts, strict=True):
            aim(rays, self._cone, base @ mount)
        flat = self._rays.reshape(-1, 6)
        nearest = _echoes(flat, scene.cast(flat)).reshape(len(CORNERS), -1).min(axis=1)
        rng = np.random.default_rng((self._seed, _STREAM, index))
        noise = rng.normal(0.0, self._params.noise, len(CORNERS))
        lost = rng.random(len(CORNERS)) < self._params.dropout
        values = [
            math.nan if gone else self._reading(float(echo), float(error))
            for echo, error, gone in zip(nearest, noise, lost, strict=True)
        ]
        return [Echo(c, stamp_ns, v) for c, v in zip(CORNERS, values, strict=True)]

    def _reading(self, echo: float, error: float) -> float:
        params = self._params
        if echo > params.max_range:
            return math.inf
        if echo < params.min_range:
            return -math.inf
        return min(max(echo + error, params.min_range), params.max_range)


def _cone(across: float, up: float) -> Float32Array:
    """Unit vectors (N, 3) about x within a field of view [rad]."""
    azimuth, elevation = np.meshgrid(
        np.linspace(-across / 2, across / 2, _ACROSS), np.linspace(-up / 2, up / 2, _UP)
    )
    level = np.cos(elevation)
    xyz = [level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)]
    return np.stack(xyz, axis=-1).reshape(-1, 3).astype(np.float32)


def _echoes(rays: Float32Array, hits: Hits) -> Float32Array:
    """The way of each ray to what sends it back (N,) [m], inf without."""
    cosine = np.abs((rays[:, 3:] * hits.normals).sum(axis=1))
    sends_back = (hits.material != NOTHING) & (cosine > _GRAZED) & (hits.normals[:, 2] < _LEVEL)
    return np.where(sends_back, hits.distance, np.float32(np.inf)).astype(np.float32)

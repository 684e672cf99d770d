# SPDX-License-Identifier: Apache-2.0
"""The camera: one ray a pixel, light and shadow, and what lens and imager make of them.

The scene's light is linear; the imager meters it, exposes within its limits, adds noise by the
light and its gain, and gives sRGB-like bytes. The lens darkens the corners and may distort
(Brown and Conrady's model, as OpenCV and CameraInfo have it).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from bulwark_core.geometry import Matrix
from bulwark_world.camera_kernels import blur, brightness, expose, radiance, streaks
from bulwark_world.kernels import aim
from bulwark_world.light import DAY, Light
from bulwark_world.materials import COLOURS
from bulwark_world.params import CameraMount, ImagerParams
from bulwark_world.scene import NOTHING, Hits, Scene
from bulwark_world.weather import CLEAR, Weather

Picture = npt.NDArray[np.uint8]
Float32Array = npt.NDArray[np.float32]

OPTICAL = np.array(
    [[0.0, 0.0, 1.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)
"""Pose of the optical frame (z forward, x right, y down; REP-103) in the camera's body frame."""
_STREAM = 13
_LAMPS = np.array([[3.6, 0.65, 0.68, 1.0], [3.6, -0.65, 0.68, 1.0]])  # in base_link [m]
_MIDDLE = 0.22  # what the meter makes of a mean scene, of full scale
_DAY_EXPOSURE_S, _NIGHT_EXPOSURE_S = 0.002, 0.02
_SHADOW_BLOCK = 2  # one shadow ray for a square of so many pixels
_LIFT = 0.02  # shadow rays start so far from the surface [m]
_CURVE = (255.0 * np.linspace(0.0, 1.0, 4096) ** (1.0 / 2.2) + 0.5).astype(np.uint8)
_DROPS_PER_MM_H, _FLAKES_PER_MM_H = 12, 60


@dataclass(frozen=True)
class Intrinsics:
    """A camera; the centre of the first pixel is (0, 0). distortion: k1, k2, p1, p2, k3."""

    width: int
    height: int
    focal: float
    distortion: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)

    @classmethod
    def from_field_of_view(
        cls, width: int, height: int, horizontal_deg: float, k1: float = 0.0, k2: float = 0.0
    ) -> Intrinsics:
        """With this horizontal field of view over the whole width, before distortion [deg]."""
        focal = width / 2.0 / math.tan(math.radians(horizontal_deg) / 2.0)
        return cls(width, height, focal, (k1, k2, 0.0, 0.0, 0.0))

    @property
    def centre(self) -> tuple[float, float]:
        """The principal point [px]."""
        return (self.width - 1) / 2.0, (self.height - 1) / 2.0

    @property
    def matrix(self) -> npt.NDArray[np.float64]:
        """K, (3, 3) [px]."""
        (cx, cy), f = self.centre, self.focal
        return np.array([[f, 0.0, cx], [0.0, f, cy], [0.0, 0.0, 1.0]])

    def directions(self) -> Float32Array:
        """Unit vectors through the pixels' centres in the optical frame: (H * W, 3), by row.

        They are shared by all who ask, and not to be written to.
        """
        return _directions(self)

    def find_directions(self) -> Float32Array:
        """The same, found anew."""
        u, v = np.meshgrid(np.arange(self.width), np.arange(self.height))
        pixels = np.stack([u, v], axis=-1).reshape(-1, 1, 2).astype(np.float64)
        flat = self._undistorted(pixels).reshape(-1, 2)
        rays = np.column_stack([flat, np.ones(len(flat))])
        return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True), dtype=np.float32)

    def _undistorted(self, pixels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        if not any(self.distortion):
            return np.asarray((pixels - self.centre) / self.focal)
        criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 40, 1e-9)
        eye, coefficients = np.eye(3), np.array(self.distortion)
        points = cv2.undistortPointsIter(pixels, self.matrix, coefficients, eye, eye, criteria)
        return np.asarray(points)


@lru_cache(maxsize=32)  # to undo a distortion takes 100 ms
def _directions(intrinsics: Intrinsics) -> Float32Array:
    return intrinsics.find_directions()


def intrinsics_of(mount: CameraMount) -> Intrinsics:
    """The intrinsics that the parameters ask for."""
    imager = mount.imager
    return Intrinsics.from_field_of_view(
        mount.width, mount.height, mount.field_of_view, imager.k1, imager.k2
    )


@dataclass(frozen=True)
class Moving:
    """The own motion while the shutter is open: speed [m/s] and yaw rate [rad/s]."""

    speed: float = 0.0
    yaw_rate: float = 0.0


_STILL = Moving()


class Camera:
    """Takes pictures of a scene. mount: pose of the camera's body frame in base_link.

    colours: (M, 3) BGR of the materials, 0..255, where they are not the usual ones; more of them
    than `Material` has are plain colours that meshes may name by their index.
    """

    def __init__(
        self,
        intrinsics: Intrinsics,
        mount: Matrix,
        seed: int,
        imager: ImagerParams | None = None,
        light: Light = DAY,
        weather: Weather = CLEAR,
        colours: Float32Array = COLOURS,
    ) -> None:
        self.intrinsics = intrinsics
        self._optical_mount = mount @ OPTICAL
        self._seed, self._imager = seed, imager or ImagerParams()
        self._light, self._weather = light, weather
        self._colours = np.asarray((colours / 255.0) ** 2.2, dtype=np.float32)
        self._directions = intrinsics.directions()
        self._rays = np.empty((len(self._directions), 6), np.float32)
        cosine = self._directions[:, 2]  # to the optical axis
        strength = self._imager.vignetting
        self._vignette = (1.0 - strength * (1.0 - cosine**4)).astype(np.float32)
        self._extinction = weather.fog_extinction + weather.particle_extinction

    def picture(self, scene: Scene, base: Matrix, index: int, moving: Moving = _STILL) -> Picture:
        """(H, W, 3) uint8 BGR from this pose of base_link in the world; `index` picks its noise."""
        return self.shot(scene, base, index, moving)[0]

    def shot(
        self, scene: Scene, base: Matrix, index: int, moving: Moving = _STILL
    ) -> tuple[Picture, Hits]:
        """The picture, and what its pixels show, row by row."""
        hits = scene.cast(self.rays(base))
        light = self._radiance(scene, hits, base)
        shape = (self.intrinsics.height, self.intrinsics.width, 3)
        rng = np.random.default_rng((self._seed, _STREAM, index))
        seconds = _NIGHT_EXPOSURE_S if self._light.night else _DAY_EXPOSURE_S
        picture = self._blurred(light.reshape(shape), hits, moving, seconds)
        grain = rng.standard_normal(len(light), dtype=np.float32)
        exposure = self._exposure(picture)
        flat, noise = picture.reshape(-1, 3), self._noise(exposure)
        pixels: Picture = expose(flat, exposure, self._vignette, grain, noise, _CURVE)
        pixels = pixels.reshape(shape)
        self._precipitation(pixels, rng)
        return pixels, hits

    def rays(self, base: Matrix) -> Float32Array:
        """A ray for each pixel, row by row: (H * W, 6) in the world; valid until the next call."""
        aim(self._rays, self._directions, base @ self._optical_mount)
        return self._rays

    def _radiance(self, scene: Scene, hits: Hits, base: Matrix) -> Float32Array:
        light = self._light
        lamps = (_LAMPS @ base.T)[:, :3].astype(np.float32)
        return np.asarray(
            radiance(
                self._rays, hits.distance, hits.normals, hits.material,
                self._shaded(scene, hits), self._colours, light.sun, (light.horizon, light.zenith),
                (light.sun_power, light.ambient, light.lamps, float(light.night)), self._extinction,
                lamps, base[:3, 0].astype(np.float32),
            )
        )  # fmt: skip

    def _shaded(self, scene: Scene, hits: Hits) -> npt.NDArray[np.bool_]:
        """Whether something is between each ray's place and the sun (N,)."""
        if not self._imager.shadows or self._light.sun_power == 0.0:
            return np.zeros(len(self._rays), np.bool_)
        shape = (self.intrinsics.height, self.intrinsics.width)
        grid = np.arange(len(self._rays)).reshape(shape)[::_SHADOW_BLOCK, ::_SHADOW_BLOCK]
        picked = grid.reshape(-1)
        hit = hits.material[picked] != NOTHING
        rays = np.empty((int(hit.sum()), 6), np.float32)
        from_, sun = self._rays[picked[hit]], self._light.sun
        reach = hits.distance[picked[hit], None]
        rays[:, :3] = from_[:, :3] + (reach - _LIFT) * from_[:, 3:] + _LIFT * sun
        rays[:, 3:] = sun
        dark = np.zeros(len(picked), np.bool_)
        dark[hit] = scene.is_hidden(rays)
        rows = np.repeat(dark.reshape(grid.shape), _SHADOW_BLOCK, axis=0)
        whole = np.repeat(rows, _SHADOW_BLOCK, axis=1)[: shape[0], : shape[1]]
        return np.ascontiguousarray(whole).reshape(-1)

    def _blurred(
        self, picture: Float32Array, hits: Hits, moving: Moving, seconds: float
    ) -> Float32Array:
        way = (moving.speed * seconds, moving.yaw_rate * seconds)
        if not self._imager.motion_blur or way == (0.0, 0.0):
            return picture
        distance = hits.distance.reshape(picture.shape[:2])
        focal, centre = self.intrinsics.focal, self.intrinsics.centre
        return np.asarray(blur(picture, distance, focal, centre, way))

    def _exposure(self, picture: Float32Array) -> float:
        """What the meter asks for, within the gain that the imager has."""
        wanted = _MIDDLE / max(brightness(picture, 4), 1e-6)
        return float(min(max(wanted, 0.05), self._imager.max_gain))

    def _noise(self, exposure: float) -> tuple[float, float]:
        """Variance of full scale: read noise with the gain squared, the light's with the gain."""
        read, gain = self._imager.noise, max(exposure, 1.0)
        return (read * gain**0.5) ** 2, (read**2) * 4.0 * gain

    def _precipitation(self, pixels: Picture, rng: np.random.Generator) -> None:
        weather, (height, width) = self._weather, pixels.shape[:2]
        area = height * width / (640.0 * 384.0)
        for rate, density, length in (
            (weather.rain, _DROPS_PER_MM_H, 14), (weather.snow, _FLAKES_PER_MM_H, 2),
        ):  # fmt: skip
            count = round(rate * density * area)
            if count:
                places = rng.integers(0, (height, width), (count, 2))
                streaks(pixels, places, length, 18 if length > 2 else 70)

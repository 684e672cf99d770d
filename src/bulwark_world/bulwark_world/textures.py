# SPDX-License-Identifier: Apache-2.0
"""How bright a surface is from place to place: worn markings, bricks, windows, rough asphalt."""

from __future__ import annotations

import math

import numba
import numpy as np

from bulwark_world.materials import Material

_ASPHALT, _MARKING, _GRASS = int(Material.ASPHALT), int(Material.MARKING), int(Material.GRASS)
_CONCRETE, _BRICK, _FOLIAGE = int(Material.CONCRETE), int(Material.BRICK), int(Material.FOLIAGE)
_CLOTH = (int(Material.CLOTH_DARK), int(Material.CLOTH_BRIGHT))
_FINE = 25.0  # farther away fine grain is below a pixel [m]


@numba.njit(cache=True, nogil=True)
def texture(material: int, x: float, y: float, z: float, upright: bool, distance: float) -> float:
    """Factor on the colour of a material at a place of the world [m]."""
    fine = math.exp(-distance / _FINE)
    if material == _ASPHALT:
        patches = _cloud(x * 0.4, y * 0.9, 1)
        return float(0.8 + 0.25 * patches + fine * (0.5 * _grain(x, y, z, 0.025) - 0.25))
    if material == _MARKING:
        worn = _cloud(x * 3.0, y * 8.0, 2)
        return float(1.0 - 0.45 * max(worn - 0.55, 0.0) / 0.45 - 0.1 * fine * _grain(x, y, z, 0.02))
    if material == _GRASS:
        return float(
            0.65 + 0.4 * _cloud(x * 0.7, y * 0.7, 3) + fine * (_grain(x, y, z, 0.06) - 0.5)
        )
    if material == _FOLIAGE:
        return float(0.55 + 0.9 * _grain(x, y, z, 0.22))
    if material == _CONCRETE:
        return float(0.86 + 0.28 * _cloud(x + y, z * 1.5 + y, 4))
    if material == _BRICK and upright:
        return float(_facade(x + y, z, fine))
    if material in _CLOTH:
        return float(0.85 + 0.3 * _grain(x, y, z, 0.12))
    return 1.0


@numba.njit(cache=True, nogil=True)
def is_window(material: int, x: float, y: float, z: float, upright: bool) -> bool:
    """Whether a place of a facade is a window: a row of them above the height of a garden wall."""
    if material != _BRICK or not upright or not 3.3 < z < 4.9:
        return False
    along = (x + y) / 2.4
    return bool(0.25 < along - math.floor(along) < 0.7)


@numba.njit(cache=True, nogil=True)
def _facade(along: float, z: float, fine: float) -> float:
    """Courses of bricks 75 mm high and 240 mm long with light joints, each brick its own tone."""
    course = math.floor(z / 0.075)
    shifted = along / 0.24 + 0.5 * (course % 2)
    up, way = z / 0.075 - course, shifted - math.floor(shifted)
    tone = 0.8 + 0.3 * _hash(int(math.floor(shifted)), int(course), 5)
    joint = up < 0.14 or way < 0.05
    return (1.0 - fine) * 0.98 + fine * (1.35 if joint else tone)


@numba.njit(cache=True, nogil=True)
def _grain(x: float, y: float, z: float, size: float) -> float:
    """Even in 0..1, one for each cell."""
    a, b = int(math.floor(x / size)), int(math.floor(y / size))
    return float(_hash(a, b + 7919 * int(math.floor(z / size)), 0))


@numba.njit(cache=True, nogil=True)
def _cloud(u: float, v: float, kind: int) -> float:
    """Smooth in 0..1: bilinear between the values of a unit grid."""
    a, b = math.floor(u), math.floor(v)
    p, q = u - a, v - b
    i, j = int(a), int(b)
    low = (1.0 - p) * _hash(i, j, kind) + p * _hash(i + 1, j, kind)
    high = (1.0 - p) * _hash(i, j + 1, kind) + p * _hash(i + 1, j + 1, kind)
    return float((1.0 - q) * low + q * high)


@numba.njit(cache=True, nogil=True)
def _hash(a: int, b: int, c: int) -> float:
    """Even in 0..1 of three integers, the same everywhere."""
    h = np.uint32(a * 374761393 + b * 668265263 + c * 2147483647)
    h = np.uint32((h ^ (h >> np.uint32(13))) * np.uint32(1274126177))
    return float(h ^ (h >> np.uint32(16))) / 4294967296.0

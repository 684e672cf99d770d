# SPDX-License-Identifier: Apache-2.0
"""The loops over pixels, compiled: radiance, motion blur, and what the imager makes of them."""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

from bulwark_world.materials import Material
from bulwark_world.textures import is_window, texture

Float32Array = npt.NDArray[np.float32]

_GLASS, _LAMP_RED, _LAMP_WHITE = (
    int(Material.GLASS), int(Material.LAMP_RED), int(Material.LAMP_WHITE),
)  # fmt: skip
_PAINTS = tuple(int(m) for m in Material if m.name.startswith("PAINT"))
_MARKING = int(Material.MARKING)
_CLEAR_VIEW = 1.0 / 1200.0  # extinction of clear air [1/m]
_LAMP_POWER = 60.0  # of a headlight on a white surface 1 m away, in the beam's middle
_CUT = -0.01  # slope of the low beam's upper edge
_SUN_DISC = 0.9996


@numba.njit(cache=True, nogil=True)
def radiance(
    rays: Float32Array,
    distance: Float32Array,
    normals: Float32Array,
    material: npt.NDArray[np.uint8],
    shaded: npt.NDArray[np.bool_],
    colours: Float32Array,
    sun: Float32Array,
    sky: tuple[Float32Array, Float32Array],
    powers: tuple[float, float, float, float],
    extinction: float,
    lamps: Float32Array,
    forward: Float32Array,
) -> Float32Array:
    """Linear BGR (N, 3) of what rays met.

    shaded: rays whose place the sun does not reach; colours: (M, 3) linear, of materials; sky:
    radiance at the horizon and overhead; powers: of the sun, of the sky, of the headlights (0, 1
    low, 2 high), and of other lamps; extinction: of the air beside that of clear air [1/m]; lamps:
    (L, 3) places of the own headlights, which shine along `forward` (3,).
    """
    out = np.empty((len(rays), 3), np.float32)
    here = np.zeros(3, np.float32)
    normal = np.zeros(3, np.float32)
    for i in range(len(rays)):
        if material[i] == 255:
            _sky(rays[i, 3:], sun, sky, powers[0], out[i])
            _veil(out[i], 400.0 if extinction > 0.0 else 0.0, extinction, sky[0])
            continue
        facing = np.float32(0.0)
        for axis in range(3):
            here[axis] = rays[i, axis] + distance[i] * rays[i, 3 + axis]
            facing += rays[i, 3 + axis] * normals[i, axis]
        for axis in range(3):
            normal[axis] = normals[i, axis] if facing < 0.0 else -normals[i, axis]
        lit = _daylight(normal, shaded[i], sun, powers)
        if powers[2] > 0.0:
            lit += _headlights(here, normal, lamps, forward, powers[2])
        _surface(rays[i, 3:], distance[i], here, normal, material[i], lit, colours, sky, out[i])
        if powers[3] > 0.0:
            _at_night(distance[i], material[i], lit, out[i])
        _veil(out[i], distance[i], extinction + _CLEAR_VIEW, sky[0])
    return out


@numba.njit(cache=True, nogil=True)
def _daylight(
    normal: Float32Array,
    is_shaded: bool,
    sun: Float32Array,
    powers: tuple[float, float, float, float],
) -> float:
    up = 0.5 + 0.5 * normal[2]
    light = powers[1] * (0.35 + 0.65 * up)
    if not is_shaded:
        light += powers[0] * max(
            normal[0] * sun[0] + normal[1] * sun[1] + normal[2] * sun[2], np.float32(0.0)
        )
    return float(light)


@numba.njit(cache=True, nogil=True)
def _headlights(
    here: Float32Array, normal: Float32Array, lamps: Float32Array, forward: Float32Array,
    beam: float,
) -> float:  # fmt: skip
    """Light of both lamps; the low beam ends just below the horizon, the high beam does not."""
    light = 0.0
    for k in range(len(lamps)):
        dx, dy, dz = here[0] - lamps[k, 0], here[1] - lamps[k, 1], here[2] - lamps[k, 2]
        away = math.sqrt(dx * dx + dy * dy + dz * dz)
        along = dx * forward[0] + dy * forward[1]
        if away < 0.3 or along < 0.1:
            continue
        across = (dx * forward[1] - dy * forward[0]) / along
        slope = dz / along
        level = math.exp(-((across / 0.45) ** 2))
        if beam < 1.5:
            upright = 0.015 + 1.0 / (1.0 + math.exp((slope - _CUT) / 0.004))
            upright *= math.exp(-(((slope + 0.02) / 0.16) ** 2))
        else:
            upright = 1.6 * math.exp(-((slope / 0.12) ** 2))
        cosine = -(dx * normal[0] + dy * normal[1] + dz * normal[2]) / away
        light += _LAMP_POWER * level * upright * max(cosine, 0.0) / (away * away)
    return light


@numba.njit(cache=True, nogil=True)
def _surface(
    ray: Float32Array, distance: float, here: Float32Array, normal: Float32Array, material: int,
    lit: float, colours: Float32Array, sky: tuple[Float32Array, Float32Array], out: Float32Array,
) -> None:  # fmt: skip
    """Diffuse light, and the sky that glass and paint mirror."""
    upright = abs(normal[2]) < 0.5
    mirror = 0.0
    if material == _GLASS or is_window(material, here[0], here[1], here[2], upright):
        mirror = 0.30
        material = _GLASS
    elif material in _PAINTS:
        mirror = 0.10
    tone = texture(material, here[0], here[1], here[2], upright, distance)
    facing = ray[0] * normal[0] + ray[1] * normal[1] + ray[2] * normal[2]
    up = max(ray[2] - 2.0 * facing * normal[2], np.float32(0.0))
    up = math.sqrt(up)
    for c in range(3):
        above = sky[0][c] + up * (sky[1][c] - sky[0][c])
        out[c] = colours[material, c] * tone * lit * (1.0 - mirror) + mirror * above


@numba.njit(cache=True, nogil=True)
def _at_night(distance: float, material: int, lit: float, out: Float32Array) -> None:
    """Lamps that shine, and markings that throw the headlights' light back."""
    if material == _LAMP_RED:
        out[2] += 0.9
        out[1] += 0.008
    elif material == _LAMP_WHITE:
        for c in range(3):
            out[c] += 1.6
    elif material == _MARKING:
        for c in range(3):
            out[c] += 2.0 * lit * min(distance / 10.0, 3.0)


@numba.njit(cache=True, nogil=True)
def _sky(
    ray: Float32Array, sun: Float32Array, sky: tuple[Float32Array, Float32Array], power: float,
    out: Float32Array,
) -> None:  # fmt: skip
    up = math.sqrt(max(ray[2], np.float32(0.0)))
    towards = ray[0] * sun[0] + ray[1] * sun[1] + ray[2] * sun[2]
    near = max(towards, np.float32(0.0)) ** 8
    near *= near * near * near
    glow = power * (20.0 if towards > _SUN_DISC else 0.3 * near)
    for c in range(3):
        out[c] = sky[0][c] + up * (sky[1][c] - sky[0][c]) + glow


@numba.njit(cache=True, nogil=True)
def _veil(out: Float32Array, distance: float, extinction: float, horizon: Float32Array) -> None:
    """Air between: it takes light away and scatters the sky's in."""
    passes = math.exp(-extinction * distance)
    for c in range(3):
        out[c] = out[c] * passes + horizon[c] * (1.0 - passes)


@numba.njit(cache=True, nogil=True)
def blur(
    picture: Float32Array, distance: Float32Array, focal: float, centre: tuple[float, float],
    way: tuple[float, float],
) -> Float32Array:  # fmt: skip
    """Motion blur of a picture (H, W, 3): way: driven ahead [m] and turned left [rad] meanwhile.

    distance: (H, W) along the rays [m]. What moves by itself is not blurred more.
    """
    height, width = picture.shape[:2]
    out = picture.copy()
    for v in range(height):
        for u in range(width):
            ahead = min(way[0] / max(distance[v, u], np.float32(0.5)), 1.0)
            du = (u - centre[0]) * ahead + focal * way[1]
            dv = (v - centre[1]) * ahead
            steps = int(math.sqrt(du * du + dv * dv))
            if steps < 1:
                continue
            steps = min(steps, 12)
            for c in range(3):
                total = picture[v, u, c]
                for k in range(1, steps + 1):
                    a = min(max(int(u - du * k / steps + 0.5), 0), width - 1)
                    b = min(max(int(v - dv * k / steps + 0.5), 0), height - 1)
                    total += picture[b, a, c]
                out[v, u, c] = total / (steps + 1)
    return out


@numba.njit(cache=True, nogil=True)
def expose(
    picture: Float32Array, exposure: float, vignette: Float32Array, grain: Float32Array,
    noise: tuple[float, float], curve: npt.NDArray[np.uint8],
) -> npt.NDArray[np.uint8]:  # fmt: skip
    """What the imager makes of radiance (N, 3): (N, 3) uint8.

    vignette: (N,) share of the light that the lens lets through; grain: (N,) unit normal; noise:
    variance of full scale that is always there, and by the light; curve: values of 0..1 in equal
    steps.
    """
    out = np.empty(picture.shape, np.uint8)
    last = len(curve) - 1
    for i in range(len(picture)):
        gain = exposure * vignette[i]
        green = min(picture[i, 1] * gain, np.float32(1.0))
        error = grain[i] * math.sqrt(noise[0] + noise[1] * green)
        for c in range(3):
            value = picture[i, c] * gain + error
            out[i, c] = curve[int(min(max(value, 0.0), 1.0) * last)]
    return out


@numba.njit(cache=True, nogil=True)
def brightness(picture: Float32Array, stride: int) -> float:
    """What a meter sees of a picture (H, W, 3): the mean of its lower two thirds."""
    total, count = 0.0, 0
    height, width = picture.shape[:2]
    for v in range(height // 3, height, stride):
        for u in range(0, width, stride):
            total += min(picture[v, u, 1], np.float32(4.0))
            count += 1
    return total / count


@numba.njit(cache=True, nogil=True)
def streaks(
    picture: npt.NDArray[np.uint8], places: npt.NDArray[np.int64], length: int, light: int
) -> None:
    """Drops and flakes near the lens: brighter runs of pixels downwards from (row, column)."""
    height, width = picture.shape[:2]
    for k in range(len(places)):
        for j in range(length):
            v, u = places[k, 0] + j, places[k, 1] + j // 6
            if v < height and u < width:
                for c in range(3):
                    picture[v, u, c] = min(int(picture[v, u, c]) + light, 255)

# SPDX-License-Identifier: Apache-2.0
"""The loops over rays, compiled: the ground under the triangles, and what a lidar gets back."""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]

NO_TRIANGLE = 0xFFFFFFFF


@numba.njit(cache=True, nogil=True)
def aim(rays: Float32Array, directions: Float32Array, pose: npt.NDArray[np.float64]) -> None:
    """Fill rays (N, 6) from directions (N, 3) in the frame of a 4x4 pose in the world."""
    turn = pose.astype(np.float32)
    for i in range(len(rays)):
        for axis in range(3):
            rays[i, axis] = turn[axis, 3]
            rays[i, 3 + axis] = (
                turn[axis, 0] * directions[i, 0]
                + turn[axis, 1] * directions[i, 1]
                + turn[axis, 2] * directions[i, 2]
            )


@numba.njit(cache=True, nogil=True)
def cut_ground(
    rays: Float32Array,
    distance: Float32Array,
    normals: Float32Array,
    triangle: npt.NDArray[np.uint32],
    of_triangle: npt.NDArray[np.uint8],
    lines: Float32Array,
    paved: Float32Array,
    holes: Float32Array,
    materials: tuple[int, int, int],
) -> npt.NDArray[np.uint8]:
    """Put the plane z = 0 under what rays (N, 6) met; distance, normals, triangle change in place.

    lines, paved, holes: see `place.Ground`. materials: paved, marking, beside it. Returns the
    material of each hit (N,), 255 for nothing.
    """
    material = np.empty(len(rays), np.uint8)
    for i in range(len(rays)):
        material[i] = 255 if triangle[i] == NO_TRIANGLE else of_triangle[triangle[i]]
        down = rays[i, 5]
        if down >= 0.0:
            continue
        reach = -rays[i, 2] / down
        if reach >= distance[i]:
            continue
        x, y = rays[i, 0] + reach * rays[i, 3], rays[i, 1] + reach * rays[i, 4]
        if _in_any(x, y, holes):
            continue
        distance[i] = reach
        triangle[i] = NO_TRIANGLE
        normals[i, 0], normals[i, 1], normals[i, 2] = 0.0, 0.0, 1.0
        material[i] = _surface(x, y, lines, paved, materials)
    return material


@numba.njit(cache=True, nogil=True)
def _in_any(x: float, y: float, rectangles: Float32Array) -> bool:
    found = False
    for k in range(len(rectangles)):
        found = found or _inside(x, y, rectangles[k])
    return found


@numba.njit(cache=True, nogil=True)
def _inside(x: float, y: float, rectangle: Float32Array) -> bool:
    return bool(rectangle[0] < y < rectangle[1] and rectangle[2] < x < rectangle[3])


@numba.njit(cache=True, nogil=True)
def _surface(
    x: float,
    y: float,
    lines: Float32Array,
    paved: Float32Array,
    materials: tuple[int, int, int],
) -> int:
    if not _inside(x, y, paved):
        return materials[2]
    for k in range(len(lines)):
        if abs(y - lines[k, 0]) < lines[k, 1]:
            dash, period = lines[k, 2], lines[k, 3]
            if dash == 0.0 or x - np.floor(x / period) * period < dash:
                return materials[1]
    return materials[0]


@numba.njit(cache=True, nogil=True)
def lidar_returns(
    rays: Float32Array,
    directions: Float32Array,
    distance: Float32Array,
    normals: Float32Array,
    material: npt.NDArray[np.uint8],
    reach: Float32Array,
    reflectivity: Float32Array,
    gloss: Float32Array,
    gain: Float32Array,
    luck: Float32Array,
    dropout: float,
    noise: Float32Array,
    ranges: tuple[float, float],
) -> tuple[Float32Array, Float32Array, npt.NDArray[np.int64]]:
    """Points (M, 3) in the sensor frame, intensities (M,) and the rays' indices (M,) that return.

    reach, reflectivity, gloss: by material; luck: by ray, even in 0..1, decides which returns are
    lost; noise: on the range, by ray; ranges: the least and the greatest. The intensity is the
    reflectivity at this incidence, corrected for range but not for the share `gain` (N,) that
    weather leaves of it. The index behind the last material's is the air, which has no surface: its
    intensity is the gain.
    """
    xyz = np.empty((len(rays), 3), np.float32)
    intensity = np.empty(len(rays), np.float32)
    index = np.empty(len(rays), np.int64)
    count = 0
    for i in range(len(rays)):
        met = material[i]
        if met == 255 or distance[i] < ranges[0] or distance[i] > ranges[1]:
            continue
        cosine = np.float32(0.0)
        for axis in range(3):
            cosine += rays[i, 3 + axis] * normals[i, axis]
        share, chance = np.float32(1.0), 1.0 - dropout
        is_air = met == len(reflectivity)
        if not is_air:
            share = np.float32(_back(abs(cosine), gloss[met]))
            chance *= 1.0 - gloss[met] * (1.0 - abs(cosine))
        power = (reach[met] / distance[i]) ** 2 * gain[i] * share
        if luck[i] >= chance * _detected(power):
            continue
        measured = distance[i] + noise[i]
        for axis in range(3):
            xyz[count, axis] = directions[i, axis] * measured
        surface = np.float32(1.0) if is_air else reflectivity[met]
        intensity[count] = surface * share * gain[i]
        index[count] = i
        count += 1
    return xyz[:count], intensity[:count], index[:count]


@numba.njit(cache=True, nogil=True)
def _back(cosine: float, gloss: float) -> float:
    """Share of the light that comes back: much from a rough surface however grazed, by Minnaert's
    law with an exponent of 1/4; from a glossy one where it is faced.
    """
    return (1.0 - gloss) * math.sqrt(math.sqrt(cosine)) + gloss * cosine * cosine


@numba.njit(cache=True, nogil=True)
def _detected(power: float) -> float:
    """How often a return is detected; one of power 1 in half of the cases."""
    odds = float(power) ** 3
    return 1.0 - 1.0 / (1.0 + odds * odds)


@numba.njit(cache=True, nogil=True)
def shade(
    rays: Float32Array,
    distance: Float32Array,
    normals: Float32Array,
    material: npt.NDArray[np.uint8],
    colours: Float32Array,
    sun: Float32Array,
    grain: npt.NDArray[np.int8],
) -> npt.NDArray[np.uint8]:
    """Colours (N, 3) of what rays met: ambient and diffuse light, haze with distance, sky."""
    pixels = np.empty((len(rays), 3), np.uint8)
    for i in range(len(rays)):
        up = max(rays[i, 5], np.float32(0.0))
        nothing = material[i] == 255
        haze = 1.0 if nothing else 1.0 - np.exp(-distance[i] / 400.0)
        light = 0.0 if nothing else _light(rays[i], normals[i], sun)
        for channel in range(3):
            sky = 232.0 - up * (30.0 + 60.0 * channel)
            surface = 0.0 if nothing else colours[material[i], channel] * light
            value = surface * (1.0 - haze) + sky * haze + grain[i]
            pixels[i, channel] = np.uint8(min(max(value, 0.0), 255.0))
    return pixels


@numba.njit(cache=True, nogil=True)
def _light(ray: Float32Array, normal: Float32Array, sun: Float32Array) -> float:
    """Ambient light and the sun on the side of the surface that is looked at."""
    towards, facing = np.float32(0.0), np.float32(0.0)
    for axis in range(3):
        towards += ray[3 + axis] * normal[axis]
        facing += normal[axis] * sun[axis]
    if towards > 0.0:
        facing = -facing
    return float(0.55 + 0.5 * max(facing, np.float32(0.0)))

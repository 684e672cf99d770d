# SPDX-License-Identifier: Apache-2.0
"""What weather makes of a lidar's rays: weaker returns, and returns from the air.

A lidar reports one return a ray, the strongest. Received power is that of the lidar equation,
reflectivity / range^2 * exp(-2 * optical depth), and within `STC` of the sensor not more than at
`STC`: receivers turn their sensitivity down there against just these returns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from bulwark_world.weather import Float32Array, Weather

STC = 10.0
_GATES = 4  # places of a ray at which the fog's own fluctuation is drawn
_FOG_REACH = 25.0
_FARTHEST = 120.0
_SEEN = 0.5  # share of the extinction in rain, spray and dust that is by particles seen singly
_PARTICLE = 0.03  # mean reflectivity, against a surface that fills the beam
_STREAM = 31


@dataclass(frozen=True)
class Optics:
    """What a ray's return depends on beside the scene.

    reflectivities: by material (M,). weakest: reflectivity / range^2 of the weakest return that
    is detected. window: one-way transmission by ray (N,).
    """

    reflectivities: Float32Array
    weakest: float
    window: Float32Array


@dataclass(frozen=True)
class Seen:
    """What comes back by ray (N,): range [m], material, and share of its usual intensity.

    A return from the air has the index behind the last material; its intensity is the share.
    """

    distance: Float32Array
    material: npt.NDArray[np.uint8]
    gain: Float32Array


def through_air(
    rays: Float32Array,
    distance: Float32Array,
    material: npt.NDArray[np.uint8],
    optics: Optics,
    weather: Weather,
    puffs: Float32Array,
    seed: int,
    index: int,
) -> Seen:
    """What comes back of rays (N, 6) that met something at a distance; the same for a seed."""
    rng = np.random.default_rng((seed, _STREAM, index))
    draws = 1.0 - rng.random((len(rays), 3 + 2 * _GATES), dtype=np.float32)  # in (0, 1]
    air = np.array([weather.fog_extinction, weather.fog_reflectivity, weather.particle_extinction])
    return Seen(
        *_through(
            rays, distance, material, optics.reflectivities, optics.weakest, optics.window,
            air, puffs, draws,
        )
    )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def _through(
    rays: Float32Array,
    distance: Float32Array,
    material: npt.NDArray[np.uint8],
    reflectivities: Float32Array,
    weakest: float,
    window: Float32Array,
    air: npt.NDArray[np.float64],
    puffs: Float32Array,
    draws: Float32Array,
) -> tuple[Float32Array, npt.NDArray[np.uint8], Float32Array]:
    count = len(rays)
    far, what, gain = np.empty(count, np.float32), np.empty(count, np.uint8), np.ones_like(distance)
    extinction = air[0] + air[2]
    for i in range(count):
        far[i], what[i], gain[i] = distance[i], 255, 0.0
        passes = window[i] * window[i]
        if passes == 0.0:
            continue
        limit = min(distance[i], _FARTHEST)
        depth, puff = _in_puffs(rays[i], limit, puffs, draws[i, 0])
        hard, hard_gain = 0.0, 0.0
        if material[i] != 255:
            hard_gain = passes * math.exp(-2.0 * (depth + extinction * distance[i]))
            hard = reflectivities[material[i]] * hard_gain / max(distance[i], STC) ** 2
        particle = min(puff, _particle(air[2], draws[i, 1]))
        soft, at = 0.0, 0.0
        if particle < limit:
            at, soft = particle, -_PARTICLE * math.log(draws[i, 2])
            soft *= passes * math.exp(-2.0 * extinction * at) / max(at, STC) ** 2
        if air[1] > 0.0:
            foggy, fog_at = _fog(air, min(limit, _FOG_REACH), draws[i, 3:])
            if foggy * passes > soft:
                soft, at = foggy * passes, fog_at
        if max(soft, hard) < weakest:
            continue
        if soft > hard:
            far[i], what[i], gain[i] = at, len(reflectivities), soft * max(at, STC) ** 2
        else:
            what[i], gain[i] = material[i], hard_gain
    return far, what, gain


@numba.njit(cache=True, nogil=True)
def _in_puffs(
    ray: Float32Array, limit: float, puffs: Float32Array, draw: float
) -> tuple[float, float]:
    """Optical depth of the puffs on a ray up to a limit, and where a particle in one is seen."""
    depth, seen = 0.0, np.inf
    for k in range(len(puffs)):
        dx, dy, dz = puffs[k, 0] - ray[0], puffs[k, 1] - ray[1], puffs[k, 2] - ray[2]
        middle = dx * ray[3] + dy * ray[4] + dz * ray[5]
        inside = puffs[k, 3] ** 2 - (dx * dx + dy * dy + dz * dz - middle * middle)
        if inside <= 0.0:
            continue
        half = math.sqrt(inside)
        enter, leave = max(middle - half, 0.0), min(middle + half, limit)
        if enter >= leave:
            continue
        depth += puffs[k, 4] * (leave - enter)
        chance = (draw + 0.618034 * k) % 1.0 + 1e-9
        at = enter - math.log(chance) / (_SEEN * puffs[k, 4])
        if at < leave:
            seen = min(seen, at)
    return depth, seen


@numba.njit(cache=True, nogil=True)
def _particle(extinction: float, draw: float) -> float:
    """Where the first drop or flake is that could be seen: fewer with the square of the range."""
    rate, events = _SEEN * extinction, -math.log(draw)
    if events < rate * STC:
        return events / rate
    if events < 2.0 * rate * STC:
        return rate * STC * STC / (2.0 * rate * STC - events)
    return np.inf


@numba.njit(cache=True, nogil=True)
def _fog(air: npt.NDArray[np.float64], limit: float, draws: Float32Array) -> tuple[float, float]:
    """The strongest return of fog on a ray up to a limit, and where it is."""
    strongest, at = 0.0, 0.0
    for k in range(_GATES):
        reach = draws[2 * k] * limit
        power = -air[1] * math.log(draws[2 * k + 1]) * math.exp(-2.0 * (air[0] + air[2]) * reach)
        power /= max(reach, STC) ** 2
        if power > strongest:
            strongest, at = power, reach
    return strongest, at

# SPDX-License-Identifier: Apache-2.0
"""Clouds as puffs: spheres of spray behind vehicles, and of dust."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bulwark_world.actors import Thing
from bulwark_world.weather import CONTRAST, Dust, Weather

Float32Array = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]

_STREAM = 29
_SPRAYING = 6.0  # slower vehicles raise none [m/s]
_USUAL_SPEED = 20.0
_PER_VEHICLE = 40
_DENSEST = 0.5  # extinction in the spray at a wheel at the usual speed on standing water [1/m]
_FADES = 6.0  # behind the vehicle [m]
_CLUMPS = 40


def puffs(
    weather: Weather, actors: Sequence[Thing], time_s: float, seed: int, index: int
) -> Float32Array:
    """All puffs at a time: (P, 5) x, y, z, radius [m], extinction [1/m], in the world frame.

    The same for the same seed and index. Spray is new in every scan, dust swirls in its place.
    """
    rng = np.random.default_rng((seed, _STREAM, index))
    rows: list[FloatArray] = [np.empty((0, 5))]
    if weather.spray > 0.0:
        rows += [_spray(actor, time_s, weather.spray, rng) for actor in actors]
    if weather.dust is not None:
        rows.append(_dust(weather.dust, rng, np.random.default_rng((seed, _STREAM))))
    return np.concatenate(rows).astype(np.float32)


def _spray(actor: Thing, time_s: float, amount: float, rng: np.random.Generator) -> FloatArray:
    """Behind the wheels: wider, higher and thinner with the distance from them."""
    speed = actor.speed(time_s)
    if speed < _SPRAYING or actor.kind.clearance > 0.0:
        return np.empty((0, 5))
    behind = rng.uniform(0.0, 2.0 + 0.4 * speed, _PER_VEHICLE)
    side = rng.choice([-1.0, 1.0], _PER_VEHICLE) * (actor.kind.width / 2 - 0.15)
    across = side + rng.normal(0.0, 0.15 + 0.05 * behind)
    height = rng.uniform(0.15, 0.5 + 0.12 * behind)
    radius = 0.2 + 0.05 * behind
    density = amount * _DENSEST * (speed / _USUAL_SPEED) ** 2 * np.exp(-behind / _FADES)
    pose = actor.pose(time_s)
    xy = pose.to_world(np.column_stack([-actor.kind.length / 2 - behind, across]))
    return np.column_stack([xy, height, radius, density])


def _dust(dust: Dust, rng: np.random.Generator, places: np.random.Generator) -> FloatArray:
    """A thin cloud with clumps in it."""
    extinction = CONTRAST / dust.visibility
    bearing, share = places.uniform(-math.pi, math.pi, _CLUMPS), places.random(_CLUMPS)
    away = dust.radius * np.sqrt(share)
    clumps = np.column_stack(
        [
            dust.x + away * np.cos(bearing) + rng.normal(0.0, 0.1, _CLUMPS),
            dust.y + away * np.sin(bearing) + rng.normal(0.0, 0.1, _CLUMPS),
            places.uniform(0.3, 2.5, _CLUMPS),
            places.uniform(0.1, 0.3, _CLUMPS) * dust.radius,
            places.uniform(0.0, 2.0, _CLUMPS) * extinction,
        ]
    )
    whole = np.array([[dust.x, dust.y, 1.0, dust.radius, extinction]])
    return np.concatenate([whole, clumps])

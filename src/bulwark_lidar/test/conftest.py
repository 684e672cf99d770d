# SPDX-License-Identifier: Apache-2.0
"""A small world of boxes on a road that a lidar looks at, and where the public recordings are.

Tests import the modules beside them.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

MOUNT_HEIGHT = 1.73
MAX_RANGE = 80.0


@dataclass(frozen=True)
class Solid:
    """An upright box on the road: centre, size, yaw and how high it begins [m, rad]."""

    x: float
    y: float
    length: float
    width: float
    height: float
    yaw: float = 0.0
    bottom: float = 0.0


def _rays(beams: int, columns: int) -> np.ndarray:
    elevation = np.radians(np.linspace(-24.8, 2.0, beams))[:, None]
    azimuth = np.linspace(-math.pi, math.pi, columns, endpoint=False)[None, :]
    x = np.cos(elevation) * np.cos(azimuth)
    y = np.cos(elevation) * np.sin(azimuth)
    z = np.broadcast_to(np.sin(elevation), x.shape)
    return np.stack([x, y, z], axis=-1).reshape(-1, 3)


def _hits(rays: np.ndarray, solid: Solid) -> np.ndarray:
    """Range at which each ray from the sensor meets a box; inf for none (slab test)."""
    cos, sin = math.cos(solid.yaw), math.sin(solid.yaw)
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    middle = np.array([solid.x, solid.y, solid.bottom + solid.height / 2 - MOUNT_HEIGHT])
    origin, direction = -turn @ middle, rays @ turn.T
    half = np.array([solid.length, solid.width, solid.height]) / 2
    with np.errstate(divide="ignore"):
        low, high = (-half - origin) / direction, (half - origin) / direction
    enter = np.minimum(low, high).max(axis=1)
    leave = np.maximum(low, high).min(axis=1)
    return np.where((enter <= leave) & (enter > 0.0), enter, np.inf)


def look(
    solids: Iterable[Solid], *, seed: int = 0, beams: int = 48, columns: int = 900
) -> np.ndarray:
    """The cloud (N, 3) float32 in the lidar's frame of a flat road with boxes on it, 1 cm noise."""
    rays = _rays(beams, columns)
    with np.errstate(divide="ignore"):
        ranges = np.where(rays[:, 2] < 0.0, -MOUNT_HEIGHT / rays[:, 2], np.inf)
    for solid in solids:
        ranges = np.minimum(ranges, _hits(rays, solid))
    ranges = ranges + np.random.default_rng(seed).normal(0.0, 0.01, len(ranges))
    seen = ranges < MAX_RANGE
    return (rays[seen] * ranges[seen, None]).astype(np.float32)


@pytest.fixture
def solid() -> type[Solid]:
    return Solid


@pytest.fixture
def scan() -> Callable[..., np.ndarray]:
    return look


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of public recordings; skips where it is missing."""
    default = Path(__file__).resolve().parents[4] / "shared" / "data"
    folder = Path(os.environ.get("BULWARK_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no recordings in {folder} (set BULWARK_DATA)")
    return folder

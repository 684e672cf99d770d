# SPDX-License-Identifier: Apache-2.0
"""What all baselines have in common: what they get, what they answer, and voxels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_cli.bench.lidar.frames import Float32Array
from bulwark_core.errors import BulwarkError
from bulwark_core.geometry import Matrix

VOXEL = 0.1
"""Edge of the cubes of which one point is kept before clustering [m], for all baselines."""
LINK = 0.5
"""Points nearer than this belong together [m], for all baselines that are told so."""
FEWEST = 10
"""Points of a cluster, for all baselines."""


class BaselineMissingError(BulwarkError):
    """A baseline cannot run here; the message says what to install."""


@dataclass(frozen=True)
class Given:
    """What a baseline gets.

    xyz: (N, 3) the cloud in the sensor's frame [m]. mount: the sensor in base_link. obstacles:
    (M, 3) the chain's own obstacle points in base_link [m], for those that only cluster.
    """

    xyz: Float32Array
    mount: Matrix
    obstacles: Float32Array

    @property
    def height(self) -> float:
        """Of the sensor above base_link [m]."""
        return float(self.mount[2, 3])


@dataclass(frozen=True)
class Answer:
    """Points (N, 3) and the cluster that each is in, -1 for none.

    in_base_link: whether the points are; otherwise they are in the sensor's frame. One that removes
    the ground has one cluster, the ground.
    """

    xyz: npt.NDArray[Any]
    labels: npt.NDArray[Any]
    in_base_link: bool = True

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return int(self.labels.max(initial=-1)) + 1

    @property
    def clustered(self) -> int:
        """How many points are in one."""
        return int((self.labels >= 0).sum())


Run = Callable[[Given], Answer]
"""One call, the whole of which is timed."""


@dataclass(frozen=True)
class Baseline:
    """A way to do the chain's work, or a part of it, with another library.

    key: in the JSON. title, settings: in the table. clusters: whether it finds things, or only the
    ground. every: it runs on each so-manieth scan, more seldom where it is slow. start: loads the
    library; raises BaselineMissingError where it is not there.
    """

    key: str
    title: str
    settings: str
    clusters: bool
    every: int
    start: Callable[[], Run]


def voxel_points(xyz: Float32Array) -> Float32Array:
    """One point of each occupied voxel."""
    cells = np.floor(xyz / VOXEL).astype(np.int64) + (1 << 20)
    keys = (cells[:, 0] << 42) + (cells[:, 1] << 21) + cells[:, 2]
    _, first = np.unique(keys, return_index=True)
    return np.asarray(xyz[first])

# SPDX-License-Identifier: Apache-2.0
"""What the lidar bench measures with: clouds in the order in which a lidar brought them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.geometry import Matrix
from bulwark_core.objects import EgoMotion, TrackedObject

Float32Array = npt.NDArray[np.float32]

SCAN_NS = 100_000_000
"""Between two scans that were not recorded: 10 Hz."""


@dataclass(frozen=True)
class Frame:
    """A cloud, and what else was known when it was taken.

    xyz: (N, 3) in the sensor's frame [m], all finite. ego: own motion at the stamp, None where it
    is not known. mount: the sensor in base_link, None where it is not known. truth: everything
    that stood or moved there, in base_link; empty where nobody knows.
    """

    stamp_ns: int
    xyz: Float32Array
    ego: EgoMotion | None = None
    mount: Matrix | None = None
    truth: tuple[TrackedObject, ...] = ()


Drive = tuple[Frame, ...]
"""Frames that follow one another, with rising stamps: what one tracker sees."""


def mean_points(drives: list[Drive]) -> int:
    """Points of a cloud on average."""
    sizes = [len(frame.xyz) for drive in drives for frame in drive]
    return round(sum(sizes) / len(sizes))

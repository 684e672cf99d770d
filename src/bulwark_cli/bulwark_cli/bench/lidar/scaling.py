# SPDX-License-Identifier: Apache-2.0
"""How the chain's time grows with the points: the same street, seen by finer and finer lidars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bulwark_cli.bench.lidar.frames import mean_points
from bulwark_cli.bench.lidar.measure import learned_pipeline
from bulwark_cli.bench.lidar.one_core import Times
from bulwark_cli.bench.lidar.world_drive import scaled, world_drive
from bulwark_core.errors import BulwarkError
from bulwark_lidar.params import LidarParams

SCANS = 6
"""Of each size."""


@dataclass(frozen=True)
class ScalingPoint:
    """The median time of the chain [ms] for clouds of so many points on average."""

    points: int
    chain_ms: float


def parse_sizes(text: str) -> list[int]:
    """Numbers of points with commas between, or `none`. Raises BulwarkError."""
    if text == "none":
        return []
    try:
        sizes = sorted({int(part) for part in text.split(",")})
    except ValueError:
        sizes = [0]
    if sizes[0] < 1000 or len(sizes) < 2:
        raise BulwarkError(
            f"--scaling {text}: give none, or two or more numbers of points from 1000 on, "
            "such as 30000,120000,500000"
        )
    return sizes


def measure_scaling(
    sizes: Sequence[int], repeat: int, on_scan: Callable[[], None]
) -> list[ScalingPoint]:
    """The chain on clouds of each size, one size after the other on each scan of the drive."""
    drives = [world_drive(scaled(points), SCANS) for points in sizes]
    times = [Times() for _ in drives]
    for _ in range(repeat):
        pipelines = [learned_pipeline(LidarParams(), drive[0], Times()) for drive in drives]
        for frames in zip(*drives, strict=True):
            for of_size, pipeline, frame in zip(times, pipelines, frames, strict=True):
                of_size.measure(pipeline.update, frame.xyz, frame.ego, frame.stamp_ns, frame.mount)
            on_scan()
    return [
        ScalingPoint(mean_points([drive]), of_size.median)
        for drive, of_size in zip(drives, times, strict=True)
    ]


def exponent(curve: Sequence[ScalingPoint]) -> float:
    """The slope on two logarithmic axes: 1 where twice the points take twice as long."""
    return float(fit(curve)[0])


def fit(curve: Sequence[ScalingPoint]) -> tuple[float, float]:
    """Exponent and factor [ms] of the power of the points that lies nearest to the curve."""
    points = np.log([point.points for point in curve])
    ms = np.log([point.chain_ms for point in curve])
    slope, offset = np.polyfit(points, ms, 1)
    return float(slope), float(np.exp(offset))

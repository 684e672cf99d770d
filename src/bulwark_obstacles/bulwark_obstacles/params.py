# SPDX-License-Identifier: Apache-2.0
"""Parameters of the static_obstacles node."""

from __future__ import annotations

from dataclasses import dataclass, field

from bulwark_core.params import param
from bulwark_core.vehicle import VehicleParams


@dataclass(frozen=True)
class ClassificationParams:
    """When an obstacle gets a class by its shape."""

    min_probability: float = param(
        0.4, "less certain obstacles stay unknown", minimum=0.0, maximum=1.0
    )
    smoothing: float = param(
        0.3, "weight of the newest scan in the evidence", minimum=0.01, maximum=1.0
    )


@dataclass(frozen=True)
class MemoryParams:
    """What is remembered, and for how long: too little is blind, too much brakes for nothing."""

    radius: float = param(
        6.0, "farther from the body nothing is remembered", unit="m", minimum=0.0, maximum=20.0
    )
    max_age: float = param(3.0, "after leaving sight", unit="s", minimum=0.0, maximum=30.0)
    max_age_movable: float = param(
        1.0, "the same for vehicles, people and animals", unit="s", minimum=0.0, maximum=30.0
    )
    max_speed: float = param(
        5.6, "of the car; faster it remembers nothing", unit="m/s", minimum=0.0, maximum=20.0
    )
    max_misses: int = param(
        3, "scans in which an obstacle should be seen and is not, to forget it",
        minimum=1, maximum=50,
    )  # fmt: skip
    drift: float = param(
        0.02, "one standard deviation that odometry adds per second",
        unit="m/s", minimum=0.0, maximum=1.0,
    )  # fmt: skip


@dataclass(frozen=True)
class MovableParams:
    """The evidence that a vehicle, person or animal stands still."""

    measurements: int = param(10, "that support it", minimum=1, maximum=1000)
    duration: float = param(1.0, "over which it was seen", unit="s", minimum=0.0, maximum=60.0)


@dataclass(frozen=True)
class LidarParams:
    """Where the lidar sits and how low it sees; below its lowest beam is the blind zone."""

    x: float = param(0.0, "lidar ahead of base_link", unit="m", minimum=-20.0, maximum=20.0)
    y: float = param(0.0, "lidar to the left of base_link", unit="m", minimum=-5.0, maximum=5.0)
    z: float = param(1.73, "lidar above the ground", unit="m", minimum=0.1, maximum=6.0)
    lowest_beam: float = param(
        0.42, "angle of the lowest beam below the horizon", unit="rad", minimum=0.02, maximum=1.57
    )
    min_range: float = param(0.9, "nearer nothing is measured", unit="m", minimum=0.0, maximum=5.0)
    min_visible_height: float = param(
        0.3, "how much of an obstacle must be seen to find it", unit="m", minimum=0.0, maximum=1.0
    )
    margin: float = param(
        0.5, "beyond the blind zone, before not being seen counts",
        unit="m", minimum=0.0, maximum=5.0,
    )  # fmt: skip


@dataclass(frozen=True)
class StaticObstaclesParams:
    """All parameters of the static_obstacles node."""

    odometry_timeout: float = param(
        0.2, "odometry older than the scan by this is lost", unit="s", minimum=0.02, maximum=2.0
    )
    input_timeout: float = param(
        0.5, "age from which objects count as lost", unit="s", minimum=0.1, maximum=3.0
    )
    classification: ClassificationParams = field(default_factory=ClassificationParams)
    memory: MemoryParams = field(default_factory=MemoryParams)
    movable: MovableParams = field(default_factory=MovableParams)
    lidar: LidarParams = field(default_factory=LidarParams)
    vehicle: VehicleParams = field(default_factory=VehicleParams)

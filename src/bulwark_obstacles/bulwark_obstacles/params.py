# SPDX-License-Identifier: Apache-2.0
"""Parameters of the static_obstacles node."""

from __future__ import annotations

from dataclasses import dataclass, field

from bulwark_core.params import param
from bulwark_core.vehicle import VehicleParams


@dataclass(frozen=True)
class ClassificationParams:
    """When an obstacle gets a class by its shape, and what a camera adds."""

    min_probability: float = param(
        0.4, "less certain obstacles stay unknown", minimum=0.0, maximum=1.0
    )
    smoothing: float = param(
        0.3, "weight of the newest scan in the evidence", minimum=0.01, maximum=1.0
    )
    camera_weight: float = param(
        2.0, "what a camera's class counts, where a perfect shape counts one",
        minimum=0.0, maximum=10.0,
    )  # fmt: skip
    camera_timeout: float = param(
        0.3, "age from which a picture's objects are not used", unit="s", minimum=0.02, maximum=2.0
    )
    camera_gate: float = param(
        0.5, "a camera's object is the obstacle this near to it, or within two deviations of range",
        unit="m", minimum=0.05, maximum=5.0,
    )  # fmt: skip


@dataclass(frozen=True)
class MemoryParams:
    """What is remembered, and for how long: too little is blind, too much brakes for nothing."""

    radius: float = param(
        6.0, "farther from the body nothing is remembered", unit="m", minimum=0.0, maximum=20.0
    )
    max_way: float = param(
        8.0, "driven since it was measured last", unit="m", minimum=0.0, maximum=50.0
    )
    max_age: float = param(
        120.0, "after it was measured last", unit="s", minimum=0.0, maximum=3600.0
    )
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
        0.02, "one standard deviation that odometry adds, as a share of the way",
        minimum=0.0, maximum=1.0,
    )  # fmt: skip


@dataclass(frozen=True)
class MovableParams:
    """The evidence that a vehicle, person or animal stands still."""

    measurements: int = param(10, "that support it", minimum=1, maximum=1000)
    duration: float = param(1.0, "over which it was seen", unit="s", minimum=0.0, maximum=60.0)


@dataclass(frozen=True)
class LidarParams:
    """Where the lidar sits and how low it sees; below its lowest beam is the blind zone."""

    frame: str = param("lidar", "its frame in /tf_static; where that is not known, x, y and z hold")
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
class UltrasonicParams:
    """What ultrasonic sensors may add and take away. Without any, nothing changes."""

    timeout: float = param(
        0.2, "age from which an echo is not used", unit="s", minimum=0.02, maximum=2.0
    )
    agreement: float = param(
        0.3, "an echo is an obstacle's where their distances differ by less",
        unit="m", minimum=0.05, maximum=2.0,
    )  # fmt: skip
    readings: int = param(
        6, "that agree in a row, before an echo is believed", minimum=1, maximum=100
    )
    max_distance: float = param(
        2.0, "farther away an echo where nothing is known makes no obstacle",
        unit="m", minimum=0.0, maximum=10.0,
    )  # fmt: skip
    max_speed: float = param(
        1.5, "of the car; faster an echo makes no obstacle", unit="m/s", minimum=0.0, maximum=5.0
    )
    max_misses: int = param(
        5, "scans in which a sensor sees through an obstacle, to forget it", minimum=1, maximum=100
    )


@dataclass(frozen=True)
class FreeSpaceParams:
    """The polygon around the car that is known to be free."""

    max_range: float = param(
        20.0, "from the lidar; farther it does not reach", unit="m", minimum=2.0, maximum=100.0
    )
    height: float = param(
        0.5, "where a thing so high would not be seen, and was not, it is not free",
        unit="m", minimum=0.1, maximum=3.0,
    )  # fmt: skip
    max_age: float = param(
        120.0, "what was seen longer ago counts as not seen", unit="s", minimum=0.0, maximum=3600.0
    )


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
    ultrasonic: UltrasonicParams = field(default_factory=UltrasonicParams)
    free_space: FreeSpaceParams = field(default_factory=FreeSpaceParams)
    vehicle: VehicleParams = field(default_factory=VehicleParams)

# SPDX-License-Identifier: Apache-2.0
"""The parameters of the lidar_perception node."""

from __future__ import annotations

from dataclasses import dataclass, field

from bulwark_core.params import param
from bulwark_core.vehicle import VehicleParams


@dataclass(frozen=True)
class MountParams:
    """Where the lidar sits in base_link; used only where /tf_static does not say it."""

    x: float = param(0.0, "lidar ahead of base_link", unit="m", minimum=-20.0, maximum=20.0)
    y: float = param(0.0, "lidar to the left of base_link", unit="m", minimum=-5.0, maximum=5.0)
    z: float = param(1.73, "lidar above the ground", unit="m", minimum=0.0, maximum=6.0)
    roll: float = param(0.0, "rotation about x", unit="rad", minimum=-3.2, maximum=3.2)
    pitch: float = param(0.0, "rotation about y", unit="rad", minimum=-3.2, maximum=3.2)
    yaw: float = param(0.0, "rotation about z", unit="rad", minimum=-3.2, maximum=3.2)
    max_height_error: float = param(
        0.20, "ground may lie this far from where the mount puts it", unit="m", minimum=0.0
    )
    max_tilt_error: float = param(
        0.05, "ground may be tilted this far against the mount", unit="rad", minimum=0.0
    )


@dataclass(frozen=True)
class CloudParams:
    """Which points are looked at."""

    max_range: float = param(
        80.0, "points farther away are ignored", unit="m", minimum=10.0, maximum=250.0
    )
    body_margin: float = param(
        0.50,
        "own mirrors and racks stand out this far beside the body",
        unit="m",
        minimum=0.0,
        maximum=1.0,
    )
    azimuth_step: float = param(
        0.0035,
        "angle between neighbouring returns of a beam, until it is measured",
        unit="rad",
        minimum=0.0005,
        maximum=0.05,
    )
    elevation_step: float = param(
        0.0075,
        "angle between neighbouring beams, until it is measured",
        unit="rad",
        minimum=0.0005,
        maximum=0.1,
    )


@dataclass(frozen=True)
class GroundParams:
    """What counts as road, and what passes above the car."""

    max_slope: float = param(
        0.20, "steepest road, and steepest change of it", minimum=0.02, maximum=1.0
    )
    threshold: float = param(
        0.08, "points up to here above the ground are ground", unit="m", minimum=0.03, maximum=0.5
    )
    obstacle_threshold: float = param(
        0.18, "points from here on may be of an obstacle", unit="m", minimum=0.05, maximum=0.5
    )
    threshold_per_m: float = param(
        0.002, "growth of both thresholds with range", minimum=0.0, maximum=0.02
    )
    clearance: float = param(
        2.0, "what begins above this is overhead", unit="m", minimum=0.5, maximum=6.0
    )


@dataclass(frozen=True)
class WeatherParams:
    """When an obstacle point is a return from fog, rain, snow, spray or dust."""

    max_range: float = param(
        30.0, "points farther away are taken as they are", unit="m", minimum=0.0, maximum=100.0
    )
    tolerance: float = param(
        0.2, "neighbouring beams agree up to this difference", unit="m", minimum=0.01, maximum=2.0
    )
    tolerance_per_m: float = param(
        0.015, "growth of the tolerance with range", minimum=0.0, maximum=0.2
    )
    min_support: float = param(
        0.35,
        "a point is alone if a smaller share of its neighbours agrees",
        minimum=0.0,
        maximum=1.0,
    )
    alone_share: float = param(
        0.12, "share of points alone from which these are rejected", minimum=0.0, maximum=1.0
    )
    air_share: float = param(
        0.3, "share of points alone from which all are rejected", minimum=0.0, maximum=1.0
    )
    min_share: float = param(
        0.01,
        "nothing is rejected where it would be less of the near points than this",
        minimum=0.0,
        maximum=1.0,
    )


@dataclass(frozen=True)
class ClusterParams:
    """When points belong together."""

    cell: float = param(0.20, "grid cell", unit="m", minimum=0.05, maximum=1.0)
    link: float = param(
        0.30, "gap that is bridged near the car", unit="m", minimum=0.05, maximum=2.0
    )
    link_steps: float = param(
        3.0, "gap that is bridged far away, in azimuth steps", minimum=1.0, maximum=10.0
    )
    max_link: float = param(2.0, "largest gap that is bridged", unit="m", minimum=0.1, maximum=5.0)
    min_points: int = param(4, "fewest points of an obstacle", minimum=1, maximum=100)
    min_height: float = param(
        0.22, "lower things are no obstacles", unit="m", minimum=0.0, maximum=1.0
    )
    max_width: float = param(
        3.5, "wider and longer things are cut into pieces", unit="m", minimum=1.0, maximum=20.0
    )
    max_length: float = param(
        13.0, "longer things are cut into pieces", unit="m", minimum=2.0, maximum=40.0
    )
    piece: float = param(
        4.0, "edge of the squares into which big things are cut", unit="m", minimum=1.0
    )


@dataclass(frozen=True)
class TrackParams:
    """How things are followed. Scan-to-scan figures hold at any scan rate."""

    noise: float = param(
        0.03, "one standard deviation of an edge seen well", unit="m", minimum=0.005, maximum=0.5
    )
    max_acceleration: float = param(
        3.0, "usual acceleration of road users", unit="m/s2", minimum=0.5, maximum=30.0
    )
    min_change: float = param(
        0.02,
        "change of a scan's displacement from one scan to the next that is always followed",
        unit="m",
        minimum=0.0,
        maximum=0.5,
    )
    first_step: float = param(
        1.2, "one standard deviation of a new thing's way per scan", unit="m", minimum=0.05
    )
    min_speed: float = param(
        0.5, "slower things are not called moving", unit="m/s", minimum=0.0, maximum=5.0
    )
    min_measurements: int = param(4, "scans before a motion is decided", minimum=2, maximum=50)
    memory: float = param(
        0.65, "a thing out of sight is remembered this long", unit="s", minimum=0.0, maximum=5.0
    )
    memory_scans: int = param(
        13, "a thing out of sight is remembered for so many scans at most", minimum=0, maximum=500
    )
    min_existence: float = param(
        0.4, "less certain things are not published", minimum=0.0, maximum=1.0
    )


@dataclass(frozen=True)
class PlausibilityParams:
    """When a scan is not to be trusted."""

    min_points: int = param(500, "fewest usable points of a scan", minimum=1)
    max_nan_share: float = param(
        0.20, "largest share of NaN or infinite points", minimum=0.0, maximum=1.0
    )
    sensor_radius: float = param(
        0.30, "returns nearer than this are on the sensor itself", unit="m", minimum=0.0
    )
    max_near_share: float = param(
        0.50, "largest share of points on the sensor itself", minimum=0.0, maximum=1.0
    )
    blocked_scans: int = param(
        2, "scans without returns before a sector counts as blocked", minimum=1, maximum=50
    )
    max_blocked_angle: float = param(
        0.15, "blocked sectors up to this width are ignored", unit="rad", minimum=0.0, maximum=6.3
    )
    min_return_share: float = param(
        0.4,
        "a sector that returns less of the usual than this is partly blocked",
        minimum=0.0,
        maximum=1.0,
    )
    dirty_way: float = param(
        30.0, "way over which that must last", unit="m", minimum=0.0, maximum=1000.0
    )
    max_gap: float = param(
        1.0, "stamps that jump back by more than this reset the tracks", unit="s", minimum=0.0
    )


@dataclass(frozen=True)
class CameraFusionParams:
    """What a camera adds to the tracks. Without one nothing changes."""

    use: bool = param(True, "whether camera objects name the tracks")
    timeout: float = param(
        0.3,
        "a picture this much older or younger than the scan is not used",
        unit="s",
        minimum=0.02,
        maximum=2.0,
    )
    smoothing: float = param(
        0.35, "weight of the newest picture in what a track is called", minimum=0.01, maximum=1.0
    )
    weight: float = param(
        2.0, "what a camera's class counts, where one by size counts one", minimum=0.0, maximum=10.0
    )
    support: float = param(
        3.0, "log odds that a camera, once sure, adds to existence", minimum=0.0, maximum=10.0
    )


@dataclass(frozen=True)
class LidarParams:
    """All parameters of lidar_perception."""

    base_frame: str = param("base_link", "frame of the results")
    vehicle: VehicleParams = field(default_factory=VehicleParams)
    mount: MountParams = field(default_factory=MountParams)
    cloud: CloudParams = field(default_factory=CloudParams)
    ground: GroundParams = field(default_factory=GroundParams)
    weather: WeatherParams = field(default_factory=WeatherParams)
    clusters: ClusterParams = field(default_factory=ClusterParams)
    tracks: TrackParams = field(default_factory=TrackParams)
    plausibility: PlausibilityParams = field(default_factory=PlausibilityParams)
    camera: CameraFusionParams = field(default_factory=CameraFusionParams)

# SPDX-License-Identifier: Apache-2.0
"""Parameters of the world: its sensors, and what the node does with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bulwark_core.geometry import Matrix, rigid
from bulwark_core.params import param
from bulwark_core.vehicle import VehicleParams
from bulwark_world.beams import LIDAR_MODELS


@dataclass(frozen=True)
class LidarMount:
    """Which lidar, and where in base_link."""

    model: str = param("hdl64e", "beam table", choices=tuple(LIDAR_MODELS))
    x: float = param(1.0, "ahead of the rear axle", unit="m", minimum=-2.0, maximum=6.0)
    y: float = param(0.0, "left of the middle", unit="m", minimum=-2.0, maximum=2.0)
    z: float = param(1.73, "above the ground", unit="m", minimum=0.2, maximum=4.0)
    pitch: float = param(0.0, "nose down positive", unit="rad", minimum=-0.5, maximum=0.5)
    yaw: float = param(0.0, "left positive", unit="rad", minimum=-3.2, maximum=3.2)
    frame_id: str = param("lidar", "frame of the points")
    motion_distortion: bool = param(
        False, "rays start at their own time, which the cloud's field `time` tells"
    )

    @property
    def pose(self) -> Matrix:
        """The sensor in base_link."""
        return rigid(self.x, self.y, self.z, pitch=self.pitch, yaw=self.yaw)


@dataclass(frozen=True)
class ImagerParams:
    """What lens and imager make of the light."""

    shadows: bool = param(True, "the sun throws shadows, for a fifth more time")
    motion_blur: bool = param(True, "by the own motion while the shutter is open")
    noise: float = param(
        0.002, "read noise at the least gain, of full scale", minimum=0.0, maximum=0.2
    )
    max_gain: float = param(
        12.0, "exposure in the dark, against that of a bright day", minimum=1.0, maximum=1000.0
    )
    vignetting: float = param(
        0.6, "0: none; 1: by the fourth power of the cosine to the axis", minimum=0.0, maximum=1.0
    )
    k1: float = param(0.0, "radial distortion, plumb_bob", minimum=-0.5, maximum=0.5)
    k2: float = param(0.0, "radial distortion, plumb_bob", minimum=-0.5, maximum=0.5)


@dataclass(frozen=True)
class CameraMount:
    """What the front camera is like, and where in base_link."""

    enabled: bool = param(True, "take pictures")
    width: int = param(640, "columns", unit="px", minimum=64, maximum=1920)
    height: int = param(384, "rows", unit="px", minimum=48, maximum=1280)
    field_of_view: float = param(
        70.0, "horizontal, over the whole width", unit="deg", minimum=20.0, maximum=140.0
    )
    x: float = param(1.7, "ahead of the rear axle", unit="m", minimum=-2.0, maximum=6.0)
    y: float = param(0.0, "left of the middle", unit="m", minimum=-2.0, maximum=2.0)
    z: float = param(1.35, "above the ground", unit="m", minimum=0.2, maximum=4.0)
    pitch: float = param(0.0, "nose down positive", unit="rad", minimum=-0.5, maximum=0.5)
    imager: ImagerParams = field(default_factory=ImagerParams)
    body_frame: str = param("camera_front", "frame of the camera's body, x forward")
    optical_frame: str = param("camera_front_optical", "frame of the pictures, z forward")

    @property
    def pose(self) -> Matrix:
        """The camera's body in base_link."""
        return rigid(self.x, self.y, self.z, pitch=self.pitch)


@dataclass(frozen=True)
class OdometryParams:
    """How well the vehicle knows its motion; at standstill it knows it exactly."""

    speed_noise: float = param(
        0.02, "standard deviation of the speed", unit="m/s", minimum=0.0, maximum=1.0
    )
    speed_scale: float = param(
        0.003, "speed reads too high by this share", minimum=-0.1, maximum=0.1
    )
    yaw_rate_noise: float = param(
        0.002, "standard deviation of the yaw rate", unit="rad/s", minimum=0.0, maximum=0.2
    )
    yaw_rate_scale: float = param(
        0.0, "yaw rate reads too high by this share", minimum=-0.2, maximum=0.2
    )
    delay: float = param(0.0, "from the stamp until it is sent", unit="s", minimum=0.0, maximum=1.0)
    dropout: float = param(0.0, "share that is never sent", minimum=0.0, maximum=1.0)


@dataclass(frozen=True)
class StatusParams:
    """How well and how soon the vehicle tells what its driver does."""

    steering_noise: float = param(
        0.0003, "standard deviation of the steering angle", unit="rad", minimum=0.0, maximum=0.1
    )
    delay: float = param(0.0, "from the stamp until it is sent", unit="s", minimum=0.0, maximum=1.0)
    dropout: float = param(0.0, "share that is never sent", minimum=0.0, maximum=1.0)


@dataclass(frozen=True)
class UltrasonicParams:
    """Four sensors at the corners of the body."""

    enabled: bool = param(True, "measure")
    min_range: float = param(
        0.15, "nearer things are told as -inf", unit="m", minimum=0.0, maximum=1.0
    )
    max_range: float = param(
        5.0, "farther things are told as +inf", unit="m", minimum=0.5, maximum=15.0
    )
    field_of_view: float = param(1.2, "of the cone, level", unit="rad", minimum=0.1, maximum=2.8)
    elevation: float = param(0.5, "of the cone, upright", unit="rad", minimum=0.0, maximum=1.5)
    height: float = param(0.5, "above the ground", unit="m", minimum=0.1, maximum=1.5)
    inset: float = param(
        0.3, "from the side of the body inwards", unit="m", minimum=0.0, maximum=1.0
    )
    yaw: float = param(0.3, "of the cone outwards", unit="rad", minimum=0.0, maximum=1.6)
    noise: float = param(
        0.01, "standard deviation of the distance", unit="m", minimum=0.0, maximum=0.2
    )
    dropout: float = param(0.01, "share of readings that are NaN", minimum=0.0, maximum=1.0)


@dataclass(frozen=True)
class SensorParams:
    """The vehicle's sensors."""

    lidar: LidarMount = field(default_factory=LidarMount)
    camera: CameraMount = field(default_factory=CameraMount)
    ultrasonic: UltrasonicParams = field(default_factory=UltrasonicParams)
    odometry: OdometryParams = field(default_factory=OdometryParams)
    status: StatusParams = field(default_factory=StatusParams)
    threads: int = param(1, "cores for ray casting; 0: all of them", minimum=0, maximum=64)


@dataclass(frozen=True)
class WorldParams:
    """All parameters of the world node."""

    scenario: str = param("demo", "name of a scenario, or path of a scenario file")
    set: tuple[str, ...] = param((), "the scenario's own parameters, each as name=value")
    seed: int = param(1, "decides all noise and the roadside", minimum=0, maximum=2**31 - 1)
    real_time_factor: float = param(
        1.0, "how fast simulated time shall run", minimum=0.05, maximum=20.0
    )
    wait_for_stack: float = param(
        120.0, "how long to wait for the stack to get ready", unit="s", minimum=0.0, maximum=600.0
    )
    run_log: str = param("", "JSON file to write the run to; empty: none")
    exit_when_done: bool = param(True, "end the process when the scenario has ended")
    sensors: SensorParams = field(default_factory=SensorParams)
    vehicle: VehicleParams = field(default_factory=VehicleParams)

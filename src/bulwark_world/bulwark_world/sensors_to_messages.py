# SPDX-License-Identifier: Apache-2.0
"""Frames of the simulation as ROS messages, for the node and for the runner alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from sensor_msgs.msg import CameraInfo, Range

from bulwark_core.convert.clouds import make_cloud
from bulwark_core.convert.copies import same_as
from bulwark_core.convert.images import make_image
from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.stamps import make_header
from bulwark_core.convert.transforms import make_transforms
from bulwark_core.vehicle import VehicleParams
from bulwark_msgs.msg import Route, VehicleStatus
from bulwark_world.camera import OPTICAL, intrinsics_of
from bulwark_world.dynamics import VehicleState
from bulwark_world.params import CameraMount, SensorParams, UltrasonicParams
from bulwark_world.simulation import Frames, Simulation, VehicleReport
from bulwark_world.ultrasonic import Echo, mounts
from bulwark_world.way import Way

FloatArray = npt.NDArray[np.float64]

BASE = "base_link"
_STATUS = VehicleStatus(indicator=VehicleStatus.INDICATOR_OFF)
_LOOK_AHEAD, _ROUTE_SPACING = 120.0, 2.0


def make_messages(
    simulation: Simulation, frames: Frames, sensors: SensorParams
) -> Iterator[tuple[str, Any]]:
    """All messages of a step as (port of the node `world`, message), vehicle first."""
    ns = frames.stamp_ns
    if frames.odometry is not None:
        yield "odometry", make_odometry(frames.odometry)
    if frames.vehicle is not None:
        yield "status", make_status(frames.vehicle)
    if frames.route_due:
        world = simulation.world
        yield "route", make_route(simulation.state, world.way, world.speed_limit, ns)
    for echo in frames.echoes or ():
        yield f"ultrasonic_{echo.corner}", make_range(echo, sensors.ultrasonic)
    if frames.picture is not None:
        yield "camera_info", make_camera_info(sensors.camera, ns)
        yield "image", make_image(frames.picture, sensors.camera.optical_frame, ns)
    if frames.objects is not None:
        yield "objects", make_objects(frames.objects, ns)
    if frames.scan is not None:
        scan = frames.scan
        frame = sensors.lidar.frame_id
        yield "points", make_cloud(scan.xyz, frame, ns, scan.intensity, scan.time)


def make_tf_static(sensors: SensorParams, body: VehicleParams | None = None) -> Any:
    """Where the sensors are mounted: a TFMessage. body: whose corners have ultrasonic sensors."""
    lidar, camera = sensors.lidar, sensors.camera
    return make_transforms(
        [
            (BASE, lidar.frame_id, lidar.pose),
            (BASE, camera.body_frame, camera.pose),
            (camera.body_frame, camera.optical_frame, OPTICAL),
            *(
                (BASE, _ultrasonic_frame(corner), pose)
                for corner, pose in mounts(body or VehicleParams(), sensors.ultrasonic).items()
                if sensors.ultrasonic.enabled
            ),
        ]
    )


def make_range(echo: Echo, params: UltrasonicParams) -> Range:
    """A reading of an ultrasonic sensor."""
    return Range(
        header=make_header(echo.stamp_ns, _ultrasonic_frame(echo.corner)),
        radiation_type=Range.ULTRASOUND,
        field_of_view=params.field_of_view,
        min_range=params.min_range,
        max_range=params.max_range,
        range=echo.distance,
    )


def _ultrasonic_frame(corner: str) -> str:
    return f"ultrasonic_{corner}"


def make_status(report: VehicleReport) -> Any:
    """The vehicle and its driver."""
    msg = same_as(_STATUS)
    msg.header = make_header(report.stamp_ns, BASE)
    msg.gear = VehicleStatus.GEAR_REVERSE if report.reverse else VehicleStatus.GEAR_DRIVE
    msg.steering_tyre_angle = report.steering_angle
    msg.accelerator_pedal = report.driver.accelerator
    msg.brake_pedal = report.driver.brake
    msg.hands_on = _attention(report.driver.hands_on)
    msg.eyes_on = _attention(report.driver.eyes_on)
    msg.assistance_engaged = report.engaged
    return msg


def _attention(is_on: bool) -> int:
    return int(VehicleStatus.ATTENTION_YES if is_on else VehicleStatus.ATTENTION_NO)


def make_route(state: VehicleState, way: Way, speed_limit: float, ns: int) -> Route:
    """The way's next 120 m in base_link."""
    dx, dy = _ahead(state, way)
    cos, sin = np.cos(state.yaw), np.sin(state.yaw)
    return Route(
        header=make_header(ns, BASE),
        command=Route.COMMAND_FOLLOW,
        speed_limit=speed_limit,
        x=(dx * cos + dy * sin).tolist(),
        y=(dy * cos - dx * sin).tolist(),
    )


def _ahead(state: VehicleState, way: Way) -> tuple[FloatArray, FloatArray]:
    """Points of the way from just behind the vehicle on, from base_link along the world's axes."""
    ahead = np.arange(-_ROUTE_SPACING, _LOOK_AHEAD + 0.1, _ROUTE_SPACING, dtype=np.float64)
    if way.is_straight:
        return ahead, np.full(len(ahead), -state.y)
    station, _ = way.project(state.x, state.y)
    x, y = way.line.points(ahead + (station - way.start)).T
    return x - state.x, y - state.y


def make_camera_info(camera: CameraMount, ns: int) -> CameraInfo:
    """The intrinsics."""
    intrinsics = intrinsics_of(camera)
    (cx, cy), f = intrinsics.centre, intrinsics.focal
    return CameraInfo(
        header=make_header(ns, camera.optical_frame),
        width=camera.width,
        height=camera.height,
        distortion_model="plumb_bob",
        d=list(intrinsics.distortion),
        k=[f, 0.0, cx, 0.0, f, cy, 0.0, 0.0, 1.0],
        r=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        p=[f, 0.0, cx, 0.0, 0.0, f, cy, 0.0, 0.0, 0.0, 1.0, 0.0],
    )

# SPDX-License-Identifier: Apache-2.0
"""Feeds the nodes of the recorder bench at full rate: 64 beams and pictures at 10 Hz, motion at 50.

The car stands in a street before a wall of boxes; stamps are the system's time, so that whoever
hears a command knows how old the scan behind it is.
"""

from __future__ import annotations

import time

import numpy as np
import rclpy
from rclpy.node import Node
from sensor_msgs.msg import Image

from bulwark_core.convert.clouds import as_bytes, make_cloud
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.stamps import make_header
from bulwark_core.convert.transforms import make_transforms
from bulwark_core.geometry import rigid
from bulwark_core.interfaces import load_manifest
from bulwark_core.objects import EgoMotion, FloatArray
from bulwark_core.ros_ports import message_class, qos_profile
from bulwark_msgs.msg import VehicleStatus

PERIOD_NS, SCAN_EVERY = 20_000_000, 5
_BEAMS, _COLUMNS = 64, 1875
_HEIGHT, _FARTHEST = 1.7, 80.0
_PICTURE = (384, 640, 3)
_TOPICS = (
    "/lidar/points",
    "/camera/front/image_raw",
    "/vehicle/odometry",
    "/vehicle/status",
    "/tf_static",
)


def scan(rng: np.random.Generator) -> FloatArray:
    """A street of boxes around a standing lidar: (N, 3) [m], a point for each beam and column."""
    azimuth = np.linspace(-np.pi, np.pi, _COLUMNS, endpoint=False)[None, :]
    elevation = np.radians(np.linspace(-24.8, 2.0, _BEAMS))[:, None]
    things = 8.0 + 60.0 * rng.random(48)  # one in each of so many directions
    wall = np.repeat(things, -(-_COLUMNS // len(things)))[None, :_COLUMNS]
    wall = np.where(np.sin(5.0 * azimuth) > 0.3, wall, _FARTHEST)
    with np.errstate(divide="ignore"):
        road = np.where(elevation < 0.0, _HEIGHT / np.tan(-elevation), np.inf)
    flat = np.minimum(np.broadcast_to(wall, (_BEAMS, _COLUMNS)), road)
    flat = flat + rng.normal(0.0, 0.01, flat.shape)
    points = [flat * np.cos(azimuth), flat * np.sin(azimuth), flat * np.tan(elevation)]
    return np.stack(points, axis=-1).reshape(-1, 3)


def main() -> None:
    """Publish until told to stop."""
    rclpy.init()
    node, rng = Node("recorder_feed"), np.random.default_rng(1)
    manifest = load_manifest().topics
    publish = {
        name: node.create_publisher(
            message_class(manifest[name].type), name, qos_profile(manifest[name].qos)
        ).publish
        for name in _TOPICS
    }
    mount = make_transforms([("base_link", "lidar", rigid(z=_HEIGHT))], 0)
    publish["/tf_static"](mount)
    scans = [scan(rng).astype(np.float32) for _ in range(4)]
    picture = as_bytes(rng.integers(0, 255, _PICTURE, dtype=np.uint8))
    index, due_ns = 0, time.monotonic_ns()
    while rclpy.ok():
        ns = node.get_clock().now().nanoseconds
        publish["/vehicle/odometry"](make_odometry(EgoMotion(ns, 0.0, 0.0)))
        publish["/vehicle/status"](VehicleStatus(header=make_header(ns, "base_link"), gear=4))
        if index % SCAN_EVERY == 0:
            publish["/camera/front/image_raw"](_image(picture, ns))
            cloud = scans[index // SCAN_EVERY % len(scans)]
            publish["/lidar/points"](make_cloud(cloud, "lidar", ns, np.ones(len(cloud))))
        index, due_ns = index + 1, due_ns + PERIOD_NS
        time.sleep(max(due_ns - time.monotonic_ns(), 0) / 1e9)


def _image(data: object, ns: int) -> Image:
    height, width, channels = _PICTURE
    return Image(
        header=make_header(ns, "camera"),
        height=height,
        width=width,
        encoding="bgr8",
        step=channels * width,
        data=data,
    )


if __name__ == "__main__":
    main()

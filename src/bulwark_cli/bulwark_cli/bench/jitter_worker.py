# SPDX-License-Identifier: Apache-2.0
"""Feeds the aeb_supervisor node of the jitter bench at full rate, in its own process."""

from __future__ import annotations

import sys
import time

import numpy as np
import rclpy
from rclpy.node import Node
from rclpy.publisher import Publisher

from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.stamps import make_header
from bulwark_core.interfaces import load_manifest
from bulwark_core.objects import EgoMotion, FloatArray, Motion, TrackedObject
from bulwark_core.ros_ports import message_class, qos_profile
from bulwark_msgs.msg import CameraObjectArray, VehicleStatus

PERIOD_NS, LIST_EVERY = 20_000_000, 5
SPEED = 15.0


def main() -> None:
    """Publish until told to stop; the only argument is the number of objects."""
    count = int(sys.argv[1])
    rclpy.init()
    node = Node("jitter_feed")
    publishers = {
        name: _publisher(node, name)
        for name in (
            "/vehicle/odometry", "/vehicle/status", "/perception/lidar/objects",
            "/perception/static_obstacles", "/perception/camera/objects",
        )
    }  # fmt: skip
    rng = np.random.default_rng(1)
    places = rng.uniform((5, -20), (80, 20), (count, 2))
    index, due_ns = 0, time.monotonic_ns()
    while rclpy.ok():
        _send(publishers, places, rng, node.get_clock().now().nanoseconds, index)
        index, due_ns = index + 1, due_ns + PERIOD_NS
        time.sleep(max(due_ns - time.monotonic_ns(), 0) / 1e9)


def _publisher(node: Node, name: str) -> Publisher:
    topic = load_manifest().topics[name]
    return node.create_publisher(message_class(topic.type), name, qos_profile(topic.qos))


def _send(
    publishers: dict[str, Publisher],
    places: FloatArray,
    rng: np.random.Generator,
    ns: int,
    index: int,
) -> None:
    """What is due at a step: vehicle at 50 Hz, objects at 10 Hz."""
    header = make_header(ns, "base_link")
    motion = EgoMotion(ns, SPEED, float(rng.normal(0, 0.002)))
    publishers["/vehicle/odometry"].publish(make_odometry(motion))
    publishers["/vehicle/status"].publish(VehicleStatus(header=header, gear=4))
    if index % LIST_EVERY:
        return
    shown = places + rng.normal(0, 0.03, places.shape)
    tracks = [
        TrackedObject(
            id=i + 1, x=float(x), y=float(y), z=0.8, yaw=0.0, length=3.0, width=1.5, height=1.6,
            vx=SPEED, motion=Motion.MOVING, position_variance=0.01, velocity_variance=0.04,
            last_seen_ns=ns, measurements=10,
        )
        for i, (x, y) in enumerate(shown)
    ]  # fmt: skip
    publishers["/perception/lidar/objects"].publish(make_objects(tracks, ns))
    publishers["/perception/static_obstacles"].publish(make_objects([], ns))
    publishers["/perception/camera/objects"].publish(CameraObjectArray(header=header))


if __name__ == "__main__":
    main()

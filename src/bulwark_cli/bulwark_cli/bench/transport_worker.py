# SPDX-License-Identifier: Apache-2.0
"""One end of the transport bench, in its own process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import click
import numpy as np
import rclpy
from rclpy.node import Node
from sensor_msgs.msg import PointCloud2

from bulwark_core.convert.clouds import make_cloud
from bulwark_core.convert.stamps import stamp_ns, to_stamp
from bulwark_core.interfaces import Qos
from bulwark_core.ros_ports import qos_profile

TOPIC = "bench_points"
CONNECT_S = 15.0
SILENCE_S = 2.0


def send(points: int, clouds: int, rate: float) -> None:
    """Wait for the receiver, then send clouds that carry the time of sending."""
    node = Node("bench_sender")
    publisher = node.create_publisher(PointCloud2, TOPIC, qos_profile(Qos.SENSOR))
    rng = np.random.default_rng(0)
    cloud = make_cloud(rng.random((points, 3)), "lidar", 0, rng.random(points))
    _wait(lambda: publisher.get_subscription_count() > 0)
    time.sleep(0.5)  # discovery is not symmetric: the receiver may see us a little later
    for _ in range(clouds):
        cloud.header.stamp = to_stamp(time.monotonic_ns())
        publisher.publish(cloud)
        time.sleep(1.0 / rate)


def receive(clouds: int) -> list[float]:
    """The latency of every cloud that arrives [ms], until all are there or the sender is silent."""
    node = Node("bench_receiver")
    latencies_ms: list[float] = []

    def on_cloud(cloud: PointCloud2) -> None:
        latencies_ms.append((time.monotonic_ns() - stamp_ns(cloud.header.stamp)) / 1e6)

    node.create_subscription(PointCloud2, TOPIC, on_cloud, qos_profile(Qos.SENSOR))
    deadline = time.monotonic() + CONNECT_S
    while len(latencies_ms) < clouds and time.monotonic() < deadline:
        before = len(latencies_ms)
        rclpy.spin_once(node, timeout_sec=0.2)
        if len(latencies_ms) > before:
            deadline = time.monotonic() + SILENCE_S
    return latencies_ms


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + CONNECT_S
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)


@click.command()
@click.argument("role", type=click.Choice(["send", "receive"]))
@click.option("--points", type=int, required=True)
@click.option("--clouds", type=int, required=True)
@click.option("--rate", type=float, required=True)
def main(role: str, points: int, clouds: int, rate: float) -> None:
    """Send or receive clouds."""
    rclpy.init()
    try:
        if role == "send":
            send(points, clouds, rate)
        else:
            click.echo(json.dumps(receive(clouds)))
    finally:
        rclpy.try_shutdown()


if __name__ == "__main__":
    main()

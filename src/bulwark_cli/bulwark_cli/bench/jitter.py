# SPDX-License-Identifier: Apache-2.0
"""Tick jitter and collection pauses of the real aeb_supervisor node, fed over DDS."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from bulwark_core.errors import BulwarkError
from bulwark_core.interfaces import Direction, load_manifest
from bulwark_core.ros_ports import qos_profile

NODE = "aeb_supervisor"
_START_S, _SETTLE_S = 30.0, 5.0
_LOAD_CODE = "while True: sum(range(10_000))"
_WORKER = "bulwark_cli.bench.jitter_worker"


@dataclass(frozen=True)
class Jitter:
    """What the node says of itself [ms]; state: of the supervisor at the end, as the node names it.

    tick_jitter: distance of the time between two ticks from the period. collection: pauses of the
    garbage collection. call: duration of calls that sent something.
    """

    seconds: float
    loaded: bool
    state: str
    tick_jitter: dict[str, float]
    collection: dict[str, float]
    call: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def measure(seconds: float, objects: int, loaded: bool) -> Jitter:
    """Let the node run so long. Raises BulwarkError where it does not come up or ends early."""
    os.environ["ROS_DOMAIN_ID"] = str(60 + os.getpid() % 40)  # apart from a running stack
    count = os.cpu_count() or 1
    with processes(node_command(NODE), [sys.executable, "-m", _WORKER, str(objects)]) as running:
        said = _listen(running, _START_S, until_first=True)
        load = [[sys.executable, "-c", _LOAD_CODE]] * (count if loaded else 0)
        with processes(*load):
            said = _listen(running, _SETTLE_S + seconds, until_first=False) or said
    if not said:
        raise BulwarkError(f"jitter bench: {NODE} said nothing")
    return Jitter(
        seconds,
        loaded,
        said.get("state", ""),
        _figures(said, "tick_jitter_"),
        _figures(said, "collection_"),
        {"p50_ms": float(said["p50_ms"]), "p99_ms": float(said["p99_ms"])},
    )


def _figures(said: dict[str, str], prefix: str) -> dict[str, float]:
    names = ("count", "p50_ms", "p99_ms", "max_ms")
    return {name: float(said[prefix + name]) for name in names}


def node_command(name: str, module: str = "node") -> list[str]:
    """Starts a node of the manifest as its own process, under the graph's topic names.

    module: that of its package whose `main` runs it.
    """
    interface = load_manifest().nodes[name]
    ports = interface.of(Direction.INPUT, Direction.OUTPUT, Direction.DEBUG)
    names = [f"{port.ros_name}:={port.topic.name}" for port in ports if not port.is_global]
    remaps = [word for remap in names for word in ("-r", remap)]
    code = f"from {interface.package}.{module} import main; main()"
    return [sys.executable, "-c", code, "--ros-args", *remaps]


@contextmanager
def processes(
    *commands: list[str], patience_s: float = 10.0
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run commands as long as the block lasts; what does not end in time is killed."""
    started = [subprocess.Popen(command) for command in commands]
    try:
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(timeout=patience_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _listen(
    processes: list[subprocess.Popen[bytes]], seconds: float, *, until_first: bool
) -> dict[str, str]:
    """The newest diagnostics of the node after so long, or as soon as there are any."""
    rclpy.init()
    try:
        node, said = Node("jitter_bench"), dict[str, str]()
        topic = load_manifest().topics["/diagnostics"]
        node.create_subscription(
            DiagnosticArray, topic.name, lambda msg: said.update(_values(msg)),
            qos_profile(topic.qos),
        )  # fmt: skip
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until_first and said):
            executor.spin_once(timeout_sec=0.2)
            if any(process.poll() is not None for process in processes):
                raise BulwarkError("jitter bench: a process ended early")
        return said
    finally:
        rclpy.try_shutdown()


def _values(message: Any) -> dict[str, str]:
    rows = [status for status in message.status if status.name.startswith(NODE)]
    return {value.key: value.value for status in rows for value in status.values}

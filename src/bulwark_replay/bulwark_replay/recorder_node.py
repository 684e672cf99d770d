# SPDX-License-Identifier: Apache-2.0
"""The clip_recorder node: the last seconds of the whole graph, written when something happens.

It subscribes best effort, so that no publisher ever waits for it, takes messages as bytes, and lets
every other process go first.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.impl.implementation_singleton import rclpy_implementation as _rclpy
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.serialization import deserialize_message
from std_srvs.srv import Trigger as TriggerService

from bulwark_core.convert.diagnostics import make_diagnostics
from bulwark_core.errors import BulwarkError
from bulwark_core.health import Level, Status
from bulwark_core.interfaces import Direction, Port, Qos, load_manifest
from bulwark_core.ros_params import declare_params
from bulwark_core.ros_ports import message_class, qos_profile
from bulwark_replay.clips.recorder import ClipRecorder, ClipWriter, Window
from bulwark_replay.clips.ring import Ring
from bulwark_replay.clips.store import ClipStore
from bulwark_replay.clips.triggers import Limits, Trigger
from bulwark_replay.params import ClipRecorderParams

NAME = "clip_recorder"
NICENESS = 15
_MB = 1_000_000
_DIAGNOSTICS = "/diagnostics"


class ClipRecorderNode:
    """Subscriptions, a service, and a timer around a ClipRecorder."""

    def __init__(self, node: Node, params: ClipRecorderParams) -> None:
        self._node = node
        ports = load_manifest().nodes[NAME].of(Direction.INPUT)
        latched = [port.topic.name for port in ports if port.topic.qos is Qos.LATCHED]
        self._ring = Ring(round(params.bound.memory * _MB), _ring_ns(params), latched)
        store = ClipStore(Path(params.folder).expanduser(), round(params.bound.disk * _MB))
        for sentence in store.sweep():
            self._say(sentence)
        types = {port.topic.name: port.topic.type for port in ports}
        self.writer = ClipWriter(store, self._ring, types, self._say)
        self.recorder = ClipRecorder(self._ring, _window(params), _limits(params), self.writer.put)
        for port in ports:
            self._subscribe(port)
        node.create_service(TriggerService, "~/record", self._on_request)
        node.create_timer(0.1, lambda: self.recorder.tick(self._now_ns()))
        node.create_timer(1.0, self._report)
        topic = load_manifest().topics[_DIAGNOSTICS]
        self._diagnostics = node.create_publisher(
            message_class(topic.type), topic.name, qos_profile(topic.qos)
        )

    def _say(self, text: str) -> None:
        """Log; the last clip is written when there is nobody left to log to."""
        if self._node.context.ok():
            self._node.get_logger().info(text)
        else:
            sys.stderr.write(f"{NAME}: {text}\n")

    def close(self) -> None:
        """Write what is open and what waits."""
        self.recorder.finish()
        self.writer.close()

    def _subscribe(self, port: Port) -> None:
        kind = message_class(port.topic.type)
        read: Callable[[bytes], Any] = partial(deserialize_message, message_type=kind)

        def receive(data: bytes) -> None:
            self.recorder.take(port.topic.name, self._now_ns(), bytes(data), read)

        self._node.create_subscription(kind, port.ros_name, receive, _qos(port), raw=True)

    def _on_request(self, _request: Any, response: Any) -> Any:
        self.recorder.trigger(Trigger("requested", self._now_ns(), "somebody asked for it"))
        response.success, response.message = True, "the clip is written after its last second"
        return response

    def _report(self) -> None:
        values = {
            "held_mb": f"{self._ring.held_bytes / _MB:.1f}",
            "dropped": str(self._ring.dropped),
            "written": str(self.writer.written),
            "skipped": str(self.writer.skipped),
        }
        level = Level.DEGRADED if self.writer.skipped or self._ring.dropped else Level.OK
        text = "clips or messages were lost" if level is Level.DEGRADED else "recording"
        status = Status("recorder", level, text, values)
        self._diagnostics.publish(make_diagnostics(NAME, [status], self._now_ns()))

    def _now_ns(self) -> int:
        return int(self._node.get_clock().now().nanoseconds)


def _qos(port: Port) -> QoSProfile:
    """As in the manifest, but best effort: a reliable reader could hold its writer up."""
    profile = qos_profile(port.topic.qos)
    if port.topic.qos is not Qos.LATCHED:
        profile.reliability = ReliabilityPolicy.BEST_EFFORT
        profile.depth = max(profile.depth, 5)
    return profile


def _ring_ns(params: ClipRecorderParams) -> int:
    return round((max(params.window.longest, params.window.before) + params.window.after) * 1e9)


def _window(params: ClipRecorderParams) -> Window:
    window = params.window
    return Window(*(round(s * 1e9) for s in (window.before, window.after, window.longest)))


def _limits(params: ClipRecorderParams) -> Limits:
    given = params.trigger
    return Limits(
        close_deceleration=given.close_deceleration,
        close_time=given.close_time,
        hard_deceleration=given.hard_deceleration,
        pedal=given.pedal,
        planner_acceleration=given.planner_acceleration,
        steering_difference=given.steering_difference,
        lasting_s=given.lasting,
    )


def main() -> None:
    """Run the node until it is told to stop; exit code 2 and one line for what is no good."""
    os.nice(NICENESS)
    rclpy.init()
    node: ClipRecorderNode | None = None
    try:
        ros = Node(NAME)
        node = ClipRecorderNode(ros, declare_params(ros, ClipRecorderParams))
        gc.collect()
        gc.freeze()
        executor = SingleThreadedExecutor()
        executor.add_node(ros)
        ros.get_logger().info("ready")
        executor.spin()
    except BulwarkError as error:
        sys.stderr.write(f"{NAME}: error: {error}\n")
        sys.exit(2)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except _rclpy.RCLError:
        if rclpy.ok():  # else it was told to stop while it started
            raise
    finally:
        if node is not None:
            node.close()
        rclpy.try_shutdown()


if __name__ == "__main__":
    main()

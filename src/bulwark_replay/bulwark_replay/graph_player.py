# SPDX-License-Identifier: Apache-2.0
"""Plays a bag to real nodes over DDS, gives them the time, and records all that is said.

In lock step time goes at most as fast as real time and never far ahead of the AEB's decisions, and
no scan comes before the AEB has decided on the one before: a slow machine makes the run longer. At
a rate the player does not wait, as a vehicle does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import rclpy
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.serialization import deserialize_message, serialize_message
from rosgraph_msgs.msg import Clock

from bulwark_core.convert.stamps import stamp_ns, to_stamp
from bulwark_core.errors import BagError
from bulwark_core.interfaces import Direction, NodeInterface, Qos, Topic, load_manifest
from bulwark_core.ros_ports import message_class, qos_profile
from bulwark_replay.bag_writer import BagWriter
from bulwark_replay.from_bag import STATE
from bulwark_replay.timeline import Delivery
from bulwark_replay.topics import LIDAR, TF_STATIC, TRUTH, TopicMap

CLOCK_STEP_NS = 10_000_000
"""The clock ticks at least this often, as a simulator's does [ns]."""
_KEPT = 200
_PATIENCE_S = 1.0
_AHEAD_NS = 50_000_000  # of the AEB's newest decision, which it makes every 20 ms
_SETTLE_S = 0.01  # what was measured before a scan reaches every node before it
_CREEP_EVERY_S, _CREEP_NS = 0.02, 1_000_000
_LEAD_NS = 500_000_000


@dataclass
class Played:
    """What happened: scans that the AEB did not decide on in time, wall time [s]."""

    scans: int = 0
    unanswered: int = 0
    wall_s: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)


class GraphPlayer:
    """The player's node; use it in a `with`. nodes: those that run, and whose outputs count."""

    def __init__(self, topics: TopicMap, nodes: list[NodeInterface], writer: BagWriter) -> None:
        manifest = load_manifest().topics
        self._writer = writer
        self._inputs = [manifest[link.target] for link in topics.links if link.target != TRUTH]
        self._outputs = [port.topic for n in nodes for port in n.of(Direction.OUTPUT)]
        self._nodes = nodes
        self._now_ns = 0
        self._decided_ns = self._scan_ns = self._state_ns = 0
        self._scan_at = 0.0
        self._heard_aeb = self._is_recording = False
        self._context = Context()
        self.played = Played()

    def __enter__(self) -> GraphPlayer:
        rclpy.init(context=self._context)
        self._node = Node("bulwark_player", context=self._context, start_parameter_services=False)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        clock = load_manifest().topics["/clock"]
        self._clock = self._node.create_publisher(Clock, clock.name, qos_profile(clock.qos))
        self._publishers = {
            topic.name: self._node.create_publisher(
                message_class(topic.type), topic.name, _to_nodes(topic)
            )
            for topic in self._inputs
        }
        for topic in self._outputs:
            self._node.create_subscription(
                message_class(topic.type), topic.name, self._hearer(topic), _all_of(topic), raw=True
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._node.destroy_node()
        rclpy.try_shutdown(context=self._context)

    def wait_until_ready(self, limit_s: float, check: Callable[[], None]) -> None:
        """Wait until every node has its inputs and the AEB speaks; BagError if that takes too long.

        check: called now and then; raises where waiting is in vain, since a node has died.
        """
        end = time.monotonic() + limit_s
        while not self._is_ready():
            self._executor.spin_once(timeout_sec=0.1)
            check()
            if time.monotonic() > end:
                raise BagError(f"the nodes are not ready after {limit_s:.0f} s")

    def _is_ready(self) -> bool:
        listeners = {
            topic.name: sum(
                port.topic.name == topic.name for node in self._nodes for port in _inputs_of(node)
            )
            for topic in self._inputs
        }
        return self._heard_aeb and all(
            self._publishers[name].get_subscription_count() >= count
            for name, count in listeners.items()
        )

    def play(self, delivery: Delivery, start_ns: int, rate: float | None) -> None:
        """Bring time to the delivery, publish it, and in lock step (rate None) wait for the AEB."""
        if not self._is_recording:
            self._start(start_ns)
        self._advance(delivery.time_ns, start_ns, rate)
        if delivery.target == LIDAR:
            if rate is None:
                self._wait_for_decision()
                self._settle()
            self.played.scans += 1
            self._scan_ns = stamp_ns(delivery.message.header.stamp)
            self._scan_at = time.monotonic()
        self._publish(delivery)

    def _publish(self, delivery: Delivery) -> None:
        data = serialize_message(delivery.message)
        topic = load_manifest().topics[delivery.target]
        self._writer.write(topic.name, topic.type, self._now_ns, data)
        if delivery.target != TRUTH:
            self._publishers[delivery.target].publish(data)

    def finish(self, seconds: float) -> None:
        """Let time go on for a while, so that what is on its way arrives."""
        self._wait_for_decision()
        self._advance(self._now_ns + round(seconds * 1e9), self._now_ns, None)
        self.played.wall_s = time.monotonic() - self._began

    def _start(self, start_ns: int) -> None:
        """Time runs for a while before the first message, as it does for every node's first."""
        self._now_ns = start_ns - _LEAD_NS
        self._began, self._paused_s = time.monotonic() + _LEAD_NS / 1e9, 0.0
        self._advance(start_ns, start_ns, None)
        self._is_recording = True

    def _advance(self, until_ns: int, start_ns: int, rate: float | None) -> None:
        """Tick the clock up to this time, not faster than `rate` allows; None: lock step."""
        while self._now_ns < until_ns:
            self._now_ns = min(self._now_ns + CLOCK_STEP_NS, until_ns)
            due = self._began + self._paused_s + (self._now_ns - start_ns) / 1e9 / (rate or 1.0)
            while (left := due - time.monotonic()) > 0.0:
                self._executor.spin_once(timeout_sec=left)
            self._tick()
            self._executor.spin_once(timeout_sec=0.0)
            if rate is None and self._is_recording:
                self._wait(lambda: self._state_ns >= self._now_ns - _AHEAD_NS)

    def _tick(self) -> None:
        self._clock.publish(Clock(clock=to_stamp(self._now_ns)))

    def _wait_for_decision(self) -> None:
        """Wait for the one on the newest scan; time creeps meanwhile, as the AEB decides in it."""
        self._wait(lambda: self._decided_ns >= self._scan_ns, creep_ns=_CREEP_NS)
        self.played.unanswered += self._decided_ns < self._scan_ns

    def _settle(self) -> None:
        end = time.monotonic() + _SETTLE_S
        self._wait(lambda: time.monotonic() >= end)

    def _wait(self, is_done: Callable[[], bool], creep_ns: int = 0) -> None:
        """Stop the time until something is so, but not for long. creep_ns: it goes on slowly."""
        began = ticked = time.monotonic()
        while not is_done() and time.monotonic() - began < _PATIENCE_S:
            self._executor.spin_once(timeout_sec=0.005)
            if time.monotonic() - ticked > _CREEP_EVERY_S:
                ticked = time.monotonic()
                self._now_ns += creep_ns
                self._tick()
        self._paused_s += time.monotonic() - began

    def _hearer(self, topic: Topic) -> Callable[[bytes], None]:
        def hear(data: bytes) -> None:
            if topic.name == STATE:
                self._note_state(data)
            if self._is_recording:
                self._writer.write(topic.name, topic.type, self._now_ns, bytes(data))

        return hear

    def _note_state(self, data: bytes) -> None:
        self._heard_aeb = True
        state: Any = deserialize_message(data, message_class(load_manifest().topics[STATE].type))
        self._state_ns = stamp_ns(state.header.stamp)
        decided_ns = stamp_ns(state.lidar_stamp)
        if self._decided_ns < self._scan_ns <= decided_ns:
            self.played.latencies_ms.append((time.monotonic() - self._scan_at) * 1e3)
        self._decided_ns = max(self._decided_ns, decided_ns)


def _inputs_of(node: NodeInterface) -> list[Any]:
    return [port for port in node.of(Direction.INPUT) if port.topic.name != TF_STATIC]


def _to_nodes(topic: Topic) -> QoSProfile:
    """As in the manifest, but with room for what a bag has at one stamp."""
    profile = qos_profile(topic.qos)
    profile.depth = max(profile.depth, 20)
    return profile


def _all_of(topic: Topic) -> QoSProfile:
    """As in the manifest, but nothing is lost while the player is busy."""
    profile = qos_profile(topic.qos)
    if topic.qos is not Qos.LATCHED:
        profile.depth = _KEPT
    return profile

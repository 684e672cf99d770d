# SPDX-License-Identifier: Apache-2.0
"""The ROS host: runs a component as a node with one single-threaded executor.

A heavy component works in its own thread behind an inbox that keeps only the newest cloud or
picture, so that the executor always takes messages at once. See docs/architecture.md for why no
other executor of rclpy is used.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import rclpy
from rclpy.clock import Clock, ClockType, JumpThreshold
from rclpy.duration import Duration
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.impl.implementation_singleton import rclpy_implementation as _rclpy
from rclpy.node import Node

from bulwark_core.component import Component, Now, Output
from bulwark_core.convert.diagnostics import make_diagnostics
from bulwark_core.errors import BulwarkError
from bulwark_core.health import Level, Status
from bulwark_core.hosting import Hosted
from bulwark_core.inbox import Inbox
from bulwark_core.interfaces import Direction, Port, Topic, load_manifest
from bulwark_core.pauses import Collector, TickJitter
from bulwark_core.ros_params import declare_params
from bulwark_core.ros_ports import Ports, message_class, qos_profile

P = TypeVar("P")

_REPLACED_BY_NEWER = ("PointCloud2", "Image", "CompressedImage")
_DIAGNOSTICS_TOPIC = "/diagnostics"
_HEALTH_CHECK_S = 0.1
_REPORT_EVERY_NS = 1_000_000_000
SWITCH_S = 0.0005
"""How long the threads of a node keep each other waiting for the interpreter; 5 ms by default."""
_JUMP_BACK_NS = -50_000_000
"""A smaller step back is a correction of the clock, no jump: it must not forget an intervention."""


def run(component_class: Callable[[P], Component], params_class: type[P]) -> None:
    """Run a component as a node until it is told to stop; the `main` of every node.

    Ends the process with 2 and one line on stderr where parameters or models are no good.
    """
    name: str = component_class.name  # type: ignore[attr-defined]
    sys.setswitchinterval(SWITCH_S)
    rclpy.init()
    try:
        node = Node(name)
        _ComponentNode(node, component_class(declare_params(node, params_class))).spin()
    except BulwarkError as error:
        sys.stderr.write(f"{name}: error: {error}\n")
        sys.exit(2)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        rclpy.try_shutdown()


class _ComponentNode:
    """One component on one rclpy node."""

    def __init__(self, node: Node, component: Component) -> None:
        os.nice(component.niceness)
        self._node = node
        self._hosted = Hosted(component)
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        interface = load_manifest().nodes[component.name]
        self._ports = Ports(node, interface)
        component.is_listened_to = self._ports.is_listened_to
        component.warm_up()
        self._jitter = TickJitter(component.timer_period_s or 0.0)
        self._inbox: Inbox[Callable[[], None]] = Inbox()
        self._reported: tuple[int, list[tuple[Level, str]]] = (0, [])
        self._diagnostics = _diagnostics_publisher(node)
        for port in interface.of(Direction.INPUT):
            if port.name in self._hosted.handlers:
                self._ports.subscribe(port.name, self._receiver(port))
        if component.timer_period_s is not None:
            node.create_timer(component.timer_period_s, self._on_timer, clock=self._steady)
        node.create_timer(_HEALTH_CHECK_S, self._on_health_timer, clock=self._steady)
        self._watch_clock()
        self._collector = Collector()

    def spin(self) -> None:
        """Work until shutdown."""
        executor = SingleThreadedExecutor()
        executor.add_node(self._node)
        worker = threading.Thread(target=self._work, name="worker", daemon=True)
        if self._hosted.component.heavy:
            worker.start()
        self._node.get_logger().info("ready")
        try:
            with self._context_may_end():
                executor.spin()
        finally:
            self._inbox.close()
            if worker.is_alive():
                worker.join(timeout=2.0)

    def _work(self) -> None:
        while (task := self._inbox.get()) is not None:
            task()

    def _do(self, task: Callable[[], None], replaces: str | None = None) -> None:
        """Run a task: at once, or for a heavy component in the worker."""
        if self._hosted.component.heavy:
            self._inbox.put(task, replaces)
        else:
            task()

    def _receiver(self, port: Port) -> Callable[[Any], None]:
        key = port.name if port.topic.type.endswith(_REPLACED_BY_NEWER) else None

        def receive(message: Any) -> None:
            self._do(lambda: self._send(self._hosted.handle(port.name, message, self._now())), key)

        return receive

    def _on_timer(self) -> None:
        self._jitter.tick(self._steady.now().nanoseconds)
        self._do(lambda: self._send(self._hosted.tick(self._now())), "timer")

    def _on_health_timer(self) -> None:
        self._do(self._look_after_itself, "health")

    def _look_after_itself(self) -> None:
        if self._report_health():
            self._collector.all()
        else:
            self._collector.young()

    def _send(self, outputs: list[Output]) -> None:
        with self._context_may_end():
            for output in outputs:
                self._ports.publish(output.port, output.message)

    @contextmanager
    def _context_may_end(self) -> Iterator[None]:
        """A signal ends the context in the midst of anything; what then fails is no error."""
        try:
            yield
        except (_rclpy.RCLError, _rclpy.InvalidHandle, RuntimeError):
            if self._node.context.ok():
                raise

    def _now(self) -> Now:
        return Now(self._node.get_clock().now().nanoseconds, self._steady.now().nanoseconds)

    def _watch_clock(self) -> None:
        # The handle must be kept: the callback goes away with it.
        self._jump_handle = self._node.get_clock().create_jump_callback(
            JumpThreshold(
                min_forward=None,
                min_backward=Duration(nanoseconds=_JUMP_BACK_NS),
                on_clock_change=True,
            ),
            post_callback=lambda _jump: self._do(self._hosted.reset),
        )

    def _report_health(self) -> bool:
        """Publish the health once a second and whenever it changes; log the change.

        Says whether it was published.
        """
        now = self._now()
        statuses = [*self._hosted.health(now), *self._own_health()]
        summary = [(status.level, status.message) for status in statuses]
        last_ns, last_summary = self._reported
        changed = summary != last_summary
        if not changed and now.steady_ns - last_ns < _REPORT_EVERY_NS:
            return False
        self._reported = (now.steady_ns, summary)
        with self._context_may_end():
            self._diagnostics.publish(make_diagnostics(self._hosted.name, statuses, now.ns))
        if [level for level, _ in summary] != [level for level, _ in last_summary]:
            self._log(statuses)
        return True

    def _own_health(self) -> list[Status]:
        timing = {
            f"{key}_ms": f"{value:.2f}" for key, value in self._hosted.percentiles_ms().items()
        }
        values = {**timing, "dropped": str(self._inbox.dropped)}
        values |= self._jitter.spread.as_values("tick_jitter")
        values |= self._collector.pauses.as_values("collection")
        conflicts = self._ports.qos_conflicts
        if conflicts:
            text = "; ".join(f"{topic}: {why}" for topic, why in conflicts.items())
            return [Status("host", Level.ERROR, text, values)]
        return [Status("host", Level.OK, "running", values)]

    def _log(self, statuses: list[Status]) -> None:
        for status in statuses:
            line = f"{status.task}: {status.level.name}: {status.message}"
            if status.level is Level.OK:
                self._node.get_logger().debug(line)
            elif status.level is Level.DEGRADED:
                self._node.get_logger().warning(line)
            else:
                self._node.get_logger().error(line)


def _diagnostics_publisher(node: Node) -> Any:
    topic: Topic = load_manifest().topics[_DIAGNOSTICS_TOPIC]
    return node.create_publisher(message_class(topic.type), topic.name, qos_profile(topic.qos))

# SPDX-License-Identifier: Apache-2.0
"""A component on the topics of a ROS node: closed at first; once open, messages come in and go out.

A heavy component works in its own thread behind an inbox that keeps only the newest cloud or
picture, so that the executor always takes messages at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from rclpy.clock import Clock, ClockType, JumpThreshold
from rclpy.duration import Duration
from rclpy.node import Node

from bulwark_core.component import Component, Now, Output
from bulwark_core.health import Level, Status
from bulwark_core.health_report import HealthReport
from bulwark_core.hosting import Hosted
from bulwark_core.inbox import Inbox
from bulwark_core.interfaces import Direction, Port, load_manifest
from bulwark_core.pauses import Collector, TickJitter
from bulwark_core.ros_context import context_may_end
from bulwark_core.ros_ports import Ports

_REPLACED_BY_NEWER = ("PointCloud2", "Image", "CompressedImage")
_HEALTH_CHECK_S = 0.1
_JUMP_BACK_NS = -50_000_000
"""A smaller step back is a correction of the clock, no jump: it must not forget an intervention."""


class ComponentHost:
    """One component on one rclpy node.

    Making it warms the component up, which may take seconds. While closed, what arrives is dropped
    unread and nothing is sent.
    """

    def __init__(self, node: Node, component: Component, report: HealthReport) -> None:
        self._node = node
        self._report = report
        self._is_open = False
        self._hosted = Hosted(component)
        self._jitter = TickJitter(component.timer_period_s or 0.0)
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        interface = load_manifest().nodes[component.name]
        self._ports = Ports(node, interface)
        component.is_listened_to = self._ports.is_listened_to
        component.warm_up()
        self._inbox: Inbox[Callable[[], None]] = Inbox()
        for port in interface.of(Direction.INPUT):
            if port.name in self._hosted.handlers:
                self._ports.subscribe(port.name, self._receiver(port))
        self._timers = [
            node.create_timer(_HEALTH_CHECK_S, self._on_health_timer, clock=self._steady)
        ]
        if component.timer_period_s is not None:
            timer = node.create_timer(component.timer_period_s, self._on_timer, clock=self._steady)
            self._timers.append(timer)
        self._jumps = self._watch_clock()
        self._collector = Collector()
        self._worker = threading.Thread(target=self._work, name="worker", daemon=True)
        if component.heavy:
            self._worker.start()

    def open(self) -> None:
        """Take messages and send answers, beginning without memory of what was before."""
        self._jitter = TickJitter(self._hosted.component.timer_period_s or 0.0)
        self._is_open = True
        self._do(self._hosted.reset)

    def why_open(self) -> str:
        """Why it must not be closed now; empty where it may."""
        return self._hosted.component.why_needed(self._now())

    def close(self) -> None:
        """Send nothing more; work under way comes to its end, and what it yields is dropped."""
        self._is_open = False

    def end(self) -> None:
        """Close, end the worker and leave the node's topics."""
        self.close()
        self._inbox.close()
        if self._worker.is_alive():
            self._worker.join(timeout=2.0)
        self._jumps.unregister()
        with context_may_end(self._node):
            for timer in self._timers:
                self._node.destroy_timer(timer)
            self._ports.destroy()

    def _work(self) -> None:
        while (task := self._inbox.get()) is not None:
            task()

    def _do(self, task: Callable[[], None], replaces: str | None = None) -> None:
        """Run a task: at once, or for a heavy component in the worker."""
        if not self._is_open:
            return
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
        now = self._now()
        if self._report.publish([*self._hosted.health(now), *self._own_health()], now):
            self._collector.all()
        else:
            self._collector.young()

    def _send(self, outputs: list[Output]) -> None:
        if not self._is_open:
            return
        with context_may_end(self._node):
            for output in outputs:
                self._ports.publish(output.port, output.message)

    def _now(self) -> Now:
        return Now(self._node.get_clock().now().nanoseconds, self._steady.now().nanoseconds)

    def _watch_clock(self) -> Any:
        """The handle must be kept: the callback goes away with it."""
        return self._node.get_clock().create_jump_callback(
            JumpThreshold(
                min_forward=None,
                min_backward=Duration(nanoseconds=_JUMP_BACK_NS),
                on_clock_change=True,
            ),
            post_callback=lambda _jump: self._do(self._hosted.reset),
        )

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

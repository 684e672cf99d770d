# SPDX-License-Identifier: Apache-2.0
"""A node's health on `/diagnostics`: once a second, and at once when it changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rclpy.node import Node

from bulwark_core.component import Now
from bulwark_core.convert.diagnostics import make_diagnostics
from bulwark_core.health import Level, Status
from bulwark_core.interfaces import Topic, load_manifest
from bulwark_core.ros_context import context_may_end
from bulwark_core.ros_ports import message_class, qos_profile

_TOPIC = "/diagnostics"
_EVERY_NS = 1_000_000_000


class HealthReport:
    """Publishes what it is given when there is something new to tell, and logs changes of level."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._last_ns = 0
        self._last: list[tuple[Level, str]] = []
        topic: Topic = load_manifest().topics[_TOPIC]
        kind, qos = message_class(topic.type), qos_profile(topic.qos)
        self._publisher: Any = node.create_publisher(kind, topic.name, qos)

    def publish(self, statuses: Sequence[Status], now: Now) -> bool:
        """Says whether it was time to, or reason."""
        summary = [(status.level, status.message) for status in statuses]
        if summary == self._last and now.steady_ns - self._last_ns < _EVERY_NS:
            return False
        with context_may_end(self._node):
            self._publisher.publish(make_diagnostics(self._node.get_name(), statuses, now.ns))
        if [level for level, _ in summary] != [level for level, _ in self._last]:
            self._log(statuses)
        self._last_ns, self._last = now.steady_ns, summary
        return True

    def _log(self, statuses: Sequence[Status]) -> None:
        for status in statuses:
            line = f"{status.task}: {status.level.name}: {status.message}"
            if status.level is Level.OK:
                self._node.get_logger().debug(line)
            elif status.level is Level.DEGRADED:
                self._node.get_logger().warning(line)
            else:
                self._node.get_logger().error(line)

# SPDX-License-Identifier: Apache-2.0
"""Publishers and subscriptions of a node, made from the interface manifest."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from rclpy.event_handler import PublisherEventCallbacks, SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.subscription import Subscription

from bulwark_core.interfaces import Direction, NodeInterface, Port, Qos

_DEPTH = {Qos.SENSOR: 5, Qos.COMMAND: 1, Qos.LATCHED: 1, Qos.REPORT: 10}


def qos_profile(qos: Qos) -> QoSProfile:
    """The rclpy profile of one of the four named ones."""
    best_effort, latched = qos is Qos.SENSOR, qos is Qos.LATCHED
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=_DEPTH[qos],
        reliability=ReliabilityPolicy.BEST_EFFORT if best_effort else ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )


def message_class(type_name: str) -> Any:
    """The Python class of `package/msg/Name`."""
    package, _, name = type_name.split("/")
    return getattr(importlib.import_module(f"{package}.msg"), name)


class Ports:
    """The ends of a node's topics.

    qos_conflicts: topic -> what the other side offered, for topics that get nothing because of QoS.
    """

    def __init__(self, node: Node, interface: NodeInterface) -> None:
        self._node = node
        self._interface = interface
        self._publishers: dict[str, Publisher] = {}
        self._subscriptions: list[Subscription] = []
        self.qos_conflicts: dict[str, str] = {}
        for port in interface.of(Direction.OUTPUT, Direction.DEBUG):
            self._publishers[port.name] = node.create_publisher(
                message_class(port.topic.type),
                port.ros_name,
                qos_profile(port.topic.qos),
                event_callbacks=PublisherEventCallbacks(
                    incompatible_qos=lambda event, port=port: self._conflict(port, event)
                ),
            )

    def publish(self, port: str, message: Any) -> None:
        """Send a message; KeyError where the manifest has no such output."""
        self._publishers[port].publish(message)

    def is_listened_to(self, port: str) -> bool:
        """Whether anybody subscribes to this output."""
        return bool(self._publishers[port].get_subscription_count() > 0)

    def subscribe(self, port_name: str, callback: Callable[[Any], None]) -> None:
        """Call `callback(message)` for every message on this input."""
        port = self._interface.port(port_name)
        subscription = self._node.create_subscription(
            message_class(port.topic.type),
            port.ros_name,
            callback,
            qos_profile(port.topic.qos),
            event_callbacks=SubscriptionEventCallbacks(
                incompatible_qos=lambda event: self._conflict(port, event)
            ),
        )
        self._subscriptions.append(subscription)

    def destroy(self) -> None:
        """Leave all topics."""
        for subscription in self._subscriptions:
            self._node.destroy_subscription(subscription)
        for publisher in self._publishers.values():
            self._node.destroy_publisher(publisher)

    def _conflict(self, port: Port, event: Any) -> None:
        policy = str(getattr(event, "last_policy_kind", "?")).rsplit(".", maxsplit=1)[-1]
        text = f"QoS of the other side does not fit ours ('{port.topic.qos.value}'): {policy}"
        if self.qos_conflicts.get(port.topic.name) != text:
            self._node.get_logger().error(f"no data on {port.topic.name}: {text}")
        self.qos_conflicts[port.topic.name] = text

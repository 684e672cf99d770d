# SPDX-License-Identifier: Apache-2.0
"""Watches which nodes are on the ROS graph."""

from __future__ import annotations

import threading
import time
from types import TracebackType

import rclpy
from rclpy.context import Context
from rclpy.node import Node

_POLL_S = 0.2


class GraphWatch:
    """Collects the names of all nodes that appear on the graph of this domain."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._context = Context()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="graph watch", daemon=True)

    def __enter__(self) -> GraphWatch:
        rclpy.init(context=self._context)
        self._node = Node("bulwark_demo", context=self._context, start_parameter_services=False)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()
        self._thread.join()
        self._node.destroy_node()
        rclpy.try_shutdown(context=self._context)

    def present(self, settle_s: float) -> set[str]:
        """The nodes that are on the graph after this time for discovery."""
        time.sleep(settle_s)
        return set(self._node.get_node_names())

    def _watch(self) -> None:
        while not self._end.wait(_POLL_S):
            self.seen |= set(self._node.get_node_names())

# SPDX-License-Identifier: Apache-2.0
"""What a signal does to calls under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rclpy.impl.implementation_singleton import rclpy_implementation as _rclpy
from rclpy.node import Node


@contextmanager
def context_may_end(node: Node) -> Iterator[None]:
    """A signal ends the node's context in the midst of anything; what then fails is no error."""
    try:
        yield
    except (_rclpy.RCLError, _rclpy.InvalidHandle, RuntimeError):
        if node.context.ok():
            raise

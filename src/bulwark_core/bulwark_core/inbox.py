# SPDX-License-Identifier: Apache-2.0
"""The inbox between a node's executor and its worker: the newest cloud or picture, and all else."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """A queue in order of arrival in which a newer item replaces an unread older one of its key."""

    def __init__(self, capacity: int = 1000) -> None:
        self._items: deque[tuple[Hashable | None, T]] = deque()
        self._capacity = capacity
        self._condition = threading.Condition()
        self._closed = False
        self.dropped = 0
        """How many items were replaced or pushed out unread."""

    def put(self, item: T, replaces: Hashable | None = None) -> None:
        """Add an item. With a key, an unread item of the same key is dropped."""
        with self._condition:
            if replaces is not None:
                self._drop(replaces)
            if len(self._items) >= self._capacity:
                self._items.popleft()
                self.dropped += 1
            self._items.append((replaces, item))
            self._condition.notify()

    def get(self) -> T | None:
        """The oldest item; waits for one. None once the inbox is closed."""
        with self._condition:
            self._condition.wait_for(lambda: self._items or self._closed)
            return None if self._closed else self._items.popleft()[1]

    def close(self) -> None:
        """Wake the reader and end it."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def _drop(self, key: Hashable) -> None:
        kept = [entry for entry in self._items if entry[0] != key]
        self.dropped += len(self._items) - len(kept)
        self._items = deque(kept)

# SPDX-License-Identifier: Apache-2.0
"""What comes late and not always: the bus between a sensor and who listens to it."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")


class Channel(Generic[T]):
    """Passes items on after a delay [s] and loses a share of them, the same for the same seed."""

    def __init__(self, delay: float, dropout: float, seed: tuple[int, ...]) -> None:
        self._delay_ns, self._dropout = round(delay * 1e9), dropout
        self._rng = np.random.default_rng(seed)
        self._waiting: deque[tuple[int, T]] = deque()

    @property
    def is_busy(self) -> bool:
        """Whether anything is on its way."""
        return bool(self._waiting)

    def step(self, now_ns: int, item: T | None) -> T | None:
        """Take an item in, where there is one, and give out the one that is due now."""
        if item is not None and self._rng.random() >= self._dropout:
            self._waiting.append((now_ns + self._delay_ns, item))
        if self._waiting and self._waiting[0][0] <= now_ns:
            return self._waiting.popleft()[1]
        return None

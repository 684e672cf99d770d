# SPDX-License-Identifier: Apache-2.0
"""What both hosts do around a component: hand over, survive bad input, measure, report health."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from bulwark_core.component import Component, Now, Output
from bulwark_core.errors import BadMessageError
from bulwark_core.health import Level, Status

BAD_INPUT_MEMORY_NS = 2_000_000_000
"""How long a bad message is shown in the health."""


class Hosted:
    """A component and its host's book-keeping."""

    def __init__(self, component: Component) -> None:
        self.component = component
        self.handlers = component.handlers()
        self.durations_ns: deque[int] = deque(maxlen=10_000)
        """Wall time of the latest calls that sent something; nothing is decided on it."""
        self.bad_messages = 0
        self._bad_message = ""
        self._bad_message_ns: int | None = None

    @property
    def name(self) -> str:
        """The node's name."""
        return self.component.name

    def handle(self, port: str, message: Any, now: Now) -> list[Output]:
        """Give the component a message; a bad one is counted and reported, and yields nothing."""
        try:
            return self._timed(self.handlers[port], message, now)
        except BadMessageError as error:
            self.bad_messages += 1
            self._bad_message = f"{port}: {error}"
            self._bad_message_ns = now.ns
            return []

    def tick(self, now: Now) -> list[Output]:
        """Call the component's timer."""
        return self._timed(self.component.on_timer, now)

    def reset(self) -> None:
        """Time jumped: forget what depends on it."""
        self._bad_message_ns = None
        self.component.reset()

    def health(self, now: Now) -> list[Status]:
        """The component's health, and bad input of the last seconds beside it."""
        statuses = self.component.health(now)
        if self._bad_message_ns is not None and now.ns - self._bad_message_ns < BAD_INPUT_MEMORY_NS:
            count = {"bad_messages": str(self.bad_messages)}
            statuses = [*statuses, Status("input", Level.ERROR, self._bad_message, count)]
        return statuses

    def percentiles_ms(self) -> dict[str, float]:
        """Median and 99th percentile of the call durations [ms]; NaN before the first call."""
        if not self.durations_ns:
            return {"p50": float("nan"), "p99": float("nan")}
        p50, p99 = np.percentile(np.array(self.durations_ns) / 1e6, [50, 99])
        return {"p50": float(p50), "p99": float(p99)}

    def _timed(self, call: Callable[..., Iterable[Output]], *arguments: Any) -> list[Output]:
        start = time.perf_counter_ns()
        result = list(call(*arguments))
        if result:
            self.durations_ns.append(time.perf_counter_ns() - start)
        return result

# SPDX-License-Identifier: Apache-2.0
"""Wall times of the calls that answer: a node's odometry callback would only blur its latency."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from bulwark_core.component import Component, Output
from bulwark_core.objects import FloatArray


class Stopwatch:
    """Measures components that are handed to it before their host gets them."""

    def __init__(self, components: Sequence[Component]) -> None:
        self._durations_ns: dict[str, list[int]] = defaultdict(list)
        self._names = [component.name for component in components]
        for component in components:
            self._watch(component)

    def durations_ms(self) -> dict[str, FloatArray]:
        """The durations of each node's calls that sent a message, in the order of the calls."""
        return {name: np.array(self._durations_ns[name]) / 1e6 for name in self._names}

    def _watch(self, component: Component) -> None:
        handlers = {
            port: self._timed(component.name, handler)
            for port, handler in component.handlers().items()
        }
        timer = self._timed(component.name, component.on_timer)
        component.handlers = lambda: handlers  # type: ignore[method-assign]
        component.on_timer = timer  # type: ignore[method-assign]

    def _timed(self, node: str, call: Callable[..., Iterable[Output]]) -> Callable[..., Any]:
        durations = self._durations_ns[node]

        def timed(*arguments: Any) -> list[Output]:
            start = time.perf_counter_ns()
            outputs = list(call(*arguments))
            if outputs:
                durations.append(time.perf_counter_ns() - start)
            return outputs

        return timed

# SPDX-License-Identifier: Apache-2.0
"""How late a node's timer comes, and how long garbage collection stops it."""

from __future__ import annotations

import gc
import time

import numpy as np

_BIN_NS = 50_000
_SETTLED_NS = 5_000_000_000
_BINS = 2_000  # up to 100 ms; later ones count as the last


class Spread:
    """Durations in bins of 0.05 ms, so that a day of them takes no more room than a second."""

    def __init__(self) -> None:
        self._counts = np.zeros(_BINS, dtype=np.int64)
        self.longest_ns = 0

    def add(self, ns: int) -> None:
        """One more duration >= 0."""
        self._counts[min(ns // _BIN_NS, _BINS - 1)] += 1
        self.longest_ns = max(self.longest_ns, ns)

    @property
    def number(self) -> int:
        """How many there are."""
        return int(self._counts.sum())

    def percentile_ms(self, share: float) -> float:
        """At most this long were `share` of them (0..1) [ms]; NaN where there are none."""
        if self.number == 0:
            return float("nan")
        place = np.searchsorted(np.cumsum(self._counts), share * self.number)
        return min(float(place + 1) * _BIN_NS, float(self.longest_ns)) / 1e6

    def as_values(self, name: str) -> dict[str, str]:
        """For `/diagnostics`."""
        return {
            f"{name}_count": str(self.number),
            f"{name}_p50_ms": f"{self.percentile_ms(0.5):.2f}",
            f"{name}_p99_ms": f"{self.percentile_ms(0.99):.2f}",
            f"{name}_max_ms": f"{self.longest_ns / 1e6:.2f}",
        }


class TickJitter:
    """How far the time between two calls of a timer is from its period.

    The first five seconds do not count: nodes find each other.
    """

    def __init__(self, period_s: float) -> None:
        self._period_ns = round(period_s * 1e9)
        self._first_ns = self._last_ns = -1
        self.spread = Spread()

    def tick(self, steady_ns: int) -> None:
        """The timer called at this time of a clock that never jumps."""
        if self._first_ns < 0:
            self._first_ns = steady_ns
        elif self._last_ns - self._first_ns >= _SETTLED_NS:
            self.spread.add(abs(steady_ns - self._last_ns - self._period_ns))
        self._last_ns = steady_ns


class Collector:
    """Garbage collection between ticks instead of in the midst of one, and how long it took.

    What lives when it starts is never looked at again. Cycles that arise later are found by
    `young` and `all`, which the host calls right after a tick.
    """

    def __init__(self) -> None:
        self.pauses = Spread()
        gc.collect()
        gc.freeze()
        gc.disable()

    def young(self) -> None:
        """Look at what is new since the last calls."""
        self._timed(1)

    def all(self) -> None:
        """Look at everything since the start."""
        self._timed(2)

    def _timed(self, generation: int) -> None:
        start = time.perf_counter_ns()
        gc.collect(generation)
        self.pauses.add(time.perf_counter_ns() - start)

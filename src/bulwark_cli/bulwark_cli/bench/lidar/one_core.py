# SPDX-License-Identifier: Apache-2.0
"""One core and one thread for everybody, and the time that a call takes there."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
T = TypeVar("T")

_THREAD_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Read by libraries when they are loaded; set for those that are loaded later."""


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Keep all threads of this process, also those that others start, on one of its cores."""
    before = os.sched_getaffinity(0)
    counts = {name: os.environ.get(name) for name in _THREAD_COUNTS}
    os.environ.update(dict.fromkeys(_THREAD_COUNTS, "1"))
    _pin({max(before)})
    try:
        with _one_thread():
            yield
    finally:
        _pin(before)
        for name, value in counts.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _one_thread() -> contextlib.AbstractContextManager[object]:
    """For libraries that are loaded already, where threadpoolctl (scikit-learn's) is installed."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return contextlib.nullcontext()
    limits: contextlib.AbstractContextManager[object] = threadpool_limits(1)
    return limits


def _pin(cores: set[int]) -> None:
    """Tell every thread there is its cores; a new one inherits those of the one that starts it."""
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(ProcessLookupError):  # a thread that has ended meanwhile
            os.sched_setaffinity(int(task.name), cores)


@dataclass
class Times:
    """How long calls of one kind took [ms]: of the processor, and by the clock.

    On one core and in one thread the processor's time is what the clock would show if nothing else
    wanted the core, so figures come from it; the clock tells how much else did.
    """

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def measure(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call something and note how long it took."""
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        answer = call(*args, **kwargs)
        self.cpu.append((time.process_time_ns() - cpu) / 1e6)
        self.wall.append((time.perf_counter_ns() - wall) / 1e6)
        return answer

    @property
    def median(self) -> float:
        """Of the processor's time [ms]."""
        return float(np.median(self.cpu))

    def spread(self) -> dict[str, float]:
        """Median and 99th percentile of the processor's time [ms]."""
        return _spread(self.cpu)

    def wall_spread(self) -> dict[str, float]:
        """Median and 99th percentile by the clock [ms]."""
        return _spread(self.wall)


def _spread(ms: list[float]) -> dict[str, float]:
    p50, p99 = np.percentile(ms, [50, 99])
    return {"p50": float(p50), "p99": float(p99)}

# SPDX-License-Identifier: Apache-2.0
"""Real time: pacing steps by a steady clock, and the latency from scan to command."""

from __future__ import annotations

from collections import deque

from bulwark_world.dynamics import STEP_NS

PATIENCE_NS = 100_000_000
"""How far the world may lag and still catch up; beyond it simulated time runs slower."""


class Pacer:
    """Says when the next step is due. No step is ever left out.

    All times are of a steady clock [ns].
    """

    def __init__(self, real_time_factor: float, now_ns: int) -> None:
        self._period_ns = STEP_NS / real_time_factor
        self._due_ns = float(now_ns)
        self._window_start_ns = now_ns
        self._window_steps = 0

    def remaining_s(self, now_ns: int) -> float:
        """Time until the next step [s], 0 where it is due or late."""
        return max(self._due_ns - now_ns, 0.0) / 1e9

    def stepped(self, now_ns: int) -> None:
        """A step was made."""
        self._window_steps += 1
        self._due_ns = max(self._due_ns + self._period_ns, float(now_ns - PATIENCE_NS))

    def restart_window(self, now_ns: int) -> None:
        """Measure the factor from now on."""
        self._window_start_ns, self._window_steps = now_ns, 0

    def factor(self, now_ns: int) -> float:
        """Simulated time per wall time since the window began; NaN in its first instant."""
        elapsed = now_ns - self._window_start_ns
        return self._window_steps * STEP_NS / elapsed if elapsed > 0 else float("nan")


class LatencyMeter:
    """From the publication of each scan to the first command that has used it or a newer one."""

    def __init__(self) -> None:
        self.latencies_ms: list[float] = []
        self._waiting: deque[tuple[int, int]] = deque(maxlen=100)  # stamp, published

    def published(self, stamp_ns: int, steady_ns: int) -> None:
        """A scan with this stamp has just been published."""
        self._waiting.append((stamp_ns, steady_ns))

    def commanded(self, lidar_stamp_ns: int, steady_ns: int) -> None:
        """A command arrived whose newest scan has this stamp; 0 for none."""
        while self._waiting and self._waiting[0][0] <= lidar_stamp_ns:
            _, published_ns = self._waiting.popleft()
            self.latencies_ms.append((steady_ns - published_ns) / 1e6)

# SPDX-License-Identifier: Apache-2.0
"""What the clip recorder costs the AEB: the live graph with and without it, by turns in one run.

Turns of equal length, so that whatever else loads the machine loads both alike. Latency is the time
from a scan's stamp to the first command of the AEB that rests on it, as another process hears it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from std_srvs.srv import Trigger

from bulwark_cli.bench.jitter import node_command, processes
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.errors import BulwarkError
from bulwark_core.interfaces import load_manifest
from bulwark_core.ros_ports import message_class, qos_profile

RECORDER = "clip_recorder"
_NODES = ("lidar_perception", "static_obstacles", "aeb_supervisor")
_FEED = "bulwark_cli.bench.recorder_feed"
_COMMAND, _DIAGNOSTICS = "/control/command", "/diagnostics"
_START_S, _SETTLE_S = 120.0, 5.0
_TICKS, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


@dataclass
class Turn:
    """One stretch of the run. latencies_ms: of each scan; the rest is of the recorder alone.

    rss_mb: its memory once a second; cpu: its share of one core; said: its newest diagnostics.
    """

    with_recorder: bool
    latencies_ms: list[float] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    cpu: float = 0.0
    said: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        row: dict[str, Any] = {"with_recorder": self.with_recorder, "scans": len(self.latencies_ms)}
        row |= percentiles(self.latencies_ms)
        if self.with_recorder:
            row |= {"rss_mb": self.rss_mb, "cpu": round(self.cpu, 3), "said": self.said}
        return row


def percentiles(latencies_ms: list[float]) -> dict[str, float | None]:
    """Median and 99th percentile [ms]; None where there are none."""
    if not latencies_ms:
        return {"p50_ms": None, "p99_ms": None}
    p50, p99 = np.percentile(latencies_ms, [50, 99])
    return {"p50_ms": round(float(p50), 2), "p99_ms": round(float(p99), 2)}


def summary(turns: list[Turn]) -> dict[str, Any]:
    """Both sides over all turns, and by how much the recorder changes them."""
    sides = {
        name: percentiles(
            [x for turn in turns if turn.with_recorder is on for x in turn.latencies_ms]
        )
        for name, on in (("without", False), ("with", True))
    }
    change = {
        name: None if not a or b is None else round(b / a - 1.0, 4)
        for name, a, b in (
            (key, sides["without"][key], sides["with"][key]) for key in ("p50_ms", "p99_ms")
        )
    }
    most = max((mb for turn in turns for mb in turn.rss_mb), default=None)
    cpu = [turn.cpu for turn in turns if turn.with_recorder]
    return {**sides, "change": change, "rss_mb_max": most, "cpu": cpu}


def measure(
    seconds: float, turn_s: float, memory_mb: float, on_turn: Callable[[Turn], None]
) -> list[Turn]:
    """Run the graph so long, in turns without and with the recorder.

    memory_mb: its bound. on_turn is called after each. BulwarkError where a node ends early.
    """
    os.environ["ROS_DOMAIN_ID"] = str(60 + os.getpid() % 40)  # apart from a running stack
    feed = [sys.executable, "-m", _FEED]
    turns: list[Turn] = []
    with processes(*(node_command(name) for name in _NODES), feed) as running, _Ear() as ear:
        ear.listen(_START_S, running, Turn(False), until=_has_scan)
        for number in range(2 * max(1, round(seconds / turn_s / 2.0))):
            turn = Turn(with_recorder=number % 2 == 1)
            with _recorder(memory_mb) if turn.with_recorder else processes() as recorder:
                if recorder:
                    ear.listen(_START_S, running + recorder, Turn(True), until=_has_recorder)
                ear.listen(_SETTLE_S, running + recorder, Turn(turn.with_recorder))
                ear.listen(turn_s, running + recorder, turn, recorder[0].pid if recorder else None)
            turns.append(turn)
            on_turn(turn)
    return turns


@contextmanager
def _recorder(memory_mb: float) -> Iterator[list[subprocess.Popen[bytes]]]:
    with tempfile.TemporaryDirectory(prefix="bulwark_clips_") as folder:
        command = node_command(RECORDER, "recorder_node")
        given = {"folder": folder, "bound.memory": memory_mb, "bound.disk": 2000.0}
        words = [word for name, value in given.items() for word in ("-p", f"{name}:={value}")]
        with processes([*command, *words], patience_s=_SETTLE_S) as started:
            yield started


class _Ear:
    """Hears commands and diagnostics; use it in a `with`."""

    def __enter__(self) -> _Ear:
        rclpy.init()
        self._node, self._newest_ns, self._turn = Node("recorder_bench"), 0, Turn(False)
        topics = load_manifest().topics
        for name, hear in ((_COMMAND, self._on_command), (_DIAGNOSTICS, self._on_diagnostics)):
            kind, qos = message_class(topics[name].type), qos_profile(topics[name].qos)
            self._node.create_subscription(kind, name, hear, qos)
        self._ask = self._node.create_client(Trigger, f"/{RECORDER}/record")
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self._node)
        return self

    def __exit__(self, *_: object) -> None:
        rclpy.try_shutdown()

    def listen(
        self,
        seconds: float,
        running: list[subprocess.Popen[bytes]],
        turn: Turn,
        recorder: int | None = None,
        until: Callable[[Turn], bool] | None = None,
    ) -> None:
        """Fill a turn. recorder: its process id; it is asked for a clip in the middle.

        until: ends it before the time; BulwarkError where it does not.
        """
        self._turn, began = turn, time.monotonic()
        cpu_s, next_s, is_asked = _cpu_s(recorder), 0.0, recorder is None
        while (passed := time.monotonic() - began) < seconds:
            self._executor.spin_once(timeout_sec=0.05)
            if until is not None and until(turn):
                return
            if any(process.poll() is not None for process in running):
                raise BulwarkError("recorder bench: a process ended early")
            if recorder is not None and passed >= next_s:
                turn.rss_mb.append(round(_rss_mb(recorder), 1))
                next_s += 1.0
            if not is_asked and passed > seconds / 2.0:
                self._ask.call_async(Trigger.Request())
                is_asked = True
        if until is not None:
            raise BulwarkError(f"recorder bench: the nodes are not ready after {seconds:.0f} s")
        turn.cpu = (_cpu_s(recorder) - cpu_s) / seconds

    def _on_command(self, msg: Any) -> None:
        ns = stamp_ns(msg.lidar_stamp)
        if ns > self._newest_ns:
            self._newest_ns = ns
            self._turn.latencies_ms.append((self._node.get_clock().now().nanoseconds - ns) / 1e6)

    def _on_diagnostics(self, msg: Any) -> None:
        rows = [status for status in msg.status if status.name.startswith(RECORDER)]
        self._turn.said.update((value.key, value.value) for row in rows for value in row.values)


def _has_scan(turn: Turn) -> bool:
    return bool(turn.latencies_ms)


def _has_recorder(turn: Turn) -> bool:
    return bool(turn.said)


def _rss_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1e6


def _cpu_s(pid: int | None) -> float:
    """User and system time of a process [s]."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS

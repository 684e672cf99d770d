# SPDX-License-Identifier: Apache-2.0
"""Starts the demo's launch file and stays until the drive is over."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bulwark_cli.demo.graph import GraphWatch
from bulwark_cli.launch.console import LaunchConsole
from bulwark_cli.launch.events import Event, Exited, Started
from bulwark_cli.launch.files import find_launch_file
from bulwark_cli.launch.launcher import Launcher
from bulwark_cli.launch.resolve import resolve_file
from bulwark_cli.launch.run import ending_politely
from bulwark_cli.launch.shared_memory import remove_stale
from bulwark_core.errors import BulwarkError

DISCOVERY_S = 1.0


@dataclass(frozen=True)
class Drive:
    """What is left of a demo drive.

    log: the world's run log, None where the world did not get to write one. died: nodes that ended
    without being told to, with how. node_processes: nodes on the graph that were each a process.
    """

    log: dict[str, Any] | None
    died: tuple[str, ...]
    node_processes: tuple[str, ...]


def drive(arguments: Mapping[str, str]) -> Drive:
    """Run `demo.launch.xml` with these arguments until the world ends it.

    Raises BulwarkError where the nodes run already in this ROS domain, or cannot be started.
    """
    console = LaunchConsole()
    if removed := remove_stale():
        console.say(f"removed {removed} shared memory segments and ports of killed processes")
    with tempfile.TemporaryDirectory(prefix="bulwark_demo_") as folder, GraphWatch() as graph:
        run_log = Path(folder) / "run.json"
        specs = resolve_file(find_launch_file("demo"), {**arguments, "run_log": str(run_log)}).nodes
        names = {spec.name for spec in specs if spec.name}
        refuse_double(graph.present(DISCOVERY_S) & names)
        listener = _Listener(console)
        launcher = Launcher(specs, listener)
        with ending_politely(launcher, console), launcher:
            launcher.wait()
        log = json.loads(run_log.read_text()) if run_log.is_file() else None
    started = names & graph.seen & listener.pids.keys()
    return Drive(log, tuple(listener.died), tuple(sorted(started)))


class _Listener:
    """Shows events on the console, and notes pids and deaths."""

    def __init__(self, console: LaunchConsole) -> None:
        self.pids: dict[str, int] = {}
        self.died: list[str] = []
        self._console = console

    def __call__(self, event: Event) -> None:
        self._console(event)
        if isinstance(event, Exited):
            if not event.asked and not event.ok:
                self.died.append(f"{event.node} ({event.how})")
        elif isinstance(event, Started):
            self.pids[event.node] = event.pid


def refuse_double(double: set[str]) -> None:
    """BulwarkError where nodes of these names run already: both would publish the same topics."""
    if double:
        domain = os.environ.get("ROS_DOMAIN_ID", "0")
        raise BulwarkError(
            f"already on the graph of ROS domain {domain}: {', '.join(sorted(double))}; end them, "
            "or choose another domain: ROS_DOMAIN_ID=7"
        )

# SPDX-License-Identifier: Apache-2.0
"""Runs a launch file in the foreground until its nodes end or somebody ends it."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bulwark_cli.launch.console import LaunchConsole
from bulwark_cli.launch.launcher import Launcher
from bulwark_cli.launch.resolve import resolve_file
from bulwark_cli.launch.shared_memory import remove_stale
from bulwark_core.errors import LaunchError

_ONE_KEY_PRESS_S = 0.5  # wrappers such as `timeout` pass one Ctrl-C on twice


def run(path: Path, arguments: Mapping[str, str]) -> int:
    """Start the nodes, show what they do; 0 if all ended as they should, otherwise 1.

    LaunchError if the file or an argument is wrong, or a node cannot be started.
    """
    resolved = resolve_file(path, arguments)
    if not resolved.nodes:
        raise LaunchError(f"{path} starts no node with these arguments")
    console = LaunchConsole()
    for message in resolved.messages:
        console.say(message)
    removed = remove_stale()
    if removed:
        console.say(f"removed {removed} shared memory segments and ports of killed processes")
    launcher = Launcher(resolved.nodes, console)
    with ending_politely(launcher, console), launcher:
        launcher.wait()
    if launcher.failed:
        console.say(f"died: {', '.join(launcher.failed)}", "bold red")
    return 1 if launcher.failed else 0


@contextmanager
def ending_politely(launcher: Launcher, console: LaunchConsole) -> Iterator[None]:
    """SIGINT (Ctrl-C) and SIGTERM end the nodes; once more, and they are not waited for."""
    asked_s: list[float] = []

    def on_signal(number: int, _frame: object) -> None:
        if asked_s and time.monotonic() - asked_s[-1] < _ONE_KEY_PRESS_S:
            return
        asked_s.append(time.monotonic())
        if len(asked_s) > 1:
            launcher.hurry()
            return
        launcher.request_stop()
        name = signal.Signals(number).name
        console.say(f"{name}: ending {len(launcher.pids)} nodes; once more to hurry")

    before = {
        number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

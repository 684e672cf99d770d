# SPDX-License-Identifier: Apache-2.0
"""Shows on the terminal what nodes write and what happens to them, each line with its node."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from bulwark_cli.launch.events import Event, Exited, Line, Signalled, Started

_COLOURS = ("cyan", "green", "magenta", "blue", "yellow", "bright_cyan", "bright_green")


class LaunchConsole:
    """A listener for `Launcher`. Colours only where the stream is a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._console = Console(file=stream, highlight=False, soft_wrap=True)
        self._colours = itertools.cycle(_COLOURS)
        self._styles: dict[str, str] = {}
        self._lock = threading.RLock()  # a signal handler may speak while a line is written
        self._logs = LogFolder()

    def say(self, text: str, style: str = "") -> None:
        """A line of the launcher itself."""
        self._print("launch", "bold", Text(text, style=style))

    def __call__(self, event: Event) -> None:
        if isinstance(event, Line):
            self._line(event)
        elif isinstance(event, Started):
            again = f", start {event.attempt}" if event.attempt > 1 else ""
            self.say(f"{event.node} started, pid {event.pid}{again}")
        elif isinstance(event, Signalled):
            self._signalled(event)
        else:
            self._exited(event)

    def _line(self, line: Line) -> None:
        if line.spec.output != "screen":
            path, is_new = self._logs.append(line.node, line.text)
            if is_new:
                self.say(f"{line.node} writes to {path}")
        if line.spec.output != "log" or line.stream == "stderr":
            style = self._styles.setdefault(line.node, "") or next(self._colours)
            self._styles[line.node] = style
            self._print(line.node, style, Text.from_ansi(line.text))

    def _signalled(self, event: Signalled) -> None:
        if event.signal is not signal.SIGINT:
            late = f"still runs {event.after_s:.1f} s after it was told to end"
            self.say(f"{event.node} {late}: {event.signal.name}", "yellow")

    def _exited(self, event: Exited) -> None:
        if event.ok:
            self.say(f"{event.node} ended ({event.how})")
            return
        self.say(f"{event.node} died: {event.how}{_restart(event)}", "bold red")
        if event.last_lines and not event.asked:
            self.say(f"{event.node}'s last lines:", "red")
            for line in event.last_lines:
                self._print("launch", "bold", Text("    ") + Text.from_ansi(line))

    def _print(self, name: str, style: str, text: Text) -> None:
        with self._lock:
            self._console.print(Text.assemble((f"[{name}] ", style), text))


def _restart(event: Exited) -> str:
    return "" if event.restart_in_s is None else f"; starts again in {event.restart_in_s:g} s"


class LogFolder:
    """Where nodes with output `log` or `both` write: one file each, in ROS's log folder."""

    def __init__(self) -> None:
        home = os.environ.get("ROS_HOME") or Path("~/.ros").expanduser()
        base = os.environ.get("ROS_LOG_DIR") or Path(home) / "log"
        self._folder = Path(base) / f"bulwark_launch_{os.getpid()}"
        self._known: set[str] = set()

    def append(self, node: str, line: str) -> tuple[Path, bool]:
        """Write a line; the file, and whether it was begun with this line."""
        is_new = node not in self._known
        self._known.add(node)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{node.strip('/').replace('/', '_')}.log"
        with path.open("w" if is_new else "a") as file:
            file.write(line + "\n")
        return path, is_new

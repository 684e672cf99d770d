# SPDX-License-Identifier: Apache-2.0
"""What happens to nodes while they run, as data for a console, a test or another program."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bulwark_cli.launch.spec import NodeSpec


@dataclass(frozen=True)
class Started:
    """A process of the node runs; `attempt` is 1 for the first."""

    node: str
    pid: int
    attempt: int


@dataclass(frozen=True)
class Line:
    """The node wrote a line. `stream` is stdout or stderr."""

    node: str
    spec: NodeSpec
    stream: str
    text: str


@dataclass(frozen=True)
class Signalled:
    """The node was sent a signal, `after_s` seconds after it was first told to end."""

    node: str
    signal: signal.Signals
    after_s: float


@dataclass(frozen=True)
class Exited:
    """A process of the node ended.

    code: exit code, or minus the signal's number. asked: it had been told to stop.
    ok: it ended as it should. restart_in_s: None if it is not started again.
    """

    node: str
    pid: int
    code: int
    asked: bool
    ok: bool
    last_lines: tuple[str, ...]
    restart_in_s: float | None = None

    @property
    def how(self) -> str:
        """The exit code or signal in words."""
        if self.code >= 0:
            return f"exit code {self.code}"
        try:
            return f"killed by {signal.Signals(-self.code).name}"
        except ValueError:
            return f"killed by signal {-self.code}"


Event: TypeAlias = Started | Line | Signalled | Exited
Listener: TypeAlias = Callable[[Event], None]

# SPDX-License-Identifier: Apache-2.0
"""The bar that is seen while a suite is driven."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bulwark_world.runner import Outcome
    from bulwark_world.suite_drive import Watcher


@contextmanager
def progress(name: str, total: int) -> Iterator[Watcher]:
    """A bar on stderr with runs, failures, simulated seconds per second, and the time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    from bulwark_world.suite_drive import Watcher

    console = Console(stderr=True)
    columns = TextColumn("{task.fields[failed]} failed"), TextColumn("{task.fields[rate]}")
    shown = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *columns, Left(),
        console=console, disable=not console.is_terminal, transient=True,
    )  # fmt: skip
    with shown:
        task = shown.add_task(name, total=total, failed=0, rate="")
        counts = _Counts()

        def begun(done: int, note: str) -> None:
            counts.left_out = done
            if note:
                click.echo(note, err=True)
            if done:
                click.echo(f"{name}: going on after {done} of {total} runs", err=True)

        def ended(outcome: Outcome) -> None:
            counts.add(outcome)
            shown.update(task, advance=1, failed=counts.failed, rate=counts.rate())

        yield Watcher(begun, ended)


class _Counts:
    """Sums over the outcomes; those of an earlier process, which come first, took no time here."""

    def __init__(self) -> None:
        self.failed = 0
        self.left_out = 0
        self._simulated_s = 0.0
        self._start = time.monotonic()

    def add(self, outcome: Outcome) -> None:
        self.failed += not outcome.record.passed
        if self.left_out:
            self.left_out -= 1
        else:
            self._simulated_s += outcome.simulated_s

    def rate(self) -> str:
        """Simulated time for real time, in words."""
        took = time.monotonic() - self._start
        return f"{self._simulated_s / took:.0f} x real time" if took > 0.0 else ""

# SPDX-License-Identifier: Apache-2.0
"""Console and progress of the commands that replay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bulwark_cli.resources import config_file
from bulwark_core.errors import BulwarkError

_SHIPPED = "vehicle.param.yaml"
_WIDTH = 120
"""Columns where there is no terminal to ask."""


def make_console(*, on_stderr: bool = False) -> Console:
    """A console that does not break lines early where there is no terminal."""
    console = Console(stderr=on_stderr, highlight=False)
    return (
        console if console.is_terminal else Console(stderr=on_stderr, highlight=False, width=_WIDTH)
    )


def shipped_config(console: Console) -> Path | None:
    """The folder of the shipped parameter files; None, and a note, where it is not installed."""
    try:
        return config_file(_SHIPPED).parent
    except BulwarkError as error:
        console.print(f"parameters: the defaults in the code, since {error}", markup=False)
        return None


@contextmanager
def progress(console: Console, what: str = "replaying") -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere; call it with what is done and how much there is."""
    if not console.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (TextColumn(what), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)

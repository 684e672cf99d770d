# SPDX-License-Identifier: Apache-2.0
"""`bulwark catalogue`: asks what happened in the bags of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bulwark_cli.replay_console import make_console

if TYPE_CHECKING:
    from bulwark_replay.catalogue import Answer

_FILE = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def catalogue() -> None:
    """Ask a catalogue that `bulwark replay FOLDER` has written.

    \b
    Examples:
      bulwark catalogue near-misses reports/drives/catalogue.sqlite \\
        --class crash_barrel --below-kmh 20
      bulwark catalogue events reports/drives/catalogue.sqlite --to FULL
      bulwark catalogue sql reports/drives/catalogue.sqlite \\
        "SELECT bag, value FROM metrics WHERE metric = 'ghosts_in_corridor' ORDER BY value DESC"
    """


@catalogue.command("near-misses")
@_FILE
@click.option("--class", "target_class", help="Only with this class of target.")
@click.option("--below-kmh", type=float, help="Only below this own speed.")
def near_misses(file: Path, target_class: str | None, below_kmh: float | None) -> None:
    """Moments in which it was close, the gravest first."""
    from bulwark_replay import catalogue as asked

    _show(asked.near_misses(file, target_class, below_kmh))


@catalogue.command()
@_FILE
@click.option("--to", "after", help="Only changes to this stage or state.")
@click.option("--class", "target_class", help="Only about this class of target.")
def events(file: Path, after: str | None, target_class: str | None) -> None:
    """Changes of the AEB's stage and state."""
    from bulwark_replay import catalogue as asked

    _show(asked.events(file, after, target_class))


@catalogue.command()
@_FILE
@click.option("--verdict", help="passed, changed, failed or broken.")
def bags(file: Path, verdict: str | None) -> None:
    """The bags and their verdicts."""
    from bulwark_replay import catalogue as asked

    _show(asked.bags(file, verdict))


@catalogue.command()
@_FILE
@click.argument("query")
def sql(file: Path, query: str) -> None:
    """Anything else, in SQL."""
    from bulwark_replay import catalogue as asked

    _show(asked.ask(file, query))


def _show(answer: Answer) -> None:
    from bulwark_replay.console import print_answer

    print_answer(make_console(), answer.columns, answer.rows)

# SPDX-License-Identifier: Apache-2.0
"""`bulwark explain`: what was seen, predicted and decided in an intervention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

_EPILOG = """\b
Examples:
  bulwark explain intervention.json          a record that was saved
  bulwark explain drive.mcap                 all interventions in a recorded drive
  bulwark explain drive.mcap --number 2      the second of them
  bulwark explain drive.mcap --json DIR      save the records, one file each

\b
The stack publishes a record on /aeb/interventions one second after each intervention.
Exit codes: 0 done, 2 no record in it, or it cannot be read.
"""


@click.command(epilog=_EPILOG)
@click.argument("record", type=click.Path(path_type=Path))
@click.option("--number", type=click.IntRange(1), help="Only this one, counted from 1.")
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where to write the pages.  [default: reports/<record>]",
)
@click.option("--no-report", is_flag=True, help="Only the text.")
@click.option(
    "--json", "json_folder", type=click.Path(path_type=Path), metavar="DIR", help="Save records."
)
def explain(
    record: Path, number: int | None, report: Path | None, no_report: bool, json_folder: Path | None
) -> int:
    """Tell and draw the interventions in RECORD: a JSON record or a bag."""
    from bulwark_replay.interventions import read_records

    records = read_records(record)
    chosen = _chosen(records, number)
    for index, one in chosen:
        _tell(one, index, len(records))
    if json_folder is not None:
        _save(chosen, json_folder)
    if not no_report:
        _draw(chosen, record.stem, report or Path("reports") / record.stem)
    return 0


def _chosen(
    records: Sequence[dict[str, Any]], number: int | None
) -> list[tuple[int, dict[str, Any]]]:
    if number is None:
        return list(enumerate(records, 1))
    if number > len(records):
        raise click.BadParameter(f"there are {len(records)} interventions", param_hint="--number")
    return [(number, records[number - 1])]


def _tell(record: Mapping[str, Any], number: int, count: int) -> None:
    summary, columns = record["summary"], record["decisions"]
    began_ns = record["start_ns"] + round(record["began_s"] * 1e9)
    click.echo(
        f"intervention {number} of {count}, at {began_ns / 1e9:.2f} s: {summary['function']}"
    )
    click.echo(f"  {summary['speed'] * 3.6:.1f} to {summary['speed_after'] * 3.6:.1f} km/h")
    before = None
    for i, stage in enumerate(columns["stage"]):
        if stage != before:
            t_s = columns["t"][i] - record["began_s"]
            click.echo(f"  {t_s:+6.2f} s  {stage:8} {columns['explanation'][i]}")
        before = stage


def _save(chosen: Sequence[tuple[int, dict[str, Any]]], folder: Path) -> None:
    import json

    for number, record in chosen:
        file = folder / f"intervention_{number}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(record) + "\n", encoding="utf-8")
        except OSError as error:
            raise click.FileError(str(file), error.strerror) from error
        click.echo(f"record in {file}")


def _draw(chosen: Sequence[tuple[int, dict[str, Any]]], name: str, folder: Path) -> None:
    from bulwark_replay.intervention_report import make_intervention_report
    from bulwark_replay.report import write_report

    for number, record in chosen:
        file = folder / f"intervention_{number}.html"
        try:
            write_report(make_intervention_report(record, f"{name}, intervention {number}"), file)
        except OSError as error:
            raise click.FileError(str(file), error.strerror) from error
        click.echo(f"page in {file}")

# SPDX-License-Identifier: Apache-2.0
"""The command `bulwark bench peers`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bulwark_cli.bench.peers import Standing
    from bulwark_world.suite import Suite

_SUITES = ("smoke",)


@click.command()
@click.option(
    "--suite", "suites", multiple=True, default=_SUITES, show_default=True, help="Repeatable."
)
@click.option(
    "--every", type=click.IntRange(1), default=1, show_default=True, help="Each so-manieth run."
)
@click.option("--sensors", type=click.Choice(["objects", "lidar"]), default="objects")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(1), help="Processes.  [default: one a core]")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE")
def peers(
    suites: Sequence[str],
    every: int,
    sensors: str,
    seed: int,
    workers: int | None,
    json_file: Path | None,
) -> None:
    """Our supervisor beside what others use: the same runs, objects and brakes.

    fixed_ttc brakes fully below a time to collision of 1.5 s. rss_distance answers the RSS distance
    to the nearest object with -2.5 m/s2. zone_stop wants the stopping distance ahead empty.

    \b
    Examples:
      bulwark bench peers --suite r152 --suite false_reaction
      bulwark bench peers --suite forward --every 10 --json peers.json
    """
    from bulwark_cli.bench.peers import as_json, standing
    from bulwark_cli.scenario_progress import progress
    from bulwark_world.peers import PEERS
    from bulwark_world.runner import Conditions
    from bulwark_world.stack import OURS, Sensing
    from bulwark_world.suite import load_suite
    from bulwark_world.suite_drive import Means, drive_suite

    chosen = [_thinned(load_suite(name), every) for name in suites]
    standings = []
    for supervisor in (OURS, *PEERS):
        conditions = Conditions(Sensing(sensors), seed, supervisor=supervisor)
        records = []
        for suite in chosen:
            with progress(f"{supervisor}: {suite.name}", len(suite.runs)) as watcher:
                outcomes = drive_suite(suite, conditions, Means(workers=workers), watcher)
            records += [outcome.record for outcome in outcomes]
        standings.append(standing(supervisor, records))
    _show(standings, chosen)
    if json_file is not None:
        figures = {"suites": list(suites), "every": every, "supervisors": as_json(standings)}
        json_file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _thinned(suite: Suite, every: int) -> Suite:
    return replace(suite, runs=suite.runs[::every])


def _show(standings: Sequence[Standing], suites: Sequence[Suite]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=", ".join(suite.name for suite in suites))
    heads = ("supervisor", "contacts", "impact", "false", "gap", "margin", "warned", "peak")
    for head in heads:
        table.add_column(head, justify="left" if head == heads[0] else "right")
    for one in standings:
        table.add_row(
            one.supervisor,
            f"{one.contacts} of {one.dangers}",
            _figure(one.impact_kmh, 1, "km/h"),
            f"{one.false_events} of {one.quiet}",
            _figure(one.stop_gap_m, 2, "m"),
            _figure(one.margin_s, 2, "s"),
            _figure(one.warn_lead_s, 2, "s"),
            _figure(one.peak_decel, 1, "m/s2"),
        )
    Console().print(table)
    click.echo("impact, gap, margin, warned before braking, peak deceleration: medians")


def _figure(value: float | None, digits: int, unit: str) -> str:
    return "-" if value is None else f"{value:.{digits}f} {unit}"

# SPDX-License-Identifier: Apache-2.0
"""What `bulwark scenarios` prints of a suite: its runs, its failures, its sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bulwark_world.runner import Record
    from bulwark_world.suite import Run, Suite

MANY = 40
"""From this many runs on, rows and failures are not all printed unless asked for."""


def show_records(suite: Suite, records: Sequence[Record], *, show_all: bool) -> None:
    """The table of all runs, of failed ones where there are many; why they failed; the sums."""
    failed = [record for record in records if not record.passed]
    is_big = len(records) > MANY and not show_all
    shown = failed[:MANY] if is_big else records
    if shown:
        _show_table(suite.name, shown)
    for record in failed[:MANY] if is_big else failed:
        expected = f" (expected: {record.expected})" if record.expected else ""
        click.echo(f"{record.id}: {record.reason}{expected}")
    if is_big and len(failed) > MANY:
        click.echo(f"and {len(failed) - MANY} more that failed; --all shows them")
    _show_sums(suite.runs, records)
    click.echo(f"{len(records) - len(failed)} of {len(records)} passed")


def show_requirements(requirements: Sequence[Mapping[str, Any]]) -> None:
    """What a suite requires of all its runs together, one line each."""
    for one in requirements:
        verdict = "ok" if one["passed"] else "FAILED"
        if "hours" in one:
            happened = f"{one['events']} in {one['hours']:.2f} h"
            most = f"at most {one['most_in_10_h']:g} in 10 h"
            click.echo(f"required: {one['name']}: {happened}, {most}: {verdict}")
            continue
        share = "not judged" if one["share"] is None else f"{100 * one['share']:.1f} %"
        least = f"at least {100 * one['least']:g} %"
        click.echo(f"required: {one['name']}: {share} of {one['runs']} runs, {least}: {verdict}")


def show_list(suite: Suite, runs: Sequence[Run]) -> None:
    """The runs of a suite and how many there are of each kind."""
    click.echo(f"\n{suite.name}: {suite.about}")
    for run in runs:
        settings = " ".join(f"{key}={value}" for key, value in run.settings.items())
        click.echo(f"  {run.id:28} {run.scenario.name} {settings}{run.error}")
    click.echo(f"{len(runs)} runs{_counts(runs)}")


def _counts(runs: Sequence[Run]) -> str:
    names = [run.layer for run in runs]
    layers = [name for name in dict.fromkeys(names) if name]
    return "".join(f", {names.count(layer)} {layer}" for layer in layers)


def _show_table(name: str, records: Sequence[Record]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=name)
    for column in ("run", "", "km/h", "impact", "gap m", "warn s", "brake s", "margin s"):
        is_name = column == "run"
        table.add_column(column, justify="left" if is_name else "right", no_wrap=is_name)
    for record in records:
        table.add_row(*_row(record))
    Console().print(table)


def _row(record: Record) -> list[str]:
    from rich.markup import escape

    verdict = "[green]pass[/]" if record.passed else "[red]FAIL[/]"
    name, figures = escape(record.id), record.figures
    if figures is None:
        return [name, verdict, *["-"] * 6]
    return [
        name,
        verdict,
        _figure(figures.v0_kmh, 1),
        _figure(figures.impact_kmh, 1),
        _figure(figures.stop_gap_m, 2),
        _figure(figures.warn_ttc_s, 2),
        _figure(figures.brake_ttc_s, 2),
        _figure(figures.latest_brake_margin_s, 2),
    ]


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _show_sums(runs: Sequence[Run], records: Sequence[Record]) -> None:
    """By layer where there are layers; by scenario where there are many runs."""
    if any(run.layer for run in runs):
        _show_sum("layer", runs, records, lambda run: run.layer or "none")
    if len(runs) > MANY:
        _show_sum("scenario", runs, records, lambda run: run.scenario.name or "wrong rows")


def _show_sum(
    by: str, runs: Sequence[Run], records: Sequence[Record], group_of: Callable[[Run], str]
) -> None:
    from rich.console import Console
    from rich.table import Table

    groups: dict[str, list[Record]] = {}
    for run, record in zip(runs, records, strict=True):
        groups.setdefault(group_of(run), []).append(record)
    table = Table()
    for column in (by, "runs", "passed", "failed", "false"):
        table.add_column(column, justify="left" if column == by else "right")
    for name, members in groups.items():
        passed = sum(record.passed for record in members)
        false = sum(record.false_event for record in members)
        counts = len(members), passed, len(members) - passed, false
        table.add_row(name, *(str(count) for count in counts))
    Console().print(table)

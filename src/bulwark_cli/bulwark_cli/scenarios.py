# SPDX-License-Identifier: Apache-2.0
"""`bulwark scenarios` and `scenario`: drive the stack in the built-in world, in lock step."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bulwark_world.runner import Conditions, Outcome, Record
    from bulwark_world.scenario import Scenario
    from bulwark_world.suite import Run, Suite

_BRAKES = ("good", "mid", "floor", "wet", "ice")
_FAILED = 1
_EPILOG = """\b
Exit codes: 0 all runs passed, 1 some failed, 2 bad usage or a wrong file.
"""


def _run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that both commands have."""
    options = (
        click.option(
            "--sensors",
            type=click.Choice(["objects", "lidar", "all"]),
            default="objects",
            show_default=True,
            help="True objects with errors, ray-cast points, or the camera and planner as well.",
        ),
        click.option("--seed", type=click.IntRange(0), default=1, show_default=True),
        click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE"),
        click.option(
            "--report", type=click.Path(path_type=Path), metavar="DIR", help="Write HTML reports."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command(epilog=_EPILOG)
@click.option("--suite", default="smoke", show_default=True, help="Name or file of a suite.")
@click.option("--only", multiple=True, metavar="ID", help="Only this run; may be repeated.")
@click.option("--brake", type=click.Choice(_BRAKES), help="Brake model of all runs.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option("--list", "show", is_flag=True, help="Show the suites and the runs of this one.")
@_run_options
def scenarios(
    suite: str,
    only: tuple[str, ...],
    brake: str | None,
    workers: int,
    show: bool,
    sensors: str,
    seed: int,
    json_file: Path | None,
    report: Path | None,
) -> int:
    """Carry out a suite of scenario runs and judge them."""
    from bulwark_world.suite import load_suite

    chosen = load_suite(suite, seed)
    if show:
        return _show_suite(chosen)
    conditions = _conditions(sensors, seed, {"brake": brake} if brake else {}, report)
    return _carry_out(chosen.name, _selected(chosen, only), conditions, workers, json_file, report)


@click.command(epilog=_EPILOG)
@click.argument("name")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter; repeatable."
)
@click.option("--params", "show", is_flag=True, help="Show the parameters of the scenario.")
@_run_options
def scenario(
    name: str,
    settings: tuple[str, ...],
    show: bool,
    sensors: str,
    seed: int,
    json_file: Path | None,
    report: Path | None,
) -> int:
    """Carry out one scenario, by name or by the path of its file."""
    from bulwark_world.scenario import load_scenario, parse_settings
    from bulwark_world.suite import Run

    chosen = load_scenario(name)
    if show:
        return _show_parameters(chosen)
    values = parse_settings(settings)
    chosen.values(values)
    run = Run(chosen.name, chosen, values)
    conditions = _conditions(sensors, seed, {}, report)
    return _carry_out(chosen.name, [run], conditions, 1, json_file, report)


def _conditions(
    sensors: str, seed: int, settings: dict[str, Any], report: Path | None
) -> Conditions:
    from bulwark_world.runner import Conditions
    from bulwark_world.stack import Sensing

    return Conditions(Sensing(sensors), seed, settings, keep_log=report is not None)


def _selected(suite: Suite, only: Sequence[str]) -> list[Run]:
    known = [run.id for run in suite.runs]
    for run_id in only:
        if run_id not in known:
            raise click.BadParameter(
                f"suite {suite.name} has no run '{run_id}'; there are: {', '.join(known)}",
                param_hint="--only",
            )
    return [run for run in suite.runs if not only or run.id in only]


def _carry_out(
    name: str,
    runs: Sequence[Run],
    conditions: Conditions,
    workers: int,
    json_file: Path | None,
    report: Path | None,
) -> int:
    from bulwark_world.runner import suite_json

    outcomes = _with_progress(runs, conditions, workers)
    records = [outcome.record for outcome in outcomes]
    _show_records(name, records)
    if json_file is not None:
        text = json.dumps(suite_json(name, runs, conditions, records), indent=1)
        _write(json_file, text + "\n")
    if report is not None:
        _write_reports(report, outcomes)
    return 0 if all(record.passed for record in records) else _FAILED


def _with_progress(runs: Sequence[Run], conditions: Conditions, workers: int) -> list[Outcome]:
    """The outcomes in the order of the runs."""
    from rich.console import Console
    from rich.progress import track

    from bulwark_world.runner import carry_out_all

    order = {run.id: index for index, run in enumerate(runs)}
    console = Console(stderr=True)
    outcomes = track(
        carry_out_all(runs, conditions, workers),
        total=len(runs),
        description="driving",
        console=console,
        disable=not console.is_terminal,
    )
    return sorted(outcomes, key=lambda outcome: order[outcome.record.id])


def _show_records(name: str, records: Sequence[Record]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=name)
    for column in ("run", "", "km/h", "impact", "gap m", "warned", "braked", "margin"):
        is_name = column == "run"
        table.add_column(column, justify="left" if is_name else "right", no_wrap=is_name)
    for record in records:
        table.add_row(*_row(record))
    Console().print(table)
    for record in records:
        if not record.passed:
            click.echo(f"{record.id}: {record.reason} (expected: {record.expected})")
    passed = sum(record.passed for record in records)
    click.echo(f"{passed} of {len(records)} passed")


def _row(record: Record) -> list[str]:
    verdict = "[green]pass[/]" if record.passed else "[red]FAIL[/]"
    figures = record.figures
    if figures is None:
        return [record.id, verdict, *["-"] * 6]
    return [
        record.id,
        verdict,
        _figure(figures.v0_kmh, 1),
        _figure(figures.impact_kmh, 1),
        _figure(figures.stop_gap_m, 2),
        _figure(figures.warn_ttc_s, 2, " s"),
        _figure(figures.brake_ttc_s, 2, " s"),
        _figure(figures.latest_brake_margin_s, 2, " s"),
    ]


def _figure(value: float | None, digits: int, unit: str = "") -> str:
    return "-" if value is None else f"{value:.{digits}f}{unit}"


def _show_suite(suite: Suite) -> int:
    from bulwark_world.resources import names

    click.echo(f"suites: {', '.join(names('suites'))}")
    click.echo(f"\n{suite.name}: {suite.about}")
    for run in suite.runs:
        settings = " ".join(f"{key}={value}" for key, value in run.settings.items())
        click.echo(f"  {run.id:28} {run.scenario.name} {settings}")
    return 0


def _show_parameters(chosen: Scenario) -> int:
    click.echo(f"{chosen.name}: {chosen.about}")
    for spec in chosen.parameters.values():
        unit = f" {spec.unit}" if spec.unit else ""
        allowed = f" ({spec.range_text})" if spec.range_text else ""
        click.echo(f"  {spec.name} = {spec.default}{unit}: {spec.description}{allowed}")
    return 0


def _write_reports(folder: Path, outcomes: Sequence[Outcome]) -> None:
    """One HTML file a run; runs that were not carried out have none."""
    from bulwark_replay.report import write_report
    from bulwark_world.run_report import make_report

    for outcome in outcomes:
        if outcome.log is not None:
            file = folder / f"{outcome.record.id}.html"
            write_report(make_report(outcome.log), file)
    click.echo(f"reports in {folder}")


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from error

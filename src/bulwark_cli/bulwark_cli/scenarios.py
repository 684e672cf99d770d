# SPDX-License-Identifier: Apache-2.0
"""`bulwark scenarios` and `scenario`: drive the stack in the built-in world, in lock step."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bulwark_cli.scenario_report import with_reports, write_run_report, write_suite_report
from bulwark_cli.scenario_select import check_settings, selected
from bulwark_cli.scenario_tables import show_list, show_records, show_requirements

if TYPE_CHECKING:
    from bulwark_world.runner import Conditions, Outcome
    from bulwark_world.scenario import Scenario
    from bulwark_world.suite import Suite
    from bulwark_world.suite_drive import Means

_BRAKES = ("good", "mid", "floor", "wet", "ice")
_FAILED = 1
_INTERRUPTED = 130
_EPILOG = """\b
Exit codes: 0 all runs passed, 1 some failed, 2 bad usage or a wrong file, 130 interrupted.
"""
_EXAMPLES = f"""\b
Examples:
  bulwark scenarios                                  a run or two of each kind
  bulwark scenarios --suite r152 --brake mid --json r152.json
  bulwark scenarios --suite forward --only 'car-*' --only 'truck-6?-*'
  bulwark scenarios --suite forward --suite reverse --junit results.xml
  bulwark scenarios --suite forward --report reports/forward
  bulwark scenarios --suite mine.yaml --list         which runs a suite file stands for
  bulwark scenarios --set friction=0.6 --all         every run on a wet road
  bulwark scenarios --suite fmvss127 --seed 7        other random draws
  bulwark scenarios --suite forward --ray local      over a Ray cluster on this machine

An interrupted suite goes on where it was when the same command is given again, unless files or
code have changed; --fresh starts anew. The result is the same either way, and for any number of
workers.

{_EPILOG}"""


def _run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that both commands have."""
    options = (
        click.option(
            "--set", "settings", multiple=True, metavar="NAME=VALUE",
            help="Set a parameter; repeatable.",
        ),
        click.option(
            "--sensors",
            type=click.Choice(["objects", "lidar", "all"]),
            default="objects",
            show_default=True,
            help="True objects with errors, ray-cast points, or the camera and planner as well.",
        ),
        click.option("--seed", type=click.IntRange(0), default=1, show_default=True),
        click.option(
            "--json", "json_file", type=click.Path(path_type=Path), metavar="FILE",
            help="Write the result; a list of them where there are several suites.",
        ),
        click.option(
            "--report", type=click.Path(path_type=Path), metavar="DIR", help="Write an HTML report."
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command(epilog=_EXAMPLES)
@click.option(
    "--suite", "suites", multiple=True, default=["smoke"], show_default=True,
    metavar="NAME", help="Name or file of a suite; repeatable.",
)  # fmt: skip
@click.option(
    "--only", multiple=True, metavar="ID", help="Only this run, or those like 'car-*'; repeatable."
)
@click.option("--brake", type=click.Choice(_BRAKES), help="Brake model of all runs.")
@click.option("--workers", type=click.IntRange(1), help="Processes.  [default: one a core]")
@click.option("--ray", metavar="ADDRESS", help="Drive on a Ray cluster; 'local' starts one here.")
@click.option("--fresh", is_flag=True, help="Do not go on where an interrupted suite was.")
@click.option("--list", "show", is_flag=True, help="Show the suites and the runs of this one.")
@click.option("--all", "show_all", is_flag=True, help="Print all runs of a big suite.")
@click.option(
    "--junit", type=click.Path(path_type=Path), metavar="FILE", help="Write the result as JUnit."
)
@click.option(
    "--logs", type=click.Choice(["all", "failed", "none"]), default="failed", show_default=True,
    help="Runs that the report shows in full; failed: and a sample of the others.",
)  # fmt: skip
@_run_options
def scenarios(
    suites: tuple[str, ...],
    only: tuple[str, ...],
    brake: str | None,
    workers: int | None,
    ray: str | None,
    fresh: bool,
    show: bool,
    show_all: bool,
    junit: Path | None,
    logs: str,
    settings: tuple[str, ...],
    sensors: str,
    seed: int,
    json_file: Path | None,
    report: Path | None,
) -> int:
    """Carry out suites of scenario runs and judge them."""
    from bulwark_world.scenario import parse_settings
    from bulwark_world.suite import load_suite
    from bulwark_world.suite_drive import Means

    loaded = [load_suite(name, seed) for name in dict.fromkeys(suites)]
    chosen = selected(loaded, only)
    if show:
        return _show_suites(chosen)
    values = parse_settings(settings) | ({"brake": brake} if brake else {})
    check_settings(chosen, values)
    conditions = _conditions(sensors, seed, values)
    means = Means(workers, ray, _journals(), fresh)
    results = []
    for suite in chosen:
        driven = with_reports(conditions, suite, report, logs)
        outcomes = _drive(suite, driven, means)
        if outcomes is None:
            return _INTERRUPTED
        records = [outcome.record for outcome in outcomes]
        show_records(suite, records, show_all=show_all)
        results.append(_result(suite, driven, outcomes))
        if report is not None:
            folder = report / suite.name if len(chosen) > 1 else report
            write_suite_report(folder, suite, driven, outcomes, results[-1])
    _write_results(results, json_file, junit)
    return 0 if all(map(_is_good, results)) else _FAILED


@click.command(epilog=_EPILOG)
@click.argument("name")
@click.option("--params", "show", is_flag=True, help="Show the parameters of the scenario.")
@click.option(
    "--export",
    "export_to",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write it as OpenDRIVE and OpenSCENARIO instead; needs scenariogeneration.",
)
@_run_options
def scenario(
    name: str,
    show: bool,
    export_to: Path | None,
    settings: tuple[str, ...],
    sensors: str,
    seed: int,
    json_file: Path | None,
    report: Path | None,
) -> int:
    """Carry out one scenario, by name or by the path of its file."""
    from bulwark_world.scenario import load_scenario, parse_settings
    from bulwark_world.suite import Run, Suite
    from bulwark_world.suite_drive import Means

    chosen = load_scenario(name)
    if show:
        return _show_parameters(chosen)
    values = parse_settings(settings)
    chosen.values(values)
    if export_to is not None:
        return _export(chosen, values, seed, export_to)
    suite = Suite(chosen.name, chosen.about, (Run(chosen.name, chosen, values),), chosen.file)
    conditions = with_reports(_conditions(sensors, seed, {}), suite, report, "all")
    outcomes = _drive(suite, conditions, Means(workers=1))
    if outcomes is None:
        return _INTERRUPTED
    show_records(suite, [outcome.record for outcome in outcomes], show_all=True)
    _write_results([_result(suite, conditions, outcomes)], json_file, None)
    if report is not None:
        write_run_report(report, outcomes[0])
    return 0 if outcomes[0].record.passed else _FAILED


def _export(chosen: Scenario, values: dict[str, Any], seed: int, folder: Path) -> int:
    from bulwark_core.vehicle import VehicleParams
    from bulwark_world.scenario_export import export

    world, _ = chosen.build(values, seed, VehicleParams())
    for file in export(world, chosen.name, folder):
        click.echo(f"wrote {file}")
    return 0


def _conditions(sensors: str, seed: int, settings: dict[str, Any]) -> Conditions:
    from bulwark_world.runner import Conditions
    from bulwark_world.stack import Sensing

    return Conditions(Sensing(sensors), seed, settings)


def _journals() -> Path:
    return Path(os.environ.get("BULWARK_ROOT", ".")) / "build" / "scenarios"


def _drive(suite: Suite, conditions: Conditions, means: Means) -> list[Outcome] | None:
    """The outcomes; None where somebody interrupted."""
    from bulwark_cli.scenario_progress import progress
    from bulwark_world.suite_drive import drive_suite

    done = 0
    try:
        with _terminable(), progress(suite.name, len(suite.runs)) as watcher:

            def ended(outcome: Outcome) -> None:
                nonlocal done
                done += 1
                watcher.ended(outcome)

            return drive_suite(suite, conditions, means, replace(watcher, ended=ended))
    except KeyboardInterrupt:
        where = f"{suite.name}: interrupted after {done} of {len(suite.runs)} runs"
        click.echo(f"{where}; the same command goes on from there", err=True)
        return None


@contextmanager
def _terminable() -> Iterator[None]:
    """To be ended (SIGTERM) is to be interrupted: processes end, what was done is kept."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _result(suite: Suite, conditions: Conditions, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    from bulwark_world.runner import suite_json

    records = [outcome.record for outcome in outcomes]
    return suite_json(suite.name, suite.runs, conditions, records, suite.require)


def _is_good(result: Mapping[str, Any]) -> bool:
    """Every run passed, and what the suite requires of all of them together holds."""
    summary = result["summary"]
    show_requirements(summary["requirements"])
    return not summary["failed"] and all(one["passed"] for one in summary["requirements"])


def _show_suites(chosen: Sequence[Suite]) -> int:
    from bulwark_world.resources import names

    click.echo(f"suites: {', '.join(names('suites'))}")
    for suite in chosen:
        show_list(suite, suite.runs)
    return 0


def _show_parameters(chosen: Scenario) -> int:
    click.echo(f"{chosen.name}: {chosen.about}")
    for spec in chosen.parameters.values():
        unit = f" {spec.unit}" if spec.unit else ""
        allowed = f" ({spec.range_text})" if spec.range_text else ""
        click.echo(f"  {spec.name} = {spec.default}{unit}: {spec.description}{allowed}")
    return 0


def _write_results(
    results: Sequence[dict[str, Any]], json_file: Path | None, junit: Path | None
) -> None:
    from bulwark_world.suite_junit import junit_xml

    if json_file is not None:
        whole = results[0] if len(results) == 1 else list(results)
        _write(json_file, json.dumps(whole, indent=1) + "\n")
    if junit is not None:
        _write(junit, junit_xml(results))


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from error

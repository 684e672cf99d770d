# SPDX-License-Identifier: Apache-2.0
"""What `--report` of `scenarios` and `scenario` asks of a drive, and the files that it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bulwark_world.runner import Conditions, Outcome
    from bulwark_world.suite import Suite

PAGE = "index.html"


def with_reports(
    conditions: Conditions, suite: Suite, report: Path | None, logs: str
) -> Conditions:
    """The conditions of a suite, its outcomes with the reports that its page shows."""
    from bulwark_world.suite_report.keep import Keep, Logs

    if report is None:
        return conditions
    return replace(conditions, keep=Keep.of(Logs(logs), [run.id for run in suite.runs]))


def write_suite_report(
    folder: Path,
    suite: Suite,
    conditions: Conditions,
    outcomes: Sequence[Outcome],
    result: dict[str, Any],
) -> None:
    """The suite's page. Raises ScenarioError where it cannot be written."""
    from bulwark_world.suite_report.page import SuitePage, write_suite_page

    page = SuitePage(
        result,
        [run.with_settings(conditions.settings) for run in suite.runs],
        suite.about,
        conditions.keep.logs,
        {out.record.id: out.packed for out in outcomes if out.packed is not None},
        frozenset(out.record.id for out in outcomes if out.record.false_event),
    )
    write_suite_page(page, folder / PAGE)
    click.echo(f"report in {folder / PAGE}")


def write_run_report(folder: Path, outcome: Outcome) -> None:
    """The page of one run; there is none where it was not carried out."""
    from bulwark_world.suite_report.packed import write_run_page

    if outcome.packed is None:
        return
    file = folder / f"{outcome.record.id}.html"
    write_run_page(outcome.packed, file)
    click.echo(f"report in {file}")

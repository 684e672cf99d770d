# SPDX-License-Identifier: Apache-2.0
"""Which runs of which suites, and whether what is set for all of them fits all of them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bulwark_world.suite import Suite

_LISTED = 20


def selected(suites: Sequence[Suite], patterns: Sequence[str]) -> list[Suite]:
    """The suites with the runs whose ids match, in their order; those without any are left out.

    Raises click.BadParameter where a pattern matches nothing.
    """
    if not patterns:
        return list(suites)
    ids = [run.id for suite in suites for run in suite.runs]
    for pattern in patterns:
        if not any(_matches(run_id, pattern) for run_id in ids):
            raise click.BadParameter(_nothing(suites, pattern, ids), param_hint="--only")
    chosen = []
    for suite in suites:
        runs = [run for run in suite.runs if any(_matches(run.id, p) for p in patterns)]
        chosen += [replace(suite, runs=tuple(runs))] if runs else []
    return chosen


def check_settings(suites: Sequence[Suite], settings: Mapping[str, Any]) -> None:
    """Refuse settings that a scenario of these suites does not take. Raises ScenarioError."""
    runs = [run for suite in suites for run in suite.runs if not run.error]
    for scenario in {run.scenario.name: run.scenario for run in runs}.values():
        scenario.values(settings)


def _matches(run_id: str, pattern: str) -> bool:
    """An id may hold what is special in a pattern, and then stands for itself."""
    return run_id == pattern or fnmatchcase(run_id, pattern)


def _nothing(suites: Sequence[Suite], pattern: str, ids: Sequence[str]) -> str:
    names = " and ".join(suite.name for suite in suites)
    near = difflib.get_close_matches(pattern, ids, n=1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    more = f" and {len(ids) - _LISTED} more (--list)" if len(ids) > _LISTED else ""
    there = ", ".join(ids[:_LISTED]) + more
    return f"suite {names} has no run '{pattern}'; {hint}there are: {there}"

# SPDX-License-Identifier: Apache-2.0
"""A suite's runs as columns, as the page's scripts read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bulwark_core.errors import ScenarioError
from bulwark_core.params import ParamSpec
from bulwark_world.suite import Run


def columns_of(records: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The runs of a suite's JSON, a list for each field that any of them has; None: not there."""
    names = list(dict.fromkeys(name for record in records for name in record))
    return {name: [record.get(name) for record in records] for name in names}


def settings_of(runs: Sequence[Run]) -> dict[str, list[Any]]:
    """Each scenario parameter's value in each run; None where the run's scenario has none."""
    values = [_values(run) for run in runs]
    names = list(dict.fromkeys(name for row in values for name in row))
    return {name: [row.get(name) for row in values] for name in names}


def parameters_of(runs: Sequence[Run]) -> dict[str, dict[str, str]]:
    """Unit and description of each parameter of the runs' scenarios."""
    specs: dict[str, ParamSpec] = {}
    for scenario in {run.scenario.name: run.scenario for run in runs}.values():
        specs = scenario.parameters | specs
    return {name: {"unit": spec.unit, "about": spec.description} for name, spec in specs.items()}


def _values(run: Run) -> dict[str, Any]:
    """All parameters of a run; none where its settings are wrong, which its record tells."""
    try:
        return run.scenario.values(run.settings)
    except ScenarioError:
        return {}

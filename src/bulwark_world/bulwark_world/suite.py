# SPDX-License-Identifier: Apache-2.0
"""Suites: YAML files with a row for each run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bulwark_core.errors import ScenarioError
from bulwark_core.vehicle import VehicleParams
from bulwark_world.expectation import Expectation, read_expectation
from bulwark_world.resources import find
from bulwark_world.scenario import Scenario, load_scenario
from bulwark_world.world import World
from bulwark_world.yaml_fields import Fields


@dataclass(frozen=True)
class Run:
    """One row of a suite. clause: of the standard that it follows, empty where there is none."""

    id: str
    scenario: Scenario
    settings: Mapping[str, Any]
    clause: str = ""
    expect: Fields | None = None

    def build(self, seed: int, body: VehicleParams) -> tuple[World, Expectation]:
        """The world and what is expected of it. Raises ScenarioError."""
        world, expectation = self.scenario.build(self.settings, seed, body)
        if self.expect is not None:
            expectation = read_expectation(self.expect.fresh(), expectation)
        return world, expectation

    def with_settings(self, settings: Mapping[str, Any]) -> Run:
        """The same run with some parameters set otherwise."""
        return replace(self, settings={**self.settings, **settings})


@dataclass(frozen=True)
class Suite:
    """A named list of runs."""

    name: str
    about: str
    runs: tuple[Run, ...]


def load_suite(name: str) -> Suite:
    """A suite by name, or by the path of a file that ends in .yaml. Raises ScenarioError."""
    file = find("suites", name)
    fields = Fields.of_file(file)
    about = fields.text("about")
    rows = [_read_run(row) for row in fields.items("runs")]
    fields.finish()
    seen: set[str] = set()
    for run, row in zip(rows, fields.items("runs"), strict=True):
        if run.id in seen:
            raise row.error("id", f"'{run.id}' is there twice")
        seen.add(run.id)
    if not rows:
        raise fields.error("runs", "holds no run")
    return Suite(file.stem, about, tuple(rows))


def _read_run(row: Fields) -> Run:
    settings_fields = row.fields("set")
    settings = {name: settings_fields.value(name) for name in settings_fields.names()}
    try:
        scenario = load_scenario(row.text("scenario"))
        scenario.values(settings)  # wrong ones are named before anything runs
    except ScenarioError as error:
        raise row.error("set", str(error)) from error
    run = Run(
        id=row.text("id"),
        scenario=scenario,
        settings=settings,
        clause=row.text("clause", ""),
        expect=row.fields("expect") if "expect" in row else None,
    )
    row.finish()
    return run

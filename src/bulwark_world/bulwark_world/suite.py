# SPDX-License-Identifier: Apache-2.0
"""Suites: YAML files with rows, each for one run or for many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bulwark_core.errors import ScenarioError
from bulwark_core.vehicle import VehicleParams
from bulwark_world.expectation import Expectation, read_expectation
from bulwark_world.rates import Rate, read_rates
from bulwark_world.requirements import Requirement, read_requirements
from bulwark_world.resources import find
from bulwark_world.scenario import Scenario, load_scenario
from bulwark_world.suite_rows import Row, expand, read_rows
from bulwark_world.world import World
from bulwark_world.yaml_fields import Fields

DEFAULT_SEED = 1


@dataclass(frozen=True)
class Run:
    """One run of a suite.

    clause: of the standard that it follows, empty where there is none. layer: a word by which
    runs are summed up. expect: each adds to those before it and to the scenario's. error: what is
    wrong with its row in the suite; it then cannot be built, and its scenario is empty.
    """

    id: str
    scenario: Scenario
    settings: Mapping[str, Any]
    clause: str = ""
    layer: str = ""
    expect: tuple[Fields, ...] = ()
    error: str = ""

    def build(self, seed: int, body: VehicleParams) -> tuple[World, Expectation]:
        """The world and what is expected of it. Raises ScenarioError."""
        if self.error:
            raise ScenarioError(self.error)
        world, expectation = self.scenario.build(self.settings, seed, body)
        return world, self.expectation(expectation)

    def expectation(self, base: Expectation) -> Expectation:
        """What the row expects, beside the scenario's. `$name` stands for a parameter."""
        values = self.scenario.values(self.settings) if self.expect else {}
        for fields in self.expect:
            base = read_expectation(fields.with_parameters(values), base)
        return base

    def with_settings(self, settings: Mapping[str, Any]) -> Run:
        """The same run with some parameters set otherwise; its id stays."""
        return replace(self, settings={**self.settings, **settings}) if settings else self


@dataclass(frozen=True)
class Suite:
    """A named list of runs. file: where it was read from. require: of all runs together."""

    name: str
    about: str
    runs: tuple[Run, ...]
    file: Path
    require: tuple[Requirement | Rate, ...] = ()


def load_suite(name: str, seed: int = DEFAULT_SEED) -> Suite:
    """A suite by name, or by the path of a file that ends in .yaml.

    seed: of drawn parameters. A row that is wrong becomes one run that cannot be built. Raises
    ScenarioError where the file as a whole cannot be read.
    """
    file = find("suites", name)
    fields = Fields.of_file(file)
    about, defaults = fields.text("about"), fields.fields("defaults")
    if "rows" in defaults:
        raise defaults.error("rows", "belongs in a run, not in the defaults")
    Row((defaults,)).finish()
    reader = _Reader(fields, seed)
    for where, row in read_rows(fields, "runs", (defaults,)):
        reader.add(where, row)
    require: tuple[Requirement | Rate, ...] = read_requirements(fields)
    require += read_rates(fields)
    fields.finish()
    if not reader.runs:
        raise fields.error("runs", "holds no run")
    return Suite(file.stem, about, tuple(reader.runs.values()), file, require)


class _Reader:
    """Collects runs, in the order of their rows."""

    def __init__(self, fields: Fields, seed: int) -> None:
        self.runs: dict[str, Run] = {}
        self._fields, self._seed = fields, seed
        self._scenarios: dict[str, Scenario] = {}

    def add(self, where: str, row: Row | ScenarioError) -> None:
        """The row's runs, or one that says what is wrong with it."""
        try:
            if isinstance(row, ScenarioError):
                raise row
            runs = self._read(row)
            self._check_ids(row, runs)
            runs[0].expectation(Expectation())  # what is wrong is named once, not for each run
        except ScenarioError as error:
            runs = [self._wrong(where, row, error)]
        self.runs |= {run.id: run for run in runs}

    def _read(self, row: Row) -> list[Run]:
        row.finish()
        scenario = self._scenario(row)
        clause, layer, expect = row.text("clause", ""), row.text("layer", ""), row.expectations()
        return [
            Run(variant.id, scenario, variant.settings, clause, layer, expect)
            for variant in expand(row, scenario, self._seed)
        ]

    def _scenario(self, row: Row) -> Scenario:
        name = row.text("scenario")
        beside = self._fields.file.parent / name
        if name.endswith((".yaml", ".yml")) and beside.is_file():
            name = str(beside)
        if name not in self._scenarios:
            try:
                self._scenarios[name] = load_scenario(name)
            except ScenarioError as error:
                raise row.holder("scenario").error("scenario", str(error)) from error
        return self._scenarios[name]

    def _check_ids(self, row: Row, runs: list[Run]) -> None:
        seen = set(self.runs)
        for run in runs:
            if run.id in seen:
                why = f"'{run.id}' is there twice; fields like {{speed_kmh}} tell runs apart"
                raise row.holder("id").error("id", why)
            seen.add(run.id)

    def _wrong(self, where: str, row: Row | ScenarioError, error: ScenarioError) -> Run:
        """A run for a wrong row, under the row's id where that is free, else under its place."""
        given, clause, layer = "", "", ""
        if isinstance(row, Row):
            given = row.last.scalar("id")
            clause, layer = (row.holder(name).scalar(name) for name in ("clause", "layer"))
        run_id = given if given and given not in self.runs else where
        empty = Scenario("", "", {}, self._fields)
        return Run(run_id, empty, {}, clause, layer, error=str(error))

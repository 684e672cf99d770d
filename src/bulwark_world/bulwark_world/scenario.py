# SPDX-License-Identifier: Apache-2.0
"""Scenarios: YAML files that say what a run is about, with parameters."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from bulwark_core.errors import ParameterError, ScenarioError
from bulwark_core.params import ParamSpec
from bulwark_core.vehicle import BRAKE_MODELS, VehicleParams
from bulwark_world.actors import Actor
from bulwark_world.driver import ScriptedDriver
from bulwark_world.dynamics import DriveTrain
from bulwark_world.expectation import Expectation, read_expectation
from bulwark_world.light_fields import read_light
from bulwark_world.placement import KMH, read_actor
from bulwark_world.places import read_place
from bulwark_world.resources import find
from bulwark_world.weather_fields import read_weather
from bulwark_world.world import Ego, End, World
from bulwark_world.yaml_fields import Fields

COMMON = (
    ParamSpec(
        "brake", str, "good", "brake model of the vehicle", "", None, None, tuple(BRAKE_MODELS)
    ),
    ParamSpec("friction", float, 1.0, "between tyre and road", "", 0.05, 1.2, None),
    ParamSpec("max_acceleration", float, 3.5, "of the traction", "m/s^2", 0.5, 12.0, None),
)
"""Parameters that every scenario has."""
_DECLARED = {"wet": "mid", "ice": "mid"}  # the same brake on less friction
_MARGIN_S = 15.0


@dataclass(frozen=True)
class Scenario:
    """A scenario file: its name, what it is about, its parameters, and the rest still unread."""

    name: str
    about: str
    parameters: dict[str, ParamSpec]
    _fields: Fields

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters with these values set; ScenarioError where one is unknown or no good."""
        values = {name: spec.default for name, spec in self.parameters.items()}
        for name, value in given.items():
            if name not in self.parameters:
                raise ScenarioError(f"scenario {self.name} has no parameter {self._unknown(name)}")
            try:
                values[name] = self.parameters[name].check(value)
            except ParameterError as error:
                raise ScenarioError(f"scenario {self.name}: {error}") from error
        return values

    def build(
        self, given: Mapping[str, Any], seed: int, body: VehicleParams
    ) -> tuple[World, Expectation]:
        """The world with these parameters, and what it expects. Raises ScenarioError."""
        values = self.values(given)
        fields = self._fields.with_parameters(values)
        fields.ignore("about", "parameters")
        ego = _read_ego(fields.fields("ego"), values)
        rows = fields.fields("actors")
        actors = {name: read_actor(rows.fields(name), name, ego, body) for name in rows.names()}
        placed = tuple(actors.values())
        place = read_place(fields, placed)
        world = World(
            place=place,
            actors=placed,
            ego=ego,
            body=body,
            furniture=tuple(place.furniture(seed)),
            target=_target(fields, list(actors)),
            speed_limit=fields.number("speed_limit_kmh", max(ego.speed * KMH, 30.0), 1.0) / KMH,
            end=_read_end(fields.fields("end"), placed, ego),
            weather=read_weather(fields.fields("weather"), ego, body),
            light=read_light(fields.fields("light")),
        )
        expectation = read_expectation(fields.fields("expect"), Expectation())
        fields.finish()
        return world, expectation

    def _unknown(self, name: str) -> str:
        near = difflib.get_close_matches(name, self.parameters, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        return f"'{name}'{hint} (it has: {', '.join(self.parameters)})"


def load_scenario(name: str) -> Scenario:
    """A scenario by name, or by the path of a file that ends in .yaml. Raises ScenarioError."""
    file = find("scenarios", name)
    fields = Fields.of_file(file)
    parameters = _read_parameters(fields.fields("parameters"))
    return Scenario(file.stem, fields.text("about"), parameters, fields)


def parse_settings(settings: Sequence[str]) -> dict[str, Any]:
    """`name=value` texts as values: numbers, true and false, or texts. Raises ScenarioError."""
    values = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ScenarioError(f"'{text}' must be name=value")
        values[name.strip()] = yaml.safe_load(value)
    return values


def _read_parameters(fields: Fields) -> dict[str, ParamSpec]:
    parameters = {}
    for name in fields.names():
        row = fields.fields(name)
        default, choices = row.value("default"), row.value("choices")
        if not isinstance(default, (bool, int, float, str)):
            raise row.error("default", "must be a number, a text, or true or false")
        kind = float if type(default) is int else type(default)
        low, high = (row.number(key) if key in row else None for key in ("minimum", "maximum"))
        spec = ParamSpec(
            name, kind, kind(default), row.text("about"), row.text("unit", ""), low, high,
            None if choices is None else tuple(choices),
        )  # fmt: skip
        row.finish()
        parameters[name] = spec
    return parameters | {spec.name: spec for spec in COMMON}


def _read_ego(fields: Fields, values: Mapping[str, Any]) -> Ego:
    driver = fields.fields("driver")
    scripted = None
    if "driver" in fields:
        scripted = ScriptedDriver(
            driver.pairs("accelerator"), driver.pairs("brake"), driver.pairs("steering_angle")
        )
        driver.finish()
    ego = Ego(
        speed=fields.number("speed_kmh", 0.0, 0.0, 250.0) / KMH,
        direction=-1 if fields.flag("reverse", False) else 1,
        engaged=fields.flag("engaged", False),
        driver=scripted,
        brake=BRAKE_MODELS[values["brake"]],
        declared_brake=BRAKE_MODELS[_DECLARED.get(values["brake"], values["brake"])],
        drive_train=DriveTrain(
            friction=values["friction"], max_acceleration=values["max_acceleration"]
        ),
    )
    fields.finish()
    grip = ego.drive_train.grip
    return replace(ego, brake=ego.brake.limited_by(grip))


def _target(fields: Fields, actors: list[str]) -> int | None:
    """The actor that the run is about: the one that is named, else the first."""
    if not actors:
        return None
    return actors.index(fields.text("target", actors[0], choices=actors))


def _read_end(fields: Fields, actors: Sequence[Actor], ego: Ego) -> End:
    """By default there is time to get there at the own speed and to stop."""
    farthest = max((abs(actor.start.x) for actor in actors), default=0.0)
    arrival = farthest / max(ego.speed, 0.1) + ego.brake.stopping_time(ego.speed)
    default = End()
    end = End(
        after_s=fields.number("after_s", arrival + _MARGIN_S, 0.1, 3600.0),
        stopped_s=fields.number("stopped_s", default.stopped_s, 0.0, 600.0),
        passed_m=fields.number("passed_m", default.passed_m, 0.0, 1000.0),
    )
    fields.finish()
    return end

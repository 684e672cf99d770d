# SPDX-License-Identifier: Apache-2.0
"""Scenarios: YAML files that say what a run is about, with parameters."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from bulwark_core.errors import ParameterError, ScenarioError
from bulwark_core.params import ParamSpec
from bulwark_core.vehicle import BRAKE_MODELS, VehicleParams
from bulwark_world.actors import Actor
from bulwark_world.driver import ScriptedDriver
from bulwark_world.dynamics import DriveTrain
from bulwark_world.expectation import Expectation, read_expectation
from bulwark_world.fault_fields import read_fault
from bulwark_world.hill import Hill
from bulwark_world.light_fields import read_light
from bulwark_world.load import LOADS
from bulwark_world.pedal_script import read_presses
from bulwark_world.place import Place
from bulwark_world.placement import KMH, read_actors
from bulwark_world.places import read_place
from bulwark_world.population import BEHIND
from bulwark_world.resources import find
from bulwark_world.response import Response
from bulwark_world.traffic_plan import read_traffic
from bulwark_world.way_fields import read_speeds, read_way
from bulwark_world.weather_fields import read_weather
from bulwark_world.world import Ego, End, World
from bulwark_world.yaml_fields import Fields

COMMON = (
    ParamSpec(
        "brake", str, "good", "brake model of the vehicle", "", None, None, tuple(BRAKE_MODELS)
    ),
    ParamSpec("load", str, "running", "what the vehicle carries", "", None, None, tuple(LOADS)),
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

    @property
    def file(self) -> Path:
        """Where it was read from."""
        return self._fields.file

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
        ego, traffic = _read_ego(fields.fields("ego"), values), read_traffic(fields)
        if ego.follows and traffic is None:
            raise fields.fields("ego").error("follows", "needs a field traffic beside ego")
        rows = fields.fields("actors")
        actors: dict[str, Actor] = {}
        for name in rows.names():
            actors |= read_actors(rows.fields(name), name, ego, body, actors)
        placed = tuple(actors.values())
        place = read_place(fields, placed)
        if traffic is not None:
            place = place.with_run_up(BEHIND)
        world = World(
            place=place,
            actors=(*placed, *place.bystanders(seed)),
            ego=ego.after_lead_in(),
            body=body,
            furniture=tuple(place.furniture(seed)),
            target=_target(fields, list(actors)),
            speed_limit=fields.number("speed_limit_kmh", max(ego.speed * KMH, 30.0), 1.0) / KMH,
            end=_read_end(fields.fields("end"), placed, ego, place),
            weather=read_weather(fields.fields("weather"), ego, body),
            light=read_light(fields.fields("light")),
            faults=tuple(read_fault(row) for row in fields.items("faults")),
            needs=fields.text("needs", "", choices=("", "lidar", "all")),
            traffic=traffic,
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
    load = LOADS[values["load"]]
    ego = Ego(
        speed=fields.number("speed_kmh", 0.0, 0.0, 250.0) / KMH,
        direction=-1 if fields.flag("reverse", False) else 1,
        plan=read_speeds(fields),
        way=read_way(fields),
        engaged=fields.flag("engaged", False),
        follows=fields.flag("follows", False),
        driver=_read_driver(fields),
        response=_read_response(fields),
        wheel=math.radians(fields.number("wheel_deg", 0.0, -30.0, 30.0)),
        brake=load.brake(BRAKE_MODELS[values["brake"]]),
        declared_brake=BRAKE_MODELS[_DECLARED.get(values["brake"], values["brake"])],
        drive_train=load.drive_train(
            DriveTrain(
                friction=values["friction"],
                max_acceleration=values["max_acceleration"],
                creep_speed=fields.number("creep_kmh", 0.0, 0.0, 15.0) / KMH,
            )
        ),
        hill=_read_hill(fields),
        lead_in_s=fields.number("lead_in_s", 0.0, 0.0, 60.0),
    )
    if "cruise_kmh" in fields:
        ego = replace(ego, cruise=fields.number("cruise_kmh", None, 1.0, 250.0) / KMH)
    fields.finish()
    grip = ego.drive_train.grip
    return replace(ego, brake=ego.brake.limited_by(grip))


def _read_driver(fields: Fields) -> ScriptedDriver | None:
    """The field `driver`: tables over the scenario's time, `presses` in place of `accelerator`."""
    if "driver" not in fields:
        return None
    part = fields.fields("driver")
    if "presses" in part and "accelerator" in part:
        raise part.error("presses", "cannot be combined with accelerator")
    names = ("brake", "steering_angle", "eyes_on", "hands_on")
    pressed = read_presses(part) or part.pairs("accelerator")
    driver = ScriptedDriver(pressed, *(part.pairs(name) for name in names))
    part.finish()
    return driver


def _read_hill(fields: Fields) -> Hill:
    """The fields `grade_percent` and `kerb` of the ego."""
    grade = math.atan(fields.number("grade_percent", 0.0, -30.0, 40.0) / 100.0)
    if "kerb" not in fields:
        return Hill(grade)
    kerb = fields.fields("kerb")
    ahead, height = kerb.number("ahead", None, 0.0, 50.0), kerb.number("height", 0.1, 0.0, 0.2)
    kerb.finish()
    return Hill(grade, ahead, height)


def _read_response(fields: Fields) -> Response | None:
    """The field `response`: what the driver does after a warning."""
    if "response" not in fields:
        return None
    part, usual = fields.fields("response"), Response()
    brakes = part.number("deceleration", 0.0, 0.0, 10.0)
    response = Response(
        release_s=part.number("release_s", usual.release_s, 0.0, 10.0),
        brake_s=part.number("brake_s", 1.0, 0.0, 10.0) if brakes > 0.0 else None,
        deceleration=brakes,
        ramp_s=part.number("ramp_s", usual.ramp_s, 0.01, 5.0),
    )
    part.ignore("brake_s")
    part.finish()
    return response


def _target(fields: Fields, actors: list[str]) -> int | None:
    """The actor that the run is about: the one that is named, else the first."""
    if not actors:
        return None
    return actors.index(fields.text("target", actors[0], choices=actors))


def _read_end(fields: Fields, actors: Sequence[Actor], ego: Ego, place: Place) -> End:
    """By default there is time to get there at the own speed and to stop."""
    farthest = max((abs(actor.start.x) for actor in actors), default=0.0)
    arrival = farthest / max(ego.speed, 0.1) + ego.brake.stopping_time(ego.speed)
    default = End()
    end = End(
        after_s=fields.number("after_s", arrival + _MARGIN_S, 0.1, 3600.0),
        stopped_s=fields.number("stopped_s", default.stopped_s, 0.0, 600.0),
        passed_m=fields.number("passed_m", default.passed_m, 0.0, 1000.0),
        station=_read_station(fields, place),
    )
    fields.finish()
    return end


def _read_station(fields: Fields, place: Place) -> float:
    """The field `before_end`: the run ends so far before the end of the place [m]."""
    if "before_end" not in fields:
        return math.inf
    return place.end - fields.number("before_end", None, 0.0, 1000.0)

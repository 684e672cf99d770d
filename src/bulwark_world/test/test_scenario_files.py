# SPDX-License-Identifier: Apache-2.0
"""Scenario and suite files: what ships is good, and what is wrong is named."""

import pytest

from bulwark_core.errors import ScenarioError
from bulwark_core.vehicle import BRAKE_MODELS, VehicleParams
from bulwark_world.expectation import Expectation
from bulwark_world.garage import Garage
from bulwark_world.resources import find, names
from bulwark_world.road import Road
from bulwark_world.scenario import load_scenario, parse_settings
from bulwark_world.suite import load_suite

BODY = VehicleParams()
GOOD = """\
about: A test.
parameters:
  speed_kmh: {default: 50, minimum: 1, maximum: 130, about: own speed}
ego: {speed_kmh: $speed_kmh}
actors:
  target: {kind: car, ahead: 60}
"""


def written(tmp_path, text):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    return str(file)


def build(tmp_path, text, **values):
    return load_scenario(written(tmp_path, text)).build(values, 1, BODY)


@pytest.mark.parametrize("name", names("scenarios"))
def test_every_shipped_scenario_builds_with_every_choice(name):
    scenario = load_scenario(name)
    scenario.build({}, 1, BODY)
    for spec in scenario.parameters.values():
        for choice in spec.choices or ():
            scenario.build({spec.name: choice}, 1, BODY)


@pytest.mark.parametrize("name", names("suites"))
def test_every_shipped_suite_builds(name):
    runs = load_suite(name).runs
    assert not [run.error for run in runs if run.error]
    for run in runs[:: max(1, len(runs) // 40)]:
        world, expectation = run.build(1, BODY)
        assert world.target is not None or not expectation.reaction
        assert str(expectation)


def test_parameters_reach_the_world(tmp_path):
    world, _ = build(tmp_path, GOOD, speed_kmh=72.0, brake="mid")
    assert world.ego.speed == pytest.approx(20.0)
    assert world.ego.brake == BRAKE_MODELS["mid"]
    assert world.actors[0].start.x == pytest.approx(BODY.front + 60.0 + 4.3 / 2)


def test_ice_is_a_mid_brake_that_is_declared_as_such(tmp_path):
    world, _ = build(tmp_path, GOOD, brake="ice")
    assert world.ego.brake == BRAKE_MODELS["ice"]
    assert world.ego.declared_brake == BRAKE_MODELS["mid"]


def test_friction_limits_the_brake(tmp_path):
    world, _ = build(tmp_path, GOOD, friction=0.3)
    assert world.ego.brake.deceleration == pytest.approx(0.3 * 9.80665)


def test_the_place_is_the_one_that_is_named(tmp_path):
    assert isinstance(build(tmp_path, GOOD)[0].place, Road)
    text = GOOD.replace("actors:", "garage: {ceiling: 2.2, ramp: down}\nactors:")
    world, _ = build(tmp_path, text)
    assert world.place == Garage(ceiling=2.2, ramp="down")
    assert any(actor.kind.name == "round_pillar" for actor in world.furniture)


@pytest.mark.parametrize("kmh", [8.0, 15.0])
def test_the_run_up_stays_inside_the_garage(kmh):
    world, _ = load_scenario("garage").build({"speed_kmh": kmh}, 1, BODY)
    waiting = world.with_run_up()
    assert waiting.ego.speed == 0.0
    assert waiting.ego.x + BODY.rear > waiting.place.start + 0.5


def test_the_approach_is_long_enough_at_any_speed():
    scenario = load_scenario("ccr_stationary")
    for kmh in (1.0, 20.0, 60.0, 135.0):
        for brake in BRAKE_MODELS:
            world, _ = scenario.build({"speed_kmh": kmh, "brake": brake}, 1, BODY)
            gap = world.actors[0].start.x - 4.3 / 2 - BODY.front
            assert gap / world.ego.speed >= 4.0
            assert gap > world.ego.brake.stopping_distance(world.ego.speed)


@pytest.mark.parametrize(
    "change, line, words",
    [
        (("kind: car", "kind: cart"), 6, ["actors.target.kind", "'cart'", "crash_barrel"]),
        (("ahead: 60", "ahed: 60"), 6, ["actors.target.ahed", "did you mean 'ahead'"]),
        (("ahead: 60", "ahead: far"), 6, ["actors.target.ahead", "must be a number"]),
        (("ahead: 60", "ahead: -3"), 6, ["out of range"]),
        (("$speed_kmh", "$speed"), 4, ["ego.speed_kmh", "names no parameter", "speed_kmh"]),
        (("about: own speed", "descr: own"), 3, ["parameters.speed_kmh.about", "missing"]),
        (("ego:", "eggo:"), 4, ["eggo", "not a known field", "did you mean 'ego'"]),
        (("ahead: 60}", "ahead: 60, ahead: 50}"), 6, ["twice"]),
        (("ahead: 60}", "overlap: 0.5, beside: 1}"), 6, ["cannot be combined"]),
        (("ahead: 60}", "ahead: 60"), 7, ["is not YAML"]),
        (("about: A test.", "about: 3"), 1, ["about", "must be a text"]),
        (("actors:\n", "actors: []\nx:\n"), 5, ["actors", "must be a mapping"]),
        (("actors:\n", "garag: {}\nactors:\n"), 5, ["garag", "did you mean 'garage'"]),
        (("actors:\n", "garage: {ceiling: 1}\nactors:\n"), 5, ["garage.ceiling", "2.1 <= "]),
        (("actors:\n", "garage: {ramp: over}\nactors:\n"), 5, ["garage.ramp", "up, down, none"]),
        (("actors:\n", "garage: {ailse: 5}\nactors:\n"), 5, ["garage.ailse", "'aisle'"]),
        (("actors:\n", "road: {}\ngarage: {}\nactors:\n"), 6, ["garage", "one place"]),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_field(tmp_path, change, line, words):
    with pytest.raises(ScenarioError) as caught:
        build(tmp_path, GOOD.replace(*change))
    message = str(caught.value)
    assert "\n" not in message
    assert f"mine.yaml:{line}: " in message
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    "values, words",
    [
        ({"speed_kmh": 200.0}, ["speed_kmh", "out of range", "130"]),
        ({"speed_kmh": "fast"}, ["speed_kmh", "must be a float"]),
        ({"brake": "super"}, ["brake", "good, mid, floor, wet, ice"]),
        ({"sped": 1}, ["'sped'", "did you mean 'speed_kmh'"]),
    ],
)
def test_values_that_are_no_good_are_refused(tmp_path, values, words):
    with pytest.raises(ScenarioError) as caught:
        build(tmp_path, GOOD, **values)
    for word in words:
        assert word in str(caught.value)


def test_a_crossing_that_would_have_to_begin_before_the_start_is_refused():
    values = {"crossing_kmh": 1.0, "start_m": 10.0, "distance": 30.0}
    with pytest.raises(ScenarioError, match="before the start"):
        load_scenario("crossing").build(values, 1, BODY)


def test_a_crossing_that_nobody_drives_to_is_refused(tmp_path):
    cross = "{kind: child, cross: {from: left, speed_kmh: 5}}"
    text = GOOD.replace("{kind: car, ahead: 60}", cross).replace("$speed_kmh", "0")
    with pytest.raises(ScenarioError, match=r"mine.yaml:6: actors.target.cross: cannot be timed"):
        build(tmp_path, text)


def test_unknown_names_list_what_there_is():
    with pytest.raises(ScenarioError, match=r"did you mean 'ccr_stationary'.*pass_by"):
        find("scenarios", "ccr_stationry")
    with pytest.raises(ScenarioError, match="smoke"):
        load_suite("nothing")


def test_missing_and_empty_files_are_named(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario(str(tmp_path / "none.yaml"))
    with pytest.raises(ScenarioError, match="is empty"):
        load_scenario(written(tmp_path, ""))


def test_a_row_s_expectation_adds_to_the_scenario_s(tmp_path):
    rows = "[{id: a, scenario: pass_by, expect: {max_impact_kmh: 5}}]"
    (run,) = load_suite(written(tmp_path, f"about: A test.\nruns: {rows}\n")).runs
    for _ in range(2):  # a run can be built again
        _, expectation = run.build(1, BODY)
        assert expectation == Expectation(reaction=False, max_impact_kmh=5.0)


def test_settings_are_parsed_by_what_they_look_like():
    assert parse_settings(["a=3", "b=-0.4", "c=pillar", "d=true"]) == {
        "a": 3, "b": -0.4, "c": "pillar", "d": True,
    }  # fmt: skip
    with pytest.raises(ScenarioError, match="must be name=value"):
        parse_settings(["speed"])


def test_light_is_read_and_what_is_wrong_is_named(tmp_path):
    world, _ = build(tmp_path, GOOD)
    assert (world.light.night, world.light.lamps) == (False, 0.0)
    world, _ = build(tmp_path, GOOD + "light: {night: true, headlights: high}\n")
    assert (world.light.night, world.light.lamps, world.light.sun_power) == (True, 2.0, 0.0)
    world, _ = build(tmp_path, GOOD + "light: {sun_elevation_deg: 5}\n")
    assert 0.0 < world.light.sun_power < 0.5
    for field in ("headlights: fog", "night: 1", "sun_elevation_deg: 120", "moon: 1"):
        with pytest.raises(ScenarioError, match=rf"mine.yaml.*{field.split(':')[0]}"):
            build(tmp_path, GOOD + f"light: {{{field}}}\n")

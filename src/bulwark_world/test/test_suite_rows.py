# SPDX-License-Identifier: Apache-2.0
"""Rows of suite files: what they stand for, and what is wrong with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.errors import ScenarioError
from bulwark_core.vehicle import VehicleParams
from bulwark_world.expectation import Expectation
from bulwark_world.suite import load_suite

BODY = VehicleParams()
CAR = "scenario: ccr_stationary"


@pytest.fixture
def suite(tmp_path):
    def load(text, seed=1):
        file = tmp_path / "mine.yaml"
        file.write_text(f"about: A test.\n{text}\n")
        return load_suite(str(file), seed)

    return load


def ids(suite):
    return [run.id for run in suite.runs]


def settings(suite):
    return [dict(run.settings) for run in suite.runs]


def test_a_grid_is_every_combination_the_last_named_first(suite):
    grid = "grid: {speed_kmh: {from: 10, to: 20, step: 5}, overlap: [-0.5, 1]}"
    runs = suite(f"runs: [{{id: 'a-{{speed_kmh:g}}-{{overlap}}', {CAR}, {grid}}}]")
    assert ids(runs) == ["a-10--0.5", "a-10-1", "a-15--0.5", "a-15-1", "a-20--0.5", "a-20-1"]
    assert settings(runs)[2] == {"speed_kmh": 15, "overlap": -0.5}


def test_ids_know_the_scenario_s_defaults(suite):
    assert ids(suite(f"runs: [{{id: '{{target}}-{{speed_kmh}}-{{reverse}}', {CAR}}}]")) == [
        "car-50-False"
    ]


def test_partial_rows_add_to_their_row_and_take_part_in_its_grid(suite):
    runs = suite(f"""
defaults: {{set: {{brake: mid, overlap: 0.5}}, clause: of all, layer: standard}}
runs:
  - id: "{{target}}-{{speed_kmh}}-{{overlap}}"
    {CAR}
    grid: {{overlap: [0.5, 1.0]}}
    rows:
      - {{set: {{speed_kmh: 20}}, clause: of one}}
      - {{set: {{speed_kmh: 30, target: pole}}, grid: {{overlap: [0.75]}}, layer: more}}
      - {{id: own, set: {{overlap: 0.25}}}}""")
    assert ids(runs) == ["car-20-0.5", "car-20-1", "pole-30-0.75", "own"]
    assert [run.clause for run in runs.runs] == ["of one", "of one", "of all", "of all"]
    assert [run.layer for run in runs.runs] == ["standard", "standard", "more", "standard"]
    assert all(run.settings["brake"] == "mid" for run in runs.runs)


def test_expectations_of_all_layers_add_up_and_may_name_parameters(suite):
    runs = suite(f"""
defaults: {{expect: {{min_decel: 5}}}}
runs:
  - {{id: a, {CAR}, expect: {{max_impact_kmh: $speed_kmh}},
      rows: [{{expect: {{warn_lead_s: 1}}}}]}}""")
    for _ in range(2):  # a run can be built again
        _, expectation = runs.runs[0].build(1, BODY)
        assert expectation == Expectation(max_impact_kmh=50.0, warn_lead_s=1.0, min_decel=5.0)


DRAW = f"""runs:
  - id: "{{from}}-{{draw:03d}}"
    scenario: crossing
    grid: {{from: [left, right]}}
    draw: {{count: 50, set: {{speed_kmh: {{from: 10, to: 80}}, who: [pedestrian, child], location: {{from: 0, to: 1, step: 0.25}}}}}}
  - {{id: one, {CAR}}}"""  # noqa: E501


def test_drawn_values_stay_in_their_range_and_fill_it(suite):
    runs = suite(DRAW)
    assert ids(runs)[:2] == ["left-001", "left-002"]
    assert len(ids(runs)) == 101
    drawn = settings(runs)[:100]
    speeds = [values["speed_kmh"] for values in drawn]
    assert 10.0 <= min(speeds) < 15.0
    assert 75.0 < max(speeds) <= 80.0
    assert len(set(speeds)) == 100
    assert {values["who"] for values in drawn} == {"pedestrian", "child"}
    assert {values["location"] for values in drawn} == {0.0, 0.25, 0.5, 0.75, 1.0}


def test_draws_depend_on_the_seed_and_not_on_the_place_in_the_file(suite):
    first = settings(suite(DRAW))
    assert settings(suite(DRAW)) == first
    assert settings(suite(DRAW, seed=2)) != first
    moved = DRAW.replace("runs:\n", f"runs:\n  - {{id: new, {CAR}}}\n")
    assert settings(suite(moved))[1:] == first
    fewer = settings(suite(DRAW.replace("count: 50", "count: 20")))
    assert fewer[:20] == first[:20]


def test_draws_are_the_same_on_every_machine(suite):
    assert settings(suite(DRAW))[0]["speed_kmh"] == 44.37236370445894


@given(low=st.integers(1, 60), count=st.integers(0, 60), step=st.sampled_from([0.1, 0.5, 1, 0.3]))
def test_a_range_has_both_its_ends(tmp_path_factory, low, count, step):
    file = tmp_path_factory.mktemp("range") / "mine.yaml"
    high = round(low + count * step, 6)
    grid = f"grid: {{speed_kmh: {{from: {low}, to: {high}, step: {step}}}}}"
    file.write_text(f"about: a\nruns: [{{id: '{{speed_kmh}}', {CAR}, {grid}}}]")
    values = [run.settings["speed_kmh"] for run in load_suite(str(file)).runs]
    assert (values[0], values[-1], len(values)) == (low, high, count + 1)


RANGE = "{from: 1, to: 134, step: 0.1}"
WRONG = [
    (f"{{id: ok, {CAR}}}", "runs[2].id: 'ok' is there twice"),
    ("{id: a, scenario: pas_by}", "runs[2].scenario: no scenario 'pas_by'; did you mean 'pass_by'"),
    (f"{{{CAR}}}", "runs[2].id: is missing"),
    ("{id: a}", "runs[2].scenario: is missing"),
    ("3", "runs[2]: must be a mapping"),
    ("{id: a, id: b}", "runs[2].id: is there twice"),
    ("{id: a, [b]: c}", "must have plain names"),
    (f"{{id: $a, {CAR}}}", "runs[2].id: names no parameter: $a"),
    (f"{{id: a, {CAR}, sets: {{}}}}", "runs[2].sets: is not a known field; did you mean 'set'"),
    (f"{{id: a, {CAR}, set: {{speed: 3}}}}", "runs[2].set.speed: scenario ccr_stationary has no"),
    (f"{{id: a, {CAR}, set: {{speed_kmh: 300}}}}", "runs[2].set.speed_kmh: "),
    (f"{{id: a, {CAR}, set: {{speed_kmh: .nan}}}}", "must be a finite number"),
    (f"{{id: a, {CAR}, set: []}}", "runs[2].set: must be a mapping"),
    (f"{{id: a, {CAR}, expect: {{gap: 3}}}}", "runs[2].expect.gap: is not a known field"),
    (f"{{id: a, {CAR}, grid: {{speed_kmh: []}}}}", "runs[2].grid.speed_kmh: is an empty list"),
    (f"{{id: a, {CAR}, grid: {{speed_kmh: 3}}}}", "must be a list or {from, to, step}"),
    (f"{{id: a, {CAR}, grid: {{speed_kmh: [1, 2]}}}}", "runs[2].id: 'a' is there twice"),
    (f"{{id: '{{spd}}', {CAR}}}", "runs[2].id: names no parameter: 'spd'; known: brake, "),
    (f"{{id: '{{draw}}', {CAR}}}", "runs[2].id: names no parameter: 'draw'"),
    (f"{{id: '{{target:g}}', {CAR}}}", "runs[2].id: '{target:g}' cannot be written out"),
    (f"{{id: '{{}}', {CAR}}}", "runs[2].id: '{}' cannot be written out"),
    (
        f"{{id: '{{speed_kmh}}', {CAR}, grid: {{speed_kmh: {{from: 1, to: 10, step: 2}}}}}}",
        "runs[2].grid.speed_kmh.step: of 2 from 1 does not reach 10, but 9",
    ),
    (
        f"{{id: a, {CAR}, grid: {{speed_kmh: {{from: 1, to: 9}}}}}}",
        "runs[2].grid.speed_kmh.step: is missing",
    ),
    (
        f"{{id: a, {CAR}, grid: {{speed_kmh: {{from: 1, to: 9, step: 0}}}}}}",
        "runs[2].grid.speed_kmh.step: is 0, must be more than 0",
    ),
    (
        f"{{id: a, {CAR}, grid: {{speed_kmh: {{from: 1, to: 9, step: 1.0e-9}}}}}}",
        "runs[2].grid.speed_kmh.step: is 1e-09: that are 8000000000 values",
    ),
    (
        f"{{id: a, {CAR}, grid: {{speed_kmh: {{from: 9, to: 1, step: 1}}}}}}",
        "runs[2].grid.speed_kmh.to: is 1, less than from: 9",
    ),
    (
        f"{{id: a, {CAR}, set: {{speed_kmh: 3}}, grid: {{speed_kmh: [3]}}}}",
        "runs[2].grid.speed_kmh: is in grid and in another place",
    ),
    (
        f"{{id: a, {CAR}, grid: {{speed_kmh: {RANGE}, distance: {RANGE}}}}}",
        "runs[2]: stands for 1771561 runs",
    ),
    (f"{{id: a, {CAR}, draw: {{set: {{speed_kmh: [3]}}}}}}", "runs[2].draw.count: is missing"),
    (
        f"{{id: a, {CAR}, draw: {{count: 2.5, set: {{speed_kmh: [3]}}}}}}",
        "runs[2].draw.count: must be a whole number",
    ),
    (
        f"{{id: a, {CAR}, draw: {{count: 2, set: {{speed_kmh: {{from: 9, to: 200}}}}}}}}",
        "runs[2].draw.set.speed_kmh: ",
    ),
    (
        f"{{id: a, {CAR}, draw: {{cont: 2, set: {{speed_kmh: [3]}}}}}}",
        "runs[2].draw.cont: is not a known field; did you mean 'count'",
    ),
    (f"{{id: a, {CAR}, rows: []}}", "runs[2].rows: holds no row"),
    (f"{{id: a, {CAR}, rows: 3}}", "runs[2].rows: must be a list"),
    (f"{{id: a, {CAR}, rows: [{{set: {{speed: 3}}}}]}}", "runs[2].rows[0].set.speed: "),
]


@pytest.mark.parametrize("row, words", WRONG)
def test_a_wrong_row_is_a_run_that_fails_and_the_others_stay(suite, row, words):
    loaded = suite(f"runs:\n  - {{id: ok, {CAR}}}\n  - {{id: ok2, {CAR}}}\n  - {row}\n"
                   f"  - {{id: last, {CAR}}}")  # fmt: skip
    first, second, wrong, last = loaded.runs
    assert (first.id, second.id, last.id) == ("ok", "ok2", "last")
    assert (first.error, second.error, last.error) == ("", "", "")
    assert "mine.yaml:5: " in wrong.error
    assert words in wrong.error
    with pytest.raises(ScenarioError) as caught:
        wrong.build(1, BODY)
    assert str(caught.value) == wrong.error


def test_each_wrong_partial_row_fails_alone(suite):
    rows = "rows: [{set: {speed: 3}}, {set: {speed_kmh: 3}}, 7]"
    loaded = suite(f"runs:\n  - {{id: '{{speed_kmh}}', {CAR}, {rows}}}")
    assert ids(loaded) == ["runs[0].rows[0]", "3", "runs[0].rows[2]"]
    assert [bool(run.error) for run in loaded.runs] == [True, False, True]


@pytest.mark.parametrize(
    "text, words",
    [
        ("runs: []", "runs: holds no run"),
        ("runs: 3", "runs: must be a list"),
        (f"runs: [{{id: a, {CAR}}}]\nrun: 3", "run: is not a known field"),
        (f"defaults: {{st: 3}}\nruns: [{{id: a, {CAR}}}]", "defaults.st: is not a known field"),
        (f"defaults: {{rows: []}}\nruns: [{{id: a, {CAR}}}]", "defaults.rows: belongs in a run"),
        ("runs: [", "is not YAML"),
        ("runs: \x07", "is not YAML"),
        ("runs: " + "[" * 5000, "is not YAML"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused(suite, text, words):
    with pytest.raises(ScenarioError, match=r"mine\.yaml:\d+: ") as caught:
        suite(text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_scenario_beside_the_suite_is_found(suite, tmp_path):
    (tmp_path / "own.yaml").write_text("about: Mine.\nego: {speed_kmh: 30}\n")
    (run,) = suite("runs: [{id: a, scenario: own.yaml}]").runs
    assert run.scenario.about == "Mine."

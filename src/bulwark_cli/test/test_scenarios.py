# SPDX-License-Identifier: Apache-2.0
"""`bulwark scenarios` and `bulwark scenario` from the outside."""

import json

import pytest
from click.testing import CliRunner

from bulwark_cli.scenarios import scenario, scenarios
from bulwark_core.errors import ScenarioError
from bulwark_world.run_source import find_run


def call(command, *arguments):
    return CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)


def test_a_run_that_passes_gives_0_and_its_json(tmp_path):
    file = tmp_path / "results" / "smoke.json"
    ended = call(scenarios, "--only", "parked-car-beside-60", "--brake", "mid", "--json", str(file))
    assert ended.return_value == 0
    assert "1 of 1 passed" in ended.output
    result = json.loads(file.read_text())
    assert (result["suite"], result["brake"]) == ("smoke", "mid")
    assert [run["id"] for run in result["runs"]] == ["parked-car-beside-60"]


def test_a_run_that_fails_gives_1_and_says_why(tmp_path):
    ended = call(
        scenario, "ccr_stationary", "--set", "speed_kmh=80", "--set", "distance=5",
        "--report", str(tmp_path),
    )  # fmt: skip
    assert ended.return_value == 1
    assert "contact" in ended.output
    assert (tmp_path / "ccr_stationary.html").stat().st_size > 10_000


def test_a_suite_s_report_is_one_page_of_the_runs_that_were_chosen(tmp_path):
    ended = call(
        scenarios, "--only", "car-standing-20", "--only", "pillar-30",
        "--set", "friction=0.9", "--workers", "1", "--report", str(tmp_path),
    )  # fmt: skip
    assert ended.return_value == 0
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]
    source = find_run(str(tmp_path), "pillar-30")
    assert source.settings["friction"] == 0.9
    assert "Every run is kept in full" in (tmp_path / "index.html").read_text()


def test_a_report_without_logs_holds_figures_only(tmp_path):
    call(scenarios, "--only", "car-standing-20", "--logs", "none", "--report", str(tmp_path))
    assert "No run is kept in full" in (tmp_path / "index.html").read_text()


def test_the_list_names_suites_and_runs():
    ended = call(scenarios, "--list")
    assert ended.return_value == 0
    assert "smoke" in ended.output
    assert "car-standing-60" in ended.output


def test_the_parameters_are_shown_with_their_ranges():
    ended = call(scenario, "ccr_stationary", "--params")
    assert "speed_kmh = 50.0 km/h" in ended.output
    assert "1 <= value <= 135" in ended.output


@pytest.mark.parametrize(
    "command, arguments, words",
    [
        (scenarios, ["--suite", "smok"], "did you mean 'smoke'"),
        (scenario, ["ccr_stationry"], "did you mean 'ccr_stationary'"),
        (scenario, ["ccr_stationary", "--set", "speed_kmh=999"], "out of range"),
        (scenario, ["ccr_stationary", "--set", "speed_kmh"], "name=value"),
    ],
)
def test_what_is_wrong_is_one_line_that_lists_what_there_is(command, arguments, words):
    with pytest.raises(ScenarioError, match=words):
        call(command, *arguments)


def test_an_unknown_run_is_bad_usage():
    ended = CliRunner().invoke(scenarios, ["--only", "nothing"])
    assert ended.exit_code == 2
    assert "car-standing-60" in ended.output

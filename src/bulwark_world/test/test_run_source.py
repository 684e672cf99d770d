# SPDX-License-Identifier: Apache-2.0
"""Runs are found again from names, run logs and pages."""

import json

import pytest
from suite_page import HIT, make_page

from bulwark_core.errors import ScenarioError
from bulwark_world.run_log import FORMAT
from bulwark_world.run_source import RunSource, find_run
from bulwark_world.suite_report.keep import Logs
from bulwark_world.suite_report.page import write_suite_page


@pytest.fixture
def page(tmp_path):
    write_suite_page(make_page(Logs.NONE, full=False), tmp_path / "index.html")
    return tmp_path


def test_a_name_is_a_scenario_and_so_is_a_yaml_file():
    assert find_run("crossing") == RunSource("crossing", "crossing")
    assert find_run("mine/odd.yaml") == RunSource("odd", "mine/odd.yaml")


@pytest.mark.parametrize("file", ["", "index.html"])
def test_a_run_of_a_page_has_its_settings_seed_and_sensors(page, file):
    source = find_run(str(page / file), HIT)
    assert (source.id, source.scenario) == (HIT, "ccr_stationary")
    assert (source.seed, source.sensors) == (1, "objects")
    assert source.settings["overlap"] == 0.5
    assert source.settings["target"] == "car"
    assert "clearance" not in source.settings  # another scenario's


def test_a_run_log_says_what_it_was(tmp_path):
    config = {"scenario": "crossing", "parameters": {"speed_kmh": 40.0}, "seed": 7}
    log = {"format": FORMAT, "config": config, "record": {"id": "demo"}}
    (tmp_path / "run.json").write_text(json.dumps(log))
    source = find_run(str(tmp_path / "run.json"))
    assert source == RunSource("demo", "crossing", {"speed_kmh": 40.0}, 7)


@pytest.mark.parametrize(
    "name, text, words",
    [
        ("a.json", "{}\n{", "a.json:2: is not JSON"),
        ("a.json", "[]", "is no run log"),
        ("a.json", json.dumps({"format": FORMAT}), "has no 'config'"),
        ("a.html", "<p>", "is no page of a suite"),
        ("a.json", None, "No such file"),
    ],
)
def test_what_is_no_run_is_named(tmp_path, name, text, words):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(ScenarioError) as caught:
        find_run(str(tmp_path / name))
    assert words in str(caught.value)


def test_which_run_of_a_page_has_to_be_said(page):
    with pytest.raises(ScenarioError, match="holds 25 runs: name one with --run"):
        find_run(str(page))
    with pytest.raises(ScenarioError, match="has no run 'car'; there are: car-20--0"):
        find_run(str(page), "car")

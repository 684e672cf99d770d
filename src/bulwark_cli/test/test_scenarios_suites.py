# SPDX-License-Identifier: Apache-2.0
"""`bulwark scenarios` with suites of one's own: choosing, going on, what is written and printed."""

import json
import signal
import subprocess
import sys
import time
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from bulwark_cli.scenarios import scenarios
from bulwark_core.errors import ScenarioError

SHORT = """\
about: A moment beside a car.
parameters:
  clearance: {default: 1, minimum: -5, maximum: 5, about: to the side}
  after_s: {default: 0.3, minimum: 0.1, maximum: 60, about: end}
ego: {speed_kmh: 30}
actors: {target: {kind: car, ahead: 300, beside: $clearance}}
expect: {reaction: false}
end: {after_s: $after_s}
"""
SUITE = """\
about: A test.
runs:
  - {id: "left-{clearance}", scenario: short.yaml, layer: near, grid: {clearance: [1, 2, 3]}}
  - {id: "right[{clearance}]", scenario: short.yaml, layer: far, grid: {clearance: [-1, -2]}}
"""
WRONG = "  - {id: wrong, scenario: short.yaml, set: {clearence: 3}, clause: C 1}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BULWARK_ROOT", str(tmp_path / "root"))
    (tmp_path / "short.yaml").write_text(SHORT)
    (tmp_path / "mine.yaml").write_text(SUITE)
    return tmp_path


def call(folder, *arguments):
    arguments = ["--suite", str(folder / "mine.yaml"), "--workers", "1", *arguments]
    return CliRunner().invoke(scenarios, arguments, standalone_mode=False, catch_exceptions=False)


def ids_of(folder, *only):
    patterns = [word for pattern in only for word in ("--only", pattern)]
    ended = call(folder, *patterns, "--json", str(folder / "out.json"))
    assert ended.return_value == 0
    return [run["id"] for run in json.loads((folder / "out.json").read_text())["runs"]]


@pytest.mark.parametrize(
    "only, ids",
    [
        (["left-2"], ["left-2"]),
        (["right[[]-1*", "left-[13]"], ["left-1", "left-3", "right[-1]"]),
        (["right[-2]"], ["right[-2]"]),
        (["*t*"], ["left-1", "left-2", "left-3", "right[-1]", "right[-2]"]),
    ],
)
def test_only_takes_ids_and_globs_and_keeps_the_rows_order(folder, only, ids):
    assert ids_of(folder, *only) == ids


def test_what_matches_nothing_is_named(folder):
    arguments = ["--suite", str(folder / "mine.yaml"), "--only", "left-2", "--only", "lft-3"]
    ended = CliRunner().invoke(scenarios, arguments)
    assert ended.exit_code == 2
    assert "no run 'lft-3'; did you mean 'left-3'?" in " ".join(ended.output.split())


def test_a_wrong_row_is_a_failed_run_and_the_rest_goes_on(folder):
    (folder / "mine.yaml").write_text(SUITE + WRONG)
    ended = call(folder, "--json", str(folder / "out.json"), "--junit", str(folder / "out.xml"))
    assert ended.return_value == 1
    assert "5 of 6 passed" in ended.output
    result = json.loads((folder / "out.json").read_text())
    counts = {"runs": 6, "passed": 5, "failed": 1, "false_events": 0}
    assert result["summary"].items() >= counts.items()
    wrong = result["runs"][-1]
    assert (wrong["id"], wrong["clause"], wrong["layer"]) == ("wrong", "C 1", "")
    assert "mine.yaml:5: runs[2].set.clearence: " in wrong["reason"]
    assert "did you mean 'clearance'" in wrong["reason"]
    suite = ElementTree.parse(folder / "out.xml").find("testsuite")
    assert (suite.get("tests"), suite.get("errors")) == ("6", "1")


def test_several_suites_give_a_list(folder):
    (folder / "other.yaml").write_text(SUITE)
    ended = call(
        folder, "--suite", str(folder / "other.yaml"), "--only", "left-1",
        "--json", str(folder / "out.json"),
    )  # fmt: skip
    assert ended.return_value == 0
    results = json.loads((folder / "out.json").read_text())
    assert [result["suite"] for result in results] == ["mine", "other"]


def test_what_is_set_holds_for_every_run_and_must_be_known_to_all(folder):
    ended = call(folder, "--set", "brake=floor", "--json", str(folder / "out.json"))
    assert ended.return_value == 0
    assert json.loads((folder / "out.json").read_text())["brake"] == "floor"
    with pytest.raises(ScenarioError, match="has no parameter 'speed'"):
        call(folder, "--set", "speed=3")


def test_layers_are_summed_up(folder):
    lines = [line.split() for line in call(folder).output.splitlines()]
    sums = {line[1]: line[3] for line in lines if len(line) > 3 and line[1] in ("near", "far")}
    assert sums == {"near": "3", "far": "2"}


def test_a_big_suite_prints_failures_and_sums_only(folder):
    (folder / "mine.yaml").write_text(
        SUITE.replace("[1, 2, 3]", "{from: 1, to: 4.9, step: 0.1}") + WRONG
    )
    arguments = "--set", "after_s=0.25"
    ended = call(folder, *arguments)
    assert ended.return_value == 1
    assert "left-1.1" not in ended.output
    assert "wrong: not carried out" in ended.output
    assert "short" in ended.output
    assert "42 of 43 passed" in ended.output
    assert "left-1.1" in call(folder, *arguments, "--all").output


def test_the_list_names_settings_and_counts(folder):
    ended = call(folder, "--list")
    assert ended.return_value == 0
    assert "clearance=-2" in ended.output
    assert "5 runs, 3 near, 2 far" in ended.output


@pytest.mark.slow
def test_interrupted_with_ctrl_c_it_tells_and_goes_on(folder):
    """Two real processes and their workers, the first ended by SIGINT in the middle."""
    (folder / "mine.yaml").write_text(
        SUITE.replace("[1, 2, 3]", "{from: 1, to: 4.5, step: 0.5}") + WRONG
    )
    command = [
        sys.executable, "-m", "bulwark_cli.main", "scenarios", "--workers", "2",
        "--suite", str(folder / "mine.yaml"), "--set", "after_s=5",
    ]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    journals = folder / "root" / "build" / "scenarios"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and _lines(journals) < 2:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on from there" in said
    assert "Traceback" not in said
    done = _lines(journals) - 1
    assert 1 <= done < 11
    file = folder / "resumed.json"
    again = subprocess.run(
        [*command, "--json", str(file)], capture_output=True, text=True, check=False
    )
    assert f"going on after {done} of 11 runs" in again.stderr
    whole = folder / "whole.json"
    call(folder, "--set", "after_s=5", "--json", str(whole))
    assert file.read_bytes() == whole.read_bytes()
    assert not journals.exists()


def _lines(journals):
    return sum(len(file.read_text().splitlines()) for file in journals.glob("*.jsonl"))

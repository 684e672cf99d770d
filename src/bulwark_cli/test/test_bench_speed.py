# SPDX-License-Identifier: Apache-2.0
"""`bulwark bench world`, `aeb` and `jitter` from the outside, on little."""

import json

import pytest
from click.testing import CliRunner

from bulwark_cli.bench.aeb import measure
from bulwark_cli.bench.cli import bench
from bulwark_cli.bench.recorder import Turn, summary


def call(*arguments):
    return CliRunner().invoke(bench, arguments, catch_exceptions=False)


def test_world_tells_how_many_simulated_seconds_were_driven(tmp_path):
    file = tmp_path / "world.json"
    ended = call("world", "--sensors", "objects", "--runs", "1", "--json", str(file))
    assert ended.exit_code == 0
    (speed,) = json.loads(file.read_text())["speeds"]
    assert (speed["sensing"], speed["workers"], speed["runs"]) == ("objects", 1, 1)
    assert 5.0 < speed["simulated_s"] < 60.0
    assert speed["per_core"] == pytest.approx(speed["simulated_s"] / speed["cpu_s"], abs=0.01)


def test_aeb_has_a_row_for_each_number_of_objects(tmp_path):
    file = tmp_path / "aeb.json"
    options = ("--objects", "0", "--objects", "200", "--ticks", "20")
    assert call("aeb", *options, "--json", str(file)).exit_code == 0
    empty, full = json.loads(file.read_text())["decisions"]
    assert (empty["objects"], empty["targets"]) == (0, 0.0)
    assert (full["objects"], full["targets"]) == (200, 1.0)
    assert 0.0 < full["decision_ms"]["p50"] <= full["decision_ms"]["p99"]


def test_lists_and_ticks_are_timed_apart():
    times = measure(3, 20)
    assert (len(times.decision.cpu), len(times.new_list.cpu)) == (20, 4)


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    ended = call("aeb", "--objects", "1", "--ticks", "10", "--json", str(tmp_path / "no" / "x"))
    assert ended.exit_code == 1
    assert "x" in ended.output


@pytest.mark.slow
def test_jitter_is_told_by_the_real_node(tmp_path):
    file = tmp_path / "jitter.json"
    assert call("jitter", "--minutes", "0.05", "--json", str(file)).exit_code == 0
    found = json.loads(file.read_text())
    assert found["tick_jitter"]["count"] > 50
    assert found["collection"]["count"] > 10
    assert 0.0 <= found["tick_jitter"]["p50_ms"] <= found["tick_jitter"]["max_ms"]


def test_the_recorder_is_judged_over_all_turns():
    turns = [
        Turn(False, [10.0] * 98 + [20.0] * 2),
        Turn(True, [11.0] * 100, [90.0, 120.0], 0.25, {"dropped": "0"}),
        Turn(False, [10.0] * 100),
        Turn(True, [11.0] * 97 + [30.0] * 3, [80.0], 0.15),
    ]
    found = summary(turns)
    assert (found["without"], found["with"]) == (
        {"p50_ms": 10.0, "p99_ms": 10.1},
        {"p50_ms": 11.0, "p99_ms": 30.0},
    )
    assert found["change"] == {"p50_ms": 0.1, "p99_ms": 1.9703}
    assert (found["rss_mb_max"], found["cpu"]) == (120.0, [0.25, 0.15])
    assert turns[1].as_dict()["said"] == {"dropped": "0"}
    assert summary([Turn(False), Turn(True)])["change"] == {"p50_ms": None, "p99_ms": None}


@pytest.mark.ros
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_recorder_runs_beside_the_real_nodes(tmp_path):
    file = tmp_path / "recorder.json"
    options = ("--minutes", "0.1", "--turn", "4", "--json", str(file))
    assert call("recorder", *options).exit_code == 0
    found = json.loads(file.read_text())
    assert [turn["with_recorder"] for turn in found["turns"]] == [False, True]
    assert all(turn["scans"] > 5 for turn in found["turns"])
    assert found["turns"][1]["rss_mb"][0] > 10.0
    assert float(found["turns"][1]["said"]["held_mb"]) > 0.0

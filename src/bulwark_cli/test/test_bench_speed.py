# SPDX-License-Identifier: Apache-2.0
"""`bulwark bench world`, `aeb` and `jitter` from the outside, on little."""

import json

import pytest
from click.testing import CliRunner

from bulwark_cli.bench.aeb import measure
from bulwark_cli.bench.cli import bench


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

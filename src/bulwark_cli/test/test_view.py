# SPDX-License-Identifier: Apache-2.0
"""`bulwark view` from the outside."""

import pytest
from click.testing import CliRunner

from bulwark_cli.view import view
from bulwark_core.errors import ScenarioError
from bulwark_replay.bags import open_bag

NEAR = ("ccr_stationary", "--set", "speed_kmh=20", "--set", "distance=8")


def call(*arguments):
    return CliRunner().invoke(view, arguments, standalone_mode=False, catch_exceptions=False)


def test_a_scenario_becomes_a_bag_that_it_says_how_to_open(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = call(*NEAR)
    assert ended.return_value == 0
    folder = tmp_path / "reports" / "views" / "ccr_stationary"
    assert "ros2 bag play" in ended.output
    assert "ccr_stationary.mcap" in ended.output
    with open_bag(folder) as bag:
        assert {"/aeb/state", "/markers/world", "/tf"} <= {topic.name for topic in bag.topics}


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["crosing"], "did you mean 'crossing'"),
        (["crossing", "--set", "speed_kmh=999"], "out of range"),
        (["nothing.json"], "nothing.json: No such file"),
    ],
)
def test_what_is_wrong_is_one_line_and_writes_nothing(arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError, match=words):
        call(*arguments)
    assert not [*tmp_path.iterdir()]

# SPDX-License-Identifier: Apache-2.0
"""Parameter files and single values for the replayed nodes."""

from __future__ import annotations

import pytest

from bulwark_core.errors import ParameterError
from bulwark_replay.parameters import Parameters

NODES = ("lidar_perception", "aeb_supervisor")


@pytest.fixture
def parameters() -> Parameters:
    return Parameters(NODES)


def write(folder, name: str, text: str):
    (folder / name).write_text(text)
    return folder / name


def test_without_a_file_the_defaults_hold(parameters):
    assert parameters.of("aeb_supervisor").timer_rate == 50.0


def test_a_value_for_all_goes_to_every_node_that_has_it(parameters, tmp_path):
    text = "/**:\n  ros__parameters:\n    vehicle:\n      width: 2.5\n"
    parameters.read(write(tmp_path, "my_car.yaml", text))
    assert [parameters.of(node).vehicle.width for node in NODES] == [2.5, 2.5]


def test_a_nodes_own_file_and_section_are_for_that_node(parameters, tmp_path):
    own = "/**:\n  ros__parameters:\n    vehicle.width: 2.5\n"
    parameters.read(write(tmp_path, "aeb_supervisor.param.yaml", own))
    section = "lidar_perception:\n  ros__parameters:\n    vehicle: {width: 2.2}\n"
    parameters.read(write(tmp_path, "other.yaml", section))
    assert [parameters.of(node).vehicle.width for node in NODES] == [2.2, 2.5]


def test_shipped_files_come_first_then_files_then_single_values(parameters, tmp_path):
    write(tmp_path, "vehicle.param.yaml", "/**: {ros__parameters: {vehicle: {width: 2.0}}}")
    write(tmp_path, "aeb_supervisor.param.yaml", "/**: {ros__parameters: {timer_rate: 40.0}}")
    parameters.read_shipped(tmp_path)
    assert parameters.of("aeb_supervisor").timer_rate == 40.0
    parameters.read(write(tmp_path, "mine.yaml", "/**: {ros__parameters: {timer_rate: 60.0}}"))
    assert parameters.of("aeb_supervisor").timer_rate == 60.0
    parameters.set("aeb_supervisor.timer_rate=80")
    assert parameters.of("aeb_supervisor").timer_rate == 80.0
    assert parameters.of("lidar_perception").vehicle.width == 2.0


def test_sections_of_nodes_that_are_not_replayed_are_left_alone(parameters, tmp_path):
    text = "planner: {ros__parameters: {no_such: 1}}\n/planner: {ros__parameters: {no_such: 1}}"
    parameters.read(write(tmp_path, "all.yaml", text))


@pytest.mark.parametrize("text,reason", [
    ("/**: {ros__parameters: {widht: 1.0}}", "no parameter 'widht'"),
    ("/**: {timer_rate: 1.0}", "has no 'ros__parameters'"),
    ("- 1\n- 2", "no ROS parameter file"),
    ("/**: [", "cannot be read as YAML"),
])  # fmt: skip
def test_a_wrong_file_is_named_with_the_reason(parameters, tmp_path, text, reason):
    file = write(tmp_path, "wrong.yaml", text)
    with pytest.raises(ParameterError, match=reason) as caught:
        parameters.read(file)
    assert str(file) in str(caught.value)


def test_a_missing_file_is_named(parameters, tmp_path):
    with pytest.raises(ParameterError, match=r"nowhere\.yaml"):
        parameters.read(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("setting,reason", [
    ("aeb_supervisor.timer_rate", "write it as node.parameter=value"),
    ("timer_rate=3", "write it as node.parameter=value"),
    ("radar.range=3", "'radar' is not replayed"),
    ("aeb_supervisor.timer_raet=60", "did you mean 'timer_rate'"),
    ("aeb_supervisor.timer_rate=fast", "must be a float"),
    ("aeb_supervisor.timer_rate=1", "out of range"),
    ("aeb_supervisor.timer_rate=[", "is no value"),
])  # fmt: skip
def test_a_wrong_setting_is_refused_with_the_reason(parameters, setting, reason):
    with pytest.raises(ParameterError, match=reason):
        parameters.set(setting)

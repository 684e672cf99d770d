# SPDX-License-Identifier: Apache-2.0
"""The launch files of the repository against the interface manifest and the parameter files."""

from pathlib import Path

import pytest

from bulwark_cli.launch.arguments import declared_arguments
from bulwark_cli.launch.parse import parse_file
from bulwark_cli.launch.resolve import resolve_file
from bulwark_cli.launch.spec import File, Inline
from bulwark_core.errors import LaunchError
from bulwark_core.interfaces import load_manifest
from bulwark_core.params import build, specs

REPOSITORY = Path(__file__).resolve().parents[3]
LAUNCH = REPOSITORY / "launch"
CONFIG = REPOSITORY / "config"
FILES = sorted(path.name for path in LAUNCH.glob("*.launch.xml"))
NODES = load_manifest().nodes
ON_WISH = {"clip_recorder"}
STACK = [name for name in NODES if name != "world" and name not in ON_WISH]
SENSOR_TOPICS = {
    "lidar_topic": "/lidar/points",
    "odometry_topic": "/vehicle/odometry",
    "status_topic": "/vehicle/status",
    "route_topic": "/route",
    "command_topic": "/control/command",
}


@pytest.fixture
def nodes(prefix):
    share = prefix.bringup()

    def resolve(name, **arguments):
        path = share / "launch" / f"{name}.launch.xml"
        return {spec.name: spec for spec in resolve_file(path, arguments).nodes}

    return resolve


def topics(spec):
    """Where each port's name leads, as ROS resolves it."""
    namespace = spec.namespace.rstrip("/")
    return {
        name: target if target.startswith("/") else f"{namespace}/{target}"
        for name, target in spec.remaps
    }


def expected_topics(name):
    return {port.ros_name: port.topic.name for port in NODES[name].ports if not port.is_global}


def inline(spec):
    return {
        name: value
        for source in spec.parameters
        if isinstance(source, Inline)
        for name, value in source.values.items()
    }


@pytest.mark.parametrize("name", NODES)
def test_leaf_file_starts_its_node_with_the_manifests_topics(nodes, name):
    (spec,) = nodes(name).values()
    assert (spec.package, spec.executable, spec.name) == (NODES[name].package, name, name)
    assert spec.full_name == f"/{name}"
    assert topics(spec) == expected_topics(name)


@pytest.mark.parametrize("name", NODES)
def test_parameters_come_from_the_vehicles_and_the_nodes_file_then_from_arguments(nodes, name):
    (spec,) = nodes(name).values()
    files = [s.path.resolve() for s in spec.parameters if isinstance(s, File)]
    assert files == [CONFIG / "vehicle.param.yaml", CONFIG / f"{name}.param.yaml"]
    assert all(isinstance(source, Inline) for source in spec.parameters[2:])
    given = {key: value for key, value in inline(spec).items() if key != "use_sim_time"}
    build(NODES[name].params_class(), given)


@pytest.mark.parametrize("name", NODES)
def test_default_of_an_argument_is_the_default_of_the_parameter(nodes, name):
    """So that a parameter file that changes nothing else means the same with and without launch."""
    (spec,) = nodes(name).values()
    defaults = {spec.name: spec.default for spec in specs(NODES[name].params_class())}
    defaults["use_sim_time"] = False
    assert inline(spec) == {key: defaults[key] for key in inline(spec)}


def test_stack_is_every_node_but_the_world(nodes):
    assert list(nodes("stack")) == STACK


@pytest.mark.parametrize("file", ["demo", "replay"])
def test_simulated_time_where_it_is_needed(nodes, file):
    started = nodes(file)
    assert set(started) == (set(NODES) - ON_WISH if file == "demo" else set(STACK))
    assert all(inline(started[name])["use_sim_time"] is True for name in STACK)


def test_stack_takes_real_time_unless_told_otherwise(nodes):
    assert all(inline(spec)["use_sim_time"] is False for spec in nodes("stack").values())
    simulated = nodes("stack", use_sim_time="true")
    assert all(inline(spec)["use_sim_time"] is True for spec in simulated.values())


def test_demo_ends_with_the_world(nodes):
    assert [name for name, spec in nodes("demo").items() if spec.shutdown_on_exit] == ["world"]


@pytest.mark.parametrize("argument, topic", SENSOR_TOPICS.items())
def test_a_vehicles_own_topic_replaces_the_manifests_everywhere(nodes, argument, topic):
    started = nodes("demo", **{argument: "/my/own"})
    for name, spec in started.items():
        expected = {k: "/my/own" if v == topic else v for k, v in expected_topics(name).items()}
        assert topics(spec) == expected


def test_camera_is_one_namespace(nodes):
    spec = nodes("stack", camera_ns="/sensing/camera0")["camera_perception"]
    assert topics(spec)["~/input/image"] == "/sensing/camera0/image_raw"
    assert topics(spec)["~/input/compressed"] == "/sensing/camera0/image_raw/compressed"
    assert topics(spec)["~/input/camera_info"] == "/sensing/camera0/camera_info"


def test_namespace_moves_nodes_and_topics(nodes):
    for name, spec in nodes("demo", namespace="ego").items():
        assert spec.full_name == f"/ego/{name}"
        assert topics(spec) == {k: f"/ego{v}" for k, v in expected_topics(name).items()}


def test_nodes_can_be_left_out(nodes):
    started = nodes("stack", use_camera="false", use_planner="false")
    assert list(started) == ["lidar_perception", "static_obstacles", "aeb_supervisor"]


def test_the_clip_recorder_can_be_added(nodes):
    assert list(nodes("stack", record_clips="true")) == [*STACK, "clip_recorder"]


def test_rviz_can_be_added(nodes):
    assert nodes("stack", rviz="true")["rviz2"].words[0] == "-d"


def test_arguments_reach_their_parameters(nodes):
    started = nodes("demo", model="/m.onnx", device="cpu", planner_follow_objects="false",
                    scenario="1", seed="7", real_time_factor="2")  # fmt: skip
    assert inline(started["camera_perception"])["launch.model"] == "/m.onnx"
    assert inline(started["camera_perception"])["launch.device"] == "cpu"
    assert inline(started["planner"])["follow_objects"] is False
    world = inline(started["world"])
    assert (world["scenario"], world["seed"], world["real_time_factor"]) == ("1", 7, 2.0)


def test_configuration_of_ones_own(nodes, tmp_path):
    for name in ("vehicle", *NODES):
        (tmp_path / f"{name}.param.yaml").write_text("")
    for name, spec in nodes("demo", config_dir=str(tmp_path)).items():
        files = [s.path for s in spec.parameters if isinstance(s, File)]
        assert files == [tmp_path / "vehicle.param.yaml", tmp_path / f"{name}.param.yaml"]


def test_parameter_file_of_one_node(nodes, tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("")
    started = nodes("stack", planner_params_file=str(mine))
    users = [name for name, spec in started.items() if File(mine) in spec.parameters]
    assert users == ["planner"]
    with pytest.raises(LaunchError, match="parameter file /no does not exist"):
        nodes("stack", planner_params_file="/no")


@pytest.mark.parametrize("file", FILES)
def test_every_argument_is_described(prefix, file):
    prefix.bringup()
    for name, argument in declared_arguments(parse_file(LAUNCH / file), {}).items():
        assert argument.description, f"{file}: {name}"


def test_arguments_of_one_name_have_one_default():
    """An include is no scope: the first file's default would count for all that follow."""
    defaults = {}
    for file in FILES:
        for name, argument in declared_arguments(parse_file(LAUNCH / file), {}).items():
            defaults.setdefault(name, set()).add(str(argument.default))
    several = {name for name, texts in defaults.items() if len(texts) > 1}
    assert several == {"params_file"}  # each include passes it

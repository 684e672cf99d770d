# SPDX-License-Identifier: Apache-2.0
import pytest

from bulwark_core.interfaces import Direction, Qos, load_manifest
from bulwark_core.objects import Motion, ObjectClass
from bulwark_core.ros_ports import message_class, qos_profile
from bulwark_msgs.msg import Object

MANIFEST = load_manifest()


@pytest.mark.parametrize("topic", MANIFEST.topics.values(), ids=lambda topic: topic.name)
def test_every_type_exists(topic):
    assert message_class(topic.type).__name__ == topic.type.rsplit("/", maxsplit=1)[-1]


def test_every_topic_has_one_source_and_every_input_has_one():
    inputs = {p.topic.name for n in MANIFEST.nodes.values() for p in n.of(Direction.INPUT)}
    outputs = [
        p.topic.name
        for n in MANIFEST.nodes.values()
        for p in n.of(Direction.OUTPUT, Direction.DEBUG)
    ]
    assert len(outputs) == len(set(outputs))
    from_drivers = {"/camera/front/image_raw/compressed"}
    from_all_nodes = {"/diagnostics"}
    assert inputs - set(outputs) == from_drivers | from_all_nodes


def test_four_named_profiles():
    profiles = {qos: qos_profile(qos) for qos in Qos}
    assert len(profiles) == 4
    assert len({str(profile.get_c_qos_profile) for profile in profiles.values()}) == 4


@pytest.mark.parametrize("enum, prefix", [(ObjectClass, "CLASS_"), (Motion, "MOTION_")])
def test_enums_are_those_of_the_message(enum, prefix):
    constants = {
        name.removeprefix(prefix): getattr(Object, name)
        for name in dir(Object)
        if name.startswith(prefix)
    }
    assert constants == {member.name: member.value for member in enum}


def test_unknown_port_is_named():
    with pytest.raises(KeyError, match="planner has no port 'lidar'"):
        MANIFEST.nodes["planner"].port("lidar")


def test_port_names():
    node = MANIFEST.nodes["lidar_perception"]
    assert node.port("points").ros_name == "~/input/points"
    assert node.port("markers").ros_name == "~/debug/markers"
    assert node.port("tf_static").ros_name == "/tf_static"

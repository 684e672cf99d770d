# SPDX-License-Identifier: Apache-2.0
"""Definitions in a bag beside ours, and equal bytes for equal messages."""

from __future__ import annotations

import pytest
from rclpy.serialization import deserialize_message, serialize_message
from rosbags.rosbag2 import StoragePlugin, Writer

from bulwark_core.errors import BagError
from bulwark_msgs.msg import AebState
from bulwark_replay.bags import open_bag
from bulwark_replay.definitions import foreign_fields, normal_form, typestore
from bulwark_replay.topics import STATUS, find_topics

STATUS_TYPE = "bulwark_msgs/msg/VehicleStatus"


def test_our_own_definition_is_not_foreign():
    text, _ = typestore().generate_msgdef(STATUS_TYPE, ros_version=2)
    assert foreign_fields(text, STATUS_TYPE) == ""


def test_another_definition_is_told_with_the_fields_that_differ():
    words = foreign_fields("uint8 gear\nfloat32 warp\n", STATUS_TYPE)
    assert words.startswith(f"recorded with another definition of {STATUS_TYPE} (")
    assert "warp" in words


@pytest.mark.parametrize("text", ["", "no definition at all", "uint8 x\n"])
def test_what_is_not_known_or_cannot_be_parsed_is_not_compared(text):
    assert foreign_fields(text, "other_msgs/msg/Thing") == ""


def test_messages_of_another_definition_and_unknown_types_are_skipped_and_listed(tmp_path, scan):
    path = tmp_path / "old"
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        cloud = writer.add_connection(
            "/points", "sensor_msgs/msg/PointCloud2", typestore=typestore()
        )
        writer.write(cloud, 1, serialize_message(scan))
        for topic, type_name in (("/status", STATUS_TYPE), ("/odd", "other_msgs/msg/Thing")):
            odd = writer.add_connection(
                topic, type_name, msgdef="float32 warp\n", rihs01="RIHS01_0"
            )
            writer.write(odd, 2, b"\0\1\0\0\0\0\0\0")
    with open_bag(path) as bag:
        topics = bag.topics
    found = find_topics(topics)
    assert found.source_of(STATUS) is None
    reasons = {topic.name: why for topic, why in found.skipped}
    assert "recorded with another definition" in reasons["/status"]
    assert reasons["/odd"] == "unknown type"
    with pytest.raises(BagError, match="recorded with another definition"):
        find_topics(topics, [("/status", STATUS)])


@pytest.fixture
def scan():
    from numpy import zeros

    from bulwark_core.convert.clouds import make_cloud

    return make_cloud(zeros((5, 3), "float32"), "lidar", 1)


def test_equal_messages_have_one_normal_form_which_is_still_the_message():
    state = AebState(explanation="abc", state_reasons=[1, 2], target_distance=3.5)
    forms = set()
    for size in range(8):
        serialize_message(AebState(explanation="x" * 100 * size))  # leaves other bytes behind
        forms.add(normal_form("bulwark_msgs/msg/AebState", serialize_message(state)))
    (form,) = forms
    assert deserialize_message(form, AebState) == deserialize_message(
        serialize_message(state), AebState
    )
    assert normal_form("other_msgs/msg/Thing", b"abc") == b"abc"

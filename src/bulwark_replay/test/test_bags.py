# SPDX-License-Identifier: Apache-2.0
"""Bags of both storages, whole and broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from rclpy.serialization import deserialize_message
from rosbags.rosbag1 import Writer as Ros1Writer
from rosbags.rosbag2 import CompressionMode, StoragePlugin
from rosbags.typesys import Stores, get_typestore
from sensor_msgs.msg import PointCloud2

from bulwark_core.convert.clouds import read_cloud
from bulwark_core.errors import BagError
from bulwark_replay.bags import open_bag

STORAGES = [
    (StoragePlugin.MCAP, CompressionMode.NONE),
    (StoragePlugin.MCAP, CompressionMode.STORAGE),
    (StoragePlugin.MCAP, CompressionMode.MESSAGE),
    (StoragePlugin.MCAP, CompressionMode.FILE),
    (StoragePlugin.SQLITE3, CompressionMode.NONE),
    (StoragePlugin.SQLITE3, CompressionMode.MESSAGE),
    (StoragePlugin.SQLITE3, CompressionMode.FILE),
]


def error_of(path: Path) -> str:
    with pytest.raises(BagError) as caught, open_bag(path) as bag:
        list(bag.messages({topic.name for topic in bag.topics}))
    text = str(caught.value)
    assert path.name in text
    assert "\n" not in text
    return text


@pytest.mark.parametrize("storage,compression", STORAGES)
def test_a_bag_gives_back_what_was_written(write_bag, drive_entries, storage, compression):
    path = write_bag(drive_entries, storage, compression)
    with open_bag(path) as bag:
        assert bag.name == "drive"
        assert [(t.name, t.count) for t in bag.topics] == [
            ("/odom", 30), ("/points", 6), ("/tf_static", 1),
        ]  # fmt: skip
        read = list(bag.messages({"/points"}))
    written = [entry for entry in drive_entries if entry[0] == "/points"]
    assert [message.log_ns for message in read] == [log_ns for _, _, log_ns in written]
    for message, (_, cloud, _) in zip(read, written, strict=True):
        assert deserialize_message(message.cdr, PointCloud2) == cloud


@pytest.mark.parametrize("storage", list(StoragePlugin))
def test_a_bare_file_is_a_bag_too(write_bag, drive_entries, storage):
    (file,) = (f for f in write_bag(drive_entries, storage).iterdir() if f.suffix != ".yaml")
    with open_bag(file) as bag:
        assert bag.name == "drive"
        assert len(list(bag.messages({"/odom"}))) == 30


def test_a_ros1_bag_is_read_as_ros2_messages(tmp_path):
    store = get_typestore(Stores.ROS1_NOETIC)
    types = store.types
    header = types["std_msgs/msg/Header"](7, types["builtin_interfaces/msg/Time"](5, 6), "lidar")
    data = np.arange(6, dtype=np.float32)
    fields = [types["sensor_msgs/msg/PointField"](n, 4 * i, 7, 1) for i, n in enumerate("xyz")]
    cloud = types["sensor_msgs/msg/PointCloud2"](
        header, 1, 2, fields, False, 12, 24, data.view(np.uint8), True
    )
    with Ros1Writer(tmp_path / "old.bag") as writer:
        connection = writer.add_connection("/points", cloud.__msgtype__, typestore=store)
        writer.write(connection, 5_000_000_006, store.serialize_ros1(cloud, cloud.__msgtype__))
    with open_bag(tmp_path / "old.bag") as bag:
        (message,) = bag.messages({"/points"})
    read = read_cloud(deserialize_message(message.cdr, PointCloud2))
    assert (read.frame_id, read.stamp_ns) == ("lidar", 5_000_000_006)
    assert read.xyz.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_truncated_mcap_tells_how_much_is_readable(write_bag, drive_entries):
    many = [(topic, m, ns + k * 600_000_000) for k in range(20) for topic, m, ns in drive_entries]
    file = write_bag(many, StoragePlugin.MCAP) / "drive.mcap"
    data = file.read_bytes()
    file.write_bytes(data[: len(data) * 2 // 3])
    assert "only the first" in error_of(file)
    assert "bulwark clip recover drive.mcap NEW" in error_of(file)
    assert "drive.mcap is truncated" in error_of(file.parent)
    file.write_bytes(data[:500])
    assert "nothing of its 500 bytes is readable" in error_of(file)


def test_a_truncated_sqlite_bag_is_refused(write_bag, drive_entries):
    file = write_bag(drive_entries, StoragePlugin.SQLITE3) / "drive.db3"
    data = file.read_bytes()
    for length in (50, 5_000, len(data) // 2, len(data) - 4_096):
        file.write_bytes(data[:length])
        assert "complete" in error_of(file) or "truncated" in error_of(file)


def test_fewer_messages_than_announced_is_an_error(write_bag, drive_entries):
    path = write_bag(drive_entries)
    short = write_bag(drive_entries[:-3], name="short")
    shutil.copy(short / "short.mcap", path / "drive.mcap")
    assert "announces 37 messages" in error_of(path)


@pytest.mark.parametrize("name,content,reason", [
    ("empty.mcap", b"", "is empty"),
    ("text.mcap", b"no bag at all, only words", "cannot be read"),
    ("text.db3", b"no bag at all, only words", "cannot be read"),
    ("notes.txt", b"hello", "is no bag"),
    ("header.mcap", b"\x89MC", "cannot be read"),
])  # fmt: skip
def test_what_is_no_bag_is_refused(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    assert reason in error_of(tmp_path / name)


def test_folders_that_are_no_bag_are_refused(tmp_path, write_bag, drive_entries):
    (tmp_path / "hollow").mkdir()
    assert "no metadata.yaml" in error_of(tmp_path / "hollow")
    path = write_bag(drive_entries)
    (path / "metadata.yaml").unlink()
    assert "drive.mcap is there: give that file instead" in error_of(path)
    (path / "metadata.yaml").write_text("rosbag2_bagfile_information: [")
    assert "cannot be read" in error_of(path)


def test_missing_and_messageless_bags_are_refused(tmp_path, write_bag):
    assert "no such file" in error_of(tmp_path / "nowhere")
    assert "no messages" in error_of(write_bag([]))

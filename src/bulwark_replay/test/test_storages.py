# SPDX-License-Identifier: Apache-2.0
"""The same drive in every storage gives the same result, and what nodes say is written the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rosbags.rosbag2 import CompressionMode, StoragePlugin
from ruamel.yaml import YAML

from bulwark_core.vehicle import VehicleParams
from bulwark_replay.bag_writer import BagWriter
from bulwark_replay.bags import open_bag
from bulwark_replay.from_bag import recording_of
from bulwark_replay.job import Job, Keep, carry_out, run
from bulwark_replay.outcome import Demands
from bulwark_replay.result import make_result, to_json
from bulwark_replay.runner import ReplayOptions, replay
from bulwark_replay.snapshot import take_snapshot

pytestmark = pytest.mark.timeout(600)  # the first run compiles the point loops


def result(path: Path) -> str:
    recording = replay(path, ReplayOptions(), lambda _: None, lambda _done, _all: None)
    recording.bag = "drive"
    return to_json(make_result(recording, "c", None))


def split(folder: Path, parts: list[Path]) -> Path:
    """One bag of several files, as `ros2 bag record --max-bag-size` makes it."""
    folder.mkdir()
    infos = []
    for part in parts:
        shutil.copy(part / f"{part.name}.mcap", folder)
        text = (part / "metadata.yaml").read_text()
        infos.append(YAML(typ="safe").load(text)["rosbag2_bagfile_information"])
    topics: dict[str, dict] = {}
    for info in infos:
        for topic in info["topics_with_message_count"]:
            known = topics.setdefault(topic["topic_metadata"]["name"], topic)
            if known is not topic:
                known["message_count"] += topic["message_count"]
    whole = infos[0] | {
        "topics_with_message_count": list(topics.values()),
        "message_count": sum(info["message_count"] for info in infos),
        "relative_file_paths": [info["relative_file_paths"][0] for info in infos],
        "files": [info["files"][0] for info in infos],
    }
    content = {"rosbag2_bagfile_information": whole}
    with (folder / "metadata.yaml").open("w") as stream:
        YAML(typ="safe").dump(content, stream)
    return folder


def test_sqlite_zstd_and_split_bags_give_the_same_result(write_bag, drive_entries, tmp_path):
    expected = result(write_bag(drive_entries))
    sqlite = write_bag(drive_entries, StoragePlugin.SQLITE3, name="sqlite")
    assert result(sqlite) == expected
    zstd = write_bag(drive_entries, StoragePlugin.MCAP, CompressionMode.STORAGE, name="zstd")
    assert result(zstd) == expected
    thirds = [drive_entries[:12], drive_entries[12:24], drive_entries[24:]]
    parts = [write_bag(third, name=f"part{i}") for i, third in enumerate(thirds)]
    assert result(split(tmp_path / "split", parts)) == expected


def job(bag: Path, folder: Path) -> Job:
    keep = Keep(report=True, said=True)
    return Job("drive", bag, ReplayOptions(), Demands(), "c", folder=folder, keep=keep)


def test_what_the_nodes_say_has_the_same_bytes_each_time(drive_bag, tmp_path):
    for name in ("a", "b"):
        carry_out(job(drive_bag, tmp_path / name))
    a, b = (
        {str(f.relative_to(tmp_path / n)): f.read_bytes() for f in (tmp_path / n).rglob("*.*")}
        for n in ("a", "b")
    )
    assert set(a) == {"result.json", "frames.jsonl", "index.html", "said/said.mcap",
                      "said/metadata.yaml"}  # fmt: skip
    assert a == b


def test_a_bag_of_inputs_and_outputs_is_judged_like_the_replay_it_came_from(
    write_bag, make_drive, tmp_path
):
    """As `--graph` does it: what was said is recorded beside what was heard."""
    bag = write_bag(make_drive(24, 12.0, 45.0))
    recording = run(job(bag, tmp_path / "out"))
    names = {"/points": "/lidar/points", "/odom": "/vehicle/odometry", "/tf_static": "/tf_static"}
    rows = []
    for source in (bag, tmp_path / "out" / "said"):
        with open_bag(source) as opened:
            rows += opened.messages({topic.name for topic in opened.topics})
    with BagWriter(tmp_path / "both") as writer:
        for row in sorted(rows, key=lambda row: row.log_ns):
            writer.write(names.get(row.topic, row.topic), row.type, row.log_ns, row.cdr)
    again = take_snapshot(recording_of(tmp_path / "both", VehicleParams()))
    first = take_snapshot(recording)
    assert again.edges == first.edges
    assert again.metrics == first.metrics

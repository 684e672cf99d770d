# SPDX-License-Identifier: Apache-2.0
"""A run as an MCAP bag, read back; the live viewer where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from rclpy.serialization import deserialize_message

from bulwark_core.errors import BagError, ScenarioError
from bulwark_core.ros_ports import message_class
from bulwark_replay.bags import open_bag
from bulwark_world.live_view import LiveView
from bulwark_world.run_bag import write_run_bag
from bulwark_world.runner import Conditions
from bulwark_world.scenario import load_scenario
from bulwark_world.stack import Sensing
from bulwark_world.suite import Run

RUN = Run("near", load_scenario("ccr_stationary"), {"speed_kmh": 30.0, "distance": 12.0})
EXPECTED = {
    "/tf", "/tf_static", "/vehicle/odometry", "/vehicle/status", "/world/objects", "/markers/world",
    "/perception/lidar/objects", "/markers/lidar", "/markers/aeb", "/aeb/state", "/control/command",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("bags") / "near"
    assert write_run_bag(RUN, Conditions(), path).suffix == ".mcap"
    return path


def messages(folder: Path, topic: str) -> list:
    with open_bag(folder) as bag:
        return [
            deserialize_message(raw.cdr, message_class(raw.type)) for raw in bag.messages({topic})
        ]


def test_the_bag_holds_what_world_and_stack_said(folder):
    with open_bag(folder) as bag:
        counts = {topic.name: topic.count for topic in bag.topics}
    assert counts.keys() >= EXPECTED
    assert counts["/vehicle/odometry"] == counts["/tf"] > 5 * counts["/world/objects"] / 2
    assert max(state.stage for state in messages(folder, "/aeb/state")) >= 3  # braking


def test_the_pose_of_the_car_is_the_odometry_s(folder):
    odometry, transforms = messages(folder, "/vehicle/odometry"), messages(folder, "/tf")
    for said, sent in zip(odometry, transforms, strict=True):
        (one,) = sent.transforms
        assert (one.header.frame_id, one.child_frame_id) == ("odom", "base_link")
        assert one.transform.translation.x == said.pose.pose.position.x
        assert one.header.stamp == said.header.stamp


def test_markers_show_the_true_target_where_it_is_and_the_road(folder):
    first, truth = messages(folder, "/markers/world")[0], messages(folder, "/world/objects")[0]
    boxes = [marker for marker in first.markers if marker.ns == "objects"]
    assert boxes[0].pose.position.x == truth.objects[0].pose.position.x
    lines = [marker for marker in first.markers if marker.ns == "place"]
    assert len(lines) >= 3
    assert len({marker.id for marker in lines}) == len(lines)
    assert {marker.header.frame_id for marker in lines} == {"base_link"}


def test_the_same_run_gives_the_same_bytes(folder, tmp_path):
    again = write_run_bag(RUN, Conditions(), tmp_path / "near")
    assert again.read_bytes() == next(folder.glob("*.mcap")).read_bytes()


def test_a_bag_with_points_holds_scans_and_tracks_of_them(tmp_path):
    run = Run("short", RUN.scenario, {"speed_kmh": 30.0, "distance": 6.0})
    write_run_bag(run, Conditions(Sensing.LIDAR), tmp_path / "short")
    with open_bag(tmp_path / "short") as bag:
        counts = {topic.name: topic.count for topic in bag.topics}
    assert counts["/lidar/points"] == counts["/perception/lidar/obstacle_points"] > 0
    assert counts["/markers/lidar"] == counts["/perception/lidar/objects"]


def test_what_is_no_bag_is_not_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(BagError, match="is no bag"):
        write_run_bag(RUN, Conditions(), tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_without_foxglove_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "foxglove", None)
    with pytest.raises(ScenarioError, match="pip install foxglove-sdk"):
        LiveView(8765)


def test_foxglove_is_sent_every_message(folder):
    pytest.importorskip("foxglove", reason="foxglove-sdk, an optional extra, is not installed")
    viewer = LiveView(0)
    try:
        assert viewer.address.startswith("ws://localhost:")
        with open_bag(folder) as bag:
            assert viewer.play(folder, rounds=1) == sum(topic.count for topic in bag.topics)
    finally:
        viewer.close()

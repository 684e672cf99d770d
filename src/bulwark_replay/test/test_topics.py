# SPDX-License-Identifier: Apache-2.0
"""Which topic feeds which: by type, by name, as told."""

from __future__ import annotations

import pytest

from bulwark_core.errors import BagError
from bulwark_replay.bags import BagTopic
from bulwark_replay.topics import (
    CAMERA_INFO,
    COMPRESSED,
    IMAGE,
    LIDAR,
    ODOMETRY,
    TF_STATIC,
    find_topics,
    parse_mapping,
)

CLOUD = "sensor_msgs/msg/PointCloud2"


def topic(name: str, type_name: str = CLOUD, count: int = 10) -> BagTopic:
    return BagTopic(name, type_name, count)


def odom(name: str) -> BagTopic:
    return topic(name, "nav_msgs/msg/Odometry")


def test_topics_are_found_by_type_whatever_their_name():
    found = find_topics([
        topic("/a"), odom("/b"), topic("/c/tf_static", "tf2_msgs/msg/TFMessage", 1),
        topic("/d", "sensor_msgs/msg/CompressedImage"), topic("/e", "sensor_msgs/msg/CameraInfo"),
        topic("/f", "bulwark_msgs/msg/VehicleStatus"), topic("/g", "bulwark_msgs/msg/Route"),
    ])  # fmt: skip
    assert found.target_of() == {
        "/a": LIDAR, "/b": ODOMETRY, "/c/tf_static": TF_STATIC, "/d": COMPRESSED,
        "/e": CAMERA_INFO, "/f": "/vehicle/status", "/g": "/route",
    }  # fmt: skip
    assert found.skipped == ()
    assert found.bridged == ()
    assert all("the only" in link.why for link in found.links)


def test_ultrasonic_sensors_are_found_by_their_full_name_only():
    ranges = [topic(name, "sensor_msgs/msg/Range") for name in ("/us/1", "/ultrasonic/rear_left")]
    found = find_topics([topic("/a"), *ranges])
    assert found.target_of() == {"/a": LIDAR, "/ultrasonic/rear_left": "/ultrasonic/rear_left"}
    assert [name.name for name, why in found.skipped if "choose with --map" in why] == ["/us/1"]
    told = find_topics([topic("/a"), *ranges], [("/us/1", "/ultrasonic/front_left")])
    assert told.source_of("/ultrasonic/front_left") == "/us/1"


@pytest.mark.parametrize("names,chosen", [
    (["/radar/points", "/velodyne_points"], "/velodyne_points"),
    (["/lidar/points", "/lidar_points"], "/lidar/points"),
    (["/ouster/points", "/ground_points", "/map"], "/ouster/points"),
    (["/lidar_rear/points", "/lidar_top/points"], "/lidar_top/points"),
    (["/b", "/a"], "/a"),
])  # fmt: skip
def test_of_several_the_nearest_name_is_taken_and_said(names, chosen):
    found = find_topics([topic(name) for name in names])
    assert found.source_of(LIDAR) == chosen
    assert all(name in found.links[0].why for name in names if name != chosen)
    assert all(why == "another topic of this type is used" for _, why in found.skipped)


def test_the_camera_info_of_the_chosen_picture_is_taken():
    picture, info = "sensor_msgs/msg/Image", "sensor_msgs/msg/CameraInfo"
    found = find_topics([
        topic("/lidar"),
        topic("/cam_rear/image_raw", picture), topic("/cam_front/image_raw", picture),
        topic("/cam_rear/camera_info", info), topic("/cam_front/camera_info", info),
    ])  # fmt: skip
    assert found.source_of(IMAGE) == "/cam_front/image_raw"
    assert found.source_of(CAMERA_INFO) == "/cam_front/camera_info"


def test_one_picture_topic_is_enough():
    found = find_topics([
        topic("/lidar"), topic("/cam/image", "sensor_msgs/msg/Image"),
        topic("/cam/image/compressed", "sensor_msgs/msg/CompressedImage"),
    ])  # fmt: skip
    assert found.source_of(IMAGE) == "/cam/image"
    assert {t.name: why for t, why in found.skipped} == {
        "/cam/image/compressed": "the other picture topic is used"
    }


def test_outputs_of_the_stack_and_moving_transforms_are_no_sensors():
    found = find_topics([
        topic("/perception/lidar/obstacle_points"), topic("/x"), topic("/empty", count=0),
        topic("/tf", "tf2_msgs/msg/TFMessage"), topic("/imu", "sensor_msgs/msg/Imu"),
    ])  # fmt: skip
    assert found.target_of() == {"/x": LIDAR}
    assert {t.name: why for t, why in found.skipped} == {
        "/perception/lidar/obstacle_points": "recorded output of the stack",
        "/empty": "holds no messages",
        "/tf": "moving transforms are not used",
        "/imu": "type not used",
    }


def test_what_is_missing_is_said_with_what_the_stack_does_without_it():
    text = "\n".join(find_topics([topic("/x")]).bridged)
    for words in ("UNAVAILABLE", "VehicleStatus", "/tf_static", "camera"):
        assert words in text


def test_a_bag_without_lidar_is_refused_with_what_it_has():
    with pytest.raises(BagError, match=r"needs a sensor_msgs/msg/PointCloud2.*/odom \(Odometry\)"):
        find_topics([odom("/odom")])
    with pytest.raises(BagError, match="PointCloud2"):
        find_topics([topic("/points", count=0)])


def test_a_mapping_overrides_the_choice():
    topics = [topic("/velodyne_points"), topic("/radar/points")]
    found = find_topics(topics, [parse_mapping("/radar/points:=/lidar/points")])
    assert found.source_of(LIDAR) == "/radar/points"
    assert found.links[0].why == "as told by --map"
    assert parse_mapping("radar/points:=lidar/points") == ("/radar/points", "/lidar/points")


@pytest.mark.parametrize("rule,reason", [
    ("/nothing:=/lidar/points", "the bag has no /nothing; it has /x, /odom"),
    ("/x:=/aeb/state", "the stack takes /lidar/points"),
    ("/odom:=/lidar/points", "/odom is nav_msgs/msg/Odometry"),
    ("/x", "write it as"),
    (":=/lidar/points", "write it as"),
])  # fmt: skip
def test_a_wrong_mapping_is_refused_with_the_choices(rule, reason):
    with pytest.raises(BagError, match=reason):
        find_topics([topic("/x"), odom("/odom")], [parse_mapping(rule)])

# SPDX-License-Identifier: Apache-2.0
"""The order in which messages are brought, and the time scale."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from geometry_msgs.msg import Vector3
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.errors import BagError
from bulwark_core.objects import EgoMotion
from bulwark_replay.bags import RawMessage, open_bag
from bulwark_replay.timeline import REORDER_NS, TimeScale, deliveries, in_order, parse_time_scale
from bulwark_replay.topics import LIDAR, ODOMETRY, find_topics

TARGETS = {"/points": LIDAR, "/odom": ODOMETRY}
START = 1_700_000_000_000_000_000


def raw(topic: str, log_ns: int, sequence: int) -> RawMessage:
    return RawMessage(topic, "", log_ns, sequence, b"")


def test_equal_times_follow_the_manifest_then_the_file():
    messages = [raw("/points", 5, 0), raw("/odom", 5, 1), raw("/odom", 5, 2), raw("/points", 4, 3)]
    ordered = in_order(messages, TARGETS)
    assert [m.sequence for m in ordered] == [3, 1, 2, 0]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["/odom", "/points"]))), st.randoms())
def test_the_order_does_not_depend_on_the_order_of_reading(rows, random):
    messages = [raw(topic, ns, i) for i, (ns, topic) in enumerate(rows)]
    shuffled = messages.copy()
    random.shuffle(shuffled)
    assert list(in_order(shuffled, TARGETS)) == list(in_order(messages, TARGETS))


def test_a_late_message_finds_its_place_and_a_jump_back_is_refused():
    late = [raw("/odom", 3 * REORDER_NS, 0), raw("/odom", 2 * REORDER_NS, 1)]
    assert [m.sequence for m in in_order(late, TARGETS)] == [1, 0]
    looped = [raw("/odom", 3 * REORDER_NS, 0), raw("/odom", 2 * REORDER_NS - 1, 1)]
    with pytest.raises(BagError, match=r"goes back by 1\.0 s at message 1 on /odom"):
        list(in_order(looped, TARGETS))


def test_latched_transforms_come_first_from_anywhere(write_bag, drive_entries):
    moved = [*drive_entries[1:], (*drive_entries[0][:2], START + 10**9)]
    with open_bag(write_bag(moved)) as bag:
        played = list(deliveries(bag, find_topics(bag.topics)))
    assert [d.target for d in played[:3]] == ["/tf_static", ODOMETRY, LIDAR]
    assert len(played) == len(moved)
    assert [d.time_ns for d in played[:3]] == [START] * 3
    times = [d.time_ns for d in played]
    assert times == sorted(times)


def test_the_time_scale_makes_the_same_drive_faster(drive_bag):
    with open_bag(drive_bag) as bag:
        topics = find_topics(bag.topics)
        plain, fast = (list(deliveries(bag, topics, Fraction(k))) for k in (1, 2))
    for before, after in zip(plain, fast, strict=True):
        assert after.time_ns - START == (before.time_ns - START) // 2
        if after.target == ODOMETRY:
            stamp = stamp_ns(after.message.header.stamp)
            assert stamp == after.time_ns
            assert after.message.twist.twist.linear.x == 6.0
            assert after.message.pose == before.message.pose


def test_all_of_a_twist_is_scaled():
    odometry = make_odometry(EgoMotion(START, 1.0, 0.5))
    odometry.twist.twist.linear = Vector3(x=1.0, y=2.0, z=3.0)
    odometry.twist.twist.angular = Vector3(x=0.1, y=0.2, z=0.3)
    odometry.twist.covariance = np.full(36, 2.0)
    TimeScale(Fraction(3), START).apply(odometry)
    linear, angular = odometry.twist.twist.linear, odometry.twist.twist.angular
    assert (linear.x, linear.y, linear.z) == (3.0, 6.0, 9.0)
    assert (angular.x, angular.y, angular.z) == pytest.approx((0.3, 0.6, 0.9))
    assert (odometry.twist.covariance == 18.0).all()


@given(st.integers(0, 10**13), st.fractions(min_value=Fraction(1, 50), max_value=50))
def test_scaled_times_are_exact(since, factor):
    scaled = TimeScale(factor, START).time(START + since) - START
    assert scaled <= since / factor < scaled + 1


def test_no_time_stays_no_time():
    assert TimeScale(Fraction(2), START).time(0) == 0


@pytest.mark.parametrize("text,factor", [("2", 2), ("1.5", Fraction(3, 2)), ("3/2", Fraction(3, 2)),
                                         ("0.1", Fraction(1, 10))])  # fmt: skip
def test_a_time_scale_is_read_exactly(text, factor):
    assert parse_time_scale(text) == factor


@pytest.mark.parametrize("text", ["0", "-1", "fast", "", "nan", "inf", "1/0"])
def test_a_wrong_time_scale_is_refused(text):
    with pytest.raises(BagError, match="above zero"):
        parse_time_scale(text)


def test_bytes_of_another_type_are_refused_with_topic_and_type(drive_bag):
    with open_bag(drive_bag) as bag:
        topics = find_topics(bag.topics)
        bag.messages = lambda names: iter(
            [RawMessage("/points", "sensor_msgs/msg/PointCloud2", START, 4, b"\0\1\0\0garbage")]
            if "/points" in names else []
        )  # fmt: skip
        with pytest.raises(
            BagError, match="message 4 on /points is no sensor_msgs/msg/PointCloud2"
        ):
            list(deliveries(bag, topics))

# SPDX-License-Identifier: Apache-2.0
"""The own motion at any stamp."""

import math

import pytest

from bulwark_core.objects import EgoMotion
from bulwark_lidar.ego import EgoHistory

SECOND = 1_000_000_000


def history(speed=10.0, yaw_rate=0.0, x=0.0, hz=50, seconds=1.0):
    path = EgoHistory()
    for k in range(int(seconds * hz) + 1):
        path.add(EgoMotion(SECOND + k * SECOND // hz, speed, yaw_rate, x=x * k))
    return path


def test_a_straight_drive():
    ego = history().at(SECOND + SECOND // 2 + 3_000_000)
    assert ego is not None
    assert (ego.x, ego.y, ego.yaw) == pytest.approx((5.03, 0.0, 0.0))


def test_a_circle_comes_back():
    ego = history(speed=2 * math.pi, yaw_rate=math.pi, seconds=2.0).at(3 * SECOND)
    assert ego is not None
    assert (ego.x, ego.y, ego.yaw) == pytest.approx((0.0, 0.0, 2 * math.pi), abs=0.01)


def test_jumps_of_the_pose_do_not_matter():
    smooth, jumping = history().at(2 * SECOND), history(x=7.0).at(2 * SECOND)
    assert smooth == jumping


def test_it_is_carried_on_a_little_and_then_unknown():
    path = history()
    ahead = path.at(2 * SECOND + SECOND // 5)
    assert ahead is not None
    assert ahead.x == pytest.approx(12.0)
    assert path.at(3 * SECOND) is None
    assert path.at(0) is None


def test_old_stamps_are_left_out_and_a_jump_back_starts_again():
    path = history()
    assert not path.add(EgoMotion(2 * SECOND, 0.0, 0.0))
    assert not path.add(EgoMotion(2 * SECOND - 10, 0.0, 0.0))
    assert path.add(EgoMotion(SECOND // 10, 3.0, 0.0))
    assert path.last_stamp_ns == SECOND // 10


def test_nothing_is_known_without_odometry():
    assert EgoHistory().at(SECOND) is None

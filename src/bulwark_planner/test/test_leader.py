# SPDX-License-Identifier: Apache-2.0
"""Which obstacle is the leader."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.objects import TrackedObject
from bulwark_planner.leader import find_leader, obstacle_from
from bulwark_planner.route_line import RouteLine

STRAIGHT = RouteLine.through(np.array([[0.0, 0.0], [120.0, 0.0]]))
HALF_WIDTH = 1.25


def box(number, x, y, length=4.0, width=2.0, yaw=0.0, vx=0.0, vy=0.0):
    tracked = TrackedObject(number, x, y, 0.7, yaw, length, width, 1.5, vx, vy)
    return obstacle_from(tracked, np.eye(4), 0.0)


def leader_of(*obstacles, line=STRAIGHT):
    return find_leader(line, obstacles, HALF_WIDTH, 3.0)


def test_nothing_ahead_is_no_leader():
    assert leader_of() is None


@given(st.floats(5.0, 100.0), st.floats(-6.0, 6.0))
def test_a_box_is_leader_exactly_where_it_reaches_into_the_corridor(x, y):
    leader = leader_of(box(1, x + 2.0, y))
    assert (leader is not None) == (abs(y) - 1.0 <= HALF_WIDTH)
    if leader:
        assert leader.arc == pytest.approx(x, abs=0.05)


def test_the_nearest_part_of_the_nearest_counts():
    leader = leader_of(box(1, 60.0, 0.0), box(2, 40.0, 1.0), box(3, 20.0, 8.0))
    assert leader.id == 2
    assert leader.arc == pytest.approx(38.0, abs=0.05)


def test_what_is_behind_or_beside_the_front_axle_is_no_leader():
    assert leader_of(box(1, -10.0, 0.0), box(2, 0.5, 0.0)) is None


def test_a_long_wall_across_is_found_though_its_corners_are_outside():
    leader = leader_of(box(1, 50.0, 0.0, length=30.0, width=0.2, yaw=math.pi / 2.0))
    assert leader.arc == pytest.approx(49.9, abs=0.05)


def test_a_wall_along_the_road_is_passed():
    assert leader_of(box(1, 50.0, 2.5, length=80.0, width=0.3)) is None


def test_around_a_bend_the_line_decides_not_straight_ahead():
    angle = np.linspace(0.0, math.pi / 2.0, 100)
    line = RouteLine.through(np.column_stack([30.0 * np.sin(angle), 30.0 * (1.0 - np.cos(angle))]))
    straight_ahead, on_the_bend = box(1, 28.0, 0.0), box(2, 26.0, 15.0)
    assert leader_of(straight_ahead, line=line) is None
    assert leader_of(straight_ahead, on_the_bend, line=line).id == 2


def test_speed_along_the_line_is_signed():
    assert leader_of(box(1, 30.0, 0.0, vx=7.0, vy=3.0)).speed == pytest.approx(7.0)
    assert leader_of(box(1, 30.0, 0.0, vx=-7.0)).speed == pytest.approx(-7.0)


def test_an_obstacle_is_moved_on_from_its_stamp():
    tracked = TrackedObject(1, 20.0, 0.0, 0.7, 0.0, 4.0, 2.0, 1.5, vx=10.0)
    moved = obstacle_from(tracked, np.eye(4), 0.3)
    assert moved.footprint[:, 0].min() == pytest.approx(21.0)

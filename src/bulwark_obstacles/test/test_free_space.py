# SPDX-License-Identifier: Apache-2.0
"""What is free is seen to be free; what is not known is not free."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obstacle_scene import Scene, thing

from bulwark_obstacles.footprints import contains
from bulwark_obstacles.free_space import FreeSpace
from bulwark_obstacles.params import LidarParams, StaticObstaclesParams
from bulwark_obstacles.scan import take
from bulwark_obstacles.ultrasonic import Heard, Reading

ROOF = StaticObstaclesParams(lidar=LidarParams(x=1.0, z=1.73, lowest_beam=0.42))
GROUND_M = 3.4
"""From the lidar, nearer a thing of half a metre is not seen."""


class Drive(Scene):
    """A scene whose free space is followed."""

    def __init__(self, *things, params=ROOF, **arguments):
        super().__init__(*things, params=params, **arguments)
        self.free_space = FreeSpace(params.free_space, params.vehicle)

    def polygon(self, *hidden, heard=()):
        visible = [self.in_base(t) for t in self.things if t.id not in hidden]
        scan = take(visible, self.ego, self.params.lidar, self.params)
        shown = self.memory.update(scan, heard=heard)
        self.stamp_ns += 100_000_000
        return self.free_space.update(scan, shown, heard)

    def after(self, way, *hidden):
        corners = self.polygon(*hidden)
        for _ in range(round(way / 0.2)):
            self.x += 0.2
            corners = self.polygon(*hidden)
        return corners


def reach(corners, bearing, lidar=ROOF.lidar):
    """How far the polygon goes at a bearing from the lidar [m]."""
    away = corners - (lidar.x, lidar.y)
    turned = away @ np.array([[math.cos(bearing), -math.sin(bearing)],
                              [math.sin(bearing), math.cos(bearing)]])  # fmt: skip
    ahead, left = turned[:, 0], turned[:, 1]
    for i in range(len(corners)):
        j = (i + 1) % len(corners)
        if left[i] <= 0.0 < left[j] and max(ahead[i], ahead[j]) > 0.0:
            share = -left[i] / (left[j] - left[i])
            return ahead[i] + share * (ahead[j] - ahead[i])
    return 0.0


@given(
    st.lists(
        st.tuples(st.floats(-9, 15), st.floats(-9, 9), st.floats(0.1, 3), st.floats(0.1, 3)),
        max_size=5,
    )
)
@settings(max_examples=50)
def test_no_point_of_an_obstacle_is_inside(rows):
    things = [thing(i + 1, x, y, (a, b, 1.0)) for i, (x, y, a, b) in enumerate(rows)]
    drive = Drive()
    drive.after(8.0)
    things = [t for t in things if not contains(t.footprint(), np.array([1.0, 0.0]))]
    drive.things = [replace(t, x=t.x + drive.x) for t in things]
    corners = drive.polygon()
    for item in things:
        edge, following = item.corners(), np.roll(item.corners(), -1, axis=0)
        for share in np.linspace(0.0, 1.0, 9):
            for x, y in edge + share * (following - edge):
                bearing = math.atan2(y, x - 1.0)
                assert reach(corners, bearing) <= math.hypot(x - 1.0, y) + 1e-6


def test_corners_go_around_counter_clockwise():
    corners = Drive().after(8.0)
    following = np.roll(corners, -1, axis=0)
    area = (corners[:, 0] * following[:, 1] - corners[:, 1] * following[:, 0]).sum() / 2.0
    assert area == pytest.approx(math.pi * ROOF.free_space.max_range**2, rel=0.01)


def test_behind_an_obstacle_it_is_not_free():
    wall = thing(1, 12.0, 0.0, (0.2, 4.0, 2.0))
    drive = Drive(replace(wall, x=20.0))
    corners = drive.after(8.0)
    assert reach(corners, 0.0) == pytest.approx(10.9, abs=0.1)
    assert reach(corners, 0.5) == pytest.approx(ROOF.free_space.max_range, abs=0.1)


def test_ground_in_the_blind_zone_is_free_only_where_it_was_seen_before():
    drive = Drive()
    at_start = drive.polygon()
    assert reach(at_start, 0.0) == pytest.approx(ROOF.vehicle.front - 1.0, abs=0.4)
    assert reach(at_start, math.pi / 2.0) <= 1.2
    after = drive.after(8.0)
    assert reach(after, 0.0) == pytest.approx(ROOF.free_space.max_range, abs=0.1)
    assert reach(after, math.pi / 2.0) == pytest.approx(ROOF.free_space.max_range, abs=0.1)


def test_what_was_hidden_on_the_way_was_not_seen():
    drive = Drive(thing(1, 6.0, 2.5, (0.2, 1.0, 2.0)))
    drive.after(6.0)
    blocked = drive.after(0.0)
    assert reach(blocked, math.pi / 2.0 + 0.3) < ROOF.free_space.max_range


def test_ground_seen_long_ago_counts_as_not_seen():
    params = replace(ROOF, free_space=replace(ROOF.free_space, max_age=1.0))
    drive = Drive(params=params)
    assert reach(drive.after(8.0), 0.0) > 19.0
    for _ in range(12):
        corners = drive.polygon()
    assert reach(corners, 0.0) < 3.5


def test_a_remembered_obstacle_is_not_free():
    barrel = thing(1, 12.9, 0.0, (0.4, 0.4, 0.4))
    drive = Drive(barrel)
    drive.after(7.6)
    assert reach(drive.polygon(1), 0.0) == pytest.approx(12.7 - 7.6 - 1.0, abs=0.1)


def test_an_echo_is_not_free_before_it_is_believed():
    drive = Drive()
    drive.after(8.0)
    one = Heard(Reading("us", drive.stamp_ns, 3.7, 0.0, 0.0, 0.3, 1.0, 1.0), steady=1)
    corners = drive.polygon(heard=[one])
    assert reach(corners, 0.0) <= 3.7 + 1.0 - 1.0 + 0.01
    assert reach(corners, math.pi) == pytest.approx(ROOF.free_space.max_range, abs=0.1)


def test_a_lidar_in_the_bumper_does_not_see_through_the_car():
    low = LidarParams(x=3.6, z=0.6, lowest_beam=0.26)
    drive = Drive(params=replace(ROOF, lidar=low))
    corners = drive.after(12.0)
    assert reach(corners, 0.0, low) == pytest.approx(ROOF.free_space.max_range, abs=0.1)
    assert reach(corners, math.pi, low) <= 3.6 - ROOF.vehicle.rear + 0.1

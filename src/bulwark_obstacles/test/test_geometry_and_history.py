# SPDX-License-Identifier: Apache-2.0
"""Footprints, sight and the history of the own motion."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_core.vehicle import VehicleParams
from bulwark_obstacles.ego_history import EgoHistory
from bulwark_obstacles.footprints import contains, moved, to_base, to_odom
from bulwark_obstacles.params import LidarParams
from bulwark_obstacles.skyline import SECTORS, sectors, skyline
from bulwark_obstacles.table import distances_to_body, make_table
from bulwark_obstacles.visibility import blind_range, should_be_seen

coordinates = st.floats(-1000.0, 1000.0)
angles = st.floats(-3.1, 3.1)
sizes = st.floats(0.1, 20.0)
places = st.floats(-15.0, 15.0)
MS = 1_000_000
BODY = VehicleParams()


@given(coordinates, coordinates, angles, coordinates, coordinates, angles, sizes, sizes)
def test_to_odom_and_back_is_the_same(x, y, yaw, ox, oy, oyaw, length, width):
    ego = EgoMotion(0, 3.0, 0.0, x, y, yaw)
    box = TrackedObject(1, ox, oy, 0.5, oyaw, length, width, 1.0, vx=2.0, vy=-1.0)
    there = moved(box, to_odom(ego))
    back = moved(there, to_base(ego))
    assert back.corners() == pytest.approx(box.corners(), abs=1e-6)
    assert (back.vx, back.vy) == pytest.approx((2.0, -1.0))
    assert math.hypot(there.vx, there.vy) == pytest.approx(math.hypot(2.0, -1.0))
    moved_corners = to_odom(ego)[:2, :2] @ box.corners().T + to_odom(ego)[:2, 3:]
    assert there.corners() == pytest.approx(moved_corners.T, abs=1e-6)


@pytest.mark.parametrize(
    "x, y, distance",
    [
        (BODY.front + 2.5, 0.0, 2.0),
        (BODY.rear - 1.5, 0.5, 1.0),
        (1.0, BODY.width / 2.0 + 1.2, 0.7),
        (BODY.front + 3.5, BODY.width / 2.0 + 4.5, 5.0),
        (1.0, 0.0, 0.0),
    ],
)
def test_distance_to_body(x, y, distance):
    table = make_table([TrackedObject(1, x, y, 0.5, 0.0, 1.0, 1.0, 1.0)])
    assert distances_to_body(table, BODY) == pytest.approx([distance])


def test_a_long_wall_beside_the_body_is_as_near_as_its_edge():
    wall = TrackedObject(1, 1.0, 2.95, 0.5, 0.0, 40.0, 1.0, 1.0)
    assert distances_to_body(make_table([wall]), BODY) == pytest.approx([1.5])


@given(st.lists(st.tuples(places, places, angles, sizes, sizes), min_size=1, max_size=6))
def test_picking_from_a_table_is_making_it_of_the_picked(rows):
    boxes = [TrackedObject(1, x, y, 0.5, yaw, *size, 1.0) for x, y, yaw, *size in rows]
    chosen = np.arange(len(boxes)) % 2 == 0
    picked, made = make_table(boxes).pick(chosen), make_table(boxes[::2])
    assert picked.objects == made.objects
    assert (picked.corners == made.corners).all()
    assert (picked.following == made.following).all()
    assert (picked.owner == made.owner).all()
    assert (picked.first == made.first).all()


@given(st.lists(st.tuples(places, places, angles, sizes, sizes), min_size=1, max_size=5))
def test_skyline_is_no_farther_than_any_point_of_an_outline(rows):
    boxes = [TrackedObject(1, x, y, 0.5, yaw, *size, 1.0) for x, y, yaw, *size in rows]
    here = np.array([0.3, -0.2])
    boxes = [box for box in boxes if not contains(box.footprint(), here)]
    table = make_table(boxes)
    found = skyline(table.corners, table.following, here)
    share = np.linspace(0.0, 1.0, 200)[:, None, None]
    points = (table.corners + share * (table.following - table.corners)).reshape(-1, 2)
    sector, distance = sectors(points, here)
    assert (found[sector] <= distance + 1e-6).all()
    assert np.isinf(found).sum() <= SECTORS - len(np.unique(sector))
    far = np.full(SECTORS, -np.inf)
    np.maximum.at(far, sector, distance)
    seen = np.isfinite(found) & np.isfinite(far)
    assert (found[seen] >= distance.min(initial=np.inf) - 0.05).all()


@given(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), angles)
def test_contains_is_the_box(x, y, yaw):
    box = TrackedObject(1, 0.0, 0.0, 0.5, yaw, 4.0, 2.0, 1.0)
    along = x * math.cos(yaw) + y * math.sin(yaw)
    across = y * math.cos(yaw) - x * math.sin(yaw)
    if min(abs(abs(along) - 2.0), abs(abs(across) - 1.0)) > 1e-6:
        expected = abs(along) < 2.0 and abs(across) < 1.0
        assert contains(box.footprint(), np.array([x, y])) == expected


@given(st.floats(0.3, 3.0), st.floats(0.0, 1.0))
def test_a_higher_obstacle_is_seen_nearer(top, more):
    lidar = LidarParams()
    assert blind_range(top + more, lidar) <= blind_range(top, lidar)


def test_blind_range_is_the_lowest_beams():
    lidar = LidarParams(z=1.8, lowest_beam=math.radians(20.0), min_visible_height=0.2)
    assert blind_range(1.0, lidar) == pytest.approx(1.0 / math.tan(math.radians(20.0)))
    assert blind_range(5.0, lidar) == lidar.min_range


@given(st.floats(-math.pi, math.pi))
def test_sight_is_the_same_all_around(bearing):
    """An obstacle behind another is hidden in any direction, also across the back."""
    cos, sin = math.cos(bearing), math.sin(bearing)
    near = TrackedObject(1, 6.0 * cos, 6.0 * sin, 1.0, bearing, 0.3, 4.0, 2.0)
    far = TrackedObject(2, 10.0 * cos, 10.0 * sin, 0.5, bearing, 0.6, 0.6, 1.0)
    table, hiding = make_table([far]), make_table([near])
    clear = np.full(SECTORS, np.inf)
    hidden = skyline(hiding.corners, hiding.following, np.zeros(2))
    assert should_be_seen(table, clear, LidarParams()) == [True]
    assert should_be_seen(table, hidden, LidarParams()) == [False]


def ego(ms, x, speed=10.0, yaw=0.0):
    return EgoMotion(ms * MS, speed, 0.0, x, 0.0, yaw)


def filled(*poses):
    history = EgoHistory(0.2)
    assert all(history.add(pose) for pose in poses)
    return history


@given(st.integers(0, 120))
def test_history_is_linear_between_and_a_little_after(ms):
    history = filled(ego(0, 0.0), ego(20, 0.2), ego(40, 0.4))
    assert history.at(ms * MS).x == pytest.approx(0.01 * ms)


def test_history_turns_the_short_way():
    history = filled(ego(0, 0.0, yaw=3.1), ego(20, 0.2, yaw=-3.1))
    assert math.cos(history.at(10 * MS).yaw) == pytest.approx(-1.0)


def test_history_knows_nothing_before_it_and_long_after_it():
    history = filled(ego(100, 0.0))
    assert history.at(99 * MS) is None
    assert history.at(301 * MS) is None
    assert EgoHistory(0.2).at(0) is None


@pytest.mark.parametrize(
    "broken", [ego(90, 0.0), ego(301, 2.0), ego(120, 5.0)], ids=["back", "gap", "jump"]
)
def test_history_tells_when_motion_is_broken_and_starts_anew(broken):
    history = filled(ego(100, 0.0))
    assert not history.add(broken)
    assert history.at(broken.stamp_ns) == broken
    assert history.at(broken.stamp_ns - MS) is None

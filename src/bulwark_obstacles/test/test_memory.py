# SPDX-License-Identifier: Apache-2.0
"""What is remembered, where, for how long, and what is not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstacle_scene import START_NS, Scene, car, thing

from bulwark_core.objects import Motion, ObjectClass
from bulwark_obstacles.footprints import hull
from bulwark_obstacles.params import (
    LidarParams,
    MemoryParams,
    MovableParams,
    StaticObstaclesParams,
)
from bulwark_obstacles.standing import is_standing

# A lidar over the front bumper whose lowest beam is 8 degrees down: 1 m high things within
# 7.3 m of it are in its blind zone.
HIGH_LIDAR = LidarParams(x=3.0, lowest_beam=0.14)
BLIND = StaticObstaclesParams(lidar=HIGH_LIDAR)
coordinates = st.floats(-500.0, 500.0)
angles = st.floats(-3.1, 3.1)


def blind_scene(*things, **arguments):
    return Scene(*things, **{"params": BLIND, **arguments})


def test_what_is_seen_is_passed_on_with_its_class_and_id():
    (shown,) = Scene(thing(7, 20.0, 1.0)).scan()
    assert shown.id == 7
    assert shown.object_class is ObjectClass.CRASH_BARREL
    assert shown.last_seen_ns == START_NS
    assert (shown.x, shown.y, shown.existence) == pytest.approx((20.0, 1.0, 0.9))


def test_an_unknown_standing_thing_is_passed_on_as_unknown():
    (shown,) = Scene(thing(7, 20.0, 1.0, (3.0, 3.0, 0.3))).scan()
    assert shown.object_class is ObjectClass.UNKNOWN


@pytest.mark.parametrize("motion", [Motion.MOVING, Motion.UNKNOWN])
def test_what_is_not_known_to_stand_is_not_passed_on(motion):
    assert Scene(thing(7, 6.0, 0.0, motion=motion)).scan() == []


def test_a_parked_car_needs_evidence_and_nearness():
    assert Scene(car(1, 30.0, 0.0)).scan() == []
    assert len(Scene(car(1, 8.0, 0.0)).scan()) == 1
    assert Scene(car(1, 8.0, 0.0, measurements=5)).scan() == []


@given(
    st.floats(5.5, 7.0), st.floats(-1.5, 1.5), coordinates, coordinates, angles,
    st.floats(0.0, 1.2), st.floats(-0.5, 0.5),
)  # fmt: skip
def test_a_remembered_thing_keeps_its_place_while_the_car_moves(
    ahead, left, x, y, yaw, forward, turned
):
    cos, sin = np.cos(yaw), np.sin(yaw)
    place = (x + ahead * cos - left * sin, y + ahead * sin + left * cos)
    scene = blind_scene(thing(3, *place), x=x, y=y, yaw=yaw)
    scene.scan()
    scene.x, scene.y, scene.yaw = x + forward * cos, y + forward * sin, yaw + turned
    (shown,) = scene.scan(3)
    expected = scene.in_base(scene.things[0])
    assert (shown.x, shown.y) == pytest.approx((expected.x, expected.y), abs=1e-6)
    assert np.cos(shown.yaw - expected.yaw) == pytest.approx(1.0)
    assert shown.last_seen_ns == START_NS


def test_at_standstill_it_is_known_for_two_minutes_and_no_longer():
    scene = blind_scene(thing(3, 5.0, 0.0))
    scene.scan()
    assert len(scene.scans(1199, 3)) == 1
    assert scene.scans(2, 3) == []


def test_it_is_known_for_the_way_that_odometry_is_good_for():
    params = replace(BLIND, memory=MemoryParams(max_way=1.0))
    scene = blind_scene(thing(3, 6.0, 3.0), params=params, speed=0.5)
    scene.scan()
    assert len(scene.scans(19, 3, step=0.05)) == 1
    assert scene.scans(2, 3, step=0.05) == []


def test_a_remembered_thing_is_less_certain_with_the_way():
    scene = blind_scene(thing(3, 6.5, 3.0), speed=1.0)
    shown = [scene.scan()[0]] + [scene.scans(1, 3, step=0.1)[0] for _ in range(40)]
    existences = [obstacle.existence for obstacle in shown]
    assert (np.diff(existences) < 0.0).all()
    assert existences[-1] == pytest.approx(0.9 * (1.0 - 0.5 * 4.0 / 8.0))
    assert shown[-1].position_variance == pytest.approx((0.02 * 4.0) ** 2)


def test_what_would_be_inside_the_car_is_not_there():
    scene = blind_scene(thing(3, 4.2, 0.0))
    assert len(scene.scan()) == 1
    assert len(scene.scans(1, 3, step=0.5)) == 1
    assert scene.scans(1, 3, step=0.5) == []


def test_a_car_is_remembered_for_one_second_only():
    scene = blind_scene(car(3, 7.0, 0.0))
    scene.scan()
    assert len(scene.scans(10, 3)) == 1
    assert scene.scan(3) == []


def test_forgotten_when_it_should_be_seen_and_is_not():
    scene = Scene(thing(3, 8.0, 0.0))  # 4 m before the bumper, in full view of a roof lidar
    scene.scan()
    assert len(scene.scans(2, 3)) == 1
    assert scene.scan(3) == []


def test_hidden_behind_another_thing_it_is_not_missed():
    wall = thing(4, 6.0, 0.0, (0.2, 3.0, 2.0))
    scene = Scene(thing(3, 8.0, 0.0), wall)
    scene.scan()
    assert [shown.id for shown in scene.scans(5, 3)] == [3, 4]


def test_a_single_miss_is_no_evidence_when_it_is_seen_again():
    scene = Scene(thing(3, 8.0, 0.0))
    for _ in range(10):
        scene.scan()
        assert len(scene.scans(2, 3)) == 1


def test_nothing_is_remembered_far_from_the_body():
    scene = blind_scene(thing(3, 3.7 + 6.5, 0.0))
    assert len(scene.scan()) == 1
    assert scene.scan(3) == []


def test_nothing_is_remembered_far_behind():
    scene = blind_scene(thing(3, 5.0, 2.0))
    scene.scan()
    scene.x += 15.0
    assert scene.scan(3) == []


def test_nothing_is_remembered_at_speed():
    scene = blind_scene(thing(3, 6.0, 2.0), speed=6.0)
    assert len(scene.scan()) == 1
    assert scene.scan(3) == []


def test_what_begins_to_move_is_forgotten_at_once():
    scene = blind_scene(thing(3, 6.0, 0.0))
    scene.scan()
    scene.things[0] = replace(scene.things[0], motion=Motion.MOVING)
    assert scene.scan() == []
    assert scene.scan(3) == []


def test_a_doubt_about_the_motion_of_a_known_thing_changes_nothing():
    scene = blind_scene(thing(3, 6.0, 0.0))
    scene.scan()
    scene.things[0] = replace(scene.things[0], motion=Motion.UNKNOWN)
    assert len(scene.scan()) == 1


def test_seen_again_as_another_track_it_keeps_its_id():
    scene = blind_scene(thing(3, 6.0, 0.0))
    scene.scan()
    scene.scan(3)
    scene.things = [thing(9, 6.05, 0.02)]
    for _ in range(3):
        (shown,) = scene.scan()
        assert shown.id == 3
    assert scene.scan(9)[0].id == 3


def test_it_stays_while_a_new_track_at_its_place_is_not_decided_yet():
    scene = Scene(thing(3, 8.0, 0.0))
    scene.scan()
    scene.things = [thing(9, 8.05, 0.0, motion=Motion.UNKNOWN)]
    assert [shown.id for shown in scene.scans(6)] == [3]
    scene.things = [thing(9, 8.05, 0.0)]
    assert [shown.id for shown in scene.scan()] == [3]


def test_a_neighbour_in_a_row_does_not_take_the_place_of_a_remembered_one():
    row = [thing(n, 5.0, 0.8 * n) for n in (1, 2)]
    scene = blind_scene(row[0])
    scene.scan()
    scene.things = [row[1]]
    assert [shown.id for shown in scene.scan()] == [1, 2]


def test_clear_forgets_everything():
    scene = blind_scene(thing(3, 5.0, 0.0))
    scene.scan()
    scene.memory.clear()
    assert scene.scan(3) == []


def test_near_the_blind_zone_the_ground_it_covered_stays_covered():
    """Its near half goes below the lowest beam: it must not seem to move away."""
    scene = Scene(thing(3, 4.2, 0.0, (0.4, 0.4, 0.4)))
    (whole,) = scene.scan()
    scene.things[0] = thing(3, 4.3, 0.0, (0.2, 0.4, 0.4))
    (shown,) = scene.scan()
    assert shown.footprint().min(axis=0) == pytest.approx(whole.footprint().min(axis=0))
    assert shown.x - shown.length / 2.0 == pytest.approx(4.0)


def test_a_track_that_jumps_does_not_cover_the_gap():
    scene = Scene(thing(3, 4.2, 0.0, (0.3, 0.3, 0.4)))
    scene.scan()
    scene.things[0] = thing(3, 4.0, 1.2, (0.3, 0.3, 0.4))
    (shown,) = scene.scan()
    assert (shown.length, shown.width) == pytest.approx((0.3, 0.3))


@given(st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=20))
def test_the_hull_holds_all_points(points):
    corners = hull(np.array(points))
    if len(corners) >= 3:
        steps = np.roll(corners, -1, axis=0) - corners
        for point in points:
            away = point - corners
            assert (steps[:, 0] * away[:, 1] - steps[:, 1] * away[:, 0] >= -1e-6).all()


def test_evidence_of_the_class_outlasts_a_partial_view():
    scene = blind_scene(thing(3, 6.0, 0.0))
    scene.scans(5)
    scene.things[0] = replace(scene.things[0], width=0.1, length=0.3)
    assert scene.scan()[0].object_class is ObjectClass.CRASH_BARREL


def test_the_class_of_a_surer_source_stays():
    sure = thing(3, 6.0, 0.0, object_class=ObjectClass.WATER_BARRIER, class_probability=0.99)
    assert Scene(sure).scan()[0].object_class is ObjectClass.WATER_BARRIER


def test_no_memory_where_it_is_turned_off():
    params = replace(BLIND, memory=MemoryParams(max_age=0.0))
    scene = blind_scene(thing(3, 5.0, 0.0), params=params)
    assert len(scene.scan()) == 1
    assert scene.scan(3) == []


def test_only_misses_in_a_row_count():
    scene = Scene(thing(3, 8.0, 0.0))
    scene.scan()
    scene.scans(2, 3)
    scene.things.append(thing(4, 6.0, 0.0, (0.2, 3.0, 2.0)))  # something comes between
    scene.scan(3)
    scene.things.pop()
    assert 3 in [shown.id for shown in scene.scans(2, 3)]


@pytest.mark.parametrize("seconds, stands", [(0.9, False), (1.0, True)])
def test_a_parked_car_must_have_stood_for_a_while(seconds, stands):
    parked = car(1, 8.0, 0.0, first_seen_ns=START_NS, last_seen_ns=START_NS + int(seconds * 1e9))
    assert is_standing(parked, MovableParams(duration=1.0), is_known=False) is stands

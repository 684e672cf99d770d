# SPDX-License-Identifier: Apache-2.0
"""Courses in space and time, against brute force, and who is met for sure."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bulwark_aeb.courses import (
    HARDEST_TURN,
    TIMES,
    TURNS_FROM,
    Course,
    along_the_road,
    bend_left,
    first_meeting,
    meet,
    own_course,
    road_between,
    strip,
    surely_meets,
    turning,
    within_reach,
)
from bulwark_aeb.path import Body, Path
from bulwark_core.vehicle import VehicleParams

BODY = Body.of(VehicleParams())
BOX = np.array([[2.2, 0.9], [-2.2, 0.9], [-2.2, -0.9], [2.2, -0.9]])
MIRROR = np.array([1.0, -1.0])
places = st.tuples(st.floats(5.0, 60.0), st.floats(-20.0, 20.0)).map(np.array)
velocities = st.tuples(st.floats(-15.0, 5.0), st.floats(-8.0, 8.0)).map(np.array)
curvatures = st.floats(-0.08, 0.08)


def box_along(velocity) -> np.ndarray:
    """A car's outline that points where it goes."""
    angle = math.atan2(velocity[1], velocity[0])
    cos, sin = math.cos(angle), math.sin(angle)
    return BOX @ np.array([[cos, sin], [-sin, cos]])


def stepped(place, velocity, rate, time, steps=2000):
    """The place after `time`, in many small straight steps."""
    x, y = place
    angle, pace = math.atan2(velocity[1], velocity[0]), math.hypot(*velocity)
    step = time / steps
    for _ in range(steps):
        angle += rate * step / 2.0
        x, y = x + pace * step * math.cos(angle), y + pace * step * math.sin(angle)
        angle += rate * step / 2.0
    return x, y


@pytest.mark.parametrize("rate", [0.0, 0.4, -0.7])
def test_a_turning_thing_goes_round_its_circle(rate):
    place, velocity = np.array([30.0, 4.0]), np.array([-7.0, 2.0])
    course = turning(place, velocity, rate)
    at = stepped(place, velocity, rate, TIMES[-1])
    assert course.places[-1] == pytest.approx(at, abs=1e-4)
    assert course.turned[-1] == pytest.approx(rate * TIMES[-1])


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("curvature", [0.0, 0.05, -0.1])
def test_the_own_course_follows_the_path_and_then_goes_straight_on(curvature, reverse):
    path = Path(curvature, reverse=reverse)
    own = own_course(path, 5.0)
    velocity = np.array([5.0 * path.direction, 0.0])
    turn_rate = path.direction * 5.0 * curvature
    assert own.places == pytest.approx(turning(np.zeros(2), velocity, turn_rate).places, abs=1e-9)
    ends = own_course(path, 5.0, ends=5.0)
    assert ends.places[:21] == pytest.approx(own.places[:21])
    straight = np.diff(ends.places[20:], axis=0)
    assert straight == pytest.approx(np.tile(straight[:1], (len(straight), 1)), abs=1e-9)
    assert ends.turned[20:] == pytest.approx(path.direction * 5.0 * curvature)


def test_a_bend_goes_on_until_it_is_parallel_to_who_comes():
    quarter = math.pi / 2.0
    assert bend_left(np.array([0.0, -8.0]), Path(0.05)) == pytest.approx(quarter / 0.05)
    assert bend_left(np.array([0.0, 8.0]), Path(-0.05)) == pytest.approx(quarter / 0.05)
    assert bend_left(np.array([0.0, 8.0]), Path(0.05)) == 0.0
    assert bend_left(np.array([0.0, -8.0]), Path(0.0)) == 0.0
    assert bend_left(np.array([0.0, -8.0]), Path(0.05, reverse=True)) == pytest.approx(
        quarter / 0.05
    )


def test_along_the_road_it_keeps_its_distance_to_the_middle_of_the_bend():
    path = Path(0.04)
    velocity = np.array([0.0, -8.0])
    course = along_the_road(np.array([21.5, 40.0]), velocity, path)
    assert course is not None
    away = np.hypot(*(course.places - (0.0, 25.0)).T)
    gone = 8.0 * TIMES
    assert away[gone > 15.0] == pytest.approx(21.5)
    assert course.places[gone <= 15.0, 0] == pytest.approx(21.5)
    steps = np.hypot(*np.diff(course.places, axis=0).T)
    assert steps == pytest.approx(8.0 * np.diff(TIMES), rel=1e-3)
    assert course.turned[-1] == pytest.approx(-(gone[-1] - 15.0) / 21.5)


def test_who_has_passed_the_bend_on_another_course_does_not_follow_it():
    assert along_the_road(np.array([21.5, 0.0]), np.array([0.0, -8.0]), Path(0.04)) is None


@given(places, velocities, curvatures, st.floats(-0.8, 0.8), st.floats(1.0, 20.0))
def test_bodies_meet_when_points_of_one_lie_in_the_other(place, velocity, curvature, rate, speed):
    outline = box_along(velocity)
    course, own = turning(place, velocity, rate), own_course(Path(curvature), speed)
    found = first_meeting(outline, course, own, BODY)
    k = len(TIMES) if found is None else int(np.searchsorted(TIMES, found.time - 1e-9))
    assert not any(overlap(outline, course, own, i, 0.05) for i in range(k))
    if found is not None:
        assert overlap(outline, course, own, k, -0.2)  # closer than the points are apart


def relative(points, course: Course, own: Course, k: int) -> np.ndarray:
    """Points of the thing in the body's frame at moment k."""
    turn, yaw = course.turned[k], own.turned[k]
    rotate = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    back = np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])
    return (points @ rotate + course.places[k] - own.places[k]) @ back


def overlap(outline, course: Course, own: Course, k: int, inside: float) -> bool:
    """Whether a fine grid of the thing has a point at least that deep in the body."""
    share = np.linspace(0.0, 1.0, 25)
    u, v = np.meshgrid(share, share)
    a, b, d = outline[0], outline[1], outline[3]
    grid = a + u.reshape(-1, 1) * (b - a) + v.reshape(-1, 1) * (d - a)
    x, y = relative(grid, course, own, k).T
    within = (x > BODY.rear + inside) & (x < BODY.front - inside)
    return bool((within & (np.abs(y) < BODY.half_width - inside)).any())


@given(places, velocities, curvatures, st.floats(-0.8, 0.8), st.floats(1.0, 20.0))
def test_left_and_right_are_alike(place, velocity, curvature, rate, speed):
    assume(math.hypot(*velocity) > 3.0)
    outline = box_along(velocity)
    given_ = surely_meets(outline, place, velocity, rate, Path(curvature), speed, BODY)
    mirrored = surely_meets(
        (outline * MIRROR)[::-1], place * MIRROR, velocity * MIRROR, -rate, Path(-curvature),
        speed, BODY,
    )  # fmt: skip
    assert given_ == mirrored


@given(places, velocities, curvatures, st.floats(1.0, 20.0))
def test_forward_and_reverse_are_alike(place, velocity, curvature, speed):
    assume(math.hypot(*velocity) > 3.0)
    outline, flip = box_along(velocity), np.array([-1.0, 1.0])
    turned_round = Body(-BODY.rear, -BODY.front, BODY.half_width)
    forward = surely_meets(outline, place, velocity, 0.0, Path(curvature), speed, BODY)
    back = surely_meets(
        (outline * flip)[::-1], place * flip, velocity * flip, 0.0, Path(curvature, reverse=True),
        speed, turned_round,
    )  # fmt: skip
    assert forward == back


@given(places, velocities, curvatures, st.floats(1.0, 20.0))
def test_the_cheap_bound_loses_nobody(place, velocity, curvature, speed):
    own = own_course(Path(curvature), speed)
    outline = box_along(velocity)
    if meet(outline, turning(place, velocity, 0.0), own, BODY):
        radius = np.array([np.hypot(*outline.T).max()])
        assert within_reach(place[None], radius, velocity[None], own, BODY).all()


@given(velocities)
def test_the_strip_holds_the_outline_all_the_way(velocity):
    assume(math.hypot(*velocity) > 0.5)
    outline = box_along(velocity)
    corners = strip(outline, velocity)
    for time in (0.0, 1.7, 4.0):
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            edge, to = end - start, outline + velocity * time - start
            assert (edge[0] * to[:, 1] - edge[1] * to[:, 0] >= -1e-6).all()


def oncoming(curvature: float, lane: float, arc: float, pace: float):
    """Place and velocity of one in the next lane of our bend, `arc` metres along it."""
    angle, radius = curvature * arc, 1.0 / curvature - lane
    place = np.array([radius * math.sin(angle), 1.0 / curvature - radius * math.cos(angle)])
    return place, -pace * np.array([math.cos(angle), math.sin(angle)])


@pytest.mark.parametrize("curvature", [0.04, -0.04, 0.01, -0.01])
@pytest.mark.parametrize("arc", [15.0, 25.0, 35.0])
@pytest.mark.parametrize("told", [False, True])
def test_nobody_in_the_next_lane_of_the_bend_is_met_for_sure(curvature, arc, told):
    place, velocity = oncoming(curvature, 3.5, arc, 8.0)
    rate = -8.0 / (1.0 / curvature - 3.5) if told else 0.0
    args = (box_along(velocity), place, velocity, rate, Path(curvature), 8.0, BODY)
    assert not surely_meets(*args)


@pytest.mark.parametrize("curvature", [0.04, -0.04, 0.01, -0.01])
def test_one_in_our_own_lane_of_the_bend_is_met(curvature):
    place, velocity = oncoming(curvature, 0.0, 16.0, 8.0)
    rate = -8.0 * curvature
    assert surely_meets(box_along(velocity), place, velocity, rate, Path(curvature), 8.0, BODY)


def test_one_who_turns_away_is_not_met_until_no_swerve_helps():
    velocity = np.array([-8.0, 0.0])

    def met(distance: float, rate: float = 0.35) -> bool:
        place = np.array([distance, 0.0])
        return surely_meets(box_along(velocity), place, velocity, rate, Path(0.0), 8.0, BODY)

    assert not met(30.0)
    assert met(30.0, rate=TURNS_FROM * 0.9)
    assert met(30.0, rate=HARDEST_TURN / 8.0 * 1.1)
    assert met(10.0)
    distances = np.arange(8.0, 30.0, 0.5)
    sure = [met(float(d)) for d in distances]
    assert sure == sorted(sure, reverse=True)


@given(st.floats(0.002, 0.02), st.floats(10.0, 60.0), st.booleans(), st.booleans())
def test_the_road_between_two_headings_is_the_arc_that_both_are_on(curve, length, right, reverse):
    assume(math.radians(1.1) < curve * length < math.radians(44.0))
    road = Path(-curve if right else curve, reverse=reverse)
    end = own_course(road, length / TIMES[-1])
    angle = end.turned[-1]
    velocity = -road.direction * 6.0 * np.array([math.cos(angle), math.sin(angle)])
    found = road_between(end.places[-1], velocity, Path(0.0, reverse=reverse), 8.0)
    assert found is not None
    assert found[0].curvature == pytest.approx(road.curvature)
    assert found[1] == pytest.approx(length)


@pytest.mark.parametrize(
    "place,velocity,speed",
    [
        ((40.0, 3.0), (-8.0, 0.0), 8.0),  # straight against us
        ((40.0, 3.0), (-2.0, -8.0), 8.0),  # rather across
        ((40.0, 3.0), (8.0, 1.0), 8.0),  # the same way
        ((-40.0, 3.0), (-8.0, -1.0), 8.0),  # behind us
        ((40.0, 3.0), (-8.0, -1.0), 40.0),  # too fast for such a bend
    ],
)
def test_no_road_leads_to_most_courses(place, velocity, speed):
    assert road_between(np.array(place), np.array(velocity), Path(0.0), speed) is None


def test_who_turns_off_is_on_no_road_with_one_who_comes():
    place, velocity = np.array([40.0, 3.0]), np.array([-8.0, 0.5])
    assert road_between(place, velocity, Path(-0.02), 8.0) is not None
    assert road_between(place, velocity, Path(0.001), 8.0) is not None
    assert road_between(place, velocity, Path(0.02), 8.0) is None


@pytest.mark.parametrize("pace", [8.0, 20.0])
def test_who_comes_round_a_bend_ahead_is_not_met_but_who_drifts_into_our_lane_is(pace):
    """One in the next lane before we bend, and one 0.1 rad off its course who has come near."""
    curve = 2.0 / pace**2
    angle = min(35.0 * curve, 0.7)
    x = math.sin(angle) * (1.0 / curve - 3.5)
    y = 1.0 / curve - math.cos(angle) * (1.0 / curve - 3.5)
    velocity = -pace * np.array([math.cos(angle), math.sin(angle)])
    args = (velocity, 0.0, Path(0.0), pace, BODY)
    assert not surely_meets(box_along(velocity), np.array([x, y]), *args)
    drifts = pace * np.array([-math.cos(0.1), -math.sin(0.1)])
    near = np.array([1.0 * pace, 0.1 * pace * 0.6])
    assert surely_meets(box_along(drifts), near, drifts, 0.0, Path(0.0), pace, BODY)

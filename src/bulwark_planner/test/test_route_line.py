# SPDX-License-Identifier: Apache-2.0
"""Arc length, offset and curvature of the line, and the frames it moves between."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.errors import BadMessageError
from bulwark_core.objects import EgoMotion
from bulwark_planner.ego_frames import advance, move, relative
from bulwark_planner.route_line import RouteLine

coordinates = st.floats(-1e4, 1e4)
angles = st.floats(-3.1, 3.1)


def circle(radius, sign=1.0, share=0.5):
    angle = np.linspace(0.0, 2.0 * math.pi * share, 200)
    return RouteLine.through(
        np.column_stack([radius * np.sin(angle), sign * radius * (1.0 - np.cos(angle))])
    )


@given(st.floats(-25.0, 120.0), st.floats(-15.0, 15.0), angles, coordinates, coordinates)
def test_project_and_at_agree_on_a_straight_line_anywhere(arc, offset, yaw, x, y):
    forward, left = (
        np.array([math.cos(yaw), math.sin(yaw)]),
        np.array([-math.sin(yaw), math.cos(yaw)]),
    )
    line = RouteLine.through(np.array([[x, y], np.array([x, y]) + 100.0 * forward]))
    point = np.array([x, y]) + arc * forward + offset * left
    found_arc, found_offset = line.project(point[None])
    assert found_arc[0] == pytest.approx(arc, abs=1e-6)
    assert found_offset[0] == pytest.approx(offset, abs=1e-6)
    assert line.at(arc) == pytest.approx(point - offset * left, abs=1e-6)


@given(st.floats(8.0, 100.0), st.sampled_from([-1.0, 1.0]))
def test_curvature_of_a_circle(radius, sign):
    curvature = circle(radius, sign).curvature()
    assert curvature[5:-5] == pytest.approx(sign / radius, rel=0.02)


@given(st.floats(10.0, 60.0), st.floats(0.1, 2.9), st.floats(-4.0, 4.0))
def test_project_on_a_circle(radius, angle, offset):
    inner = radius - offset  # left of a left bend is inside
    point = [inner * math.sin(angle), radius - inner * math.cos(angle)]
    arc, found = circle(radius).project(np.array([point]))
    assert arc[0] == pytest.approx(radius * angle, rel=0.02, abs=0.4)
    assert found[0] == pytest.approx(offset, abs=0.05)


def test_uneven_and_repeated_points_are_resampled():
    line = RouteLine.through(
        np.array([[0.0, 0.0], [0.0, 0.0], [3.0, 0.0], [3.0, 0.0], [50.0, 0.0]])
    )
    assert line.length == 50.0
    assert np.diff(line.arc) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "points", [np.empty((0, 2)), np.zeros((1, 2)), np.zeros((5, 2)), [[0.0, 0.0], [np.nan, 1.0]]]
)
def test_a_line_without_length_or_with_nan_is_refused(points):
    with pytest.raises(BadMessageError, match="route has"):
        RouteLine.through(np.asarray(points))


@given(
    coordinates, coordinates, angles, st.floats(-5.0, 30.0), st.floats(-0.5, 0.5), st.floats(-1, 1)
)
def test_advance_is_undone_by_going_back(x, y, yaw, speed, yaw_rate, seconds):
    ego = EgoMotion(10**9, speed, yaw_rate, x, y, yaw)
    back = advance(advance(ego, 10**9 + round(seconds * 1e9)), 10**9)
    assert (back.x, back.y, back.yaw) == pytest.approx((x, y, yaw), abs=1e-6)


@given(st.floats(1.0, 30.0), st.floats(0.05, 0.5))
def test_advance_follows_the_circle(speed, yaw_rate):
    ego = advance(EgoMotion(0, speed, yaw_rate), 10**9)
    radius = speed / yaw_rate
    assert math.hypot(ego.x, ego.y - radius) == pytest.approx(radius)


@given(coordinates, coordinates, angles, coordinates, coordinates, angles)
def test_a_standing_point_keeps_its_place_in_odom(x1, y1, yaw1, x2, y2, yaw2):
    then, now = EgoMotion(0, 0.0, 0.0, x1, y1, yaw1), EgoMotion(1, 0.0, 0.0, x2, y2, yaw2)
    point = np.array([[12.0, -3.0]])
    there = move(relative(then, now), point)
    assert move(relative(now, then), there) == pytest.approx(point, abs=1e-6)
    distance = np.hypot(*(there[0]))
    car_to_point = np.hypot(
        x1 + 12.0 * math.cos(yaw1) + 3.0 * math.sin(yaw1) - x2,
        y1 + 12.0 * math.sin(yaw1) - 3.0 * math.cos(yaw1) - y2,
    )
    assert distance == pytest.approx(car_to_point, abs=1e-6)

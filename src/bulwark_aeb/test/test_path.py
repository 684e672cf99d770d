# SPDX-License-Identifier: Apache-2.0
"""The swept body against brute force, and the symmetries that geometry demands."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bulwark_aeb.path import (
    Body,
    Path,
    arc_length,
    contact_candidates,
    edge_contact,
    lateral_offset,
    nearest_in_path,
    swept_contact,
)
from bulwark_core.vehicle import VehicleParams

BODY = Body(3.7, -1.0, 0.95)
CURVATURES = [0.0, 1e-12, 1e-7, 1e-4, 0.01, 0.05, 0.1, 0.2, 0.24]
curvature = st.floats(-0.24, 0.24)
place = st.tuples(st.floats(-20.0, 60.0), st.floats(-10.0, 10.0))


def poses(path: Path, travel: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    signed = path.direction * travel
    angle = signed * path.curvature
    x = signed * np.sinc(angle / np.pi)
    y = signed * np.sin(angle / 2.0) * np.sinc(angle / (2.0 * np.pi))
    return x, y, angle


def brute_contact(points: np.ndarray, path: Path, body: Body, travel: np.ndarray) -> np.ndarray:
    x, y, angle = poses(path, travel)
    dx, dy = points[:, :1] - x, points[:, 1:] - y
    along, aside = np.cos(angle) * dx + np.sin(angle) * dy, np.cos(angle) * dy - np.sin(angle) * dx
    inside = (along <= body.front) & (along >= body.rear) & (np.abs(aside) <= body.half_width)
    return np.where(inside.any(axis=1), travel[inside.argmax(axis=1)], np.inf)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("bend", CURVATURES)
def test_contact_is_what_moving_the_body_shows(bend: float, side: float, reverse: bool):
    path = Path(side * bend, reverse=reverse)
    rng = np.random.default_rng(1)
    near = bend > 0.04
    low, high = ([-12, -12], [12, 12]) if near else ([-8, -5], [60, 5])
    points = rng.uniform(low, high, (600, 2)) * [1.0 if near else path.direction, 1.0]
    limit = min(50.0, 2.0 * math.pi / max(bend, 1e-9))
    travel = np.linspace(0.0, limit, 5000)
    expected = brute_contact(points, path, BODY, travel)
    found = swept_contact(points, path, BODY)
    found = np.where(found > limit, np.inf, found)
    differ = np.isfinite(found) != np.isfinite(expected)
    assert differ.sum() <= 1  # a grazed corner falls between two steps of the brute force
    both = np.isfinite(found) & np.isfinite(expected)
    assert both.sum() > 20
    assert np.abs(found[both] - expected[both]).max() < 2.0 * limit / 5000 + 1e-3


@given(st.lists(place, min_size=1, max_size=20), curvature, st.booleans())
def test_left_and_right_mirror(points: list[tuple[float, float]], bend: float, reverse: bool):
    here = np.array(points)
    path, mirrored = Path(bend, reverse=reverse), Path(-bend, reverse=reverse)
    assert np.array_equal(
        swept_contact(here, path, BODY), swept_contact(here * [1, -1], mirrored, BODY)
    )


@given(st.lists(place, min_size=1, max_size=20), curvature)
def test_reverse_is_forward_with_the_body_turned_round(
    points: list[tuple[float, float]], bend: float
):
    here, turned = np.array(points), Body(1.0, -3.7, 0.95)
    assert np.array_equal(
        swept_contact(here, Path(bend), BODY),
        swept_contact(here * [-1, 1], Path(bend, reverse=True), turned),
    )


@given(place, curvature, st.floats(0.1, 10.0))
def test_rigid_motion_along_the_path_shortens_the_travel(
    point: tuple[float, float], bend: float, ahead: float
):
    """Seen from farther along the same circle, contact is as much nearer."""
    path = Path(bend)
    travel = swept_contact(np.array([point]), path, BODY)[0]
    assume(ahead + 1e-3 < travel < math.inf)
    x, y, angle = poses(path, np.array([ahead]))
    turn = np.array([[np.cos(angle[0]), -np.sin(angle[0])], [np.sin(angle[0]), np.cos(angle[0])]])
    seen = (np.array([point]) - [x[0], y[0]]) @ turn
    later = swept_contact(seen, path, BODY)[0]
    edge = swept_contact(seen, path, Body(3.7, -1.0, 0.95 + 1e-6))[0]
    assert min(abs(later - travel + ahead), abs(edge - travel + ahead)) < 1e-3


@given(place, curvature, st.floats(0.0, 0.5))
def test_a_wider_body_meets_no_later(point: tuple[float, float], bend: float, wider: float):
    here = np.array([point])
    narrow = swept_contact(here, Path(bend), BODY)
    wide = swept_contact(here, Path(bend), BODY, wider)
    assert wide[0] <= narrow[0] + 1e-6


def test_margin_can_differ_per_point():
    points = np.array([[10.0, 1.0], [10.0, 1.0]])
    travel = swept_contact(points, Path(0.0), BODY, np.array([0.0, 0.1]))
    assert travel.tolist() == [math.inf, pytest.approx(6.3)]


def test_the_tail_swings_out_of_a_bend():
    beside = np.array([[-0.9, -0.96]])  # behind the rear axle, just outside
    assert swept_contact(beside, Path(0.2), BODY)[0] < 0.3
    assert swept_contact(beside, Path(0.0), BODY)[0] == math.inf
    assert swept_contact(beside * [1, -1], Path(0.2), BODY)[0] > 20.0


def test_the_inner_side_cuts_the_corner():
    """Met beside the rear axle although the front corner passed clear of it."""
    post = np.array([[3.0, 1.5]])
    travel = swept_contact(post, Path(0.2), BODY)[0]
    assert 0.0 < travel < 4.0
    front_corner = np.hypot(3.7, 1.0 / 0.2 - 0.95)
    assert np.hypot(3.0, 1.0 / 0.2 - 1.5) < front_corner


def test_arc_and_offset_are_polar_coordinates_of_the_path():
    for path in (Path(0.1), Path(-0.1), Path(0.0)):
        x, y, angle = poses(path, np.array([7.0]))
        normal = np.array([-np.sin(angle[0]), np.cos(angle[0])])
        point = np.array([[x[0], y[0]]]) + 1.5 * normal
        assert arc_length(point, path)[0] == pytest.approx(7.0)
        assert lateral_offset(point, path)[0] == pytest.approx(1.5)
    assert arc_length(np.array([[-4.0, 0.3]]), Path(0.0, reverse=True))[0] == 4.0


def box(x: float, y: float, length: float, width: float, yaw: float = 0.0) -> np.ndarray:
    half = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * (length / 2, width / 2)
    cos, sin = np.cos(yaw), np.sin(yaw)
    return half @ np.array([[cos, sin], [-sin, cos]]) + (x, y)


def test_a_wall_across_is_met_between_its_corners():
    x, y, gap = nearest_in_path(box(20.0, 0.0, 0.3, 40.0), Path(0.0), BODY)
    assert (x, gap) == (pytest.approx(19.85), pytest.approx(16.15))
    assert abs(y) <= 0.95 + 1e-6


def test_a_slanted_wall_is_met_where_it_enters_the_path():
    corners = box(20.0, 0.0, 40.0, 0.02, yaw=math.pi / 4)
    x, y, gap = nearest_in_path(corners, Path(0.0), BODY)
    assert (x, y) == (pytest.approx(19.05, abs=0.05), pytest.approx(-0.95, abs=0.01))
    assert gap == pytest.approx(x - 3.7)


def test_what_is_beside_or_behind_is_not_met():
    assert nearest_in_path(box(10.0, 3.0, 4.0, 1.8), Path(0.0), BODY) is None
    assert nearest_in_path(box(-10.0, 0.0, 4.0, 1.8), Path(0.0), BODY) is None
    assert nearest_in_path(box(-10.0, 0.0, 4.0, 1.8), Path(0.0, reverse=True), BODY) is not None


def test_a_footprint_of_one_point_is_met():
    x, y, gap = nearest_in_path(np.full((4, 2), (8.0, 0.5)), Path(0.0), BODY)
    assert (x, y, gap) == (8.0, 0.5, pytest.approx(4.3))


@given(
    st.floats(4.0, 40.0), st.floats(-6.0, 6.0), st.floats(0.05, 30.0), st.floats(0.05, 3.0),
    st.floats(-3.2, 3.2), curvature, st.booleans(),
)  # fmt: skip
def test_edges_are_met_as_exactly_as_a_dense_outline(
    x: float, y: float, length: float, width: float, yaw: float, bend: float, reverse: bool
):
    path = Path(bend, reverse=reverse)
    corners = box(x * path.direction, y, length, width, yaw)
    dense = np.concatenate(
        [
            np.linspace(a, b, 300, endpoint=False)
            for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)
        ]
    )
    expected = swept_contact(dense, path, BODY).min()
    contact = nearest_in_path(corners, path, BODY)
    found = math.inf if contact is None else contact[2]
    assert found <= expected + 1e-6
    if math.isfinite(found) and expected > found + 0.3:
        wider = swept_contact(dense, path, Body(3.7, -1.0, 1.05)).min()
        assert wider <= found + 0.3  # the dense outline just missed a grazed corner


def test_candidates_are_on_their_edges():
    starts, ends = np.array([[5.0, -3.0]]), np.array([[15.0, 3.0]])
    points = contact_candidates(starts, ends, Path(0.05), BODY)[0]
    direction = (ends - starts)[0]
    off = (points - starts[0]) @ np.array([-direction[1], direction[0]])
    assert np.abs(off).max() < 1e-9
    assert points[:, 0].min() >= 5.0
    assert points[:, 0].max() <= 15.0


def test_body_of_the_vehicle():
    vehicle = VehicleParams()
    assert Body.of(vehicle) == Body(vehicle.front, -1.0, 0.95)
    assert Path(0.1).bent(-0.2) == Path(-0.1)
    assert Path(0.1, 0.2, True).bent(0.1) == Path(0.2, 0.2, True)


@given(
    st.lists(curvature, min_size=1, max_size=3),
    st.lists(st.tuples(place, place, st.floats(-0.1, 0.3)), min_size=1, max_size=6),
    st.booleans(),
)
def test_edges_by_several_paths_at_once_are_each_by_itself(bends, edges, reverse):
    starts, ends = np.array([e[0] for e in edges]), np.array([e[1] for e in edges])
    margin = np.array([e[2] for e in edges])
    paths = [Path(bend, reverse=reverse) for bend in bends]
    travel, along = edge_contact(starts, ends, paths, BODY, margin)
    for path, found, x in zip(paths, travel, along, strict=True):
        points = contact_candidates(starts, ends, path, BODY, margin)
        alone = swept_contact(points.reshape(-1, 2), path, BODY, np.repeat(margin, 9))
        np.testing.assert_array_equal(found.ravel(), alone)
        np.testing.assert_array_equal(x, points[..., 0] * path.direction)

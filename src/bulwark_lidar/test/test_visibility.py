# SPDX-License-Identifier: Apache-2.0
"""Which edges prove something: hidden ends, averted faces and cuts."""

import math

import numpy as np
import pytest

from bulwark_lidar.edges import edge_sigmas, edges_along
from bulwark_lidar.visibility import BINS, behind_others, hidden_ends

NOISE = 0.03
SENSOR = np.zeros(2)


def rectangle(x0, x1, y0, y1):
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float)


def ends_of(outline, nearest=None, seen=None):
    nearest = np.full(BINS, np.inf) if nearest is None else nearest
    seen = np.ones(BINS, bool) if seen is None else seen
    size = np.array([len(outline)], np.int32)
    ends, hidden = hidden_ends(outline[None], size, 0.0, 0.0, nearest, seen)
    return ends[0], hidden[0]


def skyline_with(bearing_deg, distance):
    nearest = np.full(BINS, np.inf)
    nearest[int((math.radians(bearing_deg) + math.pi) / (2 * math.pi) * BINS)] = distance
    return nearest


CAR = rectangle(20.0, 24.5, -0.9, 0.9)


def test_ends_are_right_and_left_of_the_view():
    ends, hidden = ends_of(CAR)
    assert ends.tolist() == [[20.0, -0.9], [20.0, 0.9]]
    assert hidden.tolist() == [False, False]


@pytest.mark.parametrize("distance, hides", [(10.0, True), (40.0, False)])
def test_something_nearer_beside_an_end_hides_more(distance, hides):
    _, hidden = ends_of(CAR, skyline_with(3.5, distance))
    assert hidden.tolist() == [False, hides]


def test_an_end_at_the_edge_of_the_field_of_view_is_hidden():
    seen = np.ones(BINS, bool)
    seen[BINS // 2 + 6 :] = False
    _, hidden = ends_of(CAR, seen=seen)
    assert hidden.tolist() == [False, True]


def sigmas(outline, hidden=(False, False), piece=0.0, points=1000):
    ends, _ = ends_of(outline)
    return edge_sigmas(
        outline, ends, np.array(hidden), 0.0, SENSOR, NOISE, math.radians(0.2), piece, points
    )


def test_a_rear_face_is_known_well_and_the_front_behind_it_not_at_all():
    (rear, front), (right, left) = sigmas(CAR)
    assert rear == NOISE
    assert math.isinf(front)
    assert NOISE < right < 0.1
    assert NOISE < left < 0.1


def test_a_hidden_end_proves_nothing():
    (_, _), (right, left) = sigmas(CAR, hidden=(False, True))
    assert math.isinf(left)
    assert right < 0.1


def test_a_partly_hidden_pedestrian_proves_nothing():
    person = rectangle(20.0, 20.1, 0.0, 0.2)
    assert np.isinf(sigmas(person, hidden=(True, False))).all()
    assert np.isfinite(sigmas(person)).any()


def test_where_a_shadow_ends_no_face_begins():
    uncovered = np.array([[1.4, 6.0], [4.0, 6.0], [4.0, 6.6], [1.54, 6.6]])
    assert math.isinf(sigmas(uncovered, hidden=(False, True))[0, 0])
    assert sigmas(uncovered + np.array([3.0, -3.0]), hidden=(False, True))[0, 0] == NOISE


@pytest.mark.parametrize("points, is_known", [(40, False), (400, True)])
def test_the_ends_of_what_a_single_beam_meets_prove_nothing(points, is_known):
    (begin, end), (near, _) = sigmas(rectangle(-3.0, 3.0, 8.0, 8.2), points=points)
    assert near == NOISE
    assert [math.isfinite(begin), math.isfinite(end)] == [is_known, is_known]


def test_cuts_are_no_edges():
    piece = rectangle(8.0, 12.0, 6.1, 6.4)
    (begin, end), (near, _) = sigmas(piece, piece=4.0)
    assert math.isinf(begin)
    assert math.isinf(end)
    assert near == NOISE


def test_edges_along_turned_axes():
    edges = edges_along(rectangle(1.0, 3.0, -1.0, 1.0), np.array([1.0, 0.0]), math.pi / 2)
    np.testing.assert_allclose(edges, [[-1.0, 1.0], [-2.0, 0.0]], atol=1e-12)


@pytest.mark.parametrize("x, expected", [(30.0, True), (15.0, False), (19.6, False)])
def test_what_stands_behind_is_hidden(x, expected):
    outline = rectangle(x, x + 0.5, -0.2, 0.2)
    size = np.array([4], np.int32)
    hidden = behind_others(outline[None], size, CAR[None], size, SENSOR)
    assert hidden[0] == expected

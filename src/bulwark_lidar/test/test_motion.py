# SPDX-License-Identifier: Apache-2.0
"""The motion filter on edges that are known: speeds, growth, and time scales."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulwark_lidar.motion import (
    ANGLE,
    FIRST_MOVING,
    FIRST_ROUGHNESS,
    STATES,
    TURN,
    VX,
    VY,
    Motions,
    X,
    Y,
    correct,
    lead,
    moved_by,
    predict,
    see_angle,
    start,
    turn_sigma,
    velocity_at,
)

NOISE = 0.03
KNOWN = np.full((2, 2), NOISE)


def at_rest(dt=0.1):
    """Both models of one thing at the origin."""
    motions = Motions(
        np.zeros((1, 2)),
        np.zeros((1, 2, 2)),
        np.zeros((1, STATES)),
        np.zeros((1, STATES, STATES)),
    )
    start(motions, 0, NOISE, 1.2 / dt, turn_sigma(dt))
    return motions


def follow(edges_at, scans, dt=0.1, sigmas=KNOWN, seed=0):
    """Follow a thing whose edges (2, 2) are a function of the scan; returns velocities, P."""
    random = np.random.default_rng(seed)
    motions, moving, roughness = at_rest(dt), FIRST_MOVING, FIRST_ROUGHNESS
    shape, surprises = np.array(edges_at(0), float), np.zeros(2)
    history = []
    for scan in range(1, scans):
        moving = predict(motions, 0, moving, dt, dt, max(3.0, 0.02 / dt**2))
        at = np.array(lead(motions, 0, moving))
        edges = np.array(edges_at(scan), float) + random.normal(0.0, 0.01, (2, 2)) - at[:, None]
        moving, roughness, _ = correct(
            motions, 0, 0.0, moving, shape, edges, sigmas, surprises, roughness, 0.15, 1.0
        )
        u, w, _ = velocity_at(motions, 0, moving, *motions.move[0, :2])
        history.append((u, w, moving))
    return np.array(history)


def box(u, w=0.0, length=4.0, width=1.8):
    return [[u - length / 2, u + length / 2], [w - width / 2, w + width / 2]]


@pytest.mark.parametrize("speed", [1.5, 4.0, 10.0, -14.0])
def test_a_constant_speed_is_right_within_half_a_second(speed):
    history = follow(lambda scan: box(0.1 * speed * scan), 12)
    assert history[4:, 0] == pytest.approx(speed, abs=0.1 * abs(speed) + 0.15)
    assert (history[4:, 2] > 0.85).all()


def test_a_standing_thing_has_no_speed():
    history = follow(lambda scan: box(0.0), 40)
    assert np.abs(history[3:, :2]).max() < 0.1
    assert history[-1, 2] < 0.1


def test_growth_is_no_motion():
    history = follow(lambda scan: [[0.0, 1.0 + 0.3 * scan], [-0.9, 0.9]], 30)
    assert np.abs(history[:, 0]).max() < 0.2


def test_a_sliding_window_on_a_wall_is_no_motion_where_its_ends_prove_nothing():
    sigmas = np.array([[np.inf, np.inf], [NOISE, np.inf]])
    history = follow(lambda scan: [[0.8 * scan, 20 + 0.8 * scan], [5.0, 5.3]], 30, sigmas=sigmas)
    assert np.abs(history[5:, :2]).max() < 0.2


def test_an_edge_that_jumps_once_is_another_edge():
    near = lambda scan: [[0.0 if scan < 15 else -1.5, 3.0], [-0.9, 0.9]]  # noqa: E731
    sigmas = np.array([[NOISE, np.inf], [NOISE, NOISE]])
    assert np.abs(follow(near, 30, sigmas=sigmas)[3:, 0]).max() < 0.3


def test_a_thing_that_stops_stands():
    history = follow(lambda scan: box(0.5 * min(scan, 15)), 40)
    assert history[12, 0] == pytest.approx(5.0, abs=0.3)
    assert abs(history[-1, 0]) < 0.1
    assert history[-1, 2] < 0.3


def test_ten_times_faster_is_the_same_but_ten_times_faster():
    slow = follow(lambda scan: box(0.3 * scan), 25)
    fast = follow(lambda scan: box(0.3 * scan), 25, dt=0.01)
    np.testing.assert_allclose(fast[4:, 0] / 10, slow[4:, 0], atol=0.15)
    np.testing.assert_allclose(fast[4:, 2], slow[4:, 2], atol=0.05)


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_what_moved_is_between_zero_and_both_edges(lower, upper):
    way = moved_by(np.array([lower, upper], float), np.zeros(2), 0.0, np.full(2, NOISE))
    if lower * upper <= 0.0:
        assert way == 0.0
    else:
        assert way == math.copysign(min(abs(lower), abs(upper)), lower)


@given(st.floats(-1.0, 1.0), st.floats(1.0, 20.0), st.floats(-math.pi, math.pi))
@settings(deadline=None)
def test_what_turns_goes_on_its_circle(turn, speed, heading):
    motions = at_rest()
    motions.move[0, VX], motions.move[0, VY] = speed * math.cos(heading), speed * math.sin(heading)
    motions.move[0, TURN] = turn
    predict(motions, 0, 0.999, 0.5, 0.5, 3.0)
    chord = speed * 0.5 * np.sinc(turn * 0.5 / (2.0 * math.pi))
    middle = heading + turn * 0.25
    expected = (chord * math.cos(middle), chord * math.sin(middle))
    assert motions.move[0, [X, Y]] == pytest.approx(expected, abs=0.01 * speed)
    assert np.linalg.eigvalsh(motions.move_cov[0]).min() > 0.0


def test_a_box_that_turns_tells_the_turn_rate():
    motions = at_rest()
    for scan in range(1, 25):
        predict(motions, 0, 0.999, 0.1, 0.1, 3.0)
        see_angle(motions, 0, 0.4 * 0.1 * scan - motions.move[0, ANGLE], 0.05)
    assert motions.move[0, TURN] == pytest.approx(0.4, abs=0.1)


def test_points_of_what_turns_have_velocities_of_their_own():
    motions = at_rest()
    motions.move[0, VX], motions.move[0, TURN] = 5.0, 0.5
    vx, vy, _ = velocity_at(motions, 0, 1.0, 2.0, 0.0)
    assert (vx, vy) == pytest.approx((5.0, 1.0))

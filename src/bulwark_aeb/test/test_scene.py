# SPDX-License-Identifier: Apache-2.0
"""Objects as arrays, what is believed of them, and their move to now."""

from __future__ import annotations

import math

import numpy as np
import pytest
from aeb_makers import NOW, S, make_object
from hypothesis import given
from hypothesis import strategies as st

from bulwark_aeb.params import PlausibleParams
from bulwark_aeb.scene import believable, build_scene, displacement, join, move_to
from bulwark_core.objects import Motion

TRIANGLE = np.array([[1.0, 0.0], [2.0, 1.0], [0.5, 1.0]])


def test_boxes_and_outlines_become_edges():
    scene = build_scene(
        NOW, [make_object(10.0, 1.0, id=4, yaw=0.3), make_object(1.0, 0.5, id=7, outline=TRIANGLE)]
    )
    assert scene.keys == (("lidar", 4), ("lidar", 7))
    assert scene.owner.tolist() == [0] * 4 + [1] * 3
    assert scene.corners[:4] == pytest.approx(make_object(10.0, 1.0, yaw=0.3).corners())
    assert np.array_equal(scene.corners[4:], TRIANGLE)
    assert np.array_equal(scene.next_corners[4:], np.roll(TRIANGLE, -1, axis=0))
    assert np.array_equal(scene.next_corners[3], scene.corners[0])
    assert scene.radius[0] == pytest.approx(math.hypot(2.0, 0.9))
    assert scene.radius[1] == pytest.approx(math.hypot(1.0, 0.5))


def test_an_outline_of_two_points_is_none():
    scene = build_scene(NOW, [make_object(5.0, outline=TRIANGLE[:2])])
    assert len(scene.corners) == 4


def test_no_objects():
    scene = build_scene(NOW, [])
    assert len(scene) == 0
    assert scene.corners.shape == (0, 2)
    assert len(move_to(scene, NOW + S, 10.0, 0.1)) == 0
    assert len(scene.pick(np.array([], dtype=np.int64))) == 0


def test_what_stands_has_no_velocity():
    moving = make_object(5.0, vx=1.0, vy=2.0, velocity_variance=0.04)
    standing = make_object(5.0, vx=1.0, velocity_variance=0.04, motion=Motion.STATIONARY)
    scene = build_scene(NOW, [moving, standing])
    assert scene.velocity.tolist() == [[1.0, 2.0], [0.0, 0.0]]
    assert scene.velocity_deviation.tolist() == [pytest.approx(0.2), 0.0]


def test_a_negative_variance_is_none():
    scene = build_scene(NOW, [make_object(5.0, position_variance=-1.0, velocity_variance=-1.0)])
    assert scene.position_deviation.tolist() == scene.velocity_deviation.tolist() == [0.0]


def test_pick_keeps_edges_with_their_owner():
    scene = build_scene(NOW, [make_object(5.0 * i, id=i) for i in range(1, 5)])
    picked = scene.pick(np.array([1, 3]))
    assert picked.keys == (("lidar", 2), ("lidar", 4))
    assert picked.owner.tolist() == [0] * 4 + [1] * 4
    assert picked.corners[4:] == pytest.approx(make_object(20.0).corners())
    assert picked.next_corners[:4] == pytest.approx(np.roll(make_object(10.0).corners(), -1, 0))


def test_join():
    first = build_scene(NOW, [make_object(5.0)])
    second = build_scene(NOW, [make_object(9.0)], "static")
    both = join(first, second)
    assert both.keys == (("lidar", 1), ("static", 1))
    assert both.owner.tolist() == [0] * 4 + [1] * 4
    assert both.centre[:, 0].tolist() == [5.0, 9.0]
    assert join(first, build_scene(NOW, [])) is first


HOSTILE = {
    "a NaN": {"x": math.nan},
    "infinite": {"vy": math.inf},
    "too fast": {"vx": 1e9},
    "zero size": {"length": 0.0, "width": 0.0},
    "negative size": {"length": -1.0},
    "huge": {"length": 501.0},
    "far": {"x": 501.0},
    "existence NaN": {"existence": math.nan},
    "variance infinite": {"velocity_variance": math.inf},
    "outline NaN": {"outline": np.array([[1.0, 2.0], [math.nan, 0.0], [0.0, 0.0]])},
}


@pytest.mark.parametrize("values", HOSTILE.values(), ids=HOSTILE)
def test_hostile_objects_are_not_believed(values):
    good = make_object(5.0, id=2)
    bad = make_object(**{"x": 5.0} | values)
    assert believable([bad, good], PlausibleParams()) == [good]


@pytest.mark.parametrize(
    "values", [{"length": 0.02, "width": 0.0}, {"vx": 100.0}, {"length": 500.0}, {"x": 500.0}]
)
def test_limits_are_inclusive(values):
    item = make_object(**{"x": 5.0} | values)
    assert believable([item], PlausibleParams()) == [item]
    assert believable([], PlausibleParams()) == []


@given(st.floats(-20.0, 20.0), st.floats(-2.0, 2.0), st.floats(0.0, 0.5))
def test_displacement_is_an_arc(speed, yaw_rate, time):
    x, y, yaw = displacement(speed, yaw_rate, time)
    steps = np.linspace(0.0, time, 2001)
    middle = (steps[1:] + steps[:-1]) / 2.0
    assert x == pytest.approx(np.sum(speed * np.cos(yaw_rate * middle)) * time / 2000, abs=1e-4)
    assert y == pytest.approx(np.sum(speed * np.sin(yaw_rate * middle)) * time / 2000, abs=1e-4)
    assert yaw == yaw_rate * time


def test_move_to_takes_off_own_motion_and_adds_theirs():
    scene = build_scene(NOW, [make_object(20.0, 1.0, vx=3.0)])
    later = move_to(scene, NOW + S // 10, 10.0, 0.0)
    assert later.stamp_ns == NOW + S // 10
    assert later.centre[0] == pytest.approx([20.0 - 1.0 + 0.3, 1.0])
    assert later.corners - scene.corners == pytest.approx(np.full((4, 2), (-0.7, 0.0)))
    assert later.next_corners - scene.next_corners == pytest.approx(np.full((4, 2), (-0.7, 0.0)))


def test_move_to_turns_with_the_car():
    scene = build_scene(NOW, [make_object(10.0, vx=2.0)])
    later = move_to(scene, NOW + S, 0.0, math.pi / 2)
    assert later.centre[0] == pytest.approx([0.0, -12.0])
    assert later.velocity[0] == pytest.approx([0.0, -2.0])

# SPDX-License-Identifier: Apache-2.0
"""What seems to be inside the own body starts no braking."""

from __future__ import annotations

import numpy as np
import pytest
from aeb_loop import Actor, Loop
from aeb_makers import make_object
from hypothesis import given
from hypothesis import strategies as st

from bulwark_aeb.overlap import INSIDE, is_inside, outside
from bulwark_aeb.params import AebParams
from bulwark_aeb.path import Body
from bulwark_aeb.scene import build_scene
from bulwark_aeb.stages import Stage

BODY = Body.of(AebParams().vehicle)
FRONT, SIDE = BODY.front - INSIDE, BODY.half_width - INSIDE


def box(x0: float, x1: float, y0: float, y1: float) -> np.ndarray:
    return np.array([[x1, y1], [x0, y1], [x0, y0], [x1, y0]])


def diamond(x: float, y: float, half: float) -> np.ndarray:
    return np.array([[x + half, y], [x, y + half], [x - half, y], [x, y - half]])


@pytest.mark.parametrize(
    "outline, expected",
    [
        (box(FRONT - 0.01, 6.0, -3.0, 3.0), True),  # a beam above the bonnet
        (box(FRONT, 6.0, -3.0, 3.0), False),  # one at the bumper, with its error
        (box(-3.0, 9.0, SIDE - 0.01, 3.0), True),
        (box(-3.0, 9.0, SIDE, 3.0), False),  # a wall along the side
        (box(-9.0, BODY.rear + INSIDE, -1.0, 1.0), False),
        (box(-9.0, BODY.rear + INSIDE + 0.01, -1.0, 1.0), True),
        (box(1.0, 1.1, -0.05, 0.05), True),  # small and in the middle
        (np.array([[9.0, 9.0], [FRONT - 0.2, SIDE + 0.7], [FRONT + 0.7, SIDE - 0.2]]), False),
        (np.array([[9.0, 9.0], [0.0, 0.2], [0.2, 0.0]]), True),
        (
            diamond(FRONT + 0.5, 0.0, 0.5),
            False,
        ),  # a corner touches the front, the edges part nothing
        (diamond(FRONT + 0.49, 0.0, 0.5), True),
        (diamond(BODY.rear + INSIDE - 0.5, 0.0, 0.5), False),
        (diamond(1.0, SIDE + 0.5, 0.5), False),
        (diamond(1.0, SIDE + 0.49, 0.5), True),
        (diamond(FRONT + 0.6, SIDE + 0.6, 1.0), False),  # an edge before the corner
        (diamond(FRONT + 0.4, SIDE + 0.4, 1.0), True),
    ],
)
def test_the_core_of_the_body(outline, expected):
    assert is_inside(outline, BODY) is expected
    assert is_inside(outline * (1.0, -1.0), BODY) is expected
    assert is_inside(outline[::-1], BODY) is expected
    assert is_inside(np.repeat(outline, 2, axis=0), BODY) is expected


@given(
    st.floats(-3.0, 6.0), st.floats(-2.0, 2.0), st.floats(0.0, 6.3), st.floats(0.05, 4.0),
    st.floats(0.05, 4.0),
)  # fmt: skip
def test_it_is_what_sampling_the_core_says(x, y, yaw, length, width):
    corners = box(-length / 2, length / 2, -width / 2, width / 2)
    cos, sin = np.cos(yaw), np.sin(yaw)
    outline = corners @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
    xs = np.linspace(BODY.rear + INSIDE, FRONT, 40)
    ys = np.linspace(-SIDE, SIDE, 20)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2) - (x, y)
    own = grid @ np.array([[cos, -sin], [sin, cos]])

    def is_hit(wider: float) -> bool:
        return bool((np.abs(own) < np.array([length, width]) / 2 + wider).all(axis=1).any())

    assert is_inside(outline, BODY) or not is_hit(0.0)
    assert is_hit(0.15) or not is_inside(outline, BODY)


@pytest.mark.parametrize("before,inside", [(0.01, False), (-0.01, True)])
@pytest.mark.parametrize("turn", [-0.3, -0.5, -1.2])
def test_a_slanted_wall_before_a_corner(before, inside, turn):
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    corner = np.array([FRONT, SIDE]) + before * across
    ends = [corner - 3.0 * along, corner + 3.0 * along]
    outline = np.array([*ends, ends[1] + 0.2 * across, ends[0] + 0.2 * across])
    assert is_inside(outline, BODY) is inside


def test_only_what_is_inside_is_left_out():
    above = make_object(BODY.front - 0.1, length=1.0, width=3.0)
    touching = make_object(BODY.front + 0.1, length=1.0, width=3.0)
    behind = make_object(BODY.rear - 0.1, length=1.0, width=3.0)
    scene = build_scene(0, (above, touching, make_object(30.0), behind, above))
    kept = outside(scene, BODY)
    assert [item.x for item in kept.objects] == [touching.x, 30.0, behind.x]
    assert len(outside(build_scene(0, ()), BODY)) == 0


def test_a_body_that_is_longer_behind():
    scene = build_scene(0, (make_object(-3.4, length=0.3, width=0.3), make_object(-9.0)))
    assert [item.x for item in outside(scene, Body(1.0, -4.0, 0.9)).objects] == [-9.0]


def test_a_beam_above_the_bonnet_starts_no_braking():
    beam = Loop(2.0, [Actor(BODY.front - 0.3, 0.0, length=1.0, width=3.0)], settle=1e9)
    beam.actors[0].step = lambda time, dt: setattr(beam.actors[0], "x", beam.ego.x + 3.4)
    assert beam.run(3.0).peak is Stage.NONE

# SPDX-License-Identifier: Apache-2.0
"""Lines of sight past other things."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.objects import TrackedObject
from bulwark_world.sight import Standing, in_view, shares_in_sight

EYE = np.array([0.0, 0.0, 1.7])


def box(x, y, length=1.0, width=1.0, high=1.5, low=0.0):
    half = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * (length / 2, width / 2)
    return Standing(half + np.array([x, y]), low, high)


def test_nothing_hides_what_stands_alone():
    assert shares_in_sight(EYE, [box(10, 0)]).tolist() == [1.0]


def test_a_lorry_hides_what_is_right_behind_it_and_not_the_other_way_round():
    lorry, car = box(10, 0, 8.0, 2.5, 3.4), box(18, 0, 4.0, 1.8, 1.5)
    assert shares_in_sight(EYE, [lorry, car]).tolist() == [1.0, 0.0]


def test_half_behind_an_edge_is_half_in_view():
    edge, thing = box(10, -5.0, 0.2, 10.0, 3.0), box(20, 0, 0.1, 2.0)
    assert shares_in_sight(EYE, [edge, thing], [1])[0] == pytest.approx(0.5, abs=0.12)


def test_one_looks_over_low_things_and_under_high_ones():
    thing = box(20, 0, 1.0, 1.0, 1.6)
    assert shares_in_sight(EYE, [box(10, 0, high=1.0), thing], [1])[0] == 1.0
    assert shares_in_sight(EYE, [box(10, 0, low=5.0, high=6.0), thing], [1])[0] == 1.0
    assert shares_in_sight(EYE, [box(10, 0, high=1.8), thing], [1])[0] == 0.0


@given(st.floats(2.0, 60.0), st.floats(-20.0, 20.0), st.floats(0.0, 6.28))
def test_what_is_seen_does_not_depend_on_how_the_world_is_turned(x, y, turn):
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, sin], [-sin, cos]])
    things = [box(30, 0, 8.0, 2.5, 3.4), box(x, y), box(45, 1.0)]
    turned = [Standing(thing.outline @ matrix, thing.low, thing.high) for thing in things]
    before, after = shares_in_sight(EYE, things), shares_in_sight(EYE, turned)
    assert np.abs(before - after).max() <= 1 / 9 + 1e-9  # a sample may graze a corner


def test_hidden_objects_are_not_in_view():
    def thing(number, x, length, width, height):
        return TrackedObject(number, x, 0.0, height / 2, 0.0, length, width, height)

    lorry, car = thing(1, 10.0, 8.0, 2.5, 3.4), thing(2, 18.0, 4.0, 1.8, 1.5)
    assert in_view([lorry, car], EYE) == [lorry]
    assert in_view([car], EYE) == [car]

# SPDX-License-Identifier: Apache-2.0
"""Made boxes get the class that their shape says."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstacle_scene import drum, outlined

from bulwark_core.objects import ObjectClass as Kind
from bulwark_core.objects import TrackedObject
from bulwark_obstacles import classify
from bulwark_obstacles.classify import CERTAINTY, classified, decide
from bulwark_obstacles.shapes import FARTHEST_ROUND, ROUND, measure
from bulwark_obstacles.table import make_table


def box(length, width, height, z=None, yaw=0.0):
    return TrackedObject(1, 8.0, 1.0, height / 2.0 if z is None else z, yaw, length, width, height)


def fits(tracked):
    """How well each class fits, seen from the origin."""
    table = make_table([tracked])
    return classify.fits(measure(table, np.zeros(2)), table.brightness)[0]


def class_of(*size):
    return classified([box(*size)], 0.4, (0.0, 0.0))[0].object_class


@pytest.mark.parametrize(
    "size, kind",
    [
        ((0.6, 0.6, 2.5), Kind.PILLAR),
        ((0.5, 0.2, 2.0), Kind.PILLAR),  # only its front was seen
        ((0.12, 0.12, 3.0), Kind.POLE),
        ((4.0, 0.2, 2.0), Kind.WALL),
        ((4.0, 1.0, 2.8), Kind.WALL),
        ((1.6, 0.5, 0.9), Kind.WATER_BARRIER),
        ((1.9, 0.25, 0.8), Kind.WATER_BARRIER),
        ((0.6, 0.6, 0.95), Kind.CRASH_BARREL),
        ((0.6, 0.3, 1.0), Kind.CRASH_BARREL),
        ((6.0, 0.2, 0.75), Kind.GUARD_RAIL),
        ((5.0, 0.3, 0.15), Kind.KERB),
        ((0.3, 0.3, 0.5), Kind.CONE),
        ((4.5, 1.8, 1.5), Kind.UNKNOWN),  # a car
        ((12.0, 2.5, 3.5), Kind.UNKNOWN),  # a lorry
        ((3.0, 3.0, 2.0), Kind.VEGETATION),
        ((3.0, 2.0, 0.3), Kind.UNKNOWN),  # a heap
        ((1.5, 0.1, 1.6), Kind.WALL),  # a piece of one
        ((4.0, 1.4, 2.4), Kind.WALL),  # with windows and steps
        ((0.2, 0.2, 1.5), Kind.POLE),
        ((0.0, 0.0, 0.0), Kind.UNKNOWN),
    ],
)
def test_typical_boxes(size, kind):
    assert class_of(*size) is kind


@given(st.floats(0.0, 12.0), st.floats(0.0, 12.0), st.floats(0.0, 5.0), st.floats(-3.1, 3.1))
def test_which_side_is_called_length_and_yaw_do_not_matter(length, width, height, yaw):
    same = box(width, length, height, yaw=yaw + np.pi / 2.0)
    assert fits(same) == pytest.approx(fits(box(length, width, height, yaw=yaw)), abs=1e-6)


@given(st.floats(0.0, 12.0), st.floats(0.0, 12.0), st.floats(0.0, 5.0))
def test_probability_is_graded_and_never_certain(length, width, height):
    found = fits(box(length, width, height))
    assert ((found >= 0.0) & (found <= 1.0)).all()
    (kind,), (probability,) = decide(found[None], 0.4)
    assert 0.0 <= probability <= CERTAINTY
    assert (kind == Kind.UNKNOWN) == (probability < 0.4)


@given(st.floats(0.65, 1.3), st.floats(0.0, 0.3))
def test_farther_from_the_core_is_never_more_certain(height, more):
    """Heights around a crash barrel's, from its core outwards."""
    outwards = more if height > 0.95 else -more
    near, far = fits(drum(0.6, height)), fits(drum(0.6, height + outwards))
    assert far[Kind.CRASH_BARREL] <= near[Kind.CRASH_BARREL] + 1e-9


@pytest.mark.parametrize(
    "size, kind",
    [
        ((1.05, 0.5, 2.0), Kind.PILLAR),
        ((0.6, 0.6, 1.15), Kind.PILLAR),
        ((0.4, 0.1, 2.0), Kind.POLE),
        ((0.2, 0.1, 0.825), Kind.POLE),
        ((1.25, 0.2, 2.0), Kind.WALL),
        ((4.0, 0.2, 1.0), Kind.WALL),
        ((4.0, 1.0, 1.5), Kind.WALL),
        ((1.5, 0.5, 0.6), Kind.WATER_BARRIER),
        ((1.5, 0.5, 1.2), Kind.WATER_BARRIER),
        ((0.8, 0.5, 0.9), Kind.WATER_BARRIER),
        ((2.5, 0.5, 0.9), Kind.WATER_BARRIER),
        ((1.5, 0.8, 0.9), Kind.WATER_BARRIER),
        ((1.75, 0.1, 0.75), Kind.GUARD_RAIL),
        ((6.0, 0.1, 0.5), Kind.GUARD_RAIL),
    ],
)
def test_half_a_fit_at_the_documented_thresholds(size, kind):
    assert fits(box(*size))[kind] == pytest.approx(0.5)


@pytest.mark.parametrize("diameter, height", [(0.4, 0.9), (0.95, 0.9), (0.6, 0.7), (0.6, 1.2)])
def test_half_a_barrel_at_the_documented_thresholds(diameter, height):
    assert fits(drum(diameter, height))[Kind.CRASH_BARREL] == pytest.approx(0.5)


def test_a_foot_taken_for_ground_counts_to_the_height():
    cut = drum(0.6, 0.7, z=0.3 + 0.35)  # measured from 0.3 m to 1.0 m
    assert fits(cut)[Kind.CRASH_BARREL] == pytest.approx(1.0)


@pytest.mark.parametrize("base", [0.0, 0.5, 0.9])
def test_a_thin_tall_thing_is_a_pole_or_pillar_whether_or_not_its_foot_is_seen(base):
    for side in np.linspace(0.05, 0.6, 12):
        seen = box(side, side / 2.0, 2.4 - base, z=(base + 2.4) / 2.0)
        kind = classified([seen], 0.4, (0.0, 0.0))[0].object_class
        assert kind in (Kind.POLE, Kind.PILLAR), side


def test_a_corner_of_walls_is_a_wall_and_a_bush_of_that_size_is_not():
    corner = outlined([(8.0, 0.0), (12.0, 0.0), (8.0, 4.0)], 2.6)
    angle = np.arange(12) * np.pi / 6.0
    bush = outlined(np.stack([10 + 2 * np.cos(angle), 2 + 2 * np.sin(angle)], axis=1), 2.6)
    kinds = [item.object_class for item in classified([corner, bush], 0.4, (0.0, 0.0))]
    assert kinds == [Kind.WALL, Kind.VEGETATION]


@given(st.floats(0.3, 1.2), st.floats(2.3, 3.1), st.floats(-12.0, 12.0), st.floats(-12.0, 12.0))
def test_round_things_are_told_from_all_around(diameter, seen, x, y):
    if 3.0 < np.hypot(x, y) < FARTHEST_ROUND - 0.6:  # farther away nobody asks
        table = make_table([drum(diameter, 1.0, seen=seen, x=x, y=y)])
        assert measure(table, np.zeros(2))[0, ROUND] > 0.5


@given(st.floats(0.3, 1.2), st.floats(0.4, 1.1))
def test_corners_are_told_where_they_are_seen(side, turn):
    table = make_table([box(side, side, 1.0, yaw=turn)])
    assert measure(table, np.zeros(2))[0, ROUND] < 0.5


def test_roundness_tells_a_barrel_from_a_box_of_its_size():
    barrel, crate = fits(drum(0.8, 0.95)), fits(box(0.8, 0.8, 0.95, yaw=0.8))
    assert barrel[Kind.CRASH_BARREL] > crate[Kind.CRASH_BARREL]
    assert fits(drum(1.0, 0.95))[Kind.WATER_BARRIER] == 0.0


def test_reflectors_speak_for_a_barrel_and_darkness_against_it():
    seen = drum(0.45, 0.95)
    dark, plain, bright = (
        fits(replace(seen, brightness=value))[Kind.CRASH_BARREL] for value in (0.4, 1.0, 3.0)
    )
    assert dark < plain < bright
    assert fits(replace(seen, brightness=np.nan))[Kind.CRASH_BARREL] == plain


def test_the_surer_source_names_the_class():
    sure = replace(box(0.6, 0.6, 2.5), object_class=Kind.PEDESTRIAN, class_probability=0.99)
    unsure = replace(sure, class_probability=0.3)
    kinds = [item.object_class for item in classified([sure, unsure], 0.4, (0.0, 0.0))]
    assert kinds == [Kind.PEDESTRIAN, Kind.PILLAR]

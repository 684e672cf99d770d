# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.picture_matching import Found, match, unmatched
from bulwark_core.projection import PictureBoxes

NOT_KNOWN = float("nan")


def solids(*rows, visible=None):
    """rows: (x_min, y_min, x_max, y_max, depth)."""
    table = np.array(rows, dtype=float).reshape(-1, 5)
    count = len(table)
    shares = np.ones(count) if visible is None else np.array(visible)
    return PictureBoxes(
        table[:, :4], table[:, 4], np.ones(count, bool), shares, table[:, [0, 2]].copy()
    )


def found(*rows):
    """rows: (x_min, y_min, x_max, y_max, depth, its deviation)."""
    table = np.array(rows, dtype=float).reshape(-1, 6)
    return Found(table[:, :4], table[:, 4], table[:, 5])


def pairs(a, b):
    return [(pair.solid, pair.box) for pair in match(a, b)]


def test_boxes_that_agree_are_a_pair():
    assert pairs(solids((10, 20, 60, 50, 12)), found((12, 18, 61, 55, 12.5, 0.5))) == [(0, 0)]


def test_a_scan_that_misses_the_top_still_fits():
    truck = solids((10, 60, 110, 100, 9))
    assert pairs(truck, found((10, 0, 110, 110, 9, 0.5))) == [(0, 0)]


def test_one_to_one_and_the_best_first():
    two = solids((10, 20, 60, 50, 12), (15, 20, 65, 50, 12))
    boxes = found((14, 20, 64, 50, 12, 0.5), (11, 20, 61, 50, 12, 0.5))
    assert sorted(pairs(two, boxes)) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(
    "box",
    [
        (100, 20, 150, 50, 12, 0.5),  # beside it
        (10, 60, 60, 90, 12, 0.5),  # below it
        (10, 20, 60, 50, 30, 2.0),  # where it is, but much farther away
        (0, 20, 400, 50, 12, 0.5),  # much wider
    ],
)
def test_what_is_no_pair(box):
    assert pairs(solids((10, 20, 60, 50, 12)), found(box)) == []


def test_a_range_that_is_not_known_speaks_neither_for_nor_against():
    assert pairs(solids((10, 20, 60, 50, 12)), found((10, 20, 60, 50, NOT_KNOWN, 0))) == [(0, 0)]


def test_of_two_behind_each_other_the_range_tells():
    two = solids((10, 20, 60, 50, 12), (10, 20, 60, 50, 20))
    assert pairs(two, found((10, 20, 60, 50, 19.5, 1.0))) == [(1, 0)]


def test_what_is_covered_is_not_what_was_found():
    two = solids((10, 20, 60, 50, 12), (10, 20, 60, 50, 20), visible=(1.0, 0.1))
    assert pairs(two, found((10, 20, 60, 50, NOT_KNOWN, 0))) == [(0, 0)]


def test_the_part_in_sight_may_be_what_was_found():
    half = solids((10, 20, 110, 50, 20), visible=(0.4,))
    half.columns[0] = (70, 110)
    assert pairs(half, found((70, 20, 110, 50, NOT_KNOWN, 0))) == [(0, 0)]


@pytest.mark.parametrize(
    "a, b", [((), ()), (((10, 20, 60, 50, 12),), ()), ((), ((1, 1, 9, 9, 5, 1),))]
)
def test_nothing_to_match(a, b):
    assert pairs(solids(*a), found(*b)) == []
    assert unmatched([], len(a)).tolist() == [True] * len(a)


edge = st.floats(0.0, 300.0)
size = st.floats(1.0, 80.0)


@given(
    st.lists(st.tuples(edge, edge, size, size, st.floats(2.0, 60.0)), max_size=7),
    st.lists(st.tuples(edge, edge, size, size, st.floats(2.0, 60.0)), max_size=7),
)
def test_never_two_for_one_whatever_comes(a, b):
    near = solids(*[(x, y, x + w, y + h, d) for x, y, w, h, d in a])
    boxes = found(*[(x, y, x + w, y + h, d, 1.0) for x, y, w, h, d in b])
    paired = pairs(near, boxes)
    for side in zip(*paired, strict=True):
        assert len(set(side)) == len(side)
    assert [pair.score for pair in match(near, boxes)] == sorted(
        (pair.score for pair in match(near, boxes)), reverse=True
    )

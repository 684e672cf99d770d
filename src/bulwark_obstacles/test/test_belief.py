# SPDX-License-Identifier: Apache-2.0
"""What several looks at a thing make of its class."""

import numpy as np
import pytest

from bulwark_core.objects import ObjectClass
from bulwark_obstacles.belief import evidence, learn
from bulwark_obstacles.classify import CLASSES
from bulwark_obstacles.shapes import LONGER, MEASURES, SHORTER

BUSH, WALL = ObjectClass.VEGETATION, ObjectClass.WALL


def row(kind, value=0.5):
    found = np.zeros((1, CLASSES))
    found[0, kind] = value
    return found


def sides(longer, shorter=1.0):
    measures = np.zeros((1, MEASURES))
    measures[0, LONGER], measures[0, SHORTER] = longer, shorter
    return measures


def looks(lengths, fits=None, votes=None, weight=0.3):
    """The belief after looks at a thing of these lengths."""
    known, fits = None, row(BUSH) if fits is None else fits
    for length in lengths:
        given = np.zeros((1, CLASSES)) if votes is None else votes
        known = learn([known], fits, sides(length), given, np.array([weight]), 0.3)[0]
    return known[None]


def test_one_look_is_what_it_shows():
    assert evidence(looks([2.0]), 2.0) == pytest.approx(row(BUSH))


def test_what_changes_from_scan_to_scan_is_likelier_vegetation_than_what_does_not():
    ragged, steady = looks([2.0, 2.8] * 10), looks([2.4] * 20)
    assert evidence(ragged, 2.0)[0, BUSH] > 0.6
    assert evidence(steady, 2.0)[0, BUSH] < 0.4


def test_a_view_that_shows_a_third_hardly_counts():
    whole = looks([4.0] * 5, row(WALL, 1.0))
    partial = learn([whole[0]], row(BUSH, 1.0), sides(0.6), row(BUSH, 0.0), np.array([0.3]), 0.3)
    full = learn([whole[0]], row(BUSH, 1.0), sides(4.0), row(BUSH, 0.0), np.array([0.3]), 0.3)
    assert evidence(partial, 2.0)[0, WALL] > 0.95
    assert evidence(full, 2.0)[0, WALL] == pytest.approx(0.7)


def test_a_look_without_weight_changes_nothing_but_the_votes():
    before = looks([4.0], row(WALL, 1.0))
    after = learn([before[0]], row(BUSH), sides(1.0), row(BUSH, 0.9), np.zeros(1), 0.3)
    assert evidence(after, 0.0) == pytest.approx(evidence(before, 0.0))
    assert evidence(after, 2.0)[0, BUSH] > 0.0


def test_votes_stay_while_no_picture_shows_the_thing():
    voted = looks([4.0], votes=row(WALL, 0.8))
    later = learn([voted[0]], row(BUSH), sides(4.0), np.zeros((1, CLASSES)), np.array([0.3]), 0.3)
    assert evidence(later, 1.0)[0, WALL] == pytest.approx(0.8)


def test_known_and_new_ones_are_learned_together():
    old = looks([4.0], row(WALL, 1.0))
    both = learn(
        [old[0], None], np.concatenate([row(WALL, 1.0), row(BUSH)]),
        np.concatenate([sides(4.0), sides(2.0)]), np.zeros((2, CLASSES)), np.full(2, 0.3), 0.3,
    )  # fmt: skip
    assert evidence(both, 2.0).argmax(axis=1).tolist() == [WALL, BUSH]

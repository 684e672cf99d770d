# SPDX-License-Identifier: Apache-2.0
"""Average precision against cases worked out by hand."""

import numpy as np
import pytest

from bulwark_camera.detections import Detections
from bulwark_training.labels import OPEN, Labels
from bulwark_training.scoring import average_precision, is_asked

BOX = (10.0, 10.0, 30.0, 30.0)
ELSEWHERE = (100.0, 100.0, 140.0, 130.0)


def found(*rows):
    """Detections from (box, score, class)."""
    return Detections(
        np.array([row[0] for row in rows], float).reshape(-1, 4),
        np.array([row[1] for row in rows], float),
        np.array([row[2] for row in rows], np.int64),
    )


def true(*rows):
    """Labels from (box, class, visible, distance)."""
    return Labels.from_rows(
        np.array([(*row[0], *row[1:]) for row in rows], np.float32).reshape(-1, 7)
    )


def test_all_found_is_one():
    labels = [true((BOX, 0, 1.0, 5.0)), true((ELSEWHERE, 0, 1.0, 5.0))]
    part = average_precision([found((BOX, 0.9, 0)), found((ELSEWHERE, 0.8, 0))], labels, 0)
    assert (part.value, part.asked, part.recall, part.wrong) == (1.0, 2, 1.0, 0)


def test_area_by_hand():
    """Right, wrong, right of three boxes: recall 1/3 at precision 1, 2/3 at 2/3, and no more."""
    labels = [true((BOX, 0, 1.0, 5.0), (ELSEWHERE, 0, 1.0, 5.0)), true((BOX, 0, 1.0, 5.0))]
    seen = [found((BOX, 0.9, 0), (ELSEWHERE, 0.5, 0)), found((ELSEWHERE, 0.7, 0))]
    part = average_precision(seen, labels, 0)
    assert part.value == pytest.approx(1 / 3 * 1.0 + 1 / 3 * 2 / 3)
    assert part.recall == pytest.approx(2 / 3)


def test_a_second_box_on_the_same_thing_is_wrong():
    part = average_precision([found((BOX, 0.9, 0), (BOX, 0.8, 0))], [true((BOX, 0, 1.0, 5.0))], 0)
    assert (part.value, part.wrong) == (1.0, 1)


@pytest.mark.parametrize("overlap, value", [(0.51, 1.0), (0.49, 0.0)])
def test_half_overlap_counts(overlap, value):
    box = (10.0, 10.0, 10.0 + 20.0 * overlap, 30.0)
    assert average_precision([found((box, 0.9, 0))], [true((BOX, 0, 1.0, 5.0))], 0).value == value


def test_another_class_is_wrong():
    labels = [true((BOX, 1, 1.0, 5.0))]
    assert average_precision([found((BOX, 0.9, 0))], labels, 1).value == 0.0
    assert average_precision([found((BOX, 0.9, 0))], labels, 0).wrong == 1


@pytest.mark.parametrize("label", [(BOX, 0, 0.2, 5.0), (BOX, 0, 1.0, 50.0), (BOX, OPEN, 1.0, 5.0)])
def test_hidden_far_and_open_ones_are_neither_right_nor_wrong(label):
    part = average_precision([found((BOX, 0.9, 0))], [true(label)], 0, farthest=40.0)
    assert (part.asked, part.wrong) == (0, 0)
    assert np.isnan(part.value)


def test_small_ones_are_not_asked_for():
    labels = true(((0, 0, 7, 20), 0, 1.0, 5.0), ((0, 0, 8, 20), 0, 1.0, 5.0))
    assert is_asked(labels).tolist() == [False, True]


def test_nothing_at_all():
    part = average_precision([found()], [true()], 0)
    assert (part.asked, part.wrong) == (0, 0)

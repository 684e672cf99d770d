# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_camera.detections import Detections, iou, suppress

edge = st.floats(0.0, 500.0)
size = st.floats(1.0, 300.0)


@st.composite
def boxes(draw):
    rows = draw(st.lists(st.tuples(edge, edge, size, size), max_size=12))
    array = np.array(rows, dtype=np.float64).reshape(-1, 4)
    array[:, 2:] += array[:, :2]
    return array


def detections(array):
    order = np.arange(len(array))
    return Detections(array, 0.9 - 0.01 * order, order)


@given(boxes(), boxes())
def test_overlap_is_symmetric_and_bounded(a, b):
    overlap = iou(a, b)
    assert overlap.shape == (len(a), len(b))
    assert np.allclose(overlap, iou(b, a).T)
    assert ((overlap >= 0.0) & (overlap <= 1.0 + 1e-12)).all()


def test_overlap_by_hand():
    a = np.array([[0.0, 0.0, 10.0, 10.0]])
    b = np.array([[5.0, 0.0, 15.0, 10.0], [10.0, 0.0, 20.0, 10.0], [0.0, 0.0, 10.0, 10.0]])
    assert iou(a, b)[0] == pytest.approx([1 / 3, 0.0, 1.0])


def test_empty_boxes_do_not_overlap():
    nothing = np.zeros((1, 4))
    assert iou(nothing, nothing).tolist() == [[0.0]]


@given(boxes())
def test_what_is_kept_does_not_overlap_and_covers_what_is_not(array):
    kept = suppress(detections(array), 0.5, 100)
    overlap = iou(kept.boxes, kept.boxes) - np.eye(len(kept))
    assert (overlap <= 0.5 + 1e-4).all()
    lost = set(range(len(array))) - set(kept.labels.tolist())
    for index in lost:
        assert (iou(array[index : index + 1], kept.boxes) > 0.5 - 1e-4).any()


def test_best_score_is_kept_across_classes():
    array = np.array([[0.0, 0.0, 10.0, 10.0], [1.0, 0.0, 11.0, 10.0], [50.0, 0.0, 60.0, 10.0]])
    found = Detections(array, np.array([0.5, 0.8, 0.6]), np.array([2, 7, 2]))
    kept = suppress(found, 0.45, 10)
    assert kept.labels.tolist() == [7, 2]
    assert kept.scores.tolist() == [0.8, 0.6]
    assert suppress(found, 0.45, 1).labels.tolist() == [7]


@given(boxes(), st.data())
def test_groups_are_suppressed_each_for_itself(array, data):
    """So that what one detector calls a cone never hides another's pedestrian."""
    found = detections(array)
    groups = np.array(data.draw(st.lists(st.integers(0, 14), min_size=len(array),
                                         max_size=len(array))), dtype=np.int64)  # fmt: skip
    apart = [suppress(found.take(groups == group), 0.5, 100) for group in range(15)]
    together = suppress(found, 0.5, 100, groups)
    assert sorted(together.labels) == sorted(np.concatenate([one.labels for one in apart]))
    assert (np.diff(together.scores) <= 0.0).all()

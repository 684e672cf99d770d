# SPDX-License-Identifier: Apache-2.0
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bulwark_camera import image_tracks
from bulwark_camera.image_tracks import ImageTracker
from bulwark_camera.params import TrackParams

MS = 1_000_000
LEFT, RIGHT = (0.0, 0.0, 20.0, 20.0), (100.0, 0.0, 140.0, 40.0)


def box(*rows):
    return np.array(rows, dtype=float).reshape(-1, 4)


def moved(row, dx):
    return (row[0] + dx, row[1], row[2] + dx, row[3])


def test_ids_follow_objects_and_not_their_order():
    tracker = ImageTracker(TrackParams())
    assert tracker.update(box(LEFT, RIGHT), 0) == [1, 2]
    assert tracker.update(box(moved(RIGHT, 5), moved(LEFT, 5)), 100 * MS) == [2, 1]
    assert tracker.update(box(moved(LEFT, 10), (300, 0, 320, 9)), 200 * MS) == [1, 3]


def test_an_object_may_be_unseen_for_a_while():
    tracker = ImageTracker(TrackParams(keep=0.5))
    tracker.update(box(LEFT), 0)
    assert tracker.update(box(), 300 * MS) == []
    assert tracker.update(box(LEFT), 500 * MS) == [1]
    assert tracker.update(box(LEFT), 1001 * MS) == [2]


def test_the_best_overlap_wins():
    tracker = ImageTracker(TrackParams())
    tracker.update(box(LEFT), 0)
    assert tracker.update(box(moved(LEFT, 8), moved(LEFT, 1)), 100 * MS) == [2, 1]


def test_ids_are_never_0_and_do_not_return_after_a_reset(monkeypatch):
    monkeypatch.setattr(image_tracks, "_MAX_ID", 3)
    tracker, seen = ImageTracker(TrackParams()), []
    for second in range(7):
        seen += tracker.update(box(LEFT), second * 10_000 * MS)
        tracker.reset()
    assert seen == [1, 2, 3, 1, 2, 3, 1]


coordinate = st.floats(0.0, 200.0)
pictures = st.lists(
    st.lists(st.tuples(coordinate, coordinate, st.floats(1, 90), st.floats(1, 90)), max_size=6),
    max_size=6,
)


@given(pictures)
def test_ids_are_unique_within_a_picture(sequence):
    tracker = ImageTracker(TrackParams())
    for index, rows in enumerate(sequence):
        boxes = box(*rows)
        boxes[:, 2:] += boxes[:, :2]
        ids = tracker.update(boxes, index * 100 * MS)
        assert len(set(ids)) == len(ids) == len(boxes)
        assert all(ids)

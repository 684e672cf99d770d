# SPDX-License-Identifier: Apache-2.0
"""Views: boxes go where the pixels go."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bulwark_training.crops import asked_for, view_of
from bulwark_training.labels import OPEN, Labels

SIZE = (96, 160)


def scene(box, visible=1.0):
    """A picture with a green rectangle, whose box is known."""
    picture = np.full((192, 320, 3), 60, np.uint8)
    left, top, right, bottom = box
    picture[top:bottom, left:right] = (0, 255, 0)
    return picture, Labels.from_rows(np.array([(*box, 3, visible, 5.0)], np.float32))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 250), st.integers(0, 150), st.integers(24, 60), st.integers(24, 40),
    st.integers(0, 2**31),
)  # fmt: skip
def test_box_is_where_the_thing_is(left, top, width, height, seed):
    picture, labels = scene((left, top, min(left + width, 320), min(top + height, 192)))
    view = view_of(picture, labels, SIZE, np.random.default_rng(seed))
    assert view.picture.shape == (*SIZE, 3)
    channels = view.picture.astype(int)
    rows, columns = np.nonzero(channels[..., 1] > channels[..., 0] + 60)
    if not len(rows) or view.classes.tolist() != [3]:
        return  # shown grey, dark or mostly cut away
    seen = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    np.testing.assert_allclose(view.boxes[0], seen, atol=2.0)


def test_most_views_show_something():
    picture, labels = scene((100, 60, 150, 110))
    views = [view_of(picture, labels, SIZE, np.random.default_rng(k)) for k in range(50)]
    assert sum(3 in view.classes for view in views) > 40


def test_hidden_things_are_left_open():
    _, labels = scene((100, 60, 150, 110), visible=0.1)
    assert asked_for(labels).classes.tolist() == [OPEN]


def test_same_random_numbers_give_the_same_view():
    picture, labels = scene((100, 60, 150, 110))
    one, other = (view_of(picture, labels, SIZE, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one.picture, other.picture)
    assert np.array_equal(one.boxes, other.boxes)

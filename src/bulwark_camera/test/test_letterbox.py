# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_camera.letterbox import PAD_GREY, Letterbox

side = st.integers(1, 4000)
sizes = st.tuples(side, side)
places = st.sampled_from(["top_left", "center", "stretch"])


@given(sizes, st.tuples(st.integers(8, 800), st.integers(8, 800)), places, st.data())
def test_round_trip(picture, canvas, place, draw):
    letterbox = Letterbox.fit(picture, canvas, place)
    part = st.floats(0.0, 1.0)
    x, y = draw.draw(part) * picture[1], draw.draw(part) * picture[0]
    on_canvas_x = letterbox.left + x * letterbox.scaled[1] / picture[1]
    on_canvas_y = letterbox.top + y * letterbox.scaled[0] / picture[0]
    assert -1e-6 <= on_canvas_x <= canvas[1] + 1e-6
    assert -1e-6 <= on_canvas_y <= canvas[0] + 1e-6
    box = letterbox.to_picture(np.array([[on_canvas_x, on_canvas_y] * 2]))
    assert box[0] == pytest.approx([x, y, x, y], abs=1e-6)


@given(sizes, sizes, places)
def test_picture_fits_and_fills_one_direction(picture, canvas, place):
    letterbox = Letterbox.fit(picture, canvas, place)
    spare = np.array(canvas) - letterbox.scaled
    assert (spare >= 0).all()
    assert spare.min() <= 1  # the ratio is rounded down


def test_boxes_are_cut_at_the_picture():
    letterbox = Letterbox.fit((100, 200), (64, 64), "center")
    box = letterbox.to_picture(np.array([[-50.0, -50.0, 900.0, 900.0]]))
    assert box.tolist() == [[0.0, 0.0, 200.0, 100.0]]


@pytest.mark.parametrize("place, rows", [("top_left", slice(0, 32)), ("center", slice(16, 48))])
def test_where_the_picture_lies(place, rows):
    picture = np.full((100, 200, 3), (10, 20, 30), np.uint8)
    canvas = Letterbox.fit((100, 200), (64, 64), place).apply(picture)
    assert (canvas[rows] == (10, 20, 30)).all()
    border = np.delete(canvas, np.arange(64)[rows], axis=0)
    assert border.shape == (32, 64, 3)
    assert (border == PAD_GREY).all()


def test_a_stretched_picture_fills_the_canvas():
    picture = np.full((100, 200, 3), (10, 20, 30), np.uint8)
    assert (Letterbox.fit((100, 200), (64, 64), "stretch").apply(picture) == (10, 20, 30)).all()

# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from bulwark_camera import yolox
from bulwark_camera.tensors import Layout
from bulwark_core.errors import ModelError

CANVAS = (64, 96)  # 8 x 12 cells of 8 px, 4 x 6 of 16 px, 2 x 3 of 32 px
LAYOUT = Layout(CANVAS)
CELLS = 96 + 24 + 6


def raw(*rows):
    output = np.zeros((1, CELLS, 7), np.float32)
    for index, values in rows:
        output[0, index] = values
    return output


@pytest.mark.parametrize(
    "row, cell, stride",
    [
        (0, (0, 0), 8),
        (11, (11, 0), 8),
        (12, (0, 1), 8),
        (95, (11, 7), 8),
        (96, (0, 0), 16),
        (96 + 23, (5, 3), 16),
        (120, (0, 0), 32),
        (125, (2, 1), 32),
    ],
)
def test_centre_and_size_come_from_cell_and_stride(row, cell, stride):
    output = raw((row, (0.25, 0.5, math.log(2.0), math.log(3.0), 0.8, 0.1, 0.5)))
    found = yolox.decode({"output": output}, LAYOUT, 0.3)
    x, y = (cell[0] + 0.25) * stride, (cell[1] + 0.5) * stride
    expected = [x - stride, y - 1.5 * stride, x + stride, y + 1.5 * stride]
    assert found.boxes[0] == pytest.approx(expected, rel=1e-6, abs=1e-5)
    assert found.scores[0] == pytest.approx(0.4)
    assert found.labels.tolist() == [1]


def test_score_is_objectness_times_best_class():
    output = raw(
        (3, (0, 0, 0, 0, 0.9, 0.2, 0.32)),  # 0.288
        (5, (0, 0, 0, 0, 0.5, 0.7, 0.1)),  # 0.35
        (7, (0, 0, 0, 0, 0.29, 1.0, 1.0)),  # 0.29
    )
    found = yolox.decode({"output": output}, LAYOUT, 0.3)
    assert found.scores == pytest.approx([0.35])
    assert found.labels.tolist() == [0]


def test_model_that_decodes_itself():
    output = raw((100, (40.0, 20.0, 10.0, 6.0, 1.0, 0.9, 0.0)))
    found = yolox.read_decoded({"output": output}, LAYOUT, 0.3)
    assert found.boxes.tolist() == [[35.0, 17.0, 45.0, 23.0]]


@pytest.mark.parametrize("read", [yolox.decode, yolox.read_decoded])
@pytest.mark.parametrize(
    "outputs, message",
    [
        ([np.zeros((1, 5, 7))], r"126 rows at an input of 96 x 64, found '0' float64 1 x 5 x 7$"),
        ([np.zeros((1, 7, CELLS, 2))], r"expected one output .* found '0' float64 1 x 7 x 126 x 2"),
        ([np.zeros((2, CELLS, 7))], "expected one output"),
        ([np.zeros((1, CELLS, 5))], "126 rows"),
        ([np.zeros((1, CELLS, 7))] * 2, "found '0' float64 1 x 126 x 7, '1' float64 1 x 126 x 7"),
        ([], "found nothing"),
        ([np.full((1, CELLS, 7), np.nan)], "not finite"),
    ],
)
def test_other_outputs_are_refused(read, outputs, message):
    with pytest.raises(ModelError, match=message):
        read({str(i): array for i, array in enumerate(outputs)}, LAYOUT, 0.3)


def test_nothing_found():
    assert len(yolox.decode({"output": raw()}, LAYOUT, 0.01)) == 0


@pytest.mark.parametrize("is_raw", [True, False])
def test_raw_and_decoded_are_told_apart_by_their_values(is_raw):
    """Centres near their cells, as any model gives them, in either form."""
    cells, strides = yolox._grid(CANVAS)
    offset = np.random.default_rng(3).uniform(-1.5, 2.5, cells.shape)
    output = np.zeros((1, CELLS, 7), np.float32)
    output[0, :, :2] = offset if is_raw else (cells + offset) * strides
    assert yolox.looks_raw({"output": output}, LAYOUT) == is_raw

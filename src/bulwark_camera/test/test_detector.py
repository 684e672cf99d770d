# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from bulwark_camera.detector import load_detector
from bulwark_camera.params import ModelParams
from bulwark_core.errors import ModelError, ParameterError
from bulwark_core.objects import ObjectClass

CAR, BOAT, TRUCK = 2, 8, 7
TWO_84 = math.log(2.0)
PICTURE = np.zeros((128, 64, 3), np.uint8)  # fills 64 x 32 pixels of the canvas


def params(path, **values):
    return ModelParams(path=str(path), device="cpu", **values)


def test_boxes_are_in_pixels_of_the_picture(save_model, answer):
    # Cell x 1, y 3 of stride 8: centre 12, 28 on the canvas, twice that in the picture.
    path = save_model(answer({3 * 8 + 1: (0.5, 0.5, TWO_84, TWO_84, 1.0, CAR, 0.9)}))
    detector = load_detector(params(path))
    found = detector.detect(PICTURE)
    assert found.boxes[0] == pytest.approx([8.0, 40.0, 40.0, 72.0], abs=1e-4)
    assert detector.class_of(found.labels[0]) is ObjectClass.CAR


def test_letterbox_in_the_middle(save_model, answer):
    path = save_model(answer({3 * 8 + 3: (0.5, 0.5, TWO_84, TWO_84, 1.0, CAR, 0.9)}))
    found = load_detector(params(path, letterbox="center")).detect(PICTURE)
    assert found.boxes[0] == pytest.approx([8.0, 40.0, 40.0, 72.0], abs=1e-4)


def test_a_class_that_is_not_reported_hides_nothing(save_model, answer):
    place = (0.5, 0.5, TWO_84, TWO_84, 1.0)
    output = answer({9: (*place, BOAT, 0.9), 10: (-0.5, *place[1:], TRUCK, 0.5)})
    detector = load_detector(params(save_model(output)))
    assert [detector.class_of(label) for label in detector.detect(PICTURE).labels] == [
        ObjectClass.TRUCK
    ]


def test_boxes_in_the_border_are_dropped(save_model, answer):
    path = save_model(answer({7: (0.5, 0.5, 0.0, 0.0, 1.0, CAR, 0.9)}))  # canvas x 56 to 64
    assert len(load_detector(params(path)).detect(PICTURE)) == 0


@pytest.mark.parametrize(
    "order, scale, x, w",
    [("bgr", 0.01, 0.1, 0.3), ("rgb", 0.01, 0.3, 0.1), ("bgr", 0.02, 0.2, 0.6)],
)
def test_colours_and_scale(save_model, answer, order, scale, x, w):
    """The model writes the mean of its planes in x, y, log w of the first cell."""
    path = save_model(answer({0: (0.0, 0.0, 0.0, 1.0, 1.0, CAR, 1.0)}), looks=True)
    detector = load_detector(params(path, channel_order=order, scale=scale))
    picture = np.full((64, 64, 3), (10, 20, 30), np.uint8)
    outputs = detector.infer(detector.prepare(picture)[1])
    assert outputs["output"][0, 0, :3] == pytest.approx([x, 20 * scale, w], rel=1e-4)
    centre, half = 8.0 * x, 4.0 * math.exp(w)
    box = detector.detect(picture).boxes[0]
    assert box[[0, 2]] == pytest.approx([max(centre - half, 0.0), centre + half], rel=1e-4)


@pytest.mark.parametrize("dtype", ["FLOAT", "FLOAT16", "UINT8"])
def test_input_types(save_model, answer, dtype):
    from onnx import TensorProto

    output = answer({9: (0.5, 0.5, 0.0, 0.0, 1.0, CAR, 0.9)})
    path = save_model(output, dtype=getattr(TensorProto, dtype), looks=True)
    assert len(load_detector(params(path)).detect(PICTURE)) == 1


def test_free_input_size(save_model, answer):
    output = answer({9: (0.5, 0.5, 0.0, 0.0, 1.0, CAR, 0.9)})
    path = save_model(output, shape=("n", 3, "h", "w"))
    with pytest.raises(ModelError, match=r"set model\.input_height"):
        load_detector(params(path))
    assert load_detector(params(path, input_height=64, input_width=64)).canvas == (64, 64)


def test_no_path():
    with pytest.raises(ModelError, match=r"model\.path is empty"):
        load_detector(ModelParams())


@pytest.mark.parametrize(
    "shape", [(1, 64, 64, 3), (1, 1, 64, 64), (3, 64, 64), (2, 3, 64, 64)], ids=str
)
def test_input_that_is_no_picture(save_model, answer, shape):
    with pytest.raises(ModelError, match=r"answer\.onnx takes 'images'.*not .*1 x 3 x H x W"):
        load_detector(params(save_model(answer({}), shape=shape)))


def test_input_of_integers(save_model, answer):
    from onnx import TensorProto

    with pytest.raises(ModelError, match=r"int64 .* of float32, float16, uint8"):
        load_detector(params(save_model(answer({}), dtype=TensorProto.INT64)))


@pytest.mark.parametrize(
    "output", [np.zeros((1, 4, 84), np.float32), np.zeros((1, 2, 85, 85), np.float32)]
)
def test_output_of_another_format_is_found_at_once(save_model, output):
    reason = r"is not of model\.format 'yolox': expected one output .*, found 'output' float32 1 x"
    with pytest.raises(ModelError, match=reason):
        load_detector(params(save_model(output), format="yolox"))
    with pytest.raises(ModelError, match=r"no known format: 'output' float32 1 x .* yolov8: one"):
        load_detector(params(save_model(output)))


def test_classes_that_the_model_lacks(save_model, answer):
    with pytest.raises(ParameterError, match="has only 3 classes"):
        load_detector(params(save_model(answer({}, classes=3)), classes=("0=CAR", "7=TRUCK")))
    with pytest.raises(ModelError, match=r"has 3 unnamed classes; set model\.classes"):
        load_detector(params(save_model(answer({}, classes=3))))


def test_wrong_class_entry_is_found_without_a_model():
    with pytest.raises(ParameterError, match="NUMBER=CLASS"):
        load_detector(ModelParams(classes=("2=LORRY",)))

# SPDX-License-Identifier: Apache-2.0
"""Each kind of output from a model whose answer is known: recognised, read, and refused."""

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulwark_camera.detector import load_detector
from bulwark_camera.formats import FORMATS
from bulwark_camera.model_notes import ModelNotes
from bulwark_camera.params import ModelParams
from bulwark_camera.preprocessing import DETR, RT_DETR, ULTRALYTICS, YOLOX
from bulwark_camera.recognise import find_format
from bulwark_camera.tensors import Layout
from bulwark_core.errors import ModelError, ParameterError
from bulwark_core.objects import ObjectClass

CELLS = 64 + 16 + 4
PICTURE = np.full((64, 64, 3), 90, np.uint8)
BOX = [8.0, 16.0, 24.0, 48.0]  # corners; x, y, w, h are 16, 32, 16, 32
CENTRE = [16.0, 32.0, 16.0, 32.0]
FRACTIONS = [value / 64.0 for value in CENTRE]
NAMES = {"names": "{0: 'pedestrian', 1: 'car', 2: 'cone'}"}
CAR = 1


def yolox_raw():
    """At cell x 2, y 4 of stride 8."""
    rows = np.zeros((1, CELLS, 8), np.float32)
    rows[0, 4 * 8 + 2] = [0.0, 0.0, math.log(2.0), math.log(4.0), 0.9, 0.1, 1.0, 0.2]
    return {"output": rows}


def with_objectness(boxes_per_cell):
    rows = np.zeros((1, boxes_per_cell * CELLS, 8), np.float32)
    rows[0, :, :2] = np.random.default_rng(0).uniform(8.0, 56.0, (rows.shape[1], 2))
    rows[0, 7] = [*CENTRE, 0.9, 0.1, 1.0, 0.2]
    return rows


def yolox_decoded():
    rows = with_objectness(1)
    cells = np.indices((8, 8))[::-1].reshape(2, -1).T
    rows[0, :64, :2] = 8.0 * cells + 4.0
    rows[0, 34] = [*CENTRE, 0.9, 0.1, 1.0, 0.2]
    rows[0, 7, 4] = 0.0
    return {"output": rows}


def columns():
    """(1, 4 + 3, N)."""
    array = np.zeros((1, 7, CELLS), np.float32)
    array[0, :, 5] = [*CENTRE, 0.1, 0.9, 0.2]
    return {"output0": array}


def queries():
    array = np.zeros((1, 300, 7), np.float32)
    array[0, 5] = [*FRACTIONS, 0.1, 0.9, 0.2]
    return {"output0": array}


def logits(with_none):
    """A score of 0.9 by sigmoid, or by softmax over the classes and none."""
    classes = 3 + with_none
    values = np.full((1, 20, classes), -8.0, np.float32)
    values[0, :, -1] = 8.0 if with_none else -8.0
    boxes = np.full((1, 20, 4), 0.5, np.float32)
    values[0, 3] = [-30.0, math.log(9.0), -30.0, *([0.0] * with_none)]
    boxes[0, 3] = FRACTIONS
    return {"logits": values, "pred_boxes": boxes}


def rows_of_six(box=BOX):
    array = np.zeros((1, 300, 6), np.float32)
    array[0, 0] = [*box, 0.9, CAR]
    return {"output0": array}


def parts(names=("num_dets", "det_boxes", "det_scores", "det_classes"), label_type=np.int32):
    """The second box is beyond the number that count."""
    boxes, scores = np.zeros((1, 10, 4), np.float32), np.zeros((1, 10), np.float32)
    labels = np.zeros((1, 10), label_type)
    boxes[0, :2], scores[0, :2], labels[0, :2] = [BOX, [0, 0, 60, 60]], [0.9, 0.8], CAR
    count = np.array([[1]], np.int32)
    return dict(zip(names, (count, boxes, scores, labels), strict=True))


def without_count():
    outputs = parts(("a", "boxes", "scores", "labels"), np.int64)
    del outputs["a"]
    outputs["scores"][0, 1] = 0.0
    return {name: outputs[name] for name in ("labels", "boxes", "scores")}


CASES = [
    ("yolox", yolox_raw, YOLOX),
    ("yolox_decoded", yolox_decoded, YOLOX),
    ("yolov5", lambda: {"output0": with_objectness(3)}, ULTRALYTICS),
    ("yolov8", columns, ULTRALYTICS),
    ("nms", rows_of_six, ULTRALYTICS),
    ("nms_parts", parts, ULTRALYTICS),
    ("nms_parts", without_count, ULTRALYTICS),
    ("rtdetr_rows", queries, RT_DETR),
    ("rtdetr", lambda: logits(False), RT_DETR),
    ("detr", lambda: logits(True), DETR),
]
IDS = [f"{name}-{i}" for i, (name, *_) in enumerate(CASES)]


def params(path, **values):
    return ModelParams(path=str(path), device="cpu", **values)


@pytest.mark.parametrize("name, outputs, usual", CASES, ids=IDS)
@pytest.mark.parametrize("asked", ["auto", "by name"])
def test_the_car_is_found(save_outputs, name, outputs, usual, asked):
    path = save_outputs(outputs(), NAMES)
    detector = load_detector(params(path, format="auto" if asked == "auto" else name))
    assert (detector.format, detector.preprocessing) == (name, usual)
    found = detector.detect(PICTURE)
    assert found.boxes == pytest.approx(np.array([BOX]), abs=1e-3)
    assert found.scores == pytest.approx([0.9], abs=1e-3)
    assert [detector.class_of(label) for label in found.labels] == [ObjectClass.CAR]


@pytest.mark.parametrize("name, outputs, usual", CASES, ids=IDS)
def test_other_outputs_are_refused_with_what_was_found(save_outputs, name, outputs, usual):
    path = save_outputs({"heat": np.zeros((1, 3, 5, 5), np.float32)}, NAMES)
    with pytest.raises(ModelError, match=r"outputs\.onnx is not of.*found 'heat' float32 1 x 3 x"):
        load_detector(params(path, format=name))


@pytest.mark.parametrize("name, outputs, usual", CASES, ids=IDS)
def test_what_is_not_finite_is_refused(save_outputs, name, outputs, usual):
    spoiled = {key: array.copy() for key, array in outputs().items()}
    for array in spoiled.values():
        if array.dtype == np.float32:
            array[0, 0] = np.nan
    with pytest.raises(ModelError, match="not finite"):
        load_detector(params(save_outputs(spoiled, NAMES)))


def test_without_names_two_readings_of_logits_are_not_guessed(save_outputs):
    path = save_outputs(logits(False))
    with pytest.raises(ModelError, match=r"may be rtdetr or detr: .*; set model\.format"):
        load_detector(params(path, classes=("1=CAR",)))


@pytest.mark.parametrize("names", ["boxes scores", "x y"])
def test_logits_and_boxes_by_shape(save_outputs, names):
    outputs = dict(zip(names.split()[::-1], logits(False).values(), strict=True))
    assert load_detector(params(save_outputs(outputs, NAMES))).format == "rtdetr"


def test_parts_by_type_where_names_tell_nothing(save_outputs):
    detector = load_detector(params(save_outputs(parts(("a", "b", "c", "d")), NAMES)))
    assert detector.format == "nms_parts"
    assert len(detector.detect(PICTURE)) == 1


def test_parts_of_one_type_without_names_are_not_guessed(save_outputs):
    path = save_outputs(parts(("a", "b", "c", "d"), np.float32), NAMES)
    with pytest.raises(ModelError, match=r"no known format: 'a' int32 1 x 1, 'b' float32 1 x 10"):
        load_detector(params(path))


@pytest.mark.parametrize(
    "form, box",
    [
        ("auto", BOX),
        ("auto", [value / 64.0 for value in BOX]),
        ("xyxy", BOX),
        ("xyxy_fraction", [value / 64.0 for value in BOX]),
        ("cxcywh", CENTRE),
        ("cxcywh_fraction", FRACTIONS),
    ],
)
def test_forms_of_boxes(save_outputs, form, box):
    found = load_detector(params(save_outputs(rows_of_six(box), NAMES), boxes=form)).detect(PICTURE)
    assert found.boxes == pytest.approx(np.array([BOX]), abs=1e-3)


@pytest.mark.parametrize("place, box", [("center", (0, 16, 64, 48)), ("stretch", (0, 0, 64, 64))])
def test_boxes_go_back_through_letterbox_and_stretch(save_outputs, place, box):
    """The whole picture of 100 x 50 as the model sees it."""
    path = save_outputs(rows_of_six([float(edge) for edge in box]), NAMES)
    picture = np.zeros((50, 100, 3), np.uint8)
    found = load_detector(params(path, letterbox=place)).detect(picture)
    assert found.boxes == pytest.approx(np.array([[0, 0, 100, 50]]), abs=1e-6)


def test_the_size_of_an_ultralytics_model_comes_from_its_metadata(save_outputs):
    free = (1, 3, "height", "width")
    path = save_outputs(columns(), {**NAMES, "imgsz": "[64, 64]", "task": "detect"}, shape=free)
    assert load_detector(params(path)).canvas == (64, 64)


def test_rtdetr_that_wants_to_know_the_size(save_outputs):
    from onnx import TensorProto

    path = save_outputs(without_count(), NAMES, sizes=TensorProto.INT64)
    detector = load_detector(params(path))
    assert detector.preprocessing == RT_DETR
    assert len(detector.detect(PICTURE)) == 1


def test_two_classes_of_rtdetr_are_not_taken_for_boxes_with_a_score(save_outputs):
    array = np.zeros((1, 300, 6), np.float32)
    array[0, 5] = [*FRACTIONS, 0.1, 0.9]
    notes = {"names": "['cone', 'car']", "description": "Ultralytics RT-DETR-l model"}
    detector = load_detector(params(save_outputs({"output0": array}, notes)))
    assert detector.format == "rtdetr_rows"
    assert detector.detect(PICTURE).boxes == pytest.approx(np.array([BOX]), abs=1e-3)


@pytest.mark.parametrize("format_", ["auto", "rtdetr_top"])
def test_the_best_queries_of_rtdetr(save_outputs, format_):
    """Shaped as boxes with a score, but centre and size in fractions."""
    notes = {**NAMES, "head": "RTDETRDecoder", "description": "Ultralytics rtdetr-l model"}
    path = save_outputs(rows_of_six(FRACTIONS), notes if format_ == "auto" else NAMES)
    detector = load_detector(params(path, format=format_))
    assert (detector.format, detector.preprocessing) == ("rtdetr_top", RT_DETR)
    assert detector.detect(PICTURE).boxes == pytest.approx(np.array([BOX]), abs=1e-3)


def test_names_that_are_numbers_name_nothing(save_outputs):
    numbered = {"names": str({number: str(number) for number in range(3)})}
    with pytest.raises(ModelError, match="has 3 unnamed classes"):
        load_detector(params(save_outputs(columns(), numbered)))


@pytest.mark.parametrize(
    "metadata, reason",
    [
        ({"task": "segment"}, "is for the task 'segment', not for detection"),
        ({"names": "{0: 'car'"}, "metadata 'names' cannot be read"),
        ({"names": "7"}, "metadata 'names' is 7, not a list"),
        ({**NAMES, "imgsz": "[64]"}, r"metadata 'imgsz' is \[64\], not \[height, width\]"),
        ({"names": "{0: 'car', 1: 'cone'}"}, "names 2 classes in its metadata, but .* it has 3"),
    ],
)
def test_metadata_that_contradicts_the_model(save_outputs, metadata, reason):
    path = save_outputs(columns(), metadata)
    with pytest.raises(ModelError, match=rf"outputs\.onnx.*{reason}"):
        load_detector(params(path, format="yolov8"))


@pytest.mark.parametrize(
    "values, reason",
    [({"mean": (0.5,)}, r"'model\.mean' needs three"), ({"std": (1.0, 0.0, 1.0)}, "has a 0")],
)
def test_colours_that_cannot_be(save_outputs, values, reason):
    with pytest.raises(ParameterError, match=reason):
        load_detector(params(save_outputs(columns(), NAMES), **values))


shapes = st.sampled_from([(), (0,), (1,), (1, 1), (10,), (1, 10), (10, 4), (1, 10, 4), (1, 10, 1),
    (1, 0, 6), (1, 10, 6), (1, 84, 8), (1, 8, 84), (84, 6), (1, 252, 7), (1, 300, 6), (1, 300, 4),
    (1, 300, 7), (2, 300, 7), (1, 3, 8, 8), (1, 84, 5)])  # fmt: skip
dtypes = st.sampled_from(["float32", "float16", "int64", "uint8", "bool"])
names = st.sampled_from(["boxes", "scores", "labels", "num", "logits", "x", "y"])


@settings(max_examples=150)
@given(
    st.dictionaries(names, st.tuples(shapes, dtypes), max_size=4),
    st.sampled_from(["auto", *FORMATS]),
    st.integers(0, 99),
)
def test_any_outputs_are_read_or_refused(given_outputs, asked, seed):
    rng = np.random.default_rng(seed)
    outputs = {
        name: np.asarray(100.0 * rng.normal(size=shape)).astype(dtype)
        for name, (shape, dtype) in given_outputs.items()
    }
    layout = Layout((64, 64))
    with contextlib.suppress(ModelError):
        name = find_format(asked, outputs, layout, ModelNotes())
        found = FORMATS[name].decode(outputs, layout, 0.3)
        assert found.boxes.shape == (len(found), 4)
        assert found.boxes.dtype == found.scores.dtype == np.float64
        assert (found.scores >= 0.3).all()

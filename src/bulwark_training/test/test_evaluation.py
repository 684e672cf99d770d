# SPDX-License-Identifier: Apache-2.0
"""The figures of a detector that is right, and of one that is not; card and manifest."""

import json

import numpy as np
import pytest
import yaml

from bulwark_camera.detections import Detections
from bulwark_core.model_files import sha256_of
from bulwark_core.objects import ObjectClass
from bulwark_training.card import Made, list_in_manifest, write_card
from bulwark_training.classes import CLASSES, NUMBER
from bulwark_training.evaluation import figures_of
from bulwark_training.labels import Labels

WALL = NUMBER[ObjectClass.WALL]


def picture(distance=10.0):
    """A box of every class, in a row."""
    rows = [(60 * k, 10, 60 * k + 50, 60, k, 1.0, distance) for k in range(len(CLASSES))]
    return Labels.from_rows(np.array(rows, np.float32))


def answers(labels, score=0.9):
    count = len(labels)
    return Detections(labels.boxes.astype(float), np.full(count, score), labels.classes)


def test_all_right():
    labels = [picture(), picture(60.0)]
    figures = figures_of([answers(one) for one in labels], labels, ["yard", "road"])
    assert figures.mean == 1.0
    assert figures.by_place == {"road": 1.0, "yard": 1.0}
    assert (figures.precision, figures.recall, figures.false_boxes) == (1.0, 1.0, 0.0)
    assert figures.barriers_near[ObjectClass.WALL].asked == 1
    assert figures.by_class[ObjectClass.WALL].asked == 2


def test_one_class_missed_and_one_box_made_up():
    labels = [picture()]
    found = answers(labels[0])
    found = found.take(found.labels != WALL)
    extra = Detections(np.array([[500.0, 200, 560, 260]]), np.array([0.95]), np.array([0]))
    seen = Detections(
        np.concatenate([found.boxes, extra.boxes]), np.concatenate([found.scores, extra.scores]),
        np.concatenate([found.labels, extra.labels]),
    )  # fmt: skip
    figures = figures_of([seen], labels, ["yard"])
    assert figures.by_class[ObjectClass.WALL].value == 0.0
    assert figures.by_class[ObjectClass.CAR].value == 0.5
    assert figures.mean == pytest.approx(8.5 / 10)
    assert figures.recall == pytest.approx(0.9)
    assert figures.precision == pytest.approx(0.9)
    assert figures.false_boxes == 1.0


def test_low_scores_count_for_the_curve_only():
    labels = [picture()]
    figures = figures_of([answers(labels[0], 0.1)], labels, ["yard"])
    assert figures.mean == 1.0
    assert figures.recall == 0.0


def test_json_without_some_classes():
    labels = [picture().take(np.array([WALL]))]
    values = figures_of([answers(labels[0])], labels, ["yard"]).as_dict()
    assert values["ap50"]["WALL"] == 1.0
    assert values["ap50"]["CAR"] is None
    assert json.loads(json.dumps(values)) == values


def test_card_and_manifest(tmp_path):
    labels = [picture()]
    figures = figures_of([answers(labels[0])], labels, ["yard"]).as_dict()
    model = tmp_path / "detector.onnx"
    model.write_bytes(b"model")
    write_card(
        tmp_path / "detector.md",
        Made("./run train", 1, "abc", 10, 20, 1, 1000, "3 ms", figures),
        "## Where it fails\n\nIn the dark.",
    )
    card = (tmp_path / "detector.md").read_text()
    assert "| water barrier | 1.00 | 1.00 | 1 |" in card
    assert card.endswith("In the dark.\n")
    list_in_manifest(model)
    manifest = yaml.safe_load((tmp_path / "manifest.yaml").read_text())
    assert manifest["models"]["detector.onnx"]["sha256"] == sha256_of(model)

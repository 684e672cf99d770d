# SPDX-License-Identifier: Apache-2.0
"""The model file that is shipped: as its card says, and able to do what it is for."""

from pathlib import Path

import pytest
import yaml

from bulwark_camera.detections import iou
from bulwark_camera.detector import load_detector
from bulwark_core.model_files import sha256_of
from bulwark_training.classes import CLASSES, NUMBER
from bulwark_training.evaluation import evaluation_params, found_by
from bulwark_training.labels import Labels
from bulwark_training.scoring import is_asked
from bulwark_training.shots import take
from bulwark_training.split import Split

MODELS = Path(__file__).parents[3] / "models"
MODEL = MODELS / "detector.onnx"
PICTURES = 12


@pytest.fixture(scope="module")
def detector():
    return load_detector(evaluation_params(str(MODEL)))


def test_manifest_card_and_size():
    manifest = yaml.safe_load((MODELS / "manifest.yaml").read_text())
    assert manifest["models"][MODEL.name]["sha256"] == sha256_of(MODEL)
    card = (MODELS / "detector.md").read_text()
    for name in CLASSES:
        assert name.name.lower().replace("_", " ") in card
    assert MODEL.stat().st_size <= 10 * 2**20


def test_the_file_tells_how_it_is_read(detector):
    """So that `model.path` is all that the node needs."""
    assert detector.format == "yolox"
    assert detector.classes == dict(enumerate(CLASSES))


def test_it_finds_things_in_held_out_pictures(detector):
    """Of what is seen well in pictures of another seed; the card's figures are of many more."""
    assert detector.canvas == (384, 640)
    found = asked = 0
    for index in range(PICTURES):
        shot = take(77, Split.HELD_OUT, index)
        wanted = shot.labels.take(is_asked(shot.labels, 25.0) & (shot.labels.visible > 0.8))
        seen = found_by(detector, shot.picture)
        seen = seen.take(seen.scores > 0.3)
        asked += len(wanted)
        found += sum(is_found(seen, wanted, k) for k in range(len(wanted)))
    assert asked > 20
    assert found > 0.5 * asked


def is_found(seen, wanted: Labels, k: int) -> bool:
    mine = seen.take(seen.labels == wanted.classes[k])
    overlap = iou(mine.boxes, wanted.boxes[k : k + 1].astype(float))
    return bool(len(mine)) and bool(overlap.max() >= 0.5)


def test_class_numbers_are_those_of_the_table():
    assert [NUMBER[name] for name in CLASSES] == list(range(len(CLASSES)))

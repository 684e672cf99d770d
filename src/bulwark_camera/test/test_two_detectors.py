# SPDX-License-Identifier: Apache-2.0
"""Two detectors in one node: one list, two healths, and each fails for itself."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bulwark_camera.component import CameraPerception
from bulwark_camera.detectors import Detectors
from bulwark_camera.params import CameraParams, LaunchParams, ModelParams
from bulwark_core.component import Now
from bulwark_core.convert.images import make_image
from bulwark_core.errors import ParameterError
from bulwark_core.health import Level
from bulwark_core.objects import ObjectClass
from bulwark_core.offline import OfflineHost

PICTURE = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
MS = 1_000_000
ROAD = {"names": "['car', 'truck', 'pedestrian']"}
OURS = {"names": "['cone', 'car', 'water_barrier']"}


@pytest.fixture
def model(save_outputs):
    """A detector that always finds the same; rows are corners, score and class."""

    def make(name, names, *rows):
        array = np.zeros((1, 20, 6), np.float32)
        array[0, : len(rows)] = np.reshape(rows, (-1, 6))
        path = save_outputs({"output0": array}, names, name=name)
        return ModelParams(path=str(path), device="cpu")

    return make


@pytest.fixture
def road(model):
    return model("road.onnx", ROAD, (8, 16, 24, 48, 0.6, 0), (40, 8, 48, 40, 0.5, 2))


def found(detectors):
    """Class and score of each object."""
    one = detectors.detect(PICTURE)
    return [(ObjectClass(label).name, round(score, 2)) for label, score in zip(
        one.labels, one.scores, strict=True)]  # fmt: skip


def test_each_adds_what_it_knows(model, road):
    ours = model("ours.onnx", OURS, (4, 40, 20, 60, 0.7, 2))
    assert found(Detectors(road, ours)) == [
        ("WATER_BARRIER", 0.7), ("CAR", 0.6), ("PEDESTRIAN", 0.5)
    ]  # fmt: skip


@pytest.mark.parametrize("score", [0.4, 0.8])
def test_of_what_both_find_the_better_score_counts(model, road, score):
    ours = model("ours.onnx", OURS, (9, 16, 25, 48, score, 1))
    expected = sorted([("CAR", max(score, 0.6)), ("PEDESTRIAN", 0.5)], key=lambda row: -row[1])
    assert found(Detectors(road, ours)) == expected


def test_a_van_is_not_two_vehicles(model, road):
    other = model("other.onnx", ROAD, (9, 16, 25, 48, 0.9, 1))
    assert found(Detectors(road, other)) == [("TRUCK", 0.9), ("PEDESTRIAN", 0.5)]


def test_different_things_in_one_place_both_count(model, road):
    """A pedestrian behind a cone."""
    ours = model("ours.onnx", OURS, (40, 8, 48, 40, 0.45, 0))
    assert ("CONE", 0.45) in found(Detectors(road, ours))
    assert ("PEDESTRIAN", 0.5) in found(Detectors(road, ours))


def test_both_hashes_and_latencies_are_told(model, road):
    ours = model("ours.onnx", OURS)
    first, second = Detectors(road, ours).statuses()
    assert (first.task, second.task) == ("detector", "second detector")
    for status, params in ((first, road), (second, ours)):
        data = Path(params.path).read_bytes()
        assert status.values["sha256"] == hashlib.sha256(data).hexdigest()
        assert float(status.values["steady_ms"]) >= 0.0
        assert status.values["format"] == "nms"
        assert status.level is Level.OK


@pytest.mark.parametrize("missing", ["model", "second"])
def test_one_that_is_missing_degrades_and_the_other_goes_on(road, missing):
    absent = ModelParams(path="/none.onnx", device="cpu")
    both = {"model": road, "second": road, missing: absent}
    component = CameraPerception(CameraParams(**both))
    host, messages = OfflineHost([component]), []
    host.on_output(lambda topic, message, ns: messages.append(message))
    host.deliver("/camera/front/image_raw", make_image(PICTURE, "camera", MS), MS)
    assert len(messages[0].objects) == 2
    task = {"model": "detector", "second": "second detector"}[missing]
    levels = {s.task: s.level for s in component.health(Now(MS, MS))}
    assert levels[task] is Level.DEGRADED
    assert [level for name, level in levels.items() if "detector" in name].count(Level.OK) == 1


def test_where_both_fail_nothing_is_said():
    absent = ModelParams(path="/none.onnx", device="cpu")
    assert Detectors(absent, absent).detect(PICTURE) is None


def test_a_wrong_entry_names_the_second_group(road):
    wrong = ModelParams(path=road.path, device="cpu", classes=("0=LORRY",))
    with pytest.raises(ParameterError, match=r"'second\.classes' has the entry '0=LORRY'"):
        Detectors(road, wrong)


def test_launch_arguments_leave_the_file_alone_unless_they_say_something():
    own = ModelParams(path="/own.onnx", device="cuda")
    params = CameraParams(model=own, second=own)
    assert params.detectors() == (own, own)
    told = replace(params, launch=LaunchParams(model="/told.onnx", device="cpu"))
    assert [(one.path, one.device) for one in told.detectors()] == [
        ("/told.onnx", "cpu"), ("/own.onnx", "cpu")
    ]  # fmt: skip

# SPDX-License-Identifier: Apache-2.0
"""`bulwark bench camera` from the outside; what it measures is for the reader, not for a test."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from bulwark_cli.bench.camera import make_pictures, measure_opencv
from bulwark_cli.bench.camera_cli import camera
from bulwark_core.errors import ModelError


def call(*arguments):
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(camera, words, standalone_mode=False, catch_exceptions=False)


def test_every_step_is_measured_for_each_picture(model, tmp_path):
    file = tmp_path / "camera.json"
    call("--model", model, "--count", 10, "--width", 96, "--height", 64, "--json", file)
    result = json.loads(file.read_text())
    ours, opencv, runtime = result["ways"]
    assert list(ours["steps"]) == [
        "decode", "letterbox", "inference", "output", "whole node", "node without inference"
    ]  # fmt: skip
    step = ours["steps"]
    assert step["whole node"]["cpu_ms"]["p50"] > step["node without inference"]["cpu_ms"]["p50"] > 0
    assert list(runtime["steps"]) == ["decode", "letterbox", "inference"]
    assert opencv["steps"] or opencv["note"]
    assert (result["width"], result["pictures"]) == (96, 10)


def test_what_opencv_cannot_load_is_told(model):
    from bulwark_camera.detector import load_detector
    from bulwark_camera.params import ModelParams

    detector = load_detector(ModelParams(path=str(model), device="cpu"))
    model.write_bytes(b"no model any more")
    steps = measure_opencv(detector, [], 1)
    assert steps.note.startswith("cannot run this model")
    assert steps.times == {}


def test_no_model(tmp_path):
    with pytest.raises(ModelError, match=r"none\.onnx does not exist"):
        call("--model", tmp_path / "none.onnx", "--count", 10)


def test_pictures_are_the_same_for_a_seed_and_not_uniform():
    one, other = make_pictures(2, 96, 64), make_pictures(2, 96, 64)
    assert np.array_equal(one[1], other[1])
    assert one[0].std() > 20.0
    assert one[0].shape == (64, 96, 3)

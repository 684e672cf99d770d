# SPDX-License-Identifier: Apache-2.0
"""A model that is no good leaves the node up, silent about objects, with one clear line."""

import re

import numpy as np
import pytest

from bulwark_camera.component import CameraPerception
from bulwark_camera.detector import load_detector
from bulwark_camera.params import CameraParams, ModelParams
from bulwark_core.component import Now
from bulwark_core.convert.images import make_image
from bulwark_core.health import Level
from bulwark_core.offline import OfflineHost

PICTURE = np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)
MS = 1_000_000
NAMES = {"names": "['car', 'cone']"}


@pytest.fixture
def good(save_outputs):
    rows = np.zeros((1, 20, 6), np.float32)
    rows[0, 0] = [8, 16, 24, 48, 0.9, 0]
    return save_outputs({"output0": rows}, NAMES)


def missing(path):
    path.unlink()


def truncated(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def changed(path):
    path.with_name("manifest.yaml").write_text(f"models: {{{path.name}: {{sha256: '{'0' * 64}'}}}}")


def not_onnx(path):
    path.write_bytes(b"GIF89a" * 100)


FAULTS = [
    (missing, {}, "outputs.onnx does not exist"),
    (truncated, {}, "outputs.onnx .* cannot be loaded on cpu: .* truncated"),
    (changed, {}, "has SHA-256 .*, which is not the one listed in"),
    (not_onnx, {}, "cannot be loaded on cpu: .* not an ONNX model"),
    (lambda path: None, {"sha256": "0" * 64}, "which is not the expected one"),
    (lambda path: None, {"format": "yolov8"}, "expected one output .* found 'output0' float32 1 x"),
]


@pytest.mark.parametrize("spoil, values, reason", FAULTS)
def test_the_node_goes_on_without_its_model(good, spoil, values, reason):
    spoil(good)
    component = CameraPerception(
        CameraParams(model=ModelParams(path=str(good), device="cpu", **values))
    )
    host, sent = OfflineHost([component]), []
    host.on_output(lambda *output: sent.append(output))
    host.deliver("/camera/front/image_raw", make_image(PICTURE, "camera", MS), MS)
    health = {status.task: status for status in component.health(Now(MS, MS))}
    assert sent == []
    assert health["pictures"].level is Level.OK
    assert health["detector"].level is Level.DEGRADED
    assert health["detector"].message.startswith("no detector: ")
    assert re.search(reason, health["detector"].message)
    assert "\n" not in health["detector"].message


def save_network(path, half):
    """One convolution with fixed weights and a sigmoid, as (1, 6, 84): a detector of nonsense."""
    from onnx import TensorProto, helper, numpy_helper, save

    kind = TensorProto.FLOAT16 if half else TensorProto.FLOAT
    dtype = np.float16 if half else np.float32
    weights = np.random.default_rng(5).normal(0.0, 0.02, (6, 3, 8, 8)).astype(dtype)
    target = np.array([1, 6, 64], np.int64)
    constants = [
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(target, "target"),
        numpy_helper.from_array(np.zeros((1, 6, 20), dtype), "rest"),
    ]
    nodes = [
        helper.make_node("Conv", ["images", "weights"], ["maps"], strides=[8, 8]),
        helper.make_node("Sigmoid", ["maps"], ["scores"]),
        helper.make_node("Reshape", ["scores", "target"], ["columns"]),
        helper.make_node("Concat", ["columns", "rest"], ["output0"], axis=2),
    ]
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("images", kind, [1, 3, 64, 64])],
        [helper.make_tensor_value_info("output0", kind, [1, 6, 84])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, NAMES)
    save(model, str(path))
    return path


def outputs_of(path):
    detector = load_detector(ModelParams(path=str(path), device="cpu"))
    return detector, detector.infer(detector.prepare(PICTURE)[1])["output0"].astype(np.float64)


def test_half_precision_runs_on_the_cpu_and_agrees(tmp_path):
    pytest.importorskip("onnx", reason="the onnx package makes the models of this test")
    _, full = outputs_of(save_network(tmp_path / "full.onnx", half=False))
    detector, half = outputs_of(save_network(tmp_path / "half.onnx", half=True))
    assert detector.model.inputs[0].dtype == "float16"
    assert np.ptp(full[0, 4:, :64]) > 0.1
    assert np.abs(half - full).max() < 2e-3


def test_eight_bits_run_and_agree(tmp_path):
    """A model quantised with ONNX Runtime's own tool, calibrated on other pictures."""
    pytest.importorskip("onnx", reason="the onnx package makes the models of this test")
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

    class Noise(CalibrationDataReader):
        def __init__(self):
            rng = np.random.default_rng(7)
            pictures = rng.integers(0, 256, (8, 1, 3, 64, 64)).astype(np.float32) / 255.0
            self.rows = iter([{"images": picture} for picture in pictures])

        def get_next(self):
            return next(self.rows, None)

    full = save_network(tmp_path / "full.onnx", half=False)
    small = tmp_path / "int8.onnx"
    quantize_static(str(full), str(small), Noise(), quant_format=QuantFormat.QDQ)
    assert np.abs(outputs_of(small)[1] - outputs_of(full)[1]).max() < 0.02

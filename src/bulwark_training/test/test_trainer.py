# SPDX-License-Identifier: Apache-2.0
"""The schedule, going on from a checkpoint, export and parity; needs PyTorch."""

import ast
from dataclasses import replace

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is there only where somebody trains")
pytest.importorskip("onnx", reason="the onnx package writes the model")

from bulwark_camera.detector import load_detector  # noqa: E402
from bulwark_core.errors import BulwarkError  # noqa: E402
from bulwark_core.onnx_session import load_model  # noqa: E402
from bulwark_training.classes import CLASSES  # noqa: E402
from bulwark_training.evaluation import evaluation_params  # noqa: E402
from bulwark_training.export import export  # noqa: E402
from bulwark_training.labels import Labels  # noqa: E402
from bulwark_training.network import Deployed, Detector  # noqa: E402
from bulwark_training.shards import Stored  # noqa: E402
from bulwark_training.trainer import Plan, Trainer, read_checkpoint  # noqa: E402

PLAN = Plan(parts=6, wholes=0, batch=2, save_every=1)


def stored(seed):
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 255, (384, 640, 3), dtype=np.uint8)
    rows = np.array([[100, 100, 200, 180, 2, 1.0, 9.0]], np.float32)
    return Stored(cv2.imencode(".jpg", picture)[1].reshape(-1), Labels.from_rows(rows), "yard")


PICTURES = [stored(k) for k in range(4)]


def test_the_rate_rises_and_falls():
    plan = Plan(parts=16_000, wholes=400)
    rates = [plan.rate_at(step) for step in range(plan.steps)]
    assert max(rates) == pytest.approx(plan.rate)
    assert rates[0] < 0.01 * plan.rate
    assert rates[-1] == pytest.approx(plan.last_rate, rel=0.1)


def test_views_grow_at_the_end():
    plan = Plan(parts=32, wholes=8)
    assert [plan.size(k) for k in range(plan.steps)] == [(192, 320)] * 2 + [(384, 640)] * 2


def test_a_run_goes_on_from_its_checkpoint(tmp_path):
    file = tmp_path / "run.checkpoint"

    class StoppedError(Exception):
        pass

    def stop(state):
        if state.step == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        Trainer(PLAN, file).run(lambda: PICTURES, stop)
    again = Trainer(PLAN, file)
    assert again.step == 2
    steps = []
    again.run(lambda: PICTURES, lambda state: steps.append(state.step))
    assert steps == [3]
    assert int(read_checkpoint(file)["step"]) == 3


def test_a_broken_checkpoint_is_named(tmp_path):
    file = tmp_path / "run.checkpoint"
    file.write_bytes(b"nothing")
    with pytest.raises(BulwarkError, match=r"run\.checkpoint is no checkpoint"):
        Trainer(replace(PLAN, parts=2), file)


def test_onnx_runtime_gives_what_pytorch_gives(tmp_path):
    torch.manual_seed(3)
    network = Detector().eval()
    file = tmp_path / "detector.onnx"
    export(network, file, {"seed": "3"})
    picture = np.random.default_rng(1).uniform(0, 255, (1, 3, 384, 640)).astype(np.float32)
    with torch.no_grad():
        expected = Deployed(network)(torch.from_numpy(picture)).numpy()
    (output,) = load_model(file, "cpu").run(picture)
    assert np.abs(output - expected).max() < 1e-3


def test_the_node_can_read_the_file(tmp_path):
    import onnx

    file = tmp_path / "detector.onnx"
    export(Detector(), file)
    detector = load_detector(evaluation_params(str(file)))
    assert detector.canvas == (384, 640)
    metadata = {row.key: row.value for row in onnx.load(file).metadata_props}
    assert ast.literal_eval(metadata["names"]) == {k: c.name for k, c in enumerate(CLASSES)}

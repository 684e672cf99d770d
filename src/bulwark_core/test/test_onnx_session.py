# SPDX-License-Identifier: Apache-2.0
"""ONNX sessions: every bad file and device is one clear refusal; a good one is reported."""

from __future__ import annotations

import hashlib
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import yaml

onnx = pytest.importorskip("onnx", reason="the onnx package makes the models of this test")

from bulwark_core import onnx_providers  # noqa: E402
from bulwark_core.errors import ModelError  # noqa: E402
from bulwark_core.model_files import find_model  # noqa: E402
from bulwark_core.onnx_session import load_model  # noqa: E402

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"


def save_doubler(path: Path, shape=(1, 3), op: str = "Add") -> Path:
    """A model whose output is `op(x, x)`."""
    from onnx import TensorProto, helper

    tensors = [helper.make_tensor_value_info(n, TensorProto.FLOAT, list(shape)) for n in ("x", "y")]
    graph = helper.make_graph(
        [helper.make_node(op, ["x", "x"], ["y"])], "g", *[[t] for t in tensors]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture
def doubler(tmp_path: Path) -> Path:
    return save_doubler(tmp_path / "doubler.onnx")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def list_hash(path: Path, sha256: str) -> None:
    rows = {"models": {path.name: {"sha256": sha256}}}
    path.with_name("manifest.yaml").write_text(yaml.safe_dump(rows))


def test_runs_and_reports(doubler: Path) -> None:
    model = load_model(doubler, device="cpu")
    x = np.array([[1.0, 2.0, -3.0]], dtype=np.float32)
    assert model.run(x)[0].tolist() == [[2.0, 4.0, -6.0]]
    assert (model.provider, model.device, model.sha256) == (CPU, "cpu", digest(doubler))
    assert [str(spec) for spec in model.inputs] == ["'x' float32 1 x 3"]
    assert [(s.name, s.shape, s.dtype) for s in model.outputs] == [("y", (1, 3), "float32")]


def test_auto_says_what_it_took(doubler: Path) -> None:
    model = load_model(doubler, device="auto")
    assert model.describe()["device"] == f"{model.device} (auto)"
    assert model.describe()["provider"] == onnx_providers.PROVIDER_OF[model.device]


def test_warm_up_reports_both_latencies(doubler: Path) -> None:
    model = load_model(doubler, device="cpu")
    assert "steady_ms" not in model.describe()
    latency = model.warm_up(runs=3)
    assert latency.first_ms > 0.0
    assert latency.steady_ms > 0.0
    assert model.describe()["steady_ms"] == f"{latency.steady_ms:.1f}"


def test_free_dimensions_accept_any_size(tmp_path: Path) -> None:
    model = load_model(save_doubler(tmp_path / "free.onnx", shape=("n", 3)), device="cpu")
    assert model.inputs[0].shape == (None, 3)
    model.warm_up(runs=1, shapes=[(4, 3)])
    assert model.run(np.ones((5, 3), np.float32))[0].shape == (5, 3)


@pytest.mark.parametrize(
    "array",
    [np.ones(3, np.float32), np.ones((1, 4), np.float32), np.ones((1, 3), np.float64)],
    ids=["rank", "shape", "dtype"],
)
def test_wrong_array_names_file_and_both_shapes(doubler: Path, array) -> None:
    model = load_model(doubler, device="cpu")
    with pytest.raises(ModelError, match=r"doubler\.onnx takes 'x' float32 1 x 3, not float"):
        model.run(array)


def test_wrong_number_of_arrays(doubler: Path) -> None:
    with pytest.raises(ModelError, match="takes 1 arrays, not 0"):
        load_model(doubler, device="cpu").run()


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nothing\.onnx does not exist"):
        load_model(tmp_path / "nothing.onnx")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is a folder"):
        load_model(tmp_path)


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.onnx").touch()
    with pytest.raises(ModelError, match=r"empty\.onnx is empty"):
        load_model(tmp_path / "empty.onnx")


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_truncated_file(doubler: Path, kept: float) -> None:
    data = doubler.read_bytes()
    doubler.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(ModelError, match=r"doubler\.onnx .* cannot be loaded.*truncated"):
        load_model(doubler, device="cpu")


def test_not_onnx(tmp_path: Path) -> None:
    (tmp_path / "photo.onnx").write_bytes(b"\x89PNG\r\n" * 100)
    with pytest.raises(ModelError, match=r"photo\.onnx .*not an ONNX model"):
        load_model(tmp_path / "photo.onnx", device="cpu")


def test_unknown_operator(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="newer ONNX Runtime"):
        load_model(save_doubler(tmp_path / "odd.onnx", op="NoSuchOperator"), device="cpu")


def test_an_error_is_one_line(doubler: Path) -> None:
    doubler.write_bytes(b"junk" * 50)
    with pytest.raises(ModelError) as caught:
        load_model(doubler, device="cpu")
    assert "\n" not in str(caught.value)


def test_expected_hash(doubler: Path) -> None:
    assert load_model(doubler, "cpu", expected_sha256=digest(doubler).upper()).sha256
    with pytest.raises(ModelError, match="not the expected one"):
        load_model(doubler, "cpu", expected_sha256="0" * 64)


def test_listed_hash(doubler: Path) -> None:
    list_hash(doubler, digest(doubler))
    assert load_model(doubler, "cpu").sha256 == digest(doubler)
    list_hash(doubler, "0" * 64)
    with pytest.raises(ModelError, match=r"not the one listed in .*manifest\.yaml"):
        load_model(doubler, "cpu")


def test_unlisted_model_is_allowed(doubler: Path) -> None:
    list_hash(doubler.with_name("another.onnx"), "0" * 64)
    assert load_model(doubler, "cpu").sha256 == digest(doubler)


def test_a_manifest_speaks_only_for_its_own_folder(doubler: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    list_hash(elsewhere / doubler.name, "0" * 64)
    assert load_model(doubler, "cpu", manifest=elsewhere / "manifest.yaml")


@pytest.mark.parametrize("text", ["models: [a, b]", "models: {doubler.onnx: {}}", "{", "other: 1"])
def test_broken_manifest(doubler: Path, text: str) -> None:
    doubler.with_name("manifest.yaml").write_text(text)
    with pytest.raises(ModelError, match="not a model manifest"):
        load_model(doubler, "cpu")


def test_unknown_device(doubler: Path) -> None:
    with pytest.raises(ModelError, match="device 'gpu' is unknown; use one of: auto, cpu"):
        load_model(doubler, device="gpu")


@pytest.mark.parametrize("device", ["cuda", "tensorrt"])
def test_named_device_that_is_not_there_is_refused(doubler, device, monkeypatch) -> None:
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: [CPU])
    with pytest.raises(ModelError, match=f"device '{device}'.*runs only on: cpu.*onnxruntime-gpu"):
        load_model(doubler, device=device)


def _skip_where_cuda_works() -> None:
    import onnxruntime

    if CUDA in onnxruntime.get_available_providers():
        pytest.skip("this ONNX Runtime has CUDA: it does not fall back")


def test_silent_fallback_is_noticed(doubler, monkeypatch) -> None:
    """ONNX Runtime announces CUDA, then quietly opens the session on the CPU."""
    _skip_where_cuda_works()
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: [CUDA, CPU])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ModelError, match="device 'cuda' was asked for"):
            load_model(doubler, device="cuda")
        assert load_model(doubler, device="auto").device == "cpu"


def test_missing_runtime_says_what_to_install(doubler, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ModelError, match="install onnxruntime"):
        load_model(doubler)


def test_model_in_a_package_share(tmp_path: Path, monkeypatch) -> None:
    share = tmp_path / "share" / "some_package" / "models"
    share.mkdir(parents=True)
    model = save_doubler(share / "m.onnx")
    monkeypatch.setenv("AMENT_PREFIX_PATH", f"/nowhere:{tmp_path}")
    assert find_model("package://some_package/models/m.onnx") == model
    with pytest.raises(ModelError, match="'absent' is not on AMENT_PREFIX_PATH"):
        find_model("package://absent/m.onnx")


def test_same_input_same_bits(tmp_path: Path) -> None:
    path = save_doubler(tmp_path / "m.onnx", shape=(64, 64), op="MatMul")
    x = np.random.default_rng(1).normal(size=(64, 64)).astype(np.float32)
    first, second = load_model(path, "cpu"), load_model(path, "cpu")
    assert first.run(x)[0].tobytes() == second.run(x)[0].tobytes() == first.run(x)[0].tobytes()

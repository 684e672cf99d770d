# SPDX-License-Identifier: Apache-2.0
"""Small YOLOX models with a known answer, and the public recordings."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

CANVAS = 64
CLASSES = 80
CELLS = 8 * 8 + 4 * 4 + 2 * 2

Save = Callable[..., Path]


def raw_output(boxes: Mapping[int, tuple[float, ...]], classes: int = CLASSES) -> np.ndarray:
    """A raw YOLOX output: for a row its x, y, w, h, objectness, class number and class score."""
    rows = np.zeros((1, CELLS, 5 + classes), np.float32)
    for row, (x, y, w, h, objectness, label, score) in boxes.items():
        rows[0, row, :5] = x, y, w, h, objectness
        rows[0, row, 5 + int(label)] = score
    return rows


def add_colours(graph_input: str, shape: tuple[int, ...], limit: float | None) -> list:
    """Nodes that add the means of the three planes to x, y and w of the first row of the answer.

    With a limit it is the root of what is left to it, and so not a number for a bright picture.
    """
    from onnx import TensorProto, helper, numpy_helper

    size = int(np.prod(shape))
    pads = numpy_helper.from_array(np.array([0, 0, 0, size - 3], np.int64))
    target = numpy_helper.from_array(np.array(shape, np.int64))
    top = numpy_helper.from_array(np.array(limit or 0.0, np.float32))
    root = [
        helper.make_node("Constant", [], ["top"], value=top),
        helper.make_node("Sub", ["top", "means"], ["left"]),
        helper.make_node("Sqrt", ["left"], ["root"]),
    ]
    return [
        helper.make_node("Cast", [graph_input], ["real"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["real"], ["means"], axes=[2, 3], keepdims=0),
        helper.make_node("Constant", [], ["pads"], value=pads),
        helper.make_node("Constant", [], ["target"], value=target),
        *([] if limit is None else root),
        helper.make_node("Pad", ["means" if limit is None else "root", "pads"], ["padded"]),
        helper.make_node("Reshape", ["padded", "target"], ["colours"]),
        helper.make_node("Add", ["colours", "answer"], ["output"]),
    ]


@pytest.fixture
def answer() -> Callable[..., np.ndarray]:
    return raw_output


@pytest.fixture
def save_model(tmp_path: Path) -> Save:
    """Writes a YOLOX model of 64 x 64 pixels that always gives the same answer."""
    onnx = pytest.importorskip("onnx", reason="the onnx package makes the models of this test")
    from onnx import TensorProto, helper, numpy_helper

    def save(
        output: np.ndarray,
        shape: tuple[object, ...] = (1, 3, CANVAS, CANVAS),
        dtype: int = TensorProto.FLOAT,
        looks: bool = False,
        limit: float | None = None,
    ) -> Path:
        constant = numpy_helper.from_array(output)
        nodes = [helper.make_node("Constant", [], ["answer"], value=constant)]
        more = [helper.make_node("Identity", ["answer"], ["output"])]
        nodes += add_colours("images", output.shape, limit) if looks else more
        graph = helper.make_graph(
            nodes,
            "answer",
            [helper.make_tensor_value_info("images", dtype, list(shape))],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, list(output.shape))],
        )
        opset = [helper.make_opsetid("", 13)]
        path = tmp_path / "answer.onnx"
        onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), str(path))
        return path

    return save


@pytest.fixture
def save_outputs(tmp_path: Path) -> Save:
    """Writes a model of 64 x 64 pixels that always gives the same outputs, by their names."""
    onnx = pytest.importorskip("onnx", reason="the onnx package makes the models of this test")
    from onnx import TensorProto, helper, numpy_helper

    def save(
        outputs: Mapping[str, np.ndarray],
        metadata: Mapping[str, str] | None = None,
        shape: tuple[object, ...] = (1, 3, CANVAS, CANVAS),
        sizes: int | None = None,
        name: str = "outputs.onnx",
    ) -> Path:
        nodes, infos = [], []
        for output, array in outputs.items():
            value = numpy_helper.from_array(array, f"{output}_value")
            nodes.append(helper.make_node("Constant", [], [output], value=value))
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            infos.append(helper.make_tensor_value_info(output, kind, list(array.shape)))
        inputs = [helper.make_tensor_value_info("images", TensorProto.FLOAT, list(shape))]
        if sizes is not None:
            inputs.append(helper.make_tensor_value_info("orig_target_sizes", sizes, [1, 2]))
        graph = helper.make_graph(nodes, "outputs", inputs, infos)
        opset = [helper.make_opsetid("", 13)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=8)
        helper.set_model_props(model, dict(metadata or {}))
        onnx.save(model, str(tmp_path / name))
        return tmp_path / name

    return save


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of public recordings."""
    beside = Path(__file__).parents[4] / "shared" / "data"
    folder = Path(os.environ.get("BULWARK_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"no recordings at {folder} (set BULWARK_DATA)")
    return folder

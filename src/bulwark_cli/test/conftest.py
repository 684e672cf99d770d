# SPDX-License-Identifier: Apache-2.0
"""Launch files and an ament prefix with small executables, made for one test."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class AmentPrefix:
    """An install folder that is on AMENT_PREFIX_PATH."""

    path: Path

    def package(self, name: str) -> Path:
        """Add a package; its share folder."""
        index = self.path / "share/ament_index/resource_index/packages"
        index.mkdir(parents=True, exist_ok=True)
        (index / name).touch()
        share = self.path / "share" / name
        share.mkdir(parents=True, exist_ok=True)
        return share

    def executable(self, package: str, name: str, python: str) -> Path:
        """Add a program in Python to a package."""
        self.package(package)
        path = self.path / "lib" / package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!{sys.executable} -S\n{python}")
        path.chmod(0o755)
        return path

    def bringup(self) -> Path:
        """bulwark_bringup as in the source tree; its share folder."""
        share = self.package("bulwark_bringup")
        for folder in ("launch", "config"):
            (share / folder).symlink_to(REPOSITORY / folder)
        return share


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AmentPrefix:
    path = tmp_path / "prefix"
    path.mkdir()
    before = os.environ.get("AMENT_PREFIX_PATH", "")
    monkeypatch.setenv("AMENT_PREFIX_PATH", f"{path}{os.pathsep}{before}")
    return AmentPrefix(path)


@pytest.fixture
def launch_file(tmp_path: Path) -> Callable[..., Path]:
    """Write the inside of a `<launch>`; the first line is line 2 of the file."""

    def write(inside: str, name: str = "test.launch.xml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<launch>\n{inside}\n</launch>\n")
        return path

    return write


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A detector of 64 x 64 pixels that always finds the same car and cone."""
    onnx = pytest.importorskip("onnx", reason="the onnx package makes the models of this test")
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    rows = np.zeros((1, 20, 6), np.float32)
    rows[0, :2] = [[24, 34, 40, 42, 0.9, 0], [4, 30, 12, 44, 0.6, 1]]
    value = numpy_helper.from_array(rows)
    graph = helper.make_graph(
        [helper.make_node("Constant", [], ["output0"], value=value)],
        "g",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 64, 64])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 20, 6])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(made, {"names": "['car', 'cone']"})
    onnx.save(made, str(tmp_path / "model.onnx"))
    return tmp_path / "model.onnx"

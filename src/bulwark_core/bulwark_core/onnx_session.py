# SPDX-License-Identifier: Apache-2.0
"""ONNX models on a device that was asked for and is really used, with hash and latency known.

ONNX Runtime falls back to the CPU without an error, so the provider is read back after loading.
Settings are for a node beside others: a fixed number of threads, one operator after the other, and
no spinning, which would take the other nodes' cores while a model waits for its next input.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_core.errors import ModelError
from bulwark_core.model_files import check_hash, find_model, sha256_of
from bulwark_core.onnx_providers import (
    PROVIDER_OF,
    candidate_devices,
    provider_list,
    unavailable,
)

Array = npt.NDArray[Any]

_DTYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
    "tensor(bool)": "bool",
}


@dataclass(frozen=True)
class TensorSpec:
    """An input or output of a model. A dimension that is free is None."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str

    def __str__(self) -> str:
        sizes = " x ".join("?" if size is None else str(size) for size in self.shape)
        return f"'{self.name}' {self.dtype} {sizes}"

    def accepts(self, array: Array) -> bool:
        """Whether an array has this type and shape."""
        return (
            array.dtype.name == self.dtype
            and array.ndim == len(self.shape)
            and all(
                want in (None, have) for want, have in zip(self.shape, array.shape, strict=True)
            )
        )


@dataclass(frozen=True)
class Latency:
    """How long the first run and the median of the following runs took [ms]."""

    first_ms: float
    steady_ms: float


class OnnxModel:
    """A loaded model.

    path, sha256: the file. device: cpu, cuda or tensorrt; provider: what ONNX Runtime calls it.
    asked_device: what was asked for. inputs, outputs: the model's interface. metadata: the notes
    in the file, by key.
    latency: what `warm_up` measured last, None before.
    """

    def __init__(self, session: Any, path: Path, sha256: str, asked_device: str, device: str):
        self._session = session
        self.path = path
        self.sha256 = sha256
        self.asked_device = asked_device
        self.device = device
        self.provider = PROVIDER_OF[device]
        self.inputs = tuple(_spec(tensor) for tensor in session.get_inputs())
        self.outputs = tuple(_spec(tensor) for tensor in session.get_outputs())
        self.metadata: dict[str, str] = dict(session.get_modelmeta().custom_metadata_map)
        self.latency: Latency | None = None

    def run(self, *arrays: Array) -> list[Array]:
        """The outputs for one array per input, in the model's order.

        Raises ModelError where an array does not fit its input or the runtime refuses.
        """
        self._check(arrays)
        feed = {spec.name: array for spec, array in zip(self.inputs, arrays, strict=True)}
        try:
            outputs: list[Array] = self._session.run(None, feed)
        except _runtime_errors() as error:
            raise ModelError(
                f"model {self.path} failed on {self.device}: {_reason(error)}"
            ) from error
        return outputs

    def warm_up(self, runs: int = 5, shapes: Sequence[tuple[int, ...]] | None = None) -> Latency:
        """Run on zeros, once and then `runs` times, and keep the latency.

        shapes: one per input, needed where a free dimension must be other than 1.
        """
        if shapes is None:
            shapes = [tuple(size or 1 for size in spec.shape) for spec in self.inputs]
        arrays = [
            np.zeros(s, dtype=spec.dtype) for s, spec in zip(shapes, self.inputs, strict=True)
        ]
        first, *steady = (self._timed(arrays) for _ in range(1 + max(runs, 1)))
        self.latency = Latency(first, statistics.median(steady))
        return self.latency

    def describe(self) -> dict[str, str]:
        """What `/diagnostics` shows: file, hash, provider and latency."""
        took = self.device if self.asked_device == self.device else f"{self.device} (auto)"
        values = {
            "model": str(self.path),
            "sha256": self.sha256,
            "device": took,
            "provider": self.provider,
        }
        if self.latency is not None:
            values["first_ms"] = f"{self.latency.first_ms:.1f}"
            values["steady_ms"] = f"{self.latency.steady_ms:.1f}"
        return values

    def _timed(self, arrays: Sequence[Array]) -> float:
        start = time.perf_counter_ns()
        self.run(*arrays)
        return (time.perf_counter_ns() - start) / 1e6

    def _check(self, arrays: Sequence[Array]) -> None:
        if len(arrays) != len(self.inputs):
            raise ModelError(
                f"model {self.path} takes {len(self.inputs)} arrays, not {len(arrays)}"
            )
        for spec, array in zip(self.inputs, arrays, strict=True):
            if not spec.accepts(array):
                shape = " x ".join(map(str, array.shape))
                raise ModelError(f"model {self.path} takes {spec}, not {array.dtype.name} {shape}")


def load_model(
    path: str | Path,
    device: str = "auto",
    threads: int = 2,
    expected_sha256: str | None = None,
    manifest: Path | None = None,
) -> OnnxModel:
    """Load an ONNX model.

    path: a file, or `package://<package>/<path in its share folder>`. device: auto, cpu, cuda or
    tensorrt; `auto` takes what is there, a named one is taken or refused. threads: within one
    operator, on the CPU. expected_sha256, manifest: see `bulwark_core.model_files.check_hash`.

    Raises ModelError: no such file, not a model, not the expected hash, or device not there.
    """
    file = find_model(path)
    sha256 = sha256_of(file)
    check_hash(file, sha256, expected_sha256, manifest)
    runtime = _runtime()
    candidates = candidate_devices(device, runtime.get_available_providers())
    for candidate in candidates[:-1]:
        try:
            session = _open(runtime, file, candidate, threads, sha256)
        except ModelError:
            continue  # only for `auto`: the last one, the CPU, says what is wrong with the file
        return OnnxModel(session, file, sha256, device, candidate)
    session = _open(runtime, file, candidates[-1], threads, sha256)
    return OnnxModel(session, file, sha256, device, candidates[-1])


def _open(runtime: Any, file: Path, device: str, threads: int, sha256: str) -> Any:
    """A session that really runs on this device."""
    try:
        session = runtime.InferenceSession(
            str(file),
            _options(runtime, threads),
            providers=provider_list(device, sha256),
            enable_fallback=0,
        )
    except _runtime_errors() as error:
        raise ModelError(
            f"model file {file} ({file.stat().st_size} bytes) cannot be loaded on {device}: "
            f"{_reason(error)}; it is truncated, not an ONNX model, or needs a newer ONNX Runtime"
        ) from error
    if session.get_providers()[0] != PROVIDER_OF[device]:
        raise unavailable(device, session.get_providers())
    return session


def _options(runtime: Any, threads: int) -> Any:
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = runtime.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.log_severity_level = 4  # only what ends the process; the rest is raised or read back
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return options


def _runtime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(
            f"ONNX Runtime cannot be imported ({error}); install onnxruntime (rosdep key "
            "python3-onnxruntime-pip)"
        ) from error
    return onnxruntime


def _runtime_errors() -> tuple[type[Exception], ...]:
    """All that ONNX Runtime raises; its own errors have no common base."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    own = (item for item in vars(state).values() if isinstance(item, type))
    return (RuntimeError, ValueError, *(item for item in own if issubclass(item, Exception)))


def _reason(error: Exception) -> str:
    """What ONNX Runtime says is wrong, in one line and without its preamble."""
    return " ".join(str(error).rsplit("failed:", 1)[-1].split())


def _spec(tensor: Any) -> TensorSpec:
    shape = tuple(size if isinstance(size, int) else None for size in tensor.shape)
    return TensorSpec(tensor.name, shape, _DTYPES.get(tensor.type, tensor.type))

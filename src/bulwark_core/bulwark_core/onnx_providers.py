# SPDX-License-Identifier: Apache-2.0
"""Which ONNX Runtime execution providers a device stands for, and which of them are there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bulwark_core.errors import ModelError

DEVICES = ("auto", "cpu", "cuda", "tensorrt")
PROVIDER_OF = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
}
HOW_TO_INSTALL = {
    "cuda": "install onnxruntime-gpu in place of onnxruntime, with the CUDA and cuDNN it names",
    "tensorrt": "install onnxruntime-gpu in place of onnxruntime, with the TensorRT it names",
}
# The fastest convolution is otherwise found by timing, which differs from run to run.
_CUDA_OPTIONS = {"cudnn_conv_algo_search": "HEURISTIC", "use_tf32": "0"}


def candidate_devices(device: str, available: Sequence[str]) -> list[str]:
    """The devices to try, best first: a named one alone, for `auto` CUDA and then the CPU.

    `auto` never takes TensorRT, since building an engine takes minutes. Raises ModelError for a
    device that is unknown or not there.
    """
    if device not in DEVICES:
        raise ModelError(f"device '{device}' is unknown; use one of: {', '.join(DEVICES)}")
    if device == "auto":
        return [name for name in ("cuda", "cpu") if PROVIDER_OF[name] in available] or ["cpu"]
    if PROVIDER_OF[device] not in available:
        raise unavailable(device, available)
    return [device]


def unavailable(device: str, available: Sequence[str]) -> ModelError:
    """The refusal of a device that is not there."""
    there = ", ".join(name for name, provider in PROVIDER_OF.items() if provider in available)
    return ModelError(
        f"device '{device}' was asked for, but ONNX Runtime runs only on: {there or 'nothing'}; "
        f"{HOW_TO_INSTALL.get(device, 'reinstall onnxruntime')}, or set device to auto"
    )


def provider_list(device: str, sha256: str) -> list[Any]:
    """The providers in order of preference, as InferenceSession takes them."""
    cpu, cuda = PROVIDER_OF["cpu"], (PROVIDER_OF["cuda"], _CUDA_OPTIONS)
    if device == "tensorrt":
        return [(PROVIDER_OF["tensorrt"], _tensorrt_options(sha256)), cuda, cpu]
    return [cuda, cpu] if device == "cuda" else [cpu]


def _tensorrt_options(sha256: str) -> dict[str, str]:
    """Engines are kept per model; ONNX Runtime itself names them by GPU and TensorRT version."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    cache = Path(home) / "bulwark" / "tensorrt" / sha256[:16]
    cache.mkdir(parents=True, exist_ok=True)
    return {
        "trt_engine_cache_enable": "1",
        "trt_engine_cache_path": str(cache),
        "trt_timing_cache_enable": "1",
        "trt_timing_cache_path": str(cache),
    }

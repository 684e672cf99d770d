# SPDX-License-Identifier: Apache-2.0
"""A trained network as an ONNX file that camera_perception runs. Needs PyTorch."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch

from bulwark_core.errors import BulwarkError
from bulwark_training.classes import CLASSES
from bulwark_training.network import Deployed, Detector
from bulwark_training.settings import HEIGHT, WIDTH

_OPSET = 17


def export(network: Detector, file: Path, notes: Mapping[str, str] | None = None) -> None:
    """Write the model for pictures of 640 x 384; notes: more of its metadata.

    `names` in the metadata are the classes by number, as models of Ultralytics have them. Raises
    BulwarkError where the file cannot be written.
    """
    import onnx

    stream = io.BytesIO()
    deployed = Deployed(network).eval().to(memory_format=torch.contiguous_format)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a newer exporter exists, which needs onnxscript
        torch.onnx.export(
            deployed, (torch.zeros(1, 3, HEIGHT, WIDTH),), stream, dynamo=False,
            input_names=["images"], output_names=["output"], opset_version=_OPSET,
        )  # fmt: skip
    model = onnx.load_from_string(stream.getvalue())
    names = {number: name.name for number, name in enumerate(CLASSES)}
    metadata = {"names": str(names), "task": "detect", "format": "yolox", **(notes or {})}
    onnx.helper.set_model_props(model, metadata)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(model.SerializeToString())
    except OSError as error:
        raise BulwarkError(f"cannot write {file}: {error.strerror}") from error

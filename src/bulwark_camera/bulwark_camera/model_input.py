# SPDX-License-Identifier: Apache-2.0
"""What a detector takes: one picture, and perhaps the size to which its boxes are scaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_core.errors import ModelError
from bulwark_core.onnx_session import OnnxModel, TensorSpec

_PICTURE_TYPES = ("float32", "float16", "uint8")
_SIZE_TYPES = ("int64", "int32", "float32")
_LARGEST = 4096


@dataclass(frozen=True)
class ModelInput:
    """The input (height, width) [px] and type of the picture, and that of the size input if any.

    RT-DETR's own export has a second input `orig_target_sizes` (1, 2) with the width and height to
    which it scales its boxes. It is given the size of the input, so that boxes are in its pixels.
    """

    canvas: tuple[int, int]
    dtype: str
    size_dtype: str = ""

    def arrays(self, picture: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        """All inputs for a picture (1, 3, H, W)."""
        if not self.size_dtype:
            return [picture]
        return [picture, np.array([self.canvas[::-1]], dtype=self.size_dtype)]

    def shapes(self) -> list[tuple[int, ...]]:
        """The shape of each input."""
        picture = (1, 3, *self.canvas)
        return [picture, (1, 2)] if self.size_dtype else [picture]


def read_input(
    model: OnnxModel, wanted: tuple[int, int], trained: tuple[int, int] | None
) -> ModelInput:
    """The input of a model; where it leaves its size free, `wanted` or else `trained`.

    Both are (height, width) [px], 0 for none. Raises ModelError where the input is no picture or
    its size is not told.
    """
    spec, *others = model.inputs
    is_sized = len(others) == 1 and _is_size(others[0])
    if (others and not is_sized) or len(spec.shape) != 4 or spec.shape[1] not in (None, 3):
        listed = ", ".join(map(str, model.inputs))
        raise ModelError(f"model {model.path} takes {listed}, not one picture 1 x 3 x H x W")
    if spec.shape[0] not in (None, 1) or spec.dtype not in _PICTURE_TYPES:
        raise ModelError(
            f"model {model.path} takes {spec}, not 1 x 3 x H x W of {', '.join(_PICTURE_TYPES)}"
        )
    canvas = _canvas(model, spec, wanted, trained or (0, 0))
    return ModelInput(canvas, spec.dtype, others[0].dtype if is_sized else "")


def _canvas(
    model: OnnxModel, spec: TensorSpec, wanted: tuple[int, int], trained: tuple[int, int]
) -> tuple[int, int]:
    height = spec.shape[2] or wanted[0] or trained[0]
    width = spec.shape[3] or wanted[1] or trained[1]
    if not height or not width:
        raise ModelError(
            f"model {model.path} leaves its input size free ({spec}); set model.input_height and "
            "model.input_width"
        )
    if max(height, width) > _LARGEST:
        raise ModelError(f"model {model.path} takes {spec}: more than {_LARGEST} pixels a side")
    return height, width


def _is_size(spec: TensorSpec) -> bool:
    is_pair = len(spec.shape) == 2 and spec.shape[0] in (None, 1) and spec.shape[1] in (None, 2)
    return "size" in spec.name and is_pair and spec.dtype in _SIZE_TYPES

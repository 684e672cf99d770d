# SPDX-License-Identifier: Apache-2.0
"""From a picture's colours to the numbers that a model takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_camera.letterbox import Picture

PLACES = ("top_left", "center", "stretch")
ORDERS = ("bgr", "rgb")


@dataclass(frozen=True)
class Preprocessing:
    """What becomes of a picture before the model sees it.

    letterbox: one of PLACES. channel_order: one of ORDERS. The value of a channel, 0 to 255, is
    multiplied by `scale`, then `mean` is subtracted and the rest divided by `std`; both have a
    value for each channel in the model's order, or none.
    """

    letterbox: str = "top_left"
    channel_order: str = "bgr"
    scale: float = 1.0
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    def tensor(self, canvas: Picture, dtype: str) -> npt.NDArray[Any]:
        """The model's input (1, 3, H, W) from a canvas (H, W, 3) BGR."""
        gain, offset = self._line()
        channels = (2, 1, 0) if self.channel_order == "rgb" else (0, 1, 2)
        if dtype == "uint8" and (gain == 1.0).all() and not offset.any():
            return np.ascontiguousarray(canvas[:, :, channels].transpose(2, 0, 1)[None])
        planes = np.empty((1, 3, *canvas.shape[:2]), dtype=np.float32)
        for row, channel in enumerate(channels):
            np.multiply(canvas[:, :, channel], gain[row], out=planes[0, row])
        if offset.any():
            planes += offset[None, :, None, None]
        return planes.astype(dtype, copy=False)

    def _line(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Factor and offset of each channel."""
        std = np.array(self.std or (1.0, 1.0, 1.0))
        gain = (self.scale / std).astype(np.float32)
        return gain, (-np.array(self.mean or (0.0, 0.0, 0.0)) / std).astype(np.float32)


YOLOX = Preprocessing()
ULTRALYTICS = Preprocessing("center", "rgb", 1.0 / 255.0)
RT_DETR = Preprocessing("stretch", "rgb", 1.0 / 255.0)
DETR = Preprocessing("stretch", "rgb", 1.0 / 255.0, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))

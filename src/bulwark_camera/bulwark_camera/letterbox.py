# SPDX-License-Identifier: Apache-2.0
"""Pictures of any shape into a model's input, and boxes back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from bulwark_camera.detections import FloatArray

Picture = npt.NDArray[np.uint8]

PAD_GREY = 114
"""The grey of the border with which the YOLO family is trained."""


def size_of(picture: Picture) -> tuple[int, int]:
    """Height and width [px]."""
    return picture.shape[0], picture.shape[1]


@dataclass(frozen=True)
class Letterbox:
    """Where a picture lies in a model's input; all sizes are (height, width) [px]."""

    picture: tuple[int, int]
    canvas: tuple[int, int]
    scaled: tuple[int, int]
    top: int
    left: int

    @classmethod
    def fit(cls, picture: tuple[int, int], canvas: tuple[int, int], place: str) -> Letterbox:
        """The largest picture that the canvas holds, or the whole canvas for `stretch`.

        place: top_left, center or stretch. Only the last one distorts.
        """
        if place == "stretch":
            return cls(picture, canvas, canvas, 0, 0)
        ratio = min(canvas[0] / picture[0], canvas[1] / picture[1])
        height = min(max(int(picture[0] * ratio), 1), canvas[0])
        width = min(max(int(picture[1] * ratio), 1), canvas[1])
        spare = (canvas[0] - height, canvas[1] - width) if place == "center" else (0, 0)
        return cls(picture, canvas, (height, width), spare[0] // 2, spare[1] // 2)

    def apply(self, picture: Picture) -> Picture:
        """The picture (H, W, 3), scaled and with a grey border."""
        height, width = self.scaled
        canvas = np.full((*self.canvas, 3), PAD_GREY, dtype=np.uint8)
        canvas[self.top : self.top + height, self.left : self.left + width] = cv2.resize(
            picture, (width, height), interpolation=cv2.INTER_LINEAR
        )
        return canvas

    def to_picture(self, boxes: FloatArray) -> FloatArray:
        """Boxes (N, 4) on the canvas as boxes in the picture, cut at its edges [px]."""
        offset = np.array([self.left, self.top] * 2)
        limit = np.array([self.picture[1], self.picture[0]] * 2, dtype=np.float64)
        scale = limit / np.array([self.scaled[1], self.scaled[0]] * 2)
        return np.asarray(np.clip((boxes - offset) * scale, 0.0, limit))

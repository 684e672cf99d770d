# SPDX-License-Identifier: Apache-2.0
"""How sharp a picture is, whatever it shows: how steep its steepest edges are for their height."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
_STEEPEST, _FLAT = 98, 50  # percentiles of the gradient


def sharpness(grey: Grey) -> float:
    """Second over first derivative at the strongest edges of a grey picture (H, W).

    A lens out of focus spreads an edge over many pixels: the second derivative falls with the
    square of the spread, the first one with the spread. The noise, which makes second derivatives
    of its own, is measured where nothing changes, and taken off. 0 where there are no edges.
    """
    first = _squared(cv2.Sobel(grey, cv2.CV_32F, 1, 0)) + _squared(
        cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    )
    second = _squared(cv2.Laplacian(grey, cv2.CV_32F))
    flat, steep = np.percentile(first, (_FLAT, _STEEPEST))
    is_flat, is_steep = first <= flat, first >= steep
    edges = float(first[is_steep].mean() - first[is_flat].mean())
    bends = float(second[is_steep].mean() - second[is_flat].mean())
    return float(np.sqrt(max(bends, 0.0) / edges)) if edges > 0.0 else 0.0


def _squared(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.square(values)

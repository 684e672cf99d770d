# SPDX-License-Identifier: Apache-2.0
"""Parts of the lens that dirt, ice or a leaf covers: there nothing changes while the car drives.

Only the lower half of the picture is judged, where the road goes by; a clear sky does not change
either. By night an unlit road shows nothing new, so dark pictures are not judged.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from bulwark_camera.params import SightParams
from bulwark_camera.sharpness import Grey

_ROWS, _COLUMNS = 3, 8
"""Cells of the picture's lower half."""
_STEP_M = 2.0  # between pictures that are compared
_DETAIL = 9  # what is coarser than so many pixels is light, not detail
_LEAST, _MOST = 1.0, 4.0  # limit of the change in grey levels ...
_SHARE = 0.1  # ... and as a share of what is usual in this picture
_LIVELY = 3.0  # usual change from which there is something to compare with
_BRIGHT = 45  # median of a picture by day

Cells = npt.NDArray[np.float64]


class CoverWatch:
    """Watches how much each cell changes along the way."""

    def __init__(self, params: SightParams) -> None:
        self._way_m, self._hood = params.covered_way, params.hood
        self._last: tuple[npt.NDArray[np.float32], float] | None = None
        self._covered: npt.NDArray[np.bool_] = np.zeros((_ROWS, _COLUMNS), dtype=np.bool_)
        self._start_again(0.0)

    def update(self, grey: Grey, way_m: float) -> str:
        """Where the lens is covered, in words; empty: nowhere, as far as is known."""
        if self._last is not None and 0.0 <= way_m - self._last[1] < _STEP_M:
            return self._words()
        detail = _detail(grey, self._hood)
        if self._last is None or self._last[0].shape != detail.shape or way_m < self._last[1]:
            self._start_again(way_m)
        elif np.median(grey) >= _BRIGHT:
            self._learn(_cells(np.abs(detail - self._last[0])), way_m)
        self._last = detail, way_m
        return self._words()

    def _start_again(self, way_m: float) -> None:
        self._change: Cells = np.zeros((_ROWS, _COLUMNS))
        self._from_m, self._steps = way_m, 0

    def _learn(self, change: Cells, way_m: float) -> None:
        self._change = np.maximum(self._change, change)
        self._steps += 1
        usual = float(np.median(self._change))
        limit = min(max(_LEAST, _SHARE * usual), _MOST)
        self._covered = self._covered & (self._change < limit)
        has_driven = way_m - self._from_m >= self._way_m
        if has_driven and self._steps >= self._way_m / (2.0 * _STEP_M):
            if usual >= _LIVELY:
                self._covered = np.asarray(self._change < limit)
            self._start_again(way_m)

    def _words(self) -> str:
        if not self._covered.any():
            return ""
        columns = np.flatnonzero(self._covered.any(axis=0))
        place = int(np.digitize((columns.mean() + 0.5) / _COLUMNS, (0.4, 0.6)))
        where = ("on the left", "in the middle", "on the right")[place]
        share = self._covered.mean()
        return f"{where}: {share:.0%} of the road's part stays the same while driving"


def _detail(grey: Grey, hood: float) -> npt.NDArray[np.float32]:
    """The lower half without the own bonnet and without slow changes of light."""
    height = len(grey)
    lower = grey[height // 2 : max(round(height * (1.0 - hood)), height // 2 + _ROWS)]
    fine = lower.astype(np.float32)
    return np.asarray(fine - cv2.blur(fine, (_DETAIL, _DETAIL)))


def _cells(change: npt.NDArray[np.float32]) -> Cells:
    """The mean of each cell: (_ROWS, _COLUMNS)."""
    size = (_COLUMNS, _ROWS)
    return np.asarray(cv2.resize(change, size, interpolation=cv2.INTER_AREA), dtype=np.float64)

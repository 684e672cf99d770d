# SPDX-License-Identifier: Apache-2.0
"""Ids for boxes that overlap from picture to picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bulwark_camera.detections import FloatArray, iou
from bulwark_camera.params import TrackParams

_MAX_ID = 2**32 - 1


@dataclass
class _Track:
    id: int
    box: FloatArray
    seen_ns: int


class ImageTracker:
    """Pairs boxes with the latest boxes of known objects of any class, best overlap first."""

    def __init__(self, params: TrackParams) -> None:
        self._params = params
        self._tracks: list[_Track] = []
        self._last_id = 0

    def update(self, boxes: FloatArray, stamp_ns: int) -> list[int]:
        """The ids (1 to 2^32 - 1) of boxes (N, 4); an object not seen before gets a new one."""
        keep_ns = self._params.keep * 1e9
        self._tracks = [track for track in self._tracks if stamp_ns - track.seen_ns <= keep_ns]
        pairs = self._pairs(boxes)
        found = [
            self._tracks[pairs[index]] if index in pairs else self._start()
            for index in range(len(boxes))
        ]
        for track, box in zip(found, boxes, strict=True):
            track.box, track.seen_ns = box, stamp_ns
        return [track.id for track in found]

    def reset(self) -> None:
        """Forget all objects; their ids are not used again."""
        self._tracks = []

    def _pairs(self, boxes: FloatArray) -> dict[int, int]:
        """Index of the track for the index of each box that has one."""
        if not self._tracks or not len(boxes):
            return {}
        overlap = iou(boxes, np.array([track.box for track in self._tracks]))
        pairs: dict[int, int] = {}
        for flat in np.argsort(-overlap, axis=None, kind="stable"):
            box, track = (int(i) for i in np.unravel_index(flat, overlap.shape))
            if overlap[box, track] < self._params.min_iou:
                break
            if box not in pairs and track not in pairs.values():
                pairs[box] = track
        return pairs

    def _start(self) -> _Track:
        self._last_id = self._last_id % _MAX_ID + 1
        track = _Track(self._last_id, np.zeros(4), 0)
        self._tracks.append(track)
        return track

# SPDX-License-Identifier: Apache-2.0
"""Tracks with what a camera calls them: matched where their boxes lie in its picture."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from bulwark_core.camera_model import CameraModel
from bulwark_core.convert.camera_objects import PictureObjects
from bulwark_core.geometry import Matrix
from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_core.picture_matching import match, unmatched
from bulwark_core.projection import Solids, project, solids
from bulwark_lidar.camera_beliefs import Belief, can_be, fused
from bulwark_lidar.frames import pose_of
from bulwark_lidar.params import CameraFusionParams

_OPEN = 0.7  # of a box must be in sight before it counts that a camera finds nothing there
_FAR_M = 40.0  # farther away detectors miss much


@dataclass(frozen=True)
class Sighted:
    """A picture's objects with the camera, its pose in base_link, and where the car was then."""

    picture: PictureObjects
    camera: CameraModel
    camera_to_base: Matrix
    ego: EgoMotion | None


class CameraFusion:
    """Remembers what each track was called. Same input, same output, bit for bit."""

    def __init__(self, params: CameraFusionParams) -> None:
        self._params = params
        self._beliefs: dict[int, Belief] = {}

    def reset(self) -> None:
        """Forget all tracks."""
        self._beliefs.clear()

    def look(
        self,
        tracks: Sequence[TrackedObject],
        pieces: Collection[int],
        ego: EgoMotion | None,
        stamp_ns: int,
        sighted: Sighted,
    ) -> int:
        """Learn from a picture what the tracks of a scan are; returns how many it names.

        tracks: in base_link at the scan's stamp, where `ego` was; pieces: ids of those that are
        pieces of bigger things. The picture may be older or younger than the scan.
        """
        then = _as_of_picture(tracks, ego, stamp_ns, sighted)
        boxes = project(then, sighted.camera, sighted.camera_to_base)
        picture = sighted.picture
        pairs = match(boxes, picture.found(sighted.camera_to_base))
        named = 0
        for pair in pairs:
            tracked, kind = tracks[pair.solid], picture.classes[pair.box]
            if can_be(tracked, kind, is_piece=tracked.id in pieces):
                belief = self._beliefs.setdefault(tracked.id, Belief())
                score = float(np.clip(picture.scores[pair.box], 0.0, 1.0))
                belief.learn(kind, score, picture.stamp_ns, self._params.smoothing)
                named += 1
        is_open = boxes.seen & (boxes.visible >= _OPEN) & (boxes.depth < _FAR_M)
        for row in np.flatnonzero(is_open & unmatched(pairs, len(tracks))):
            belief = self._beliefs.get(tracks[row].id, Belief())
            belief.fade()
        return named

    def fused(self, tracks: Sequence[TrackedObject], stamp_ns: int) -> list[TrackedObject]:
        """The tracks of a scan with class and certainty; those that are gone are forgotten."""
        ids = {tracked.id for tracked in tracks}
        self._beliefs = {key: one for key, one in self._beliefs.items() if key in ids}
        return [
            fused(tracked, self._beliefs[tracked.id], stamp_ns, self._params)
            if tracked.id in self._beliefs
            else tracked
            for tracked in tracks
        ]


def _as_of_picture(
    tracks: Sequence[TrackedObject], ego: EgoMotion | None, stamp_ns: int, sighted: Sighted
) -> Solids:
    """The tracks in base_link where they and the car were when the picture was taken.

    Where the own motion is not known, the car is taken to stand.
    """
    step_s = (sighted.picture.stamp_ns - stamp_ns) / 1e9
    now, then = pose_of(ego), pose_of(sighted.ego if ego is not None else None)
    return solids(tracks, step_s, lambda outline: then.to_base(now.to_odom(outline)))

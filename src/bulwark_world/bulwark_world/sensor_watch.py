# SPDX-License-Identifier: Apache-2.0
"""Watches the messages of a lock-step run and keeps what a report shows of the sensors: few bytes.

A tap of `LockStep`: it sees each message that the world sends and each that the stack sends.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from bulwark_core.convert.clouds import read_cloud
from bulwark_core.convert.images import read_image
from bulwark_core.convert.object_arrays import read_objects
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.convert.transforms import read_transforms
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import Matrix
from bulwark_core.objects import NO_OUTLINE, FloatArray, TrackedObject

_MOST_OBSTACLE_POINTS, _MOST_POINTS = 600, 500
_LOWEST, _HIGHEST = -0.5, 3.0
"""Points of the scan between these heights above the ground are shown [m]."""
_PICTURE_WIDTH = 480
_UNKNOWN = np.eye(4)
_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 65]


@dataclass
class SensedFrame:
    """What came of one instant: tracks, points (N, 2) in base_link [m], a picture."""

    tracks: tuple[TrackedObject, ...] | None = None
    points: FloatArray = field(default_factory=lambda: NO_OUTLINE)
    obstacle_points: FloatArray = field(default_factory=lambda: NO_OUTLINE)
    jpeg: bytes | None = None


class SensorWatch:
    """Collects a `SensedFrame` for each stamp [ns] of a scan or object list."""

    def __init__(self) -> None:
        self.frames: dict[int, SensedFrame] = {}
        self._mounts: dict[str, Matrix] = {}
        self._jpeg: bytes | None = None
        self._on_topic = {
            "/tf_static": self._note_mounts,
            "/lidar/points": self._note_scan,
            "/camera/front/image_raw": self._note_picture,
            "/perception/lidar/objects": self._note_tracks,
            "/perception/lidar/obstacle_points": self._note_obstacle_points,
        }

    def __call__(self, topic: str, message: Any, _time_ns: int) -> None:
        """A message was sent; what is broken shows nothing, and the stack tells of it."""
        note = self._on_topic.get(topic)
        if note is not None:
            with contextlib.suppress(BadMessageError):
                note(message)

    def _frame(self, message: Any) -> SensedFrame:
        return self.frames.setdefault(stamp_ns(message.header.stamp), SensedFrame())

    def _note_mounts(self, message: Any) -> None:
        self._mounts = {child: pose for _, child, pose in read_transforms(message)}

    def _note_scan(self, message: Any) -> None:
        mount = self._mounts.get(message.header.frame_id, _UNKNOWN)
        xyz = _thinned(read_cloud(message).xyz, 8 * _MOST_POINTS) @ mount[:3, :3].T + mount[:3, 3]
        frame = self._frame(message)
        frame.jpeg, self._jpeg = self._jpeg, None
        shown = (xyz[:, 2] > _LOWEST) & (xyz[:, 2] < _HIGHEST)
        frame.points = _thinned(xyz[shown], _MOST_POINTS)[:, :2]

    def _note_obstacle_points(self, message: Any) -> None:
        xyz = read_cloud(message).xyz
        self._frame(message).obstacle_points = _thinned(xyz, _MOST_OBSTACLE_POINTS)[:, :2]

    def _note_tracks(self, message: Any) -> None:
        tracks = tuple(read_objects(message))
        self._frame(message).tracks = tracks

    def _note_picture(self, message: Any) -> None:
        picture = read_image(message)
        height = max(1, round(picture.shape[0] * _PICTURE_WIDTH / picture.shape[1]))
        small = cv2.resize(picture, (_PICTURE_WIDTH, height), interpolation=cv2.INTER_AREA)
        self._jpeg = bytes(cv2.imencode(".jpg", small, _JPEG)[1])


def _thinned(xyz: Any, most: int) -> FloatArray:
    """Every n-th of the points that are finite, as floats."""
    points: FloatArray = np.asarray(xyz[:: max(1, -(-len(xyz) // most))], dtype=float)
    finite: FloatArray = points[np.isfinite(points).all(axis=1)]
    return finite

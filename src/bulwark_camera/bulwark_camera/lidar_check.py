# SPDX-License-Identifier: Apache-2.0
"""What the lidar's objects tell about the camera: its pitch, and whether its calibration holds.

Optional: without a lidar the mounting is taken as it is. No box, class or score depends on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from bulwark_camera.alignment import AlignmentWatch
from bulwark_camera.camera_motion import CameraMotion
from bulwark_camera.detections import FloatArray, IntArray
from bulwark_camera.ground_range import GroundPoints
from bulwark_camera.params import AlignmentParams, GroundParams, PitchParams
from bulwark_camera.pitch import PitchFilter
from bulwark_camera.placement import VEHICLES, View
from bulwark_core.convert.object_arrays import read_objects, read_sensor_health
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.geometry import Matrix
from bulwark_core.health import Sight
from bulwark_core.objects import ObjectClass, TrackedObject
from bulwark_core.picture_matching import Found, Pair, match
from bulwark_core.projection import PictureBoxes, project, solids

_TIMEOUT_NS = 300_000_000
_SURE = 0.6  # score of a pair from which its foot tells the pitch
_OPEN = 0.8  # share of a thing that must be in sight
_NEAREST_M, _FARTHEST_M = 5.0, 40.0
_RANGE_STD = 0.15  # of where a thing stands behind its near end, for all but vehicles [m]


class LidarCheck:
    """Compares the newest objects of the lidar with those of each picture."""

    def __init__(
        self, ground: GroundParams, pitch: PitchParams, alignment: AlignmentParams
    ) -> None:
        self._ground, self._uses_pitch = ground, pitch.use
        self._widest = pitch.limit / 2.0  # deviation with which ranges are compared, to find pairs
        self.pitch = PitchFilter(pitch, ground.pitch_std)
        self.alignment = AlignmentWatch(alignment)
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.pitch.reset()
        self.alignment.reset()
        self._objects: list[TrackedObject] = []
        self._stamp_ns: int | None = None

    def add(self, msg: Any) -> None:
        """Take in the lidar's ObjectArray; a blind one says nothing."""
        if read_sensor_health(msg).sight is not Sight.BLIND:
            self._objects, self._stamp_ns = read_objects(msg), stamp_ns(msg.header.stamp)

    def view(
        self,
        view: View,
        boxes: FloatArray,
        classes: Sequence[ObjectClass],
        picture_ns: int,
        motion: CameraMotion,
    ) -> View:
        """The view with the pitch that this picture and those before it tell."""
        self.pitch.predict(picture_ns)
        if self._is_fresh(picture_ns) and len(boxes):
            self._learn(view, boxes, classes, picture_ns, motion)
        return view.pitched(self.pitch.angle, self.pitch.std) if self._uses_pitch else view

    def _is_fresh(self, picture_ns: int) -> bool:
        return self._stamp_ns is not None and abs(picture_ns - self._stamp_ns) <= _TIMEOUT_NS

    def _learn(
        self,
        view: View,
        boxes: FloatArray,
        classes: Sequence[ObjectClass],
        picture_ns: int,
        motion: CameraMotion,
    ) -> None:
        assert self._stamp_ns is not None
        step_s = (picture_ns - self._stamp_ns) / 1e9
        known = solids(self._objects, step_s, lambda outline: motion.carried(outline, step_s))
        expected = project(known, view.camera, view.camera_to_base)
        places = view.pitched(self.pitch.angle, self._widest).place(boxes, classes)
        pairs = match(expected, _found(boxes, places, view.camera_to_base))
        pairs = [pair for pair in pairs if _is_whole(pair, expected, boxes, view)]
        solid, box = _rows(pairs)
        self.alignment.add(
            boxes[box][:, [0, 2]], expected.boxes[solid][:, [0, 2]], view.camera.focal_px
        )
        solid, box = _rows([pair for pair in pairs if pair.score >= _SURE])
        near = np.array([_near_end(known.outlines[i], view.camera_to_base) for i in solid], float)
        self._learn_pitch(view, boxes[box], [classes[i] for i in box], near)

    def _learn_pitch(
        self, view: View, boxes: FloatArray, classes: Sequence[ObjectClass], near: FloatArray
    ) -> None:
        """From where the feet of things with near ends (N,) [m] should be, and where they are."""
        ground, height = self._ground, float(view.camera_to_base[2, 3])
        is_vehicle = np.array([one in VEHICLES for one in classes], dtype=bool)
        stands = near + np.where(is_vehicle, ground.overhang, 0.0)
        stands_std = np.where(is_vehicle, ground.overhang_std, _RANGE_STD)
        foot = np.column_stack([(boxes[:, 0] + boxes[:, 2]) / 2.0, boxes[:, 3]])
        rays = view.camera.rays(foot) @ view.camera_to_base[:3, :3].T
        ahead = rays[:, :2] @ _heading(view.camera_to_base)
        angles = np.arctan2(height, stands) - np.arctan2(-rays[:, 2], ahead)
        edge_px = np.maximum(ground.pixel_std, ground.edge_std * (boxes[:, 3] - boxes[:, 1]))
        stds = np.hypot(edge_px / view.camera.focal_px, stands_std * height / stands**2)
        seen = np.isfinite(angles) & (boxes[:, 3] < view.lowest_foot)
        self.pitch.update(angles[seen], stds[seen])

    def values(self) -> dict[str, str]:
        """Figures for diagnostics."""
        return {
            "pitch_deg": f"{math.degrees(self.pitch.angle):.2f}",
            "pitch_std_deg": f"{math.degrees(self.pitch.std):.2f}",
            **self.alignment.values(),
        }


def _found(boxes: FloatArray, places: GroundPoints, camera_to_base: Matrix) -> Found:
    known = places.is_known
    depth = (places.xyz - camera_to_base[:3, 3]) @ camera_to_base[:3, 2]
    return Found(boxes, np.where(known, depth, np.nan), np.where(known, places.range_std, np.nan))


def _heading(camera_to_base: Matrix) -> FloatArray:
    """Where the camera looks, on the ground: a unit vector (2,) in base_link."""
    axis = camera_to_base[:2, 2]
    return np.asarray(axis / np.linalg.norm(axis))


def _near_end(outline: FloatArray, camera_to_base: Matrix) -> float:
    """How far ahead of the camera the nearest corner is, along where it looks [m]."""
    return float(((outline - camera_to_base[:2, 3]) @ _heading(camera_to_base)).min())


def _rows(pairs: Sequence[Pair]) -> tuple[IntArray, IntArray]:
    """Rows of the solids and of the boxes."""
    table = np.array([(pair.solid, pair.box) for pair in pairs], dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _is_whole(pair: Pair, expected: PictureBoxes, boxes: FloatArray, view: View) -> bool:
    """Whether a pair is in full view, at a range where both are exact."""
    width = view.camera.size[1]
    columns = np.concatenate([expected.boxes[pair.solid, [0, 2]], boxes[pair.box, [0, 2]]])
    inside = bool(((columns > 1.0) & (columns < width - 1.0)).all())
    in_range = _NEAREST_M <= expected.depth[pair.solid] <= _FARTHEST_M
    return inside and in_range and bool(expected.visible[pair.solid] >= _OPEN)

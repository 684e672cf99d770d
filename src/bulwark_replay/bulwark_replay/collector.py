# SPDX-License-Identifier: Apache-2.0
"""Watches a replay and writes down what the nodes say."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from bulwark_core.convert.clouds import read_cloud
from bulwark_core.convert.images import read_image
from bulwark_core.convert.object_arrays import read_objects
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.errors import BadMessageError
from bulwark_core.objects import EgoMotion, FloatArray, ObjectClass
from bulwark_replay.names import (
    class_name,
    reason_name,
    stage_name,
    stage_reason_name,
    state_name,
)
from bulwark_replay.recording import Decision, Frame, Recording
from bulwark_replay.stamp_watch import StampWatch
from bulwark_replay.topics import COMPRESSED, IMAGE, LIDAR, ODOMETRY, TRUTH

_OBJECTS = "/perception/lidar/objects"
_STANDING = "/perception/static_obstacles"
_POINTS = "/perception/lidar/obstacle_points"
_STATE = "/aeb/state"
_MAX_POINTS = 1500
_PICTURE_WIDTH = 640
_CLASS_NAMES = {int(member): class_name(member) for member in ObjectClass}
_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 72]


class Collector:
    """Fills a Recording.

    picture_every: one frame in so many gets a picture; 0 for none. with_points: keep obstacle
    points and what stands around, which only a report shows.
    """

    def __init__(
        self,
        recording: Recording,
        start_ns: int,
        picture_every: int = 0,
        *,
        with_points: bool = True,
    ) -> None:
        self._recording = recording
        self._start_ns = start_ns
        self._picture_every = picture_every
        self._with_points = with_points
        self._ego: EgoMotion | None = None
        self._picture: Any = None
        self._undecided: list[Frame] = []
        self.stamps = StampWatch()

    def before(self, target: str, message: Any, time_ns: int) -> None:
        """A recorded message is about to be brought."""
        self._recording.duration_s = self._seconds(time_ns)
        self.stamps.note(target, message, time_ns, self._recording.duration_s)
        if target == LIDAR:
            self._begin_frame(message, time_ns)
        elif target == ODOMETRY:
            self._note_motion(message, time_ns)
        elif target in (IMAGE, COMPRESSED):
            self._picture = message
        elif target == TRUTH:
            self._note_truth(message)

    def on_output(self, topic: str, message: Any, time_ns: int) -> None:
        """A node has sent a message."""
        frames = self._recording.frames
        if topic == _STATE:
            self._note_decision(message, time_ns)
        elif frames and topic == _OBJECTS:
            frames[-1].objects = tuple(read_objects(message))
        elif frames and topic == _STANDING and self._with_points:
            frames[-1].standing = tuple(read_objects(message))
        elif frames and topic == _POINTS and self._with_points:
            frames[-1].points = _thinned(read_cloud(message).xyz)

    def _begin_frame(self, scan: Any, time_ns: int) -> None:
        frames = self._recording.frames
        frame = Frame(len(frames), stamp_ns(scan.header.stamp), self._seconds(time_ns), self._ego)
        if self._picture_every and frame.index % self._picture_every == 0:
            frame.jpeg = _small_jpeg(self._picture)
        frames.append(frame)
        self._undecided.append(frame)

    def _note_motion(self, odometry: Any, time_ns: int) -> None:
        try:
            self._ego = read_odometry(odometry)
        except BadMessageError:
            return  # the nodes complain of it themselves
        self._recording.motion.append((self._seconds(time_ns), self._ego))

    def _note_truth(self, message: Any) -> None:
        try:
            objects = tuple(read_objects(message))
        except BadMessageError:
            return  # the metrics do without it
        self._recording.truth.append((stamp_ns(message.header.stamp), objects))

    def _note_decision(self, state: Any, time_ns: int) -> None:
        decision = _decision(state, self._seconds(time_ns))
        self._recording.decisions.append(decision)
        for frame in self._undecided:
            frame.decision = decision
        self._undecided.clear()

    def _seconds(self, time_ns: int) -> float:
        return (time_ns - self._start_ns) / 1e9


def _decision(state: Any, t_s: float) -> Decision:
    return Decision(
        t_s=t_s,
        state=state_name(state.state),
        state_reason=reason_name(state.state_reason),
        stage=stage_name(state.stage),
        stage_reason=stage_reason_name(state.stage_reason),
        explanation=state.explanation,
        target_id=int(state.target_id),
        target_distance=state.target_distance,
        closing_speed=state.closing_speed,
        time_to_collision=state.time_to_collision,
        required_deceleration=state.required_deceleration,
        latest_brake_time=state.latest_brake_time,
        brake_deceleration=state.brake_deceleration,
        ego_speed=state.ego_speed,
        path_curvature=state.path_curvature,
        target_class=_CLASS_NAMES.get(state.target_class, "unknown"),
    )


def _thinned(xyz: Any) -> FloatArray:
    step = max(1, -(-len(xyz) // _MAX_POINTS))
    points: FloatArray = np.asarray(xyz[::step, :2], dtype=float)
    return points[np.isfinite(points).all(axis=1)]


def _small_jpeg(message: Any) -> bytes | None:
    """The newest picture in report size; None where there is none or it is broken."""
    if message is None:
        return None
    try:
        picture = read_image(message)
    except BadMessageError:
        return None
    height = max(1, round(picture.shape[0] * _PICTURE_WIDTH / picture.shape[1]))
    small = cv2.resize(picture, (_PICTURE_WIDTH, height), interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", small, _JPEG)[1])

# SPDX-License-Identifier: Apache-2.0
"""Pictures, calibration and mounting in; objects in the picture out.

Nothing is published about a picture that could not be looked at, be it for want of a detector or
because it is blind: an empty list means that nothing is there, silence that nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from bulwark_camera.camera_motion import CameraMotion
from bulwark_camera.detections import Detections
from bulwark_camera.detectors import Detectors
from bulwark_camera.image_tracks import ImageTracker
from bulwark_camera.letterbox import Picture, size_of
from bulwark_camera.lidar_check import LidarCheck
from bulwark_camera.messages import make_camera_objects
from bulwark_camera.params import CameraParams
from bulwark_camera.pictures import PictureGate
from bulwark_camera.placement import NoPlacement, Placement, View
from bulwark_camera.sight import Seen, Sight, SightMonitor
from bulwark_core.component import Component, Handler, Now, Output
from bulwark_core.convert.camera_info import read_camera_info
from bulwark_core.convert.images import read_image
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.convert.transforms import read_transforms
from bulwark_core.errors import BadMessageError
from bulwark_core.health import Level, Status
from bulwark_core.objects import ObjectClass
from bulwark_core.transforms import TransformError


class CameraPerception(Component):
    """Camera perception."""

    name = "camera_perception"
    niceness = 10
    heavy = True

    def __init__(self, params: CameraParams) -> None:
        """Raises ParameterError; a model that is missing or broken only shows in the health."""
        super().__init__()
        self._gate = PictureGate(params.timeout)
        self._sight_monitor = SightMonitor(params.sight)
        self._tracker = ImageTracker(params.tracks)
        self._placement = Placement(params.ground, params.base_frame)
        self._lidar = LidarCheck(params.ground, params.pitch, params.alignment)
        self._motion = CameraMotion()
        self._seen = Seen()
        self._view_problem = "no picture received"
        self.detectors = Detectors(*params.detectors())

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "image": partial(self._on_picture, "image"),
            "compressed": partial(self._on_picture, "compressed"),
            "camera_info": self._on_camera_info,
            "odometry": self._on_odometry,
            "lidar_objects": self._on_lidar_objects,
            "tf_static": self._on_transforms,
        }

    def reset(self) -> None:
        self._gate.reset()
        self._sight_monitor.reset()
        self._tracker.reset()
        self._lidar.reset()
        self._motion.reset()

    def health(self, now: Now) -> list[Status]:
        misfit = self._view_problem or self._lidar.alignment.problem()
        return [
            self._picture_health(now),
            *self.detectors.statuses(),
            _status("calibration", misfit, Level.DEGRADED, self._lidar.values()),
        ]

    def _picture_health(self, now: Now) -> Status:
        blind = "" if self._seen.sight is Sight.CLEAR else self._seen.sight.value
        if problem := self._gate.problem(now) or blind:
            return _status("pictures", problem, Level.ERROR)
        return _status("pictures", "; ".join(self._seen.doubts), Level.DEGRADED)

    def _on_picture(self, port: str, message: Any, now: Now) -> list[Output]:
        ns = stamp_ns(message.header.stamp)
        if self._gate.has_jumped_back(port, ns):
            self.reset()
        if not self._gate.is_new(port, ns, now):
            return []
        picture = read_image(message)
        self._gate.accept(port, ns, now)
        self._seen = self._sight_monitor.check(picture, ns, self._motion.way_m)
        view = self._view(message.header.frame_id, picture)
        if self._seen.sight is not Sight.CLEAR:
            return []
        found = self.detectors.detect(picture)
        return [] if found is None else self._objects(found, picture, view, message.header)

    def _objects(
        self, found: Detections, picture: Picture, view: View | None, header: Any
    ) -> list[Output]:
        classes = [ObjectClass(label) for label in found.labels]
        ns, size = stamp_ns(header.stamp), size_of(picture)
        ids = self._tracker.update(found.boxes, ns)
        places = None
        if view is not None:
            view = self._lidar.view(view, found.boxes, classes, ns, self._motion)
            places = view.place(found.boxes, classes)
        return [Output("objects", make_camera_objects(header, size, found, classes, ids, places))]

    def _view(self, frame_id: str, picture: Picture) -> View | None:
        try:
            view = self._placement.view(frame_id, size_of(picture))
        except NoPlacement as reason:
            self._view_problem = f"no positions: {reason}"
            return None
        self._view_problem = ""
        return view

    def _on_camera_info(self, message: Any, _now: Now) -> list[Output]:
        try:
            self._placement.camera = read_camera_info(message)
        except BadMessageError as error:
            self._placement.camera = f"camera_info: {error}"
        return []

    def _on_odometry(self, message: Any, _now: Now) -> list[Output]:
        self._motion.add(read_odometry(message))
        return []

    def _on_lidar_objects(self, message: Any, _now: Now) -> list[Output]:
        self._lidar.add(message)
        return []

    def _on_transforms(self, message: Any, _now: Now) -> list[Output]:
        for parent, child, matrix in read_transforms(message):
            try:
                self._placement.transforms.add(parent, child, matrix)
            except TransformError as error:
                raise BadMessageError(str(error)) from error
        return []


def _status(task: str, problem: str, level: Level) -> Status:
    return Status(task, level if problem else Level.OK, problem or "running")

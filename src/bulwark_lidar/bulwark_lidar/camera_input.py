# SPDX-License-Identifier: Apache-2.0
"""The optional camera of lidar_perception: messages in, tracks with names out.

Whatever is wrong with the camera, the tracks are then those of the lidar alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from bulwark_core.camera_model import CameraModel
from bulwark_core.convert.camera_info import read_camera_info
from bulwark_core.convert.camera_objects import PictureObjects, read_camera_objects
from bulwark_core.errors import BadMessageError
from bulwark_core.health import Level, Status
from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_core.transforms import TransformError, TransformTree
from bulwark_lidar.camera_fusion import CameraFusion, Sighted
from bulwark_lidar.ego import EgoHistory
from bulwark_lidar.params import CameraFusionParams

_JUMP_NS = 1_000_000_000
"""Pictures that are older than the last by more than this begin anew, as when a bag is looped."""


class CameraInput:
    """The newest picture's objects, each used once, and the camera that took it."""

    def __init__(
        self, params: CameraFusionParams, transforms: TransformTree, base_frame: str
    ) -> None:
        self._params = params
        self._transforms = transforms
        self._base_frame = base_frame
        self._fusion = CameraFusion(params)
        self._camera: CameraModel | None = None
        self.reset()

    def reset(self) -> None:
        """Forget all pictures; the camera stays."""
        self._fusion.reset()
        self._picture: PictureObjects | None = None
        self._stamp_ns: int | None = None
        self._problem = ""
        self._named = 0

    def add_info(self, msg: Any) -> None:
        """Take in a CameraInfo."""
        try:
            self._camera = read_camera_info(msg)
        except BadMessageError as error:
            self._camera, self._problem = None, f"camera_info: {error}"

    def add_objects(self, msg: Any) -> None:
        """Take in a CameraObjectArray, unless its picture is not newer than the last."""
        try:
            picture = read_camera_objects(msg)
        except BadMessageError as error:
            self._problem = str(error)
            return
        if self._stamp_ns is not None and -_JUMP_NS < picture.stamp_ns - self._stamp_ns <= 0:
            return
        self._picture, self._stamp_ns = picture, picture.stamp_ns

    def name(
        self,
        tracks: Sequence[TrackedObject],
        pieces: Collection[int],
        ego: EgoMotion | None,
        stamp_ns: int,
        history: EgoHistory,
    ) -> list[TrackedObject]:
        """The tracks of a scan with what pictures call them; arguments as CameraFusion.look."""
        sighted = self._sighted(stamp_ns, history) if self._params.use else None
        if sighted is not None:
            self._named = self._fusion.look(tracks, pieces, ego, stamp_ns, sighted)
        return self._fusion.fused(tracks, stamp_ns)

    def status(self, stamp_ns: int | None) -> Status:
        """Whether a camera adds anything. None is needed, so nothing here is worse than OK."""
        if not self._params.use:
            return Status("camera", Level.OK, "switched off")
        if self._stamp_ns is None or stamp_ns is None:
            return Status("camera", Level.OK, self._problem or "none: the lidar works alone")
        if not self._is_fresh(self._stamp_ns, stamp_ns):
            return Status("camera", Level.OK, "silent: the lidar works alone")
        if self._problem:
            return Status("camera", Level.OK, f"not used: {self._problem}")
        return Status("camera", Level.OK, "in use", {"named": str(self._named)})

    def _is_fresh(self, picture_ns: int, scan_ns: int) -> bool:
        return abs(scan_ns - picture_ns) <= round(self._params.timeout * 1e9)

    def _sighted(self, stamp_ns: int, history: EgoHistory) -> Sighted | None:
        """The new picture, if it is fresh and can be laid over the scan."""
        picture, self._picture = self._picture, None
        if picture is None or not self._is_fresh(picture.stamp_ns, stamp_ns):
            return None
        if self._camera is None:
            self._problem = self._problem or "no camera_info received"
            return None
        if self._camera.size != picture.size:
            self._problem = "camera_info is for pictures of another size"
            return None
        try:
            frame_id = picture.frame_id or self._camera.frame_id
            pose = self._transforms.lookup(self._base_frame, frame_id)
        except TransformError as error:
            self._problem = str(error)
            return None
        self._problem = ""
        return Sighted(picture, self._camera, pose, history.at(picture.stamp_ns))

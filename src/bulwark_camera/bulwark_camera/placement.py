# SPDX-License-Identifier: Apache-2.0
"""What it takes to place boxes on the ground, and the reason where something is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bulwark_camera.detections import FloatArray
from bulwark_camera.ground_range import GroundPoints, ground_points
from bulwark_camera.params import GroundParams
from bulwark_camera.plausible_camera import implausible
from bulwark_core.camera_model import CameraModel
from bulwark_core.geometry import Matrix, rigid
from bulwark_core.objects import ObjectClass
from bulwark_core.transforms import TransformError, TransformTree

VEHICLES = (ObjectClass.CAR, ObjectClass.TRUCK)
MIN_HEIGHT_M = 0.1
MAX_VERTICAL = 0.9
"""A camera whose optical axis is steeper than 64 degrees sees no road ahead."""


class NoPlacement(Exception):  # noqa: N818  a state with a reason, not an error
    """Boxes cannot be placed; the message says why."""


@dataclass(frozen=True)
class View:
    """A picture of a calibrated camera with a known mounting.

    pitch_std: one standard deviation of its pitch against the road [rad].
    """

    camera: CameraModel
    camera_to_base: Matrix
    params: GroundParams
    pitch_std: float

    @property
    def lowest_foot(self) -> float:
        """A box that ends at this row [px] or below has its foot outside of the picture."""
        return self.camera.size[0] * (1.0 - self.params.edge_margin)

    def pitched(self, angle: float, std: float) -> View:
        """The view of the same camera in a car pitched by an angle, nose down positive [rad]."""
        pose = rigid(pitch=angle) @ self.camera_to_base
        pose[:3, 3] = self.camera_to_base[:3, 3]
        return replace(self, camera_to_base=pose, pitch_std=std)

    def place(self, boxes: FloatArray, classes: Sequence[ObjectClass]) -> GroundPoints:
        """Where the near ends of the objects in boxes (N, 4) are, projected on the ground.

        A box that is cut by the picture's lower edge has no place, since its foot is not seen, nor
        has one beyond the range that is configured.
        """
        params = self.params
        foot = np.column_stack([0.5 * (boxes[:, 0] + boxes[:, 2]), boxes[:, 3]])
        edge_std = np.maximum(params.pixel_std, params.edge_std * (boxes[:, 3] - boxes[:, 1]))
        touch = ground_points(foot, edge_std, self.camera, self.camera_to_base, self.pitch_std)
        near = self._near_ends(touch, np.array([one in VEHICLES for one in classes], dtype=bool))
        is_cut = boxes[:, 3] >= self.lowest_foot
        is_far = np.hypot(near.xyz[:, 0], near.xyz[:, 1]) > params.max_range
        return GroundPoints(near.xyz, near.range_std, near.is_known & ~is_cut & ~is_far)

    def _near_ends(self, touch: GroundPoints, is_vehicle: npt.NDArray[np.bool_]) -> GroundPoints:
        """A vehicle is seen to stand on its wheels, but ends before them, towards the camera."""
        overhang = np.where(is_vehicle, self.params.overhang, 0.0)
        overhang_std = np.where(is_vehicle, self.params.overhang_std, 0.0)
        under_camera = self.camera_to_base[:3, 3] * (1.0, 1.0, 0.0)
        ray = touch.xyz - under_camera
        distance = np.maximum(np.linalg.norm(ray, axis=1), 1e-6)
        left = np.maximum(distance - overhang, 0.0) / distance
        range_std = np.hypot(touch.range_std, overhang_std)
        return GroundPoints(under_camera + ray * left[:, None], range_std, touch.is_known)


class Placement:
    """The camera's intrinsics and mounting, as far as they are known."""

    def __init__(self, params: GroundParams, base_frame: str) -> None:
        self._params = params
        self._base_frame = base_frame
        self.camera: CameraModel | str = "no camera_info received"
        """The camera, or why there is none."""
        self.transforms = TransformTree()

    def view(self, frame_id: str, size: tuple[int, int]) -> View:
        """What places boxes in a picture of this frame and size (height, width).

        Raises NoPlacement where calibration or mounting are missing or contradict the picture.
        """
        camera = self._camera_for(size)
        mounting = self._mounting(frame_id or camera.frame_id)
        return View(camera, mounting, self._params, self._params.pitch_std)

    def _camera_for(self, size: tuple[int, int]) -> CameraModel:
        if isinstance(self.camera, str):
            raise NoPlacement(self.camera)
        if self.camera.size != size:
            (height, width), (info_height, info_width) = size, self.camera.size
            raise NoPlacement(
                f"the picture is {width} x {height}, but camera_info is for "
                f"{info_width} x {info_height}"
            )
        if why := implausible(self.camera):
            raise NoPlacement(f"camera_info is not plausible: {why}")
        return self.camera

    def _mounting(self, frame_id: str) -> Matrix:
        try:
            mounting = self.transforms.lookup(self._base_frame, frame_id)
        except TransformError as error:
            raise NoPlacement(str(error)) from error
        if mounting[2, 3] < MIN_HEIGHT_M:
            raise NoPlacement(
                f"/tf_static has the camera '{frame_id}' {mounting[2, 3]:.2f} m above "
                f"'{self._base_frame}', which is on the ground"
            )
        if abs(mounting[2, 2]) > MAX_VERTICAL:
            way = "up" if mounting[2, 2] > 0 else "down"
            raise NoPlacement(
                f"/tf_static has the z axis of '{frame_id}' point {way}; the frame of a picture "
                "must be optical: z forward, x right, y down (REP-103)"
            )
        return mounting

# SPDX-License-Identifier: Apache-2.0
"""bulwark_msgs/CameraObjectArray to plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import Matrix
from bulwark_core.objects import FloatArray, ObjectClass
from bulwark_core.picture_matching import Found

_CLASSES = {int(member): member for member in ObjectClass}


@dataclass(frozen=True)
class PictureObjects:
    """M objects of a picture.

    stamp_ns: of the exposure. frame_id: the camera's optical frame. size: (height, width) [px].
    boxes: (M, 4) [px]. scores: (M,). places: (M, 3) of their near ends on the ground in base_link
    [m], range_std: (M,) [m]; both NaN where not known.
    """

    stamp_ns: int
    frame_id: str
    size: tuple[int, int]
    classes: tuple[ObjectClass, ...]
    boxes: FloatArray
    scores: FloatArray
    places: FloatArray
    range_std: FloatArray

    def __len__(self) -> int:
        return len(self.classes)

    def found(self, camera_to_base: Matrix) -> Found:
        """The boxes with their depth before a camera of this pose (optical frame) in base_link."""
        depth = (self.places - camera_to_base[:3, 3]) @ camera_to_base[:3, 2]
        return Found(self.boxes, depth, self.range_std)


def read_camera_objects(msg: Any) -> PictureObjects:
    """All objects of a CameraObjectArray.

    Raises BadMessageError where a number that is used is not finite or a box has no area.
    """
    boxes = np.array([(o.x_min, o.y_min, o.x_max, o.y_max) for o in msg.objects], dtype=float)
    boxes = boxes.reshape(-1, 4)
    rows = [_place(item) for item in msg.objects]
    for item, box in zip(msg.objects, boxes, strict=True):
        if not (np.isfinite(box).all() and math.isfinite(item.score)):
            raise BadMessageError(f"camera object {item.id} has a value that is not finite")
        if not (box[0] < box[2] and box[1] < box[3]):
            raise BadMessageError(f"camera object {item.id} has a box without area")
    places = np.array(rows, dtype=float).reshape(-1, 4)
    return PictureObjects(
        stamp_ns(msg.header.stamp),
        str(msg.header.frame_id),
        (int(msg.image_height), int(msg.image_width)),
        tuple(_CLASSES.get(item.classification, ObjectClass.UNKNOWN) for item in msg.objects),
        boxes,
        np.array([item.score for item in msg.objects], dtype=float),
        places[:, :3],
        places[:, 3],
    )


def _place(item: Any) -> tuple[float, float, float, float]:
    """Position and range_std, NaN where there is none."""
    if not item.has_position:
        return (math.nan,) * 4
    point = item.position
    place = (point.x, point.y, point.z, item.range_std)
    if not all(map(math.isfinite, place)):
        raise BadMessageError(f"camera object {item.id} has a place that is not finite")
    return place

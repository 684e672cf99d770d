# SPDX-License-Identifier: Apache-2.0
"""What was found in a picture as a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geometry_msgs.msg import Point

from bulwark_camera.detections import Detections
from bulwark_camera.ground_range import GroundPoints
from bulwark_core.objects import ObjectClass
from bulwark_msgs.msg import CameraObject, CameraObjectArray


def make_camera_objects(
    header: Any,
    size: tuple[int, int],
    found: Detections,
    classes: Sequence[ObjectClass],
    ids: Sequence[int],
    places: GroundPoints | None,
) -> CameraObjectArray:
    """A CameraObjectArray with the picture's header; size: (height, width) [px].

    Without `places` no object has a position.
    """
    objects = [
        CameraObject(id=ids[i], classification=int(classes[i]), score=float(found.scores[i]))
        for i in range(len(found))
    ]
    for item, box in zip(objects, found.boxes, strict=True):
        item.x_min, item.y_min, item.x_max, item.y_max = (float(edge) for edge in box)
    if places is not None:
        _set_positions(objects, places)
    height, width = size
    return CameraObjectArray(header=header, image_width=width, image_height=height, objects=objects)


def _set_positions(objects: Sequence[CameraObject], places: GroundPoints) -> None:
    for i, item in enumerate(objects):
        if places.is_known[i]:
            x, y, z = (float(value) for value in places.xyz[i])
            item.has_position = True
            item.position = Point(x=x, y=y, z=z)
            item.range_std = float(places.range_std[i])

# SPDX-License-Identifier: Apache-2.0
"""bulwark_msgs/ObjectArray to tracked objects, and back."""

from __future__ import annotations

import array
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from bulwark_core.convert.stamps import make_header, stamp_ns, to_stamp
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import yaw_of
from bulwark_core.objects import NO_OUTLINE, FloatArray, Motion, ObjectClass, TrackedObject
from bulwark_msgs.msg import Object, ObjectArray


def read_objects(msg: Any) -> list[TrackedObject]:
    """All objects of the message, none dropped.

    Raises BadMessageError where a pose, size, velocity or outline is not finite. A class or motion
    that is not known counts as UNKNOWN.
    """
    return [_read(item) for item in msg.objects]


def _read(item: Any) -> TrackedObject:
    p, q = item.pose.position, item.pose.orientation
    outline = _outline(item.outline)
    tracked = TrackedObject(
        id=int(item.id),
        x=p.x,
        y=p.y,
        z=p.z,
        yaw=yaw_of(q.x, q.y, q.z, q.w),
        length=item.size.x,
        width=item.size.y,
        height=item.size.z,
        vx=item.velocity.x,
        vy=item.velocity.y,
        yaw_rate=item.yaw_rate,
        object_class=_enum(ObjectClass, item.classification),
        class_probability=item.class_probability,
        existence=item.existence_probability,
        motion=_enum(Motion, item.motion),
        position_variance=item.position_variance,
        velocity_variance=item.velocity_variance,
        first_seen_ns=stamp_ns(item.first_seen),
        last_seen_ns=stamp_ns(item.last_seen),
        measurements=int(item.measurements),
        brightness=item.brightness,
        outline=outline,
    )
    figures = (p.x, p.y, p.z, tracked.yaw, *_size(tracked), item.velocity.x, item.velocity.y)
    if not all(map(math.isfinite, figures)) or not np.isfinite(outline).all():
        raise BadMessageError(f"object {item.id} has a value that is not a finite number")
    return tracked


def _size(tracked: TrackedObject) -> tuple[float, float, float]:
    return tracked.length, tracked.width, tracked.height


def _outline(flat: Any) -> FloatArray:
    if len(flat) == 0:
        return NO_OUTLINE
    if len(flat) % 2:
        raise BadMessageError(f"an outline has {len(flat)} coordinates: not x and y of each point")
    return np.array(flat, dtype=np.float64).reshape(-1, 2)


def _enum(kind: Any, value: int) -> Any:
    try:
        return kind(value)
    except ValueError:
        return kind.UNKNOWN


def make_objects(
    objects: Iterable[TrackedObject], ns: int, frame_id: str = "base_link"
) -> ObjectArray:
    """An ObjectArray with this stamp and frame."""
    return ObjectArray(header=make_header(ns, frame_id), objects=[_make(o) for o in objects])


def _make(tracked: TrackedObject) -> Object:
    item = Object(
        id=tracked.id,
        classification=int(tracked.object_class),
        class_probability=float(tracked.class_probability),
        existence_probability=float(tracked.existence),
        motion=int(tracked.motion),
        position_variance=float(tracked.position_variance),
        velocity_variance=float(tracked.velocity_variance),
        yaw_rate=float(tracked.yaw_rate),
        first_seen=to_stamp(tracked.first_seen_ns),
        last_seen=to_stamp(tracked.last_seen_ns),
        measurements=tracked.measurements,
        brightness=float(tracked.brightness),
        outline=array.array("f", tracked.outline.astype(np.float32).tobytes()),
    )
    position, orientation = item.pose.position, item.pose.orientation
    position.x, position.y, position.z = float(tracked.x), float(tracked.y), float(tracked.z)
    orientation.z, orientation.w = math.sin(tracked.yaw / 2.0), math.cos(tracked.yaw / 2.0)
    item.size.x, item.size.y, item.size.z = map(float, _size(tracked))
    item.velocity.x, item.velocity.y = float(tracked.vx), float(tracked.vy)
    return item

# SPDX-License-Identifier: Apache-2.0
"""bulwark_msgs/ObjectArray to tracked objects, and back."""

from __future__ import annotations

import array
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from bulwark_core.convert.copies import same_as
from bulwark_core.convert.stamps import make_header, stamp_ns, to_stamp
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import yaw_of
from bulwark_core.health import SensorHealth, Sight
from bulwark_core.objects import NO_OUTLINE, FloatArray, Motion, ObjectClass, TrackedObject
from bulwark_msgs.msg import Object, ObjectArray

_CLASSES = {int(member): member for member in ObjectClass}
_MOTIONS = {int(member): member for member in Motion}
_SIGHTS = {int(member): member for member in Sight}
_BLANK = TrackedObject(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_OBJECT = Object()
"""With the defaults of every field."""


def read_objects(msg: Any) -> list[TrackedObject]:
    """All objects of the message, none dropped.

    Raises BadMessageError where a pose, size, velocity or outline is not finite. A class or motion
    that is not known counts as UNKNOWN.
    """
    objects = [_read(item) for item in msg.objects]
    outlines = np.concatenate([NO_OUTLINE, *(tracked.outline for tracked in objects)])
    if not np.isfinite(outlines).all():
        bad = next(one for one in objects if not np.isfinite(one.outline).all())
        raise _not_finite(bad.id)
    return objects


def _read(item: Any) -> TrackedObject:
    p, q, size, velocity = item.pose.position, item.pose.orientation, item.size, item.velocity
    yaw = yaw_of(q.x, q.y, q.z, q.w)
    # A sum is finite only where all its terms are.
    figures = p.x + p.y + p.z + yaw + size.x + size.y + size.z + velocity.x + velocity.y
    if not math.isfinite(figures):
        raise _not_finite(item.id)
    return _BLANK.but(
        id=item.id,
        x=p.x,
        y=p.y,
        z=p.z,
        yaw=yaw,
        length=size.x,
        width=size.y,
        height=size.z,
        vx=velocity.x,
        vy=velocity.y,
        yaw_rate=item.yaw_rate,
        object_class=_CLASSES.get(item.classification, ObjectClass.UNKNOWN),
        class_probability=item.class_probability,
        existence=item.existence_probability,
        motion=_MOTIONS.get(item.motion, Motion.UNKNOWN),
        position_variance=item.position_variance,
        velocity_variance=item.velocity_variance,
        first_seen_ns=stamp_ns(item.first_seen),
        last_seen_ns=stamp_ns(item.last_seen),
        measurements=item.measurements,
        brightness=item.brightness,
        outline=_outline(item.outline),
    )


def _not_finite(number: int) -> BadMessageError:
    return BadMessageError(f"object {number} has a value that is not a finite number")


def _outline(flat: Any) -> FloatArray:
    if len(flat) == 0:
        return NO_OUTLINE
    if len(flat) % 2:
        raise BadMessageError(f"an outline has {len(flat)} coordinates: not x and y of each point")
    return np.array(flat, dtype=np.float64).reshape(-1, 2)


def read_sensor_health(msg: Any) -> SensorHealth:
    """How well the sensor behind the message sees; what is not known counts as UNKNOWN."""
    return SensorHealth(_SIGHTS.get(msg.health, Sight.UNKNOWN), msg.health_detail)


def make_objects(
    objects: Iterable[TrackedObject],
    ns: int,
    frame_id: str = "base_link",
    health: SensorHealth | None = None,
) -> ObjectArray:
    """An ObjectArray with this stamp and frame; health: of the sensor, None: not known."""
    stamps: dict[int, Any] = {}
    health = health or SensorHealth()
    return ObjectArray(
        header=make_header(ns, frame_id),
        objects=[_make(tracked, stamps) for tracked in objects],
        health=int(health.sight),
        health_detail=health.detail,
    )


def _make(tracked: TrackedObject, stamps: dict[int, Any]) -> Any:
    """One object; stamps: those of the list so far, which many objects share."""
    item = same_as(_OBJECT)
    item.id, item.measurements = tracked.id, tracked.measurements
    item.classification, item.motion = int(tracked.object_class), int(tracked.motion)
    item.class_probability = float(tracked.class_probability)
    item.existence_probability = float(tracked.existence)
    item.position_variance = float(tracked.position_variance)
    item.velocity_variance = float(tracked.velocity_variance)
    item.yaw_rate, item.brightness = float(tracked.yaw_rate), float(tracked.brightness)
    for ns in (tracked.first_seen_ns, tracked.last_seen_ns):
        if ns not in stamps:
            stamps[ns] = to_stamp(ns)
    item.first_seen, item.last_seen = stamps[tracked.first_seen_ns], stamps[tracked.last_seen_ns]
    item.outline = array.array("f", tracked.outline.astype(np.float32).tobytes())
    item.pose = _pose(tracked)
    item.size = _vector(tracked.length, tracked.width, tracked.height)
    item.velocity = _vector(tracked.vx, tracked.vy, 0.0)
    return item


def _pose(tracked: TrackedObject) -> Any:
    pose = same_as(_OBJECT.pose)
    pose.position, pose.orientation = same_as(pose.position), same_as(pose.orientation)
    position, orientation = pose.position, pose.orientation
    position.x, position.y, position.z = float(tracked.x), float(tracked.y), float(tracked.z)
    orientation.z, orientation.w = math.sin(tracked.yaw / 2.0), math.cos(tracked.yaw / 2.0)
    return pose


def _vector(x: float, y: float, z: float) -> Any:
    vector = same_as(_OBJECT.size)
    vector.x, vector.y, vector.z = float(x), float(y), float(z)
    return vector

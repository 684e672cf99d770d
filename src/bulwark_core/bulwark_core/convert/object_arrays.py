# SPDX-License-Identifier: Apache-2.0
"""bulwark_msgs/ObjectArray to tracked objects, and back."""

from __future__ import annotations

import array
import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from geometry_msgs.msg import Point, Pose, Quaternion, Vector3

from bulwark_core.convert.stamps import NS_PER_S, make_header, to_stamp
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import yaw_of
from bulwark_core.health import SensorHealth, Sight
from bulwark_core.objects import NO_OUTLINE, FloatArray, Motion, ObjectClass, TrackedObject
from bulwark_msgs.msg import Object, ObjectArray

_CLASSES = {int(member): member for member in ObjectClass}
_MOTIONS = {int(member): member for member in Motion}
_NO_CLASS, _NO_MOTION = ObjectClass.UNKNOWN, Motion.UNKNOWN
_SIGHTS = {int(member): member for member in Sight}
_BLANK = TrackedObject(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_CHECK = Vector3()._check_fields
"""Whether setters check what they are given, as the generated `__init__` has it."""
_KEPT = 4
_latest: tuple[tuple[Any, tuple[TrackedObject, ...]], ...] = ()
"""The lists of the messages that were read last, and what was read."""
_new = object.__new__


def read_objects(msg: Any) -> list[TrackedObject]:
    """All objects of the message, none dropped.

    A message is read once, however many nodes of a host want it: the latest are known, so one that
    was read must not be changed. Raises BadMessageError where a pose, size, velocity or outline is
    not finite. A class or motion that is not known counts as UNKNOWN.
    """
    global _latest  # noqa: PLW0603
    items = msg.objects
    for known, objects in _latest:
        if known is items:
            return list(objects)
    objects = tuple(map(_read, items, _outlines(items)))
    _latest = ((items, objects), *_latest[: _KEPT - 1])
    return list(objects)


def _outlines(items: Any) -> list[FloatArray]:
    """The outline of each object, all converted at once."""
    flat, ends = array.array("f"), [0]
    for item in items:
        flat.extend(item.outline)
        ends.append(len(flat))
        if (ends[-1] - ends[-2]) % 2:
            count = ends[-1] - ends[-2]
            raise BadMessageError(f"an outline has {count} coordinates: not x and y of each point")
    points = np.frombuffer(flat, np.float32).astype(np.float64).reshape(-1, 2)
    if not np.isfinite(points).all():
        bad = np.flatnonzero(~np.isfinite(points).all(axis=1))[0]
        raise _not_finite(items[bisect_right(ends, 2 * int(bad)) - 1].id)
    return [
        points[start // 2 : end // 2] if end > start else NO_OUTLINE
        for start, end in pairwise(ends)
    ]


# Fields are taken from and put into the slots of messages: a property of theirs is a Python
# call, and a scan has hundreds of objects of 38 fields each.


def _read(item: Any, outline: FloatArray) -> TrackedObject:
    pose, size, velocity = item._pose, item._size, item._velocity
    p, q, first, last = pose._position, pose._orientation, item._first_seen, item._last_seen
    x, y, z, yaw = p._x, p._y, p._z, yaw_of(q._x, q._y, q._z, q._w)
    length, width, height, vx, vy = size._x, size._y, size._z, velocity._x, velocity._y
    # A sum is finite only where all its terms are.
    if not math.isfinite(x + y + z + yaw + length + width + height + vx + vy):
        raise _not_finite(item.id)
    return _BLANK.but(
        id=item._id,
        x=x,
        y=y,
        z=z,
        yaw=yaw,
        length=length,
        width=width,
        height=height,
        vx=vx,
        vy=vy,
        yaw_rate=item._yaw_rate,
        object_class=_CLASSES.get(item._classification, _NO_CLASS),
        class_probability=item._class_probability,
        existence=item._existence_probability,
        motion=_MOTIONS.get(item._motion, _NO_MOTION),
        position_variance=item._position_variance,
        velocity_variance=item._velocity_variance,
        first_seen_ns=first._sec * NS_PER_S + first._nanosec,
        last_seen_ns=last._sec * NS_PER_S + last._nanosec,
        measurements=item._measurements,
        brightness=item._brightness,
        outline=outline,
    )


def _not_finite(number: int) -> BadMessageError:
    return BadMessageError(f"object {number} has a value that is not a finite number")


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
    health = health or SensorHealth()
    return ObjectArray(
        header=make_header(ns, frame_id),
        objects=_items(list(objects)),
        health=int(health.sight),
        health_detail=health.detail,
    )


def _items(objects: Sequence[TrackedObject]) -> list[Any]:
    """The objects as messages; their outlines are converted all at once."""
    points = np.concatenate([NO_OUTLINE, *(tracked.outline for tracked in objects)])
    flat, start, items = points.astype(np.float32).tobytes(), 0, []
    stamps = _stamps(objects)
    for tracked in objects:
        end = start + 8 * len(tracked.outline)
        items.append(_make(tracked, stamps, array.array("f", flat[start:end])))
        start = end
    return items


def _stamps(objects: Sequence[TrackedObject]) -> dict[int, Any]:
    """The stamps of a list by their nanoseconds: many objects share one."""
    times = {tracked.first_seen_ns for tracked in objects}
    times.update(tracked.last_seen_ns for tracked in objects)
    return {ns: to_stamp(ns) for ns in times}


def _make(tracked: TrackedObject, stamps: dict[int, Any], outline: array.array[float]) -> Any:
    item = _new(Object)
    item._id, item._measurements = tracked.id, tracked.measurements
    item._classification, item._motion = int(tracked.object_class), int(tracked.motion)
    item._class_probability = float(tracked.class_probability)
    item._existence_probability = float(tracked.existence)
    item._position_variance = float(tracked.position_variance)
    item._velocity_variance = float(tracked.velocity_variance)
    item._yaw_rate, item._brightness = float(tracked.yaw_rate), float(tracked.brightness)
    item._first_seen = stamps[tracked.first_seen_ns]
    item._last_seen = stamps[tracked.last_seen_ns]
    item._outline = outline
    item._pose = _pose(tracked)
    item._size = _vector(tracked.length, tracked.width, tracked.height)
    item._velocity = _vector(tracked.vx, tracked.vy, 0.0)
    item._check_fields = _CHECK
    return item


def _pose(tracked: TrackedObject) -> Any:
    pose, position, orientation = _new(Pose), _new(Point), _new(Quaternion)
    position._x, position._y = float(tracked.x), float(tracked.y)
    position._z = float(tracked.z)
    orientation._x = orientation._y = 0.0
    orientation._z, orientation._w = math.sin(tracked.yaw / 2.0), math.cos(tracked.yaw / 2.0)
    pose._position, pose._orientation = position, orientation
    pose._check_fields = position._check_fields = orientation._check_fields = _CHECK
    return pose


def _vector(x: float, y: float, z: float) -> Any:
    vector = _new(Vector3)
    vector._x, vector._y, vector._z = float(x), float(y), float(z)
    vector._check_fields = _CHECK
    return vector

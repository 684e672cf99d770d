# SPDX-License-Identifier: Apache-2.0
"""The kinds of faults: what becomes of a message. A message is never changed, only copied."""

from __future__ import annotations

import copy
import math
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bulwark_core.convert.stamps import stamp_ns, to_stamp
from bulwark_core.errors import ScenarioError

Message = Any
_S = 1_000_000_000
_LATE_S, _FAR_S = 0.5, 5.0
_MANY_POINTS = 10_000_000
_MANY_OBJECTS = 2_000
_COPIES = 10


class Kind:
    """What happens to the messages of one topic, from its first message on."""

    def saw(self, message: Message) -> None:
        """A message passed while nothing was wrong."""

    def spoil(self, message: Message, time_s: float) -> list[Message]:  # noqa: ARG002
        """What comes of a message."""
        return [message]

    def overdue(self, time_s: float) -> Iterator[Message]:  # noqa: ARG002
        """What was held back until now."""
        yield from ()


class Silent(Kind):
    """Nothing comes."""

    def spoil(self, message: Message, time_s: float) -> list[Message]:  # noqa: ARG002
        return []


class Frozen(Kind):
    """The last message comes again and again, stamp and all."""

    def __init__(self) -> None:
        self._last: Message = None

    def saw(self, message: Message) -> None:
        self._last = message

    def spoil(self, message: Message, time_s: float) -> list[Message]:  # noqa: ARG002
        return [] if self._last is None else [self._last]


class Backward(Kind):
    """Stamps run backwards from the last good one."""

    def __init__(self) -> None:
        self._last_ns: int | None = None

    def saw(self, message: Message) -> None:
        self._last_ns = stamp_ns(message.header.stamp)

    def spoil(self, message: Message, time_s: float) -> list[Message]:  # noqa: ARG002
        ns = stamp_ns(message.header.stamp)
        self._last_ns = ns if self._last_ns is None else self._last_ns
        return [_stamped(message, 2 * self._last_ns - ns)]


class Late(Kind):
    """Messages come half a second later."""

    def __init__(self) -> None:
        self._held: deque[tuple[float, Message]] = deque()

    def spoil(self, message: Message, time_s: float) -> list[Message]:
        self._held.append((time_s + _LATE_S, message))
        return []

    def overdue(self, time_s: float) -> Iterator[Message]:
        while self._held and self._held[0][0] <= time_s:
            yield self._held.popleft()[1]


class Unordered(Kind):
    """Of two messages the second comes first."""

    def __init__(self) -> None:
        self._held: Message = None

    def spoil(self, message: Message, time_s: float) -> list[Message]:  # noqa: ARG002
        if self._held is None:
            self._held = message
            return []
        held, self._held = self._held, None
        return [message, held]


class Shifted(Kind):
    """Stamps that are some seconds off."""

    def __init__(self, by_s: float) -> None:
        self._by_ns = round(by_s * _S)

    def spoil(self, message: Message, time_s: float) -> list[Message]:  # noqa: ARG002
        return [_stamped(message, max(stamp_ns(message.header.stamp) + self._by_ns, 1))]


class TenTimes(Kind):
    """Ten messages for one, with stamps a millisecond apart, the newest last."""

    def spoil(self, message: Message, time_s: float) -> list[Message]:  # noqa: ARG002
        ns = stamp_ns(message.header.stamp)
        return [_stamped(message, ns - k * 1_000_000) for k in reversed(range(_COPIES))]


class Spoiled(Kind):
    """The content is no good. change: by the message's type, what is done to a copy."""

    def __init__(self, change: dict[str, Callable[[Message], None]]) -> None:
        self._change = change

    def spoil(self, message: Message, time_s: float) -> list[Message]:  # noqa: ARG002
        name = type(message).__name__
        if name not in self._change:
            return [message]
        bad = copy.copy(message)
        self._change[name](bad)
        return [bad]


# What is done to a cloud. Its points are little-endian float32 x, y, z and more.


def _points(change: Callable[[Any], None]) -> Callable[[Message], None]:
    """A change of the floats (N, F) of a cloud."""

    def apply(cloud: Message) -> None:
        if cloud.point_step % 4:
            raise ScenarioError("faults of points need a cloud of float32 fields")
        values = np.frombuffer(bytes(cloud.data), np.float32).reshape(-1, cloud.point_step // 4)
        values = values.copy()
        change(values)
        cloud.data = _bytes(values)

    return apply


def _bytes(values: Any) -> Any:
    import array

    return array.array("B", np.ascontiguousarray(values).tobytes())


def _fill(value: float, share: float) -> Callable[[Any], None]:
    """Set x, y and z of this share of the points."""

    def change(values: Any) -> None:
        values[: int(len(values) * share), :3] = value

    return change


def _cut_off(cloud: Message) -> None:
    """Half of the announced bytes are there."""
    cloud.data = cloud.data[: len(cloud.data) // 2]


def _no_points(cloud: Message) -> None:
    cloud.data, cloud.width, cloud.height, cloud.row_step = _bytes(np.empty(0)), 0, 1, 0


def _wrong_fields(cloud: Message) -> None:
    """X is said to be a byte."""
    fields = [copy.copy(field) for field in cloud.fields]
    fields[0].datatype = 2
    cloud.fields = fields


def _many_points(cloud: Message) -> None:
    count = len(cloud.data) // cloud.point_step
    times = math.ceil(_MANY_POINTS / max(count, 1))
    cloud.data = cloud.data * times
    cloud.width, cloud.height = count * times, 1
    cloud.row_step = cloud.width * cloud.point_step


# What is done to objects.


def _each(change: Callable[[Message], None]) -> Callable[[Message], None]:
    """A change of a copy of each object."""

    def apply(msg: Message) -> None:
        objects = [copy.deepcopy(item) for item in msg.objects]
        for item in objects:
            change(item)
        msg.objects = objects

    return apply


def _nan_place(item: Message) -> None:
    item.pose.position.x = math.nan


def _infinite_place(item: Message) -> None:
    item.pose.position.x = math.inf


def _no_size(item: Message) -> None:
    item.size.x = item.size.y = item.size.z = 0.0
    item.outline = []


def _very_fast(item: Message) -> None:
    item.velocity.x = -1e9


def _unknown_class(item: Message) -> None:
    item.classification = 200


def _no_objects(msg: Message) -> None:
    msg.objects = []


def _many_objects(msg: Message) -> None:
    """Far more objects than there can be, all beside the road."""
    from bulwark_msgs.msg import Object

    crowd = []
    for k in range(_MANY_OBJECTS):
        item = Object(id=10_000 + k, measurements=20, existence_probability=1.0)
        item.pose.position.x, item.pose.position.y = 5.0 + k % 100, 12.0 + k // 100
        item.size.x = item.size.y = item.size.z = 0.5
        item.pose.orientation.w = 1.0
        crowd.append(item)
    msg.objects = [*msg.objects, *crowd]


# What is done to own motion and plans.


def _nan_speed(odometry: Message) -> None:
    odometry.twist = copy.deepcopy(odometry.twist)
    odometry.twist.twist.linear.x = math.nan


def _wild_speed(odometry: Message) -> None:
    odometry.twist = copy.deepcopy(odometry.twist)
    odometry.twist.twist.linear.x = 1e3


def _nan_command(command: Message) -> None:
    command.acceleration = math.nan


def _wild_command(command: Message) -> None:
    command.acceleration = 60.0


def _spoiled(**change: Callable[[Message], None]) -> Callable[[], Kind]:
    return lambda: Spoiled(change)


KINDS: dict[str, Callable[[], Kind]] = {
    "silent": Silent,
    "frozen": Frozen,
    "backward": Backward,
    "late": Late,
    "unordered": Unordered,
    "future": lambda: Shifted(_FAR_S),
    "past": lambda: Shifted(-_FAR_S),
    "ten_times": TenTimes,
    "nan": _spoiled(
        PointCloud2=_points(_fill(math.nan, 0.5)),
        ObjectArray=_each(_nan_place),
        Odometry=_nan_speed,
        ControlCommand=_nan_command,
    ),
    "inf": _spoiled(PointCloud2=_points(_fill(math.inf, 0.5)), ObjectArray=_each(_infinite_place)),
    "on_sensor": _spoiled(PointCloud2=_points(_fill(0.0, 1.0))),
    "empty": _spoiled(PointCloud2=_no_points, ObjectArray=_no_objects),
    "truncated": _spoiled(PointCloud2=_cut_off),
    "wrong_fields": _spoiled(PointCloud2=_wrong_fields),
    "many": _spoiled(PointCloud2=_many_points, ObjectArray=_many_objects),
    "no_size": _spoiled(ObjectArray=_each(_no_size)),
    "fast": _spoiled(ObjectArray=_each(_very_fast)),
    "unknown_class": _spoiled(ObjectArray=_each(_unknown_class)),
    "wild": _spoiled(Odometry=_wild_speed, ControlCommand=_wild_command),
}
"""By name: makes a new one for a topic."""


def _stamped(message: Message, ns: int) -> Message:
    other = copy.copy(message)
    other.header = copy.copy(message.header)
    other.header.stamp = to_stamp(ns)
    return other

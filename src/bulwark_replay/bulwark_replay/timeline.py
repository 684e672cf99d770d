# SPDX-License-Identifier: Apache-2.0
"""The order and the time in which recorded messages reach the stack.

The rule, so that two runs of one bag can never differ:

1. `/tf_static` first, from wherever in the bag it is: a latched topic is known before it is needed.
2. Then by log time; at equal log time in the order of the topics in `interfaces.yaml` (motion
   before pictures before points, so that a scan meets the motion of its own stamp); at equal topic
   in the order of the file.

Recorders write slightly out of order; a message up to `REORDER_NS` late still finds its place. A
message that is there twice (same topic, log time and content) is brought once.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rclpy.serialization import deserialize_message

from bulwark_core.convert.stamps import stamp_ns, to_stamp
from bulwark_core.errors import BagError
from bulwark_core.interfaces import load_manifest
from bulwark_core.ros_ports import message_class
from bulwark_replay.bags import Bag, RawMessage
from bulwark_replay.definitions import normal_form
from bulwark_replay.topics import TF_STATIC, TopicMap

REORDER_NS = 1_000_000_000
"""How late a message may stand in the file [ns]."""
MAX_SILENCE_NS = 3_600_000_000_000
"""A longer time without any message is a clock that was set, not a pause of the recorder [ns]."""


@dataclass(frozen=True)
class Delivery:
    """A message of its real class for a topic of the graph, and when it is brought [ns]."""

    target: str
    message: Any
    time_ns: int


def deliveries(
    bag: Bag,
    topics: TopicMap,
    factor: Fraction = Fraction(1),
    copies: Counter[str] | None = None,
) -> Iterator[Delivery]:
    """The bag's messages as the stack gets them: in the order above, on the new time scale.

    Time starts with the first message that is not latched. copies: counts what was left out since
    it was there twice, by topic of the bag. Raises BagError where the file is broken, a message is
    no message of its type, or log times jump.
    """
    targets = topics.target_of()
    types = {link.source.name: link.source.type for link in topics.links}
    latched = {source for source, target in targets.items() if target == TF_STATIC}
    copies = Counter() if copies is None else copies

    def played(sources: Iterable[str]) -> Iterator[RawMessage]:
        of_type = (m for m in bag.messages(set(sources)) if m.type == types[m.topic])
        return _without_copies(in_order(of_type, targets), copies)

    scale: TimeScale | None = None
    newest_ns = 0
    for raw in played(targets.keys() - latched):
        if scale is None:
            scale, newest_ns = TimeScale(factor, raw.log_ns), raw.log_ns
            for early in played(latched):
                yield Delivery(TF_STATIC, _decode(bag, early, scale), raw.log_ns)
        if raw.log_ns - newest_ns > MAX_SILENCE_NS:
            raise BagError(_jump(bag, raw, newest_ns))
        newest_ns = raw.log_ns
        message = _decode(bag, raw, scale)
        yield Delivery(targets[raw.topic], message, scale.time(raw.log_ns))


def _jump(bag: Bag, raw: RawMessage, newest_ns: int) -> str:
    return (
        f"{bag.path}: log time jumps ahead by {(raw.log_ns - newest_ns) / 1e9:.0f} s at message "
        f"{raw.sequence} on {raw.topic}; split the bag there or record it again"
    )


def _without_copies(messages: Iterable[RawMessage], copies: Counter[str]) -> Iterator[RawMessage]:
    """Leave out what has the topic, log time and content of a message before it."""
    known: dict[str, list[RawMessage]] = {}
    for message in messages:
        same_time = [m for m in known.get(message.topic, ()) if m.log_ns == message.log_ns]
        if any(_is_copy(message, other) for other in same_time):
            copies[message.topic] += 1
            continue
        known[message.topic] = [*same_time, message]
        yield message


def _is_copy(one: RawMessage, other: RawMessage) -> bool:
    """Whether the content is equal; what serialisers leave between the fields does not count."""
    if one.cdr == other.cdr or len(one.cdr) != len(other.cdr) or one.type != other.type:
        return one.cdr == other.cdr
    return normal_form(one.type, one.cdr) == normal_form(other.type, other.cdr)


def _decode(bag: Bag, raw: RawMessage, scale: TimeScale) -> Any:
    try:
        message = deserialize_message(raw.cdr, message_class(raw.type))
    except Exception as error:
        # The serialisation library raises RuntimeError, MemoryError and others on foreign bytes.
        raise BagError(
            f"{bag.path}: message {raw.sequence} on {raw.topic} is no {raw.type}; was it recorded "
            "with another definition? Leave the topic out, or record it again"
        ) from error
    scale.apply(message)
    return message


def in_order(messages: Iterable[RawMessage], targets: Mapping[str, str]) -> Iterator[RawMessage]:
    """Sort a nearly sorted stream by (log time, topic in the manifest, place in the file)."""
    manifest = load_manifest().topics
    order = {source: manifest[target].order for source, target in targets.items()}
    waiting: list[tuple[int, int, int, RawMessage]] = []
    newest_ns = 0
    for message in messages:
        if message.log_ns < newest_ns - REORDER_NS:
            raise BagError(
                f"log time goes back by {(newest_ns - message.log_ns) / 1e9:.1f} s at message "
                f"{message.sequence} on {message.topic}; split the bag there or record it again"
            )
        newest_ns = max(newest_ns, message.log_ns)
        key = (message.log_ns, order[message.topic], message.sequence)
        heapq.heappush(waiting, (*key, message))
        while waiting[0][0] < newest_ns - REORDER_NS:
            yield heapq.heappop(waiting)[-1]
    while waiting:
        yield heapq.heappop(waiting)[-1]


@dataclass(frozen=True)
class TimeScale:
    """Replays a drive `factor` times as fast: the car really drives faster, through the same place.

    Times since `origin_ns` are divided by the factor, log times and header stamps alike, in exact
    integer arithmetic (rounded down). Recorded twists are multiplied by it.
    """

    factor: Fraction
    origin_ns: int

    def time(self, ns: int) -> int:
        """A log time or stamp on the new scale; zero means 'no time' and stays."""
        if ns == 0:
            return 0
        since = ns - self.origin_ns
        return self.origin_ns + since * self.factor.denominator // self.factor.numerator

    def apply(self, message: Any) -> None:
        """Bring a message to the new scale, in place."""
        if self.factor == 1:
            return
        for header in _headers(message):
            header.stamp = to_stamp(self.time(stamp_ns(header.stamp)))
        if hasattr(message, "twist"):
            self._scale_twist(message.twist)

    def _scale_twist(self, twist: Any) -> None:
        factor = float(self.factor)
        for vector in (twist.twist.linear, twist.twist.angular):
            vector.x, vector.y, vector.z = vector.x * factor, vector.y * factor, vector.z * factor
        twist.covariance = twist.covariance * factor**2


def parse_time_scale(text: str) -> Fraction:
    """A factor such as `2`, `1.5` or `3/2`, exactly; BagError where it is not above zero."""
    try:
        factor = Fraction(text)
    except (ValueError, ZeroDivisionError):
        factor = Fraction(0)
    if factor <= 0:
        raise BagError(f"--time-scale {text}: must be a number above zero, such as 2 or 1.5")
    return factor


def _headers(message: Any) -> Iterable[Any]:
    if hasattr(message, "transforms"):
        return [transform.header for transform in message.transforms]
    return [message.header] if hasattr(message, "header") else []

# SPDX-License-Identifier: Apache-2.0
"""Which topic of a bag feeds which topic of the graph: by type, then by name, or as told.

Every decision is kept with its reason, so that the user can confirm it. What the stack itself
publishes (a bag may be recorded from a running stack) is never taken for a sensor.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bulwark_core.errors import BagError
from bulwark_core.interfaces import Topic, load_manifest
from bulwark_replay.bags import BagTopic
from bulwark_replay.definitions import typestore

LIDAR = "/lidar/points"
ODOMETRY = "/vehicle/odometry"
STATUS = "/vehicle/status"
ROUTE = "/route"
CAMERA_INFO = "/camera/front/camera_info"
IMAGE = "/camera/front/image_raw"
COMPRESSED = "/camera/front/image_raw/compressed"
TF_STATIC = "/tf_static"
TRUTH = "/world/objects"
"""What was really there, if the bag knows: the world's truth, or labels brought in with --map."""

ULTRASONIC = tuple(
    f"/ultrasonic/{end}_{side}" for end in ("front", "rear") for side in ("left", "right")
)

INPUTS = (
    LIDAR, ODOMETRY, STATUS, ROUTE, TF_STATIC, CAMERA_INFO, IMAGE, COMPRESSED, *ULTRASONIC, TRUTH,
)  # fmt: skip
"""The topics of the graph that a bag can feed; the truth is for the metrics, no node gets it."""

# Words in a topic's name that speak for it, and against it.
_LIKELY: dict[str, str] = {
    LIDAR: "lidar velodyne ouster hesai pandar rslidar livox top points raw",
    ODOMETRY: "vehicle odom odometry ego wheel base",
    CAMERA_INFO: "front center centre forward info",
    IMAGE: "front center centre forward image color rgb raw",
    COMPRESSED: "front center centre forward image color rgb compressed",
}
_UNLIKELY: dict[str, str] = {
    LIDAR: "radar depth stereo map ground filtered rear left right camera",
    ODOMETRY: "gps gnss visual lidar ground target",
    CAMERA_INFO: "rear back left right depth infra",
    IMAGE: "rear back left right depth infra mask debug",
    COMPRESSED: "rear back left right depth infra mask debug",
}


@dataclass(frozen=True)
class Link:
    """A topic of the bag that feeds a topic of the graph, and why this one."""

    source: BagTopic
    target: str
    why: str


@dataclass(frozen=True)
class TopicMap:
    """What feeds what.

    links: what is used; skipped: what is not, each with the reason; bridged: what is missing and
    what the stack does without it.
    """

    links: tuple[Link, ...]
    skipped: tuple[tuple[BagTopic, str], ...]
    bridged: tuple[str, ...]

    def target_of(self) -> dict[str, str]:
        """Bag topic -> graph topic."""
        return {link.source.name: link.target for link in self.links}

    def source_of(self, target: str) -> str | None:
        """The bag topic that feeds a graph topic."""
        return next((link.source.name for link in self.links if link.target == target), None)


def parse_mapping(rule: str) -> tuple[str, str]:
    """`from:=to` as two topic names; BagError where it is not of that form."""
    source, separator, target = rule.partition(":=")
    if not separator or not source or not target:
        raise BagError(f"--map {rule}: write it as /topic/in/bag:=/topic/of/the/stack")
    return _absolute(source), _absolute(target)


def find_topics(topics: Sequence[BagTopic], rules: Iterable[tuple[str, str]] = ()) -> TopicMap:
    """Link the topics of a bag to the graph's inputs.

    Raises BagError where a rule names a topic that is not there or of another type, and where
    there is no lidar.
    """
    links = {target: _told(topics, source, target) for source, target in rules}
    taken = {link.source.name for link in links.values()}
    free = [t for t in topics if t.name not in taken and t.count > 0 and not t.foreign]
    for target in INPUTS:
        if target not in links and not _has_picture(target, links):
            link = _choose(target, free, links)
            if link:
                links[target] = link
    if LIDAR not in links:
        raise BagError(_no_lidar(topics))
    used = {link.source.name for link in links.values()}
    skipped = [(t, _why_skipped(t, links)) for t in topics if t.name not in used]
    in_order = tuple(links[target] for target in INPUTS if target in links)
    return TopicMap(in_order, tuple(skipped), tuple(_bridged(links)))


def _has_picture(target: str, links: Mapping[str, Link]) -> bool:
    """One picture of the camera is enough: raw or compressed."""
    return target in (IMAGE, COMPRESSED) and (IMAGE in links or COMPRESSED in links)


def _told(topics: Sequence[BagTopic], source: str, target: str) -> Link:
    if target not in INPUTS:
        raise BagError(f"--map {source}:={target}: the stack takes {', '.join(INPUTS)}")
    topic = next((topic for topic in topics if topic.name == source), None)
    if topic is None:
        has = ", ".join(topic.name for topic in topics)
        raise BagError(f"--map {source}:={target}: the bag has no {source}; it has {has}")
    if topic.foreign:
        raise BagError(f"--map {source}:={target}: {source} was {topic.foreign}")
    if topic.type != _graph_topic(target).type:
        raise BagError(
            f"--map {source}:={target}: {source} is {topic.type}, "
            f"{target} takes {_graph_topic(target).type}"
        )
    return Link(topic, target, "as told by --map")


def _choose(target: str, free: Sequence[BagTopic], links: Mapping[str, Link]) -> Link | None:
    candidates = [topic for topic in free if _fits(topic, target)]
    if not candidates:
        return None
    near = _camera_of(free, links) if target == CAMERA_INFO else ""
    ranked = sorted(candidates, key=lambda t: (-_shared_parts(t.name, near), *_rank(t, target)))
    best, others = ranked[0], ranked[1:]
    if not others:
        return Link(best, target, f"the only {_short(best.type)}")
    names = ", ".join(topic.name for topic in others)
    return Link(best, target, f"nearest in name; not {names} (choose with --map)")


def _camera_of(free: Sequence[BagTopic], links: Mapping[str, Link]) -> str:
    """The picture topic that will be chosen, so that its camera_info is chosen with it."""
    for target in (IMAGE, COMPRESSED):
        link = links.get(target) or _choose(target, free, links)
        if link:
            return link.source.name
    return CAMERA_INFO


def _fits(topic: BagTopic, target: str) -> bool:
    if topic.name in _own_outputs() or topic.type != _graph_topic(target).type:
        return False
    if target in (*ULTRASONIC, TRUTH):  # nothing but its name tells what it is
        return topic.name == target
    return target != TF_STATIC or topic.name.endswith("tf_static")


def _rank(topic: BagTopic, target: str) -> tuple[bool, int, float, int, str]:
    """Smaller is better: same name, telling words, similar spelling, more messages, alphabet."""
    words = _words(topic.name)
    telling = len(words & set(_LIKELY.get(target, "").split()))
    misleading = len(words & set(_UNLIKELY.get(target, "").split()))
    similarity = difflib.SequenceMatcher(None, topic.name, target).ratio()
    differs = topic.name != target
    return differs, 2 * misleading - telling, -round(similarity, 6), -topic.count, topic.name


def _words(name: str) -> frozenset[str]:
    return frozenset(re.split(r"[^a-z]+", name.lower())) - {""}


def _shared_parts(one: str, other: str) -> int:
    """How many leading parts of their names two topics share."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _why_skipped(topic: BagTopic, links: Mapping[str, Link]) -> str:
    if topic.count == 0:
        return "holds no messages"
    if topic.foreign:
        return topic.foreign
    if topic.name in _own_outputs():
        return "recorded output of the stack"
    if topic.type == _graph_topic(TF_STATIC).type:
        return "moving transforms are not used"
    if topic.type == _graph_topic(ULTRASONIC[0]).type:
        return f"not named {', '.join(ULTRASONIC)} (choose with --map)"
    if any(_graph_topic(target).type == topic.type for target in links):
        return "another topic of this type is used"
    if topic.type in {_graph_topic(target).type for target in INPUTS}:
        return "the other picture topic is used"
    return "type not used" if topic.type in typestore().fielddefs else "unknown type"


def _bridged(links: Mapping[str, Link]) -> Iterable[str]:
    if ODOMETRY not in links:
        yield (
            f"no Odometry for {ODOMETRY}: the AEB stays UNAVAILABLE, since it cannot know the own "
            "speed; objects are still tracked"
        )
    if STATUS not in links:
        yield f"no VehicleStatus for {STATUS}: DEGRADED, gear from the odometry, driver unknown"
    if TF_STATIC not in links:
        yield f"no {TF_STATIC}: the lidar's mounting is taken from the parameters"
    if CAMERA_INFO not in links or not (IMAGE in links or COMPRESSED in links):
        yield "no calibrated camera: geometry only, classes from the lidar's shapes"


def _no_lidar(topics: Sequence[BagTopic]) -> str:
    has = ", ".join(f"{topic.name} ({_short(topic.type)})" for topic in topics)
    return (
        "the bag has no lidar: it needs a sensor_msgs/msg/PointCloud2 topic with messages; "
        f"it has {has or 'no topics'}"
    )


def _own_outputs() -> Collection[str]:
    return set(load_manifest().topics) - set(INPUTS)


def _graph_topic(name: str) -> Topic:
    return load_manifest().topics[name]


def _short(type_name: str) -> str:
    return type_name.rsplit("/", maxsplit=1)[-1]


def _absolute(name: str) -> str:
    return name if name.startswith("/") else f"/{name}"

# SPDX-License-Identifier: Apache-2.0
"""The topics of one camera in a bag."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from bulwark_core.errors import BagError
from bulwark_replay.bags import BagTopic
from bulwark_replay.topics import CAMERA_INFO, COMPRESSED, IMAGE, TF_STATIC, Link, TopicMap

_TARGETS = {
    "sensor_msgs/msg/CompressedImage": COMPRESSED,
    "sensor_msgs/msg/Image": IMAGE,
}
_FRONT = ("front", "center", "centre", "forward", "color", "rgb", "image_raw")
_OTHER = ("rear", "back", "left", "right", "depth", "infra", "mask", "debug", "semantic")


def find_camera(topics: Sequence[BagTopic], asked: str | None, bag: str) -> TopicMap:
    """Pictures, their CameraInfo and the mounting, as the camera node takes them.

    asked: the picture topic; without it the one whose name speaks most for the camera ahead.
    Raises BagError where the bag has none.
    """
    pictures = [topic for topic in topics if topic.type in _TARGETS and topic.count]
    if not pictures:
        has = ", ".join(f"{topic.name} ({topic.type})" for topic in topics)
        raise BagError(f"{bag}: has no topic with pictures; it has {has}")
    chosen = min(pictures, key=_rank) if asked is None else _asked(pictures, asked, bag)
    links = [Link(chosen, _TARGETS[chosen.type], "pictures")]
    infos = [t for t in topics if t.type == "sensor_msgs/msg/CameraInfo" and t.count]
    if infos:
        nearest = min(infos, key=lambda t: (-_shared(t.name, chosen.name), t.name))
        links.append(Link(nearest, CAMERA_INFO, "nearest in name to the pictures"))
    links += [
        Link(topic, TF_STATIC, "mounting")
        for topic in topics
        if topic.type == "tf2_msgs/msg/TFMessage" and topic.name.endswith("tf_static")
    ][:1]
    return TopicMap(tuple(links), (), ())


def _asked(pictures: Sequence[BagTopic], asked: str, bag: str) -> BagTopic:
    for topic in pictures:
        if topic.name == asked:
            return topic
    has = ", ".join(topic.name for topic in pictures)
    raise BagError(f"--topic {asked}: {bag} has no pictures there; it has {has}")


def _rank(topic: BagTopic) -> tuple[int, int, str]:
    """Smaller is better: words of the name, more messages, alphabet."""
    name = topic.name.lower()
    words = sum(word in name for word in _FRONT) - 2 * sum(word in name for word in _OTHER)
    return -words, -topic.count, topic.name


def _shared(one: str, other: str) -> int:
    """How many leading parts of their names two topics share."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

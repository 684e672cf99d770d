# SPDX-License-Identifier: Apache-2.0
"""The pictures of a bag through the camera node itself, offline: with ids, ranges and health."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bulwark_camera.component import CameraPerception
from bulwark_camera.letterbox import Picture
from bulwark_cli.detect.seen import Seen, SeenObject, see
from bulwark_core.component import Now
from bulwark_core.convert.images import read_image
from bulwark_core.errors import BadMessageError
from bulwark_core.health import Level
from bulwark_core.objects import ObjectClass
from bulwark_core.offline import OfflineHost
from bulwark_replay.bags import Bag
from bulwark_replay.timeline import deliveries
from bulwark_replay.topics import COMPRESSED, IMAGE, TopicMap

_CALIBRATION = "calibration"


class BagWatch:
    """Shows a bag to a camera node and keeps what it says.

    without_range: why objects have no range, by number of pictures.
    """

    def __init__(self, component: CameraPerception) -> None:
        self._component = component
        self._host = OfflineHost([component])
        self._messages: list[Any] = []
        self._host.on_output(lambda _topic, message, _ns: self._messages.append(message))
        self.without_range: dict[str, int] = {}

    def look(self, bag: Bag, topics: TopicMap, every: int) -> Iterator[Seen]:
        """Each `every`th picture, in the order in which the node would get it."""
        number = 0
        for delivery in deliveries(bag, topics):
            is_picture = delivery.target in (IMAGE, COMPRESSED)
            if not is_picture or number % every == 0:
                self._messages.clear()
                self._host.deliver(delivery.target, delivery.message, delivery.time_ns)
            if is_picture and number % every == 0:
                yield self._seen(f"{number:06d}", delivery.message, delivery.time_ns)
            number += is_picture

    def _seen(self, name: str, message: Any, ns: int) -> Seen:
        picture = _picture(message)
        health = self._host.hosted[self._component.name].health(Now(ns, ns))
        wrong = [status for status in health if status.level is not Level.OK]
        if not self._messages:
            reasons = [one.message for one in wrong if one.task != _CALIBRATION]
            return see(name, picture, problem="; ".join(reasons) or "of the stamp before")
        for status in wrong:
            if status.task == _CALIBRATION:
                count = self.without_range.get(status.message, 0)
                self.without_range[status.message] = count + 1
        return see(name, picture, [_object(one) for one in self._messages[-1].objects])


def _picture(message: Any) -> Picture | None:
    try:
        return read_image(message)
    except BadMessageError:
        return None


def _object(one: Any) -> SeenObject:
    """The range is the distance along the road from base_link."""
    box = (float(one.x_min), float(one.y_min), float(one.x_max), float(one.y_max))
    kind, score, number = ObjectClass(one.classification), float(one.score), int(one.id)
    if not one.has_position:
        return SeenObject(kind, score, box, number)
    distance = (one.position.x**2 + one.position.y**2) ** 0.5
    return SeenObject(kind, score, box, number, float(distance), float(one.range_std))

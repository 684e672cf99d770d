# SPDX-License-Identifier: Apache-2.0
"""The offline host: components on one virtual clock, in one thread, bit-identical every time.

Order of events:
1. messages are handled in the order in which they are delivered, each with all that follows from
   it (outputs reach their subscribers at once, first in first out) before the next;
2. a timer that is due before a message runs before it; at equal time the message comes first;
3. timers due at the same time run in the order of the components.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bulwark_core.component import Component, Now, Output
from bulwark_core.hosting import Hosted
from bulwark_core.interfaces import Direction, NodeInterface, load_manifest

Observer = Callable[[str, Any, int], None]


@dataclass
class _Timer:
    hosted: Hosted
    period_ns: int
    due_ns: int = 0


class OfflineHost:
    """Runs components against messages whose times are given, without ROS communication."""

    def __init__(self, components: Sequence[Component]) -> None:
        manifest = load_manifest()
        self.hosted = {component.name: Hosted(component) for component in components}
        self._interfaces = {name: manifest.nodes[name] for name in self.hosted}
        self._subscribers = _subscribers(self.hosted, self._interfaces)
        self._topics = {
            (name, port.name): port.topic.name
            for name, interface in self._interfaces.items()
            for port in interface.ports
        }
        self._timers = [
            _Timer(hosted, round(hosted.component.timer_period_s * 1e9))
            for hosted in self.hosted.values()
            if hosted.component.timer_period_s is not None
        ]
        self._observers: list[Observer] = []
        self._now_ns: int | None = None
        self._next_due_ns = 0

    def on_output(self, observer: Observer) -> None:
        """Call `observer(topic, message, time_ns)` for every message that a component sends."""
        self._observers.append(observer)

    def deliver(self, topic: str, message: Any, time_ns: int) -> None:
        """Bring a message at this time; timers due before it run first.

        A time before the previous one is a clock jump: every component is reset.
        """
        self._advance(time_ns, inclusive=False)
        self._cascade([(topic, message)], time_ns)

    def advance(self, time_ns: int) -> None:
        """Run all timers that are due up to and including this time."""
        self._advance(time_ns, inclusive=True)

    def _advance(self, time_ns: int, *, inclusive: bool) -> None:
        if self._now_ns is None or time_ns < self._now_ns:
            self._start_clock(time_ns)
        limit_ns = time_ns if inclusive else time_ns - 1
        while self._timers and self._next_due_ns <= limit_ns:
            timer = min(self._timers, key=lambda timer: timer.due_ns)
            due_ns = timer.due_ns
            timer.due_ns += timer.period_ns
            self._next_due_ns = min(timer.due_ns for timer in self._timers)
            outputs = timer.hosted.tick(Now(due_ns, due_ns))
            self._cascade(self._routed(timer.hosted.name, outputs), due_ns, observed=True)
        self._now_ns = time_ns

    def _start_clock(self, time_ns: int) -> None:
        if self._now_ns is not None:
            for hosted in self.hosted.values():
                hosted.reset()
        for timer in self._timers:
            timer.due_ns = time_ns + timer.period_ns
        self._next_due_ns = min((timer.due_ns for timer in self._timers), default=0)

    def _cascade(
        self, messages: Iterable[tuple[str, Any]], time_ns: int, *, observed: bool = False
    ) -> None:
        """Deliver messages and all that follows; observers see those that components sent."""
        now, queue = Now(time_ns, time_ns), deque((*item, observed) for item in messages)
        while queue:
            topic, message, is_output = queue.popleft()
            if is_output:
                for observer in self._observers:
                    observer(topic, message, time_ns)
            for hosted, port in self._subscribers.get(topic, ()):
                outputs = hosted.handle(port, message, now)
                queue.extend((*item, True) for item in self._routed(hosted.name, outputs))

    def _routed(self, node: str, outputs: Iterable[Output]) -> list[tuple[str, Any]]:
        return [(self._topics[node, output.port], output.message) for output in outputs]


def _subscribers(
    hosted: dict[str, Hosted], interfaces: dict[str, NodeInterface]
) -> dict[str, list[tuple[Hosted, str]]]:
    """Who listens to each topic, in the order of the components."""
    subscribers: dict[str, list[tuple[Hosted, str]]] = {}
    for name, one in hosted.items():
        for port in interfaces[name].of(Direction.INPUT):
            if port.name in one.handlers:
                subscribers.setdefault(port.topic.name, []).append((one, port.name))
    return subscribers

# SPDX-License-Identifier: Apache-2.0
"""Brings faults about between the sensors and the stack."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from bulwark_world.fault_kinds import KINDS, Message
from bulwark_world.faults import INPUTS, Fault


class FaultInjector:
    """Passes messages on, as they are or as the faults of a run have them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._lines = [_Line(fault) for fault in faults]

    @property
    def first_effect_s(self) -> float | None:
        """When the first message was wrong or lacking [s]; None: not yet."""
        times = [line.first_effect_s for line in self._lines if line.first_effect_s is not None]
        return min(times, default=None)

    def braking(self, time_s: float) -> None:
        """The supervisor brakes at this time."""
        for line in self._lines:
            line.braking(time_s)

    def pass_on(self, topic: str, message: Message, time_s: float) -> list[Message]:
        """What comes of a message that was due at this time."""
        messages = [message]
        for line in self._lines:
            if topic in line.topics:
                messages = [out for one in messages for out in line.pass_on(topic, one, time_s)]
        return messages

    def overdue(self, time_s: float) -> Iterator[tuple[str, Message]]:
        """Messages that were held back and are due now, with their topics."""
        for line in self._lines:
            yield from line.overdue(time_s)


class _Line:
    """One fault of one input."""

    def __init__(self, fault: Fault) -> None:
        self.topics = INPUTS[fault.input]
        self.first_effect_s: float | None = None
        self._fault = fault
        self._start = math.inf if math.isnan(fault.start) else fault.start
        self._kinds = {topic: KINDS[fault.kind]() for topic in self.topics}

    def braking(self, time_s: float) -> None:
        if math.isnan(self._fault.start):
            self._start = min(self._start, time_s)

    def pass_on(self, topic: str, message: Message, time_s: float) -> list[Message]:
        kind = self._kinds[topic]
        if not self._start <= time_s < self._fault.end:
            kind.saw(message)
            return [message]
        if self.first_effect_s is None:
            self.first_effect_s = time_s
        return kind.spoil(message, time_s)

    def overdue(self, time_s: float) -> Iterator[tuple[str, Message]]:
        for topic, kind in self._kinds.items():
            for message in kind.overdue(time_s):
                yield topic, message

# SPDX-License-Identifier: Apache-2.0
"""A component: messages in, messages out. Hosts run it as a ROS node or offline, the same code.

A component never reads a clock and never publishes: time comes in as `Now`, messages go out as
`Output`s. So the same messages at the same times give the same output, bit for bit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bulwark_core.health import Status


@dataclass(frozen=True)
class Now:
    """The time of a call.

    ns: the node's clock [ns], simulated where time is; the time that stamps are compared with.
    steady_ns: a clock that never stops or jumps [ns]; offline it is the same as `ns`.
    """

    ns: int
    steady_ns: int


@dataclass(frozen=True)
class Output:
    """A message for one of the component's output ports (a name in the manifest)."""

    port: str
    message: Any


Handler = Callable[[Any, Now], Iterable[Output]]


class Component(ABC):
    """What every node is made of.

    name: the node in the interface manifest whose ports this component serves.
    timer_period_s: how often `on_timer` is called; None for never.
    heavy: work that may take longer than a few milliseconds; a ROS host then runs it in a worker
        behind an inbox that keeps only the newest message of each sensor topic.
    niceness: how much this process lets others go first; 0 on the way from points to brake.
    """

    name: ClassVar[str]
    timer_period_s: float | None = None
    heavy: ClassVar[bool] = False
    niceness: ClassVar[int] = 0

    def __init__(self) -> None:
        self.is_listened_to: Callable[[str], bool] = _everybody_listens
        """Set by the host: whether somebody listens to a debug port."""

    @abstractmethod
    def handlers(self) -> Mapping[str, Handler]:
        """For each input port of the manifest, what to do with a message."""

    def on_timer(self, now: Now) -> Iterable[Output]:  # noqa: ARG002
        """Called every `timer_period_s`."""
        return ()

    def warm_up(self) -> None:  # noqa: B027
        """Compile and load all that is slow the first time, before the node reports ready."""

    def reset(self) -> None:  # noqa: B027
        """Forget everything that depends on time: the clock jumped or the bag starts again."""

    def why_needed(self, now: Now) -> str:  # noqa: ARG002
        """Why the node must not be deactivated now; empty where it may."""
        return ""

    @abstractmethod
    def health(self, now: Now) -> list[Status]:
        """How this component is, for `/diagnostics`."""


def _everybody_listens(_port: str) -> bool:
    return True

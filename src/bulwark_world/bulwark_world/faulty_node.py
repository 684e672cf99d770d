# SPDX-License-Identifier: Apache-2.0
"""A component whose outputs suffer from the faults of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bulwark_core.component import Component, Handler, Now, Output
from bulwark_core.health import Status
from bulwark_core.interfaces import load_manifest
from bulwark_world.fault_injector import FaultInjector


class FaultyNode(Component):
    """The same component; what it sends goes through the injector first."""

    name = ""

    def __init__(
        self, component: Component, faults: FaultInjector, time_s: Callable[[], float]
    ) -> None:
        super().__init__()
        self._component, self._faults, self._time_s = component, faults, time_s
        self.name = component.name  # type: ignore[misc]
        self.timer_period_s = component.timer_period_s
        ports = load_manifest().nodes[component.name].ports
        self._topics = {port.name: port.topic.name for port in ports}

    def handlers(self) -> Mapping[str, Handler]:
        return {port: self._spoiling(take) for port, take in self._component.handlers().items()}

    def _spoiling(self, take: Handler) -> Handler:
        def handle(msg: Any, now: Now) -> Iterable[Output]:
            return self._passed_on(take(msg, now))

        return handle

    def on_timer(self, now: Now) -> Iterable[Output]:
        return self._passed_on(self._component.on_timer(now))

    def _passed_on(self, outputs: Iterable[Output]) -> list[Output]:
        return [
            Output(output.port, message)
            for output in outputs
            for message in self._faults.pass_on(
                self._topics[output.port], output.message, self._time_s()
            )
        ]

    def warm_up(self) -> None:
        self._component.is_listened_to = self.is_listened_to
        self._component.warm_up()

    def reset(self) -> None:
        self._component.reset()

    def health(self, now: Now) -> list[Status]:
        return self._component.health(now)

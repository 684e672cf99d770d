# SPDX-License-Identifier: Apache-2.0
"""Ten thousand hostile messages: no crash, no own fault, and no brake without a declared cause."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aeb_hostile import TOPICS, Sender, anything, stamped, unbelievable
from aeb_makers import NOW, S, make_object

from bulwark_aeb.component import AebSupervisor
from bulwark_aeb.params import AebParams
from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.offline import OfflineHost
from bulwark_msgs.msg import AebState, ControlCommand

CAN_BEGIN = (AebState.STATE_READY, AebState.STATE_DEGRADED)
BRAKES = (AebState.STAGE_PARTIAL, AebState.STAGE_FULL, AebState.STAGE_HOLD)
PARAMS = AebParams()


@dataclass
class Watch:
    """Looks at every command and state; says what must not be."""

    component: AebSupervisor
    wrongs: list[str] = field(default_factory=list)
    command: Any = None
    stage: int = AebState.STAGE_NONE
    states: set[int] = field(default_factory=set)
    stages: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)
    brakes: int = 0

    def __call__(self, topic: str, message: Any, time_ns: int) -> None:
        if topic == "/control/command":
            before, self.command = self.command, message
            if before is not None and message.alive_counter != (before.alive_counter + 1) % 2**32:
                self.wrongs.append(f"alive counter {before.alive_counter}, {message.alive_counter}")
            self.sources.add(message.source)
        elif topic == "/aeb/state":
            self.wrongs += [f"{wrong}: {message.explanation}" for wrong in self._wrong(message)]
            self.stage = message.stage
            self.states.add(message.state)
            self.stages.add(message.stage)

    def _wrong(self, state: Any) -> list[str]:
        """Of a state and of the command sent just before it."""
        command, begun = self.command, self.stage in BRAKES
        figures = (command.brake_deceleration, command.acceleration, command.steering_tyre_angle)
        by_aeb = command.source == ControlCommand.SOURCE_AEB
        brakes = command.brake_deceleration > 0.0
        self.brakes += brakes and by_aeb
        holds = {
            "own fault": state.state == AebState.STATE_FAULT,
            "not finite": not all(map(math.isfinite, figures)),
            "a brake beyond its limit": not 0.0 <= figures[0] <= PARAMS.brake.strongest_demand,
            "a brake of no stage": brakes and by_aeb and state.stage not in BRAKES,
            "a brake of nobody's": brakes and not by_aeb and not self._is_engaged(),
            "began without sight": state.stage in BRAKES and not begun
            and state.state not in CAN_BEGIN,
            "a drive while braking": brakes and command.acceleration > 0.0,
        }  # fmt: skip
        return [name for name, it_does in holds.items() if it_does]

    def _is_engaged(self) -> bool:
        """As the vehicle last said; hostile messages say it too."""
        return self.component._core._driver.engaged


class Storm:
    def __init__(self, seed: int, **values: Any) -> None:
        self.component = AebSupervisor(PARAMS)
        self.component.is_listened_to = lambda port: True
        self.host, self.watch = OfflineHost([self.component]), Watch(self.component)
        self.host.on_output(self.watch)
        self.sender = Sender(random.Random(seed), NOW, **values)
        self.refused = 0

    def blow(self, count: int, share: float) -> Watch:
        for topic, message, now in self.sender.storm(count, share):
            self.host.deliver(topic, message, now)
        self.refused = self.host.hosted["aeb_supervisor"].bad_messages
        return self.watch

    def then_drive(self, gap: float) -> Watch:
        """A second of sound messages, the last 0.6 s of it toward a standing car `gap` ahead."""
        self.watch = replace(self.watch, wrongs=[], states=set(), stages=set())
        self.host.on_output(self.watch)
        start = self.sender.now + S
        for tick in range(60):
            now = self.sender.now = start + tick * S // 50
            for port, topic in TOPICS.items():
                message = self.sender.sound(port)
                if port == "objects":
                    ahead = PARAMS.vehicle.front + 2.0 + gap - 0.2 * (tick - 30)
                    seen = make_object(ahead, id=77, measurements=tick, last_seen_ns=now)
                    message = make_objects([seen] if tick >= 30 else [], now)
                self.host.deliver(topic, stamped(message, now), now)
        return self.watch


def test_nothing_unbelievable_is_braked_for():
    storm = Storm(1, objects=unbelievable)
    watch = storm.blow(4000, 0.5)
    assert watch.wrongs == []
    assert watch.stages == {AebState.STAGE_NONE}
    assert watch.brakes == 0
    assert set(CAN_BEGIN) <= watch.states  # it could have
    assert storm.refused > 100


@pytest.mark.parametrize("seed,engaged", [(2, False), (3, True)])
def test_whatever_comes_brakes_have_a_declared_cause(seed, engaged):
    storm = Storm(seed, objects=anything, engaged=engaged)
    watch = storm.blow(3000, 0.5)
    assert watch.wrongs == []
    assert {AebState.STAGE_PARTIAL, AebState.STAGE_FULL} <= watch.stages
    assert {AebState.STATE_READY, AebState.STATE_UNAVAILABLE} <= watch.states
    assert ControlCommand.SOURCE_AEB in watch.sources
    assert not engaged or ControlCommand.SOURCE_FALLBACK in watch.sources


@pytest.mark.parametrize("seed", [4, 5])
def test_it_works_again_after_the_storm(seed):
    storm = Storm(seed, objects=unbelievable)
    storm.blow(300, 0.9)
    watch = storm.then_drive(9.0)
    assert watch.wrongs == []
    assert AebState.STATE_READY in watch.states
    assert AebState.STAGE_FULL in watch.stages


def test_a_huge_list_is_judged_or_refused():
    storm = Storm(6)
    storm.then_drive(200.0)
    now = storm.sender.now + S // 50
    crowd = [make_object(30.0 + 0.1 * i, 0.05 * i, id=i % 7) for i in range(5000)]
    storm.host.deliver(TOPICS["objects"], make_objects(crowd, now), now)
    assert storm.watch.wrongs == []
    assert storm.component._inputs.objects.stamp_ns == now


def test_the_same_storm_gives_the_same_decisions():
    def sent(seed: int) -> list[tuple[str, str]]:
        storm, seen = Storm(seed, objects=anything), []
        storm.host.on_output(lambda topic, message, _: seen.append((topic, repr(message))))
        storm.blow(60, 0.5)
        return seen

    assert sent(7) == sent(7)

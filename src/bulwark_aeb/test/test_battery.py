# SPDX-License-Identifier: Apache-2.0
"""One battery of rules, inherited by every way of driving: speeds, directions, gears, inputs.

Each class below `Battery` says only how it drives; what must hold is the same for all of them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar

import numpy as np
import pytest
from aeb_makers import NOW, PLAN, S, healthy, make_object

from bulwark_aeb.braking import Approach, latest_brake_time
from bulwark_aeb.core import AebCore, Decision, Function
from bulwark_aeb.gate import Source
from bulwark_aeb.inputs import Feed, Gear, Inputs, VehicleStatus
from bulwark_aeb.monitor import State
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import Stage, StageReason
from bulwark_core.component import Now
from bulwark_core.objects import EgoMotion, TrackedObject

PARAMS = AebParams()
STAGE, VEHICLE = PARAMS.stage, PARAMS.vehicle
TICK = S // 50
HALF = VEHICLE.width / 2.0
EDGES = (-0.2, -0.02, -1e-3, 0.06, 0.2)
"""How far something reaches into the path [m]; between 0 and 0.06 the path is not that certain."""


@dataclass
class Trip:
    """A core that is fed by hand at 50 Hz."""

    battery: Battery
    now: int = NOW
    count: int = 0

    def __post_init__(self) -> None:
        self.core = AebCore(PARAMS)
        self.decisions: list[Decision] = []

    def tick(self, items: Iterable[TrackedObject] = (), **changes: Any) -> Decision:
        """One more decision; the items are seen now. changes: `speed`, or feeds of `Inputs`."""
        self.now, self.count = self.now + TICK, self.count + 1
        speed = changes.pop("speed", self.battery.speed)
        seen = [replace(one, last_seen_ns=self.now) for one in items]
        inputs = replace(self.battery.inputs(self.now, speed, self.count, seen), **changes)
        decision = self.core.update(inputs, Now(self.now, self.now))
        self.decisions.append(decision)
        return decision

    def approach(self, nearer: float = 0.0, **place: Any) -> Iterator[Decision]:
        """Decisions while a standing object comes nearer until 0.2 s after full braking began."""
        gap, left = self.battery.far() - nearer, 10
        while gap > 0.0 and left:
            decision = self.tick([self.battery.ahead(gap, **place)])
            yield decision
            left -= decision.stages.stage is Stage.FULL
            gap -= self.battery.speed / 50.0

    def to_braking(self) -> Decision:
        return next(d for d in self.approach() if d.stages.stage is Stage.FULL)


class Battery:
    """What holds however the car drives."""

    speed: ClassVar[float] = 10.0
    gear: ClassVar[Gear] = Gear.DRIVE
    reverse: ClassVar[bool] = False
    engaged: ClassVar[bool] = False
    source: ClassVar[str] = "objects"
    lost: ClassVar[tuple[str, ...]] = ()
    state: ClassVar[State] = State.READY
    function: ClassVar[Function] = Function.AEB
    curvature: ClassVar[float] = 0.0

    # How it drives.

    def inputs(self, now: int, speed: float, count: int, seen: list[TrackedObject]) -> Inputs:
        angle = math.atan(self.curvature * VEHICLE.wheelbase)
        status = VehicleStatus(self.gear, angle, 0.0, 0.0, engaged=self.engaged)
        inputs = healthy(now, speed=speed, status=status, counter=count)
        signed = -speed if self.reverse else speed
        motion = EgoMotion(now, signed, signed * self.curvature)
        inputs = replace(
            inputs, objects=Feed((), now), odometry=Feed(motion, now), trajectory=Feed(PLAN, now)
        )
        nothing = {name: Feed() for name in self.lost}
        return replace(inputs, **{self.source: Feed(tuple(seen), now)} | nothing)

    def ahead(self, gap: float, y: float = 0.0, **values: Any) -> TrackedObject:
        """A standing object whose near side is `gap` before the leading bumper."""
        bumper = -VEHICLE.rear if self.reverse else VEHICLE.front
        x = bumper + gap + 2.0
        return make_object(-x if self.reverse else x, y, **values)

    @classmethod
    def time_left(cls, gap: float) -> float:
        """Until the latest brake time before something that stands [s]."""
        free = gap - PARAMS.margin.stop - PARAMS.margin.stop_per_speed * cls.speed
        none = np.zeros(1)
        approach = Approach(np.array([free]), cls.speed, 0.0, none, none)
        return float(latest_brake_time(approach, PARAMS.brake.model())[0])

    @classmethod
    @cache
    def far(cls) -> float:
        """A gap at which nothing is due yet [m]."""
        gap = 2.0
        while cls.time_left(gap) < STAGE.warning_lead + 0.2:
            gap *= 1.05
        return gap

    def due(self, left: float) -> Stage:
        if left <= 0.0:
            return Stage.FULL
        if left <= STAGE.prefill_lead:
            return Stage.PREFILL
        warns = self.speed >= STAGE.warning_from and left <= STAGE.warning_lead
        return Stage.WARNING if warns else Stage.NONE

    # What must hold.

    @pytest.mark.parametrize("offset", [0.0, 0.53])
    def test_each_stage_begins_at_its_time(self, offset):
        seen = set()
        for decision in Trip(self).approach(offset * self.speed / 50.0):
            gap = decision.target.gap
            assert decision.stages.stage is self.due(self.time_left(gap)), f"at {gap} m"
            assert decision.target.latest_brake_time == pytest.approx(self.time_left(gap))
            assert decision.health.state is self.state
            seen.add(decision.stages.stage)
            if decision.stages.stage is Stage.FULL:
                break
        assert {Stage.NONE, Stage.PREFILL, Stage.FULL} <= seen
        assert decision.function is self.function
        assert decision.command.brake_deceleration >= PARAMS.brake.emergency_demand

    def test_the_gap_is_that_between_the_bodies(self):
        gap = self.far()
        for decision in Trip(self).approach():
            assert decision.target.gap == pytest.approx(gap, abs=0.06 if self.curvature else 1e-9)
            gap -= self.speed / 50.0

    @pytest.mark.parametrize("receding", [0.0, 0.5, 8.0])
    def test_never_for_what_is_behind_and_recedes(self, receding):
        bumper = VEHICLE.front if self.reverse else -VEHICLE.rear
        away = 1.0 if self.reverse else -1.0
        for gap, y in itertools.product((0.01, 1.0, 30.0), (0.0, 0.8, -0.8)):
            item = make_object(away * (bumper + gap + 2.0), y, vx=away * receding)
            trip = Trip(self)
            for _ in range(4):
                decision = trip.tick([item])
            assert decision.stages.stage is Stage.NONE
            assert decision.target is None

    @pytest.mark.parametrize("side", [1.0, -1.0])
    def test_only_for_what_reaches_into_the_path(self, side):
        for inside in EDGES:
            trip = Trip(self)
            for _ in range(3):
                trip.tick([self.ahead(0.4, side * (HALF + 0.9 - inside))])
            stage = trip.decisions[-1].stages.stage
            assert stage is (Stage.FULL if inside > 0.0 else Stage.NONE), f"{inside} m inside"

    def test_nearer_never_does_less(self):
        """Each distance by itself, seen three times, no approach before it."""
        before = Stage.FULL, math.inf
        for gap in np.linspace(0.1, self.far(), 25):
            trip = Trip(self)
            for _ in range(3):
                trip.tick([self.ahead(float(gap))])
            stages = trip.decisions[-1].stages
            now = stages.stage, stages.demand
            assert now <= before, f"at {gap} m"
            before = now
        assert before == (Stage.NONE, 0.0)

    def test_left_and_right_are_the_same(self):
        left = list(Trip(self).approach(y=1.2))
        right = list(Trip(self.mirrored()).approach(y=-1.2))
        for one, other in zip(left, right, strict=True):
            assert one.stages.stage is other.stages.stage
            assert one.stages.demand == pytest.approx(other.stages.demand, abs=1e-9)
            assert one.path.curvature == pytest.approx(-other.path.curvature, abs=1e-12)

    def mirrored(self) -> Battery:
        other = type(self)()
        other.curvature = -self.curvature
        return other

    def test_every_decision_obeys_the_rules_of_the_gate(self):
        trip = Trip(self)
        list(trip.approach())
        for index, decision in enumerate(trip.decisions):
            command, stage = decision.command, decision.stages.stage
            assert command.alive_counter == index + 1
            assert 0.0 <= command.brake_deceleration <= PARAMS.brake.strongest_demand
            assert command.torque_cut is stage.intervenes
            assert (command.brake_deceleration > 0.0) is stage.brakes
            assert (command.source is Source.AEB) is stage.brakes
            assert command.acceleration <= -command.brake_deceleration or not stage.brakes
            assert command.lateral_active is self.engaged
            assert command.hazard_lights is stage.brakes

    @pytest.mark.parametrize("name", ["objects", "odometry"])
    def test_blind_begins_nothing_and_lets_nothing_go(self, name):
        trip = Trip(self)
        gap = self.far()
        for _ in range(3):
            trip.tick([self.ahead(gap)])
        old = {name: getattr(self.inputs(trip.now, self.speed, 0, []), name)}
        trip.now += S // 2
        for decision in (trip.tick([self.ahead(1.0)], **old) for _ in range(10)):
            assert decision.health.state is State.UNAVAILABLE
            assert not decision.stages.stage.brakes
        trip = Trip(self)
        demand = trip.to_braking().stages.demand
        inputs = self.inputs(trip.now, self.speed, 0, [self.ahead(2.0)])
        old = {name: getattr(inputs, name)}
        for _ in range(15):  # its age limit
            trip.tick([self.ahead(2.0)], **old)
        for decision in (trip.tick([self.ahead(2.0)], **old) for _ in range(10)):
            assert decision.health.state is State.UNAVAILABLE
            assert decision.stages.stage in (Stage.FULL, Stage.HOLD)
            assert decision.stages.demand >= min(demand, PARAMS.brake.hold_demand)

    def test_standstill_is_held_until_the_driver_acts(self):
        trip = Trip(self)
        trip.to_braking()
        for _ in range(20):
            held = trip.tick([self.ahead(0.7)], speed=0.0)
        assert held.stages.stage is Stage.HOLD
        assert held.command.standstill_hold
        assert held.command.brake_deceleration >= PARAMS.brake.hold_demand
        status = replace(self.inputs(trip.now, 0.0, 0, []).status.value, accelerator=0.3)
        acts = trip.tick([self.ahead(0.7)], speed=0.0, status=Feed(status, trip.now + TICK))
        assert acts.stages.stage is Stage.NONE
        assert acts.stages.reason is StageReason.RELEASED

    def test_a_target_that_goes_away_is_let_go(self):
        """But what vanishes right before the bumper may be under it."""
        trip = Trip(self)
        left = trip.to_braking().target.gap - self.speed * PARAMS.confirm.memory
        near = left <= STAGE.insisted_within
        after = [trip.tick().stages.stage for _ in range(50)]
        assert after[0] is Stage.FULL
        if near:
            assert set(after) == {Stage.FULL}
        else:
            lasted = after.index(Stage.NONE) / 50.0
            assert STAGE.release_time <= lasted <= STAGE.release_time + PARAMS.confirm.memory + 0.04
            assert after[-1] is Stage.NONE


class Warned(Battery):
    """Fast enough for a warning: the driver may decide otherwise."""

    def press(self, stroke: float, now: int) -> dict[str, Any]:
        status = self.inputs(now, self.speed, 0, []).status.value
        return {"status": Feed(replace(status, accelerator=stroke), now)}

    @pytest.mark.parametrize("stroke,overrides", [(0.89, False), (0.9, True), (1.0, True)])
    def test_full_accelerator_after_the_warning_overrides_while_held(self, stroke, overrides):
        trip = Trip(self)
        for decision in trip.approach():
            if decision.stages.stage is Stage.WARNING:
                break
        gap = decision.target.gap
        while gap > 1.0:
            gap -= self.speed / 50.0
            decision = trip.tick([self.ahead(gap)], **self.press(stroke, trip.now + TICK))
        assert (decision.stages.stage is Stage.FULL) is not overrides
        assert decision.driver_override is overrides
        assert trip.tick([self.ahead(gap)]).stages.stage is Stage.FULL

    def test_an_accelerator_held_since_before_overrides_nothing(self):
        trip, gap, decision = Trip(self), self.far(), None
        while decision is None or decision.stages.stage < Stage.PARTIAL:
            decision = trip.tick([self.ahead(gap)], **self.press(1.0, trip.now + TICK))
            gap -= self.speed / 50.0
            assert gap > 0.0


class TestForward(Warned):
    pass


class TestForwardAtTheLowestWarned(Warned):
    speed = 2.78


class TestForwardAsFastAsItGoes(Warned):
    speed = 37.5


class TestForwardWalking(Battery):
    speed, function = 1.4, Function.LOW_SPEED


class TestForwardRollingBackInReverse(Warned):
    """The direction is that of the motion, whatever the gear."""

    gear = Gear.REVERSE


class TestReverse(Battery):
    speed, gear, reverse, function = 2.5, Gear.REVERSE, True, Function.REAR_AEB


class TestReverseFast(Warned):
    speed, gear, reverse, function = 8.3, Gear.REVERSE, True, Function.REAR_AEB


class TestEngaged(Warned):
    engaged = True


class TestStaticObstacles(Warned):
    source = "static_obstacles"


class TestNoCamera(Warned):
    lost, state = ("camera",), State.DEGRADED

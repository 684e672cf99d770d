# SPDX-License-Identifier: Apache-2.0
"""The supervisor's decision: inputs and time in; state, stage and command out. No ROS."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from bulwark_aeb import attention, gate, mai, stages
from bulwark_aeb import ego as own
from bulwark_aeb.assess import Hits, Threat, find_hits, judge
from bulwark_aeb.attention import Inattention, Recall
from bulwark_aeb.confirm import Memory, confirmations, lead_deceleration, remember
from bulwark_aeb.driver import Driver, watch
from bulwark_aeb.ego import Ego
from bulwark_aeb.explain import explain
from bulwark_aeb.gate import Command, GateState, Traffic
from bulwark_aeb.inputs import Feed, Gear, Inputs, Objects, seconds
from bulwark_aeb.mai import MaiState, Pedal
from bulwark_aeb.monitor import Clock, Health, Jump, State, check, is_feasible
from bulwark_aeb.overlap import outside
from bulwark_aeb.params import AebParams
from bulwark_aeb.path import Body, Path
from bulwark_aeb.plan import bend, planned_curve
from bulwark_aeb.scene import Key, Scene, believable, build_scene, join, move_to
from bulwark_aeb.stages import Situation, Stage, StageReason, StageState
from bulwark_aeb.steering import Steering, follow_wheel, steered
from bulwark_core.component import Now
from bulwark_core.frozen import replace
from bulwark_core.objects import TrackedObject

LONGEST_STEP = 0.1
"""Dead reckoning between two decisions spans no more than this [s]."""


class Function(IntEnum):
    """The functions of bulwark_msgs/AebState."""

    NONE = 0
    AEB = 1
    REAR_AEB = 2
    LOW_SPEED = 3
    MAI = 4


@dataclass(frozen=True)
class Decision:
    """One decision and all the figures behind it.

    stages: what counts, of emergency braking and misacceleration inhibition together. target: what
    the stage is about, else the most urgent threat, else None. speed: signed [m/s]. recall: how far
    an inattentive driver is called back.
    """

    health: Health
    stages: StageState
    command: Command
    function: Function
    explanation: str
    target: Threat | None
    speed: float
    path: Path
    driver_override: bool
    lidar_stamp_ns: int
    recall: Recall = Recall.NONE


class AebCore:
    """Keeps what must be known from one decision to the next; `update` is called in time order."""

    def __init__(self, params: AebParams) -> None:
        self._params = params
        self._body = Body.of(params.vehicle)
        self._gate = GateState()
        self.reset()

    def reset(self) -> None:
        """Forget everything that depends on time; only the alive counter goes on."""
        self._clock: Clock | None = None
        self._ego: Ego | None = None
        self._driver = Driver()
        self._steering: Steering | None = None
        self._pedal = Pedal()
        self._mai = MaiState()
        self._inattention = Inattention()
        self._stages = StageState()
        self._gate = GateState(counter=self._gate.counter)
        self._speed = 0.0
        self._reverse = False
        self._free = self._params.fallback.sight
        self._forget_objects()

    def _forget_objects(self) -> None:
        self._memory: Memory = {}
        self._remembered: tuple[int, ...] = ()
        self._scenes: dict[str, Scene] = {}
        self._believable: dict[str, bool] = {}

    def count_from(self, counter: int) -> None:
        """Go on counting from a command that was sent in place of a decision's."""
        self._gate = replace(self._gate, counter=counter)

    def update(self, inputs: Inputs, now: Now) -> Decision:
        """The decision at `now`; deterministic in the sequence of inputs and times."""
        step = self._tick(now)
        before = self._speed
        self._follow(inputs, now.ns, step)
        travelled = (before + self._speed) / 2.0 * step
        self._take_objects("lidar", inputs.objects)
        self._take_objects("static", inputs.static_obstacles)
        self._take_objects("points", inputs.unlisted)
        assert self._clock is not None
        health = check(
            inputs,
            self._ego,
            self._clock,
            self._driver.engaged,
            all(self._believable.values()),
            self._params,
        )
        measured = self._path()
        path = self._bent(inputs, health, measured)
        threats, seen = self._judge(inputs, health, (path, measured), now.ns, travelled)
        situation = Situation(
            now.ns, self._speed, travelled, threats, seen, health.can_judge, self._driver,
            self._own_deceleration(), stages.stop_margin(self._stages, self._speed, self._params),
            not all(self._believable.values()),
        )  # fmt: skip
        effective = self._step_stages(situation)
        self._call_driver(effective, step)
        command = self._command(inputs, health, situation, effective)
        return self._decision(inputs, health, command, path, threats, effective)

    # Time and own motion.

    def _tick(self, now: Now) -> float:
        """Time since the last decision [s]; forgets what a jump of the clock made worthless."""
        before = self._clock
        if before is None:
            self._clock = Clock.start(now.ns, now.steady_ns)
            return 0.0
        clock, jump = before.tick(now.ns, now.steady_ns, self._params.age)
        if jump is Jump.BACK:
            self.reset()
        elif jump is Jump.AHEAD:
            self._forget_objects()
        self._clock = clock
        return min(max(seconds(now.ns - before.ns), 0.0), LONGEST_STEP)

    def _follow(self, inputs: Inputs, now_ns: int, step: float) -> None:
        """Own motion and driver; without odometry the speed falls as commanded."""
        params, ages = self._params, self._params.age
        is_known = inputs.status.is_fresh(now_ns, ages.status)
        status = inputs.status.value if is_known else None
        self._driver = watch(self._driver, status, now_ns, params)
        angle = math.nan if status is None else status.steering_tyre_angle
        self._steering = follow_wheel(self._steering, angle, inputs.status.stamp_ns)
        self._pedal = mai.follow_pedal(self._pedal, status, inputs.status.stamp_ns, params.mai)
        feed = inputs.odometry
        if feed.value is None or not feed.is_fresh(now_ns, ages.odometry):
            self._speed = max(self._speed - self._stages.demand * step, 0.0)
            return
        if self._ego is None or feed.stamp_ns > self._ego.stamp_ns:
            self._ego = own.follow(self._ego, feed.value, params)
        gear = self._driver.gear is Gear.REVERSE
        self._reverse = own.drives_backwards(self._ego.speed, gear)
        self._speed = max(-self._ego.speed if self._reverse else self._ego.speed, 0.0)

    def _path(self) -> Path:
        if self._ego is None:
            return Path(0.0, 0.0, self._reverse)
        params = self._params
        angle = self._driver.tyre_angle if self._driver.seen else math.nan
        path = own.predict_path(self._ego, angle, self._reverse, params.vehicle, params.path)
        return steered(path, self._steering, params.vehicle)

    def _own_deceleration(self) -> float:
        if self._ego is None:
            return 0.0
        return self._ego.deceleration(self._reverse, self._params.plausible)

    # Objects.

    def _take_objects(self, source: str, feed: Feed[Objects]) -> None:
        """Arrays from a list that is new, without what cannot be."""
        known = self._scenes.get(source)
        if feed.value is None or (known is not None and known.stamp_ns == feed.stamp_ns):
            return
        good = believable(feed.value, self._params.plausible)
        self._scenes[source] = build_scene(feed.stamp_ns, good, source)
        self._believable[source] = len(good) == len(feed.value)

    def _scene(self, inputs: Inputs, ego: Ego, now_ns: int) -> Scene:
        """All objects as seen from where the ego is now."""
        scene = self._moved("lidar", ego, now_ns)
        for source, feed in (("static", inputs.static_obstacles), ("points", inputs.unlisted)):
            if feed.value and feed.is_fresh(now_ns, self._params.age.static):
                scene = join(scene, self._moved(source, ego, now_ns))
        return scene

    def _moved(self, source: str, ego: Ego, now_ns: int) -> Scene:
        scene = self._scenes[source]
        age = seconds(now_ns - scene.stamp_ns)
        speed = ego.mean_speed(age, self._params.plausible)
        return move_to(scene, now_ns, speed, ego.yaw_rate)

    def _bent(self, inputs: Inputs, health: Health, path: Path) -> Path:
        """The path as the planner means to drive it, while it drives and nothing intervenes."""
        points = inputs.trajectory.value
        drives = self._driver.engaged and not health.planner_failed and points is not None
        if not drives or not is_feasible(inputs, self._params) or self._stages.stage.brakes:
            return path
        age = inputs.trajectory.age(self._clock.ns) if self._clock else 0.0
        curve = planned_curve(points or (), max(age, 0.0), self._reverse, self._params.path)
        return path if curve is None else bend(path, curve, self._params.path)

    def _judge(
        self, inputs: Inputs, health: Health, paths: tuple[Path, Path], now_ns: int,
        travelled: float,
    ) -> tuple[list[Threat], frozenset[Key]]:  # fmt: skip
        """Threats and all objects seen; keeps the free space up to date.

        paths: bent by the plan, and measured. No plan may veto a stop: what lies on the measured
        path counts from its latest brake time on, wherever the planner means to go.
        """
        if not health.can_judge or self._ego is None:
            self._free -= travelled
            return [], frozenset()
        scene = self._scene(inputs, self._ego, now_ns)
        if not self._stages.stage.brakes:  # it must start no braking; what goes on, goes on
            scene = outside(scene, self._body)
        bent, measured = paths
        hits = self._hits(scene, bent)
        self._free = float(hits.gap.min(initial=self._params.fallback.sight))
        if bent is measured:
            self._remember(hits)
            return self._threats(hits, bent, now_ns), frozenset(scene.keys)
        straight_on = self._hits(scene, measured)
        self._free = float(straight_on.gap.min(initial=self._free))
        self._remember(hits, straight_on)
        threats = self._threats(hits, bent, now_ns)
        late = [t for t in self._threats(straight_on, measured, now_ns) if t.latest_brake_time <= 0]
        threats = _most_urgent([*late, *threats])
        return threats, frozenset(scene.keys)

    def _hits(self, scene: Scene, path: Path) -> Hits:
        params = self._params
        return find_hits(
            scene, path, self._body, self._speed, self._horizon(), params.confirm, params.margin
        )

    def _horizon(self) -> float:
        """Farther than anything that can call for a warning, oncoming traffic included [m]."""
        lead = self._params.stage.warning_lead + self._params.stage.inattentive_lead
        stop = self._params.brake.model().stopping_distance(self._speed)
        return max(2.0 * (stop + lead * self._speed) + 10.0, self._params.fallback.sight)

    def _remember(self, *paths: Hits) -> None:
        """Evidence grows with new measurements only, not with every decision."""
        newest = tuple(known.stamp_ns for known in self._scenes.values())
        keys = [key for hits in paths for key in hits.scene.keys]
        if newest == self._remembered and all(key in self._memory for key in keys):
            return
        self._remembered = newest
        self._look_at(paths)

    def _look_at(self, paths: Sequence[Hits]) -> None:
        """One look at each object, whichever paths it is on."""
        assert self._ego is not None
        seen: dict[Key, tuple[TrackedObject, float]] = {}
        for hits in paths:
            scene = hits.scene
            for key, item, speed in zip(
                scene.keys, scene.objects, hits.speed.tolist(), strict=True
            ):
                seen.setdefault(key, (item, speed))
        items, speeds = [item for item, _ in seen.values()], [speed for _, speed in seen.values()]
        stamps = [
            item.last_seen_ns or self._scenes[key[0]].stamp_ns
            for key, item in zip(seen, items, strict=True)
        ]
        self._memory = remember(
            self._memory, list(seen), items, speeds, stamps,
            self._ego.speed, self._ego.yaw_rate, self._params.confirm,
        )  # fmt: skip

    def _threats(self, hits: Hits, path: Path, now_ns: int) -> list[Threat]:
        params, scene = self._params, hits.scene
        looks = [self._memory[key] for key in scene.keys]
        sure = confirmations(scene.objects, looks, hits.gap.tolist(), params.confirm)
        braking = np.array([lead_deceleration(look, params.confirm) for look in looks])
        age = np.array([seconds(now_ns - self._scenes[key[0]].stamp_ns) for key in scene.keys])
        credit = stages.credited_deceleration(self._own_deceleration(), params)
        return judge(
            hits.braked(braking, age), sure, braking, path, self._body, self._speed, credit,
            stages.stop_margin(self._stages, self._speed, params), params.brake.model(),
            params.path.deviations, params.margin, goes_on=self._stages.stage.brakes,
        )  # fmt: skip

    # Stages and driver.

    def _step_stages(self, situation: Situation) -> StageState:
        """The stage that counts. A wrong press is judged first: it must not override braking."""
        params = self._params
        self._mai = mai.step(self._mai, situation, self._pedal, self._reverse, params)
        situation = replace(situation, driver=mai.judged_driver(situation.driver, self._mai))
        self._stages = stages.step(self._stages, situation, params)
        return mai.impose(self._stages, self._mai, situation, params)

    def _call_driver(self, effective: StageState, step: float) -> None:
        """Call an inattentive driver back while nothing graver goes on."""
        params, busy = self._params, effective.stage.intervenes or self._gate.since_ns is not None
        quiet = not busy and self._speed > params.stage.standstill
        self._inattention = attention.follow(
            self._inattention, self._driver, quiet, step, params.attention
        )

    # What comes out.

    def _command(
        self, inputs: Inputs, health: Health, situation: Situation, effective: StageState
    ) -> Command:
        usable = not health.planner_failed and self._driver.seen
        usable = usable and is_feasible(inputs, self._params)
        traffic = Traffic(
            situation.now_ns,
            self._driver,
            inputs.planned.value if usable else None,
            effective,
            health.can_judge,
            situation.speed,
            situation.own_deceleration,
            self._free,
            self._inattention.recall,
            attention.jerk(self._inattention, self._params.attention),
        )
        self._gate, command = gate.arbitrate(self._gate, traffic, self._params)
        return command

    def _decision(
        self, inputs: Inputs, health: Health, command: Command, path: Path, threats: list[Threat],
        state: StageState,
    ) -> Decision:  # fmt: skip
        recall = self._inattention.recall
        if recall is not Recall.NONE and state.stage is Stage.NONE:
            state = replace(state, reason=StageReason.INATTENTION)
        target = state.target or (threats[0] if threats else None)
        return Decision(
            health,
            state,
            command,
            self._function(),
            explain(health, state, self._gate.since_ns is not None, recall),
            target,
            -self._speed if self._reverse else self._speed,
            path,
            state.reason is StageReason.DRIVER_OVERRIDE or self._mai.insists,
            inputs.objects.stamp_ns,
            recall,
        )

    def _function(self) -> Function:
        if self._mai.suppresses:
            return Function.MAI
        if self._stages.stage is Stage.NONE:
            return Function.NONE
        if self._reverse:
            return Function.REAR_AEB
        fast = max(self._speed, self._stages.entry_speed) >= self._params.stage.warning_from
        return Function.AEB if fast else Function.LOW_SPEED


def _most_urgent(threats: Sequence[Threat]) -> list[Threat]:
    """Each object once, the most urgent first."""
    chosen: dict[Key, Threat] = {}
    for threat in sorted(threats, key=lambda one: one.latest_brake_time):
        chosen.setdefault(threat.key, threat)
    return list(chosen.values())


def faulted(last: Decision | None, error: Exception, params: AebParams) -> Decision:
    """What is sent when deciding itself failed: a named state, and no weaker brake than before."""
    if last is None:
        last = Decision(
            Health(State.FAULT, ()), StageState(), Command(), Function.NONE, "", None, 0.0,
            Path(0.0), False, 0,
        )  # fmt: skip
    return replace(
        last,
        health=Health(State.FAULT, ()),
        command=gate.after_fault(last.command, params),
        explanation=f"own fault: {type(error).__name__}: {error}",
    )

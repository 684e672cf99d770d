# SPDX-License-Identifier: Apache-2.0
"""What is kept of an intervention: what was seen, predicted and decided, from before to after it.

While nothing happens only references are kept. The record is made once, after the intervention.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bulwark_aeb.core import Decision, Function
from bulwark_aeb.inputs import Inputs, Objects, nanoseconds, seconds
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import Stage
from bulwark_core.objects import EgoMotion, TrackedObject

FORMAT = "bulwark intervention 1"
BEFORE, AFTER = 3.0, 1.0
"""What is kept before the intervention and after its end [s]."""
LONGEST = 30.0
"""A record ends here even where the intervention does not [s]."""


@dataclass(frozen=True)
class Moment:
    """A decision with what it was made of."""

    now_ns: int
    decision: Decision
    inputs: Inputs

    @property
    def intervenes(self) -> bool:
        """Braking, or holding back the torque of a misplaced foot."""
        stages = self.decision.stages
        pedal = self.decision.function is Function.MAI and stages.stage is not Stage.HOLD
        return stages.stage.brakes or (pedal and stages.stage is not Stage.NONE)


class InterventionRecorder:
    """Watches all decisions and gives a record, ready for JSON, after each intervention."""

    def __init__(self, params: AebParams) -> None:
        self._params = params
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._moments: deque[Moment] = deque()
        self._began_ns: int | None = None
        self._last_ns = 0

    def add(self, moment: Moment) -> dict[str, Any] | None:
        """The record of an intervention that ended `AFTER` seconds ago, else None."""
        if self._moments and moment.now_ns < self._moments[-1].now_ns:
            self.reset()
        self._moments.append(moment)
        if moment.intervenes:
            self._last_ns = moment.now_ns
            self._began_ns = moment.now_ns if self._began_ns is None else self._began_ns
        if self._began_ns is None:
            self._drop_old(moment.now_ns)
            return None
        over = seconds(moment.now_ns - self._last_ns) >= AFTER
        if not over and seconds(moment.now_ns - self._began_ns) < LONGEST:
            return None
        record = make_record(tuple(self._moments), self._began_ns, self._params)
        self.reset()
        return record

    def _drop_old(self, now_ns: int) -> None:
        while self._moments[0].now_ns < now_ns - nanoseconds(BEFORE):
            self._moments.popleft()


def make_record(moments: Sequence[Moment], began_ns: int, params: AebParams) -> dict[str, Any]:
    """The record of these moments; times count from the first one [s]. Only finite numbers, so
    that it is JSON: what has no value is None.
    """
    start_ns = moments[0].now_ns
    first = next(one for one in moments if one.now_ns == began_ns)
    return {
        "format": FORMAT,
        "start_ns": start_ns,
        "began_s": seconds(began_ns - start_ns),
        "summary": _summary(moments, first),
        "vehicle": asdict(params.vehicle),
        "brake": asdict(params.brake),
        "decisions": _columns(_decision_row(one, start_ns) for one in moments),
        "motion": _columns(_motion_row(one, start_ns) for one in _news(moments, "odometry")),
        "scenes": [
            _scene(one, start_ns, source)
            for source in ("objects", "static_obstacles", "unlisted")
            for one in _news(moments, source)
        ],
    }


def _summary(moments: Sequence[Moment], first: Moment) -> dict[str, Any]:
    """The figures that people ask for first."""
    decision, target = first.decision, first.decision.target
    requests = [one.decision.command.brake_deceleration for one in moments]
    warned = next((one for one in moments if one.decision.stages.stage is not Stage.NONE), first)
    return {
        "function": decision.function.name,
        "explanation": decision.explanation,
        "speed": abs(decision.speed),
        "speed_after": abs(moments[-1].decision.speed),
        "target_id": 0 if target is None else target.item.id,
        "target_class": "" if target is None else target.item.object_class.name.lower(),
        "target_source": "" if target is None else target.key[0],
        "gap": None if target is None else _finite(target.gap),
        "time_to_collision": None if target is None else _finite(target.ttc),
        "latest_brake_time": None if target is None else _finite(target.latest_brake_time),
        "warned_before_s": seconds(first.now_ns - warned.now_ns),
        "peak_request": max(requests),
        "ages": {name: _finite(age) for name, age in _ages(first).items()},
    }


def _ages(moment: Moment) -> dict[str, float]:
    names = ("objects", "static_obstacles", "odometry", "status", "planned", "camera")
    return {name: getattr(moment.inputs, name).age(moment.now_ns) for name in names}


def _decision_row(moment: Moment, start_ns: int) -> dict[str, Any]:
    decision, target = moment.decision, moment.decision.target
    row: dict[str, Any] = {
        "t": seconds(moment.now_ns - start_ns),
        "state": decision.health.state.name,
        "reasons": [reason.name for reason in decision.health.reasons],
        "stage": decision.stages.stage.name,
        "stage_reason": decision.stages.reason.name,
        "function": decision.function.name,
        "explanation": decision.explanation,
        "speed": decision.speed,
        "curvature": decision.path.curvature,
        "curvature_deviation": decision.path.deviation,
        "brake_request": decision.command.brake_deceleration,
        "torque_cut": decision.command.torque_cut,
        "source": decision.command.source.name,
        "override": decision.driver_override,
        "target_id": 0 if target is None else target.item.id,
    }
    status = moment.inputs.status.value
    row["accelerator"] = None if status is None else _finite(status.accelerator)
    row["driver_brake"] = None if status is None else _finite(status.brake)
    for name in _TARGET_FIGURES:
        row[name] = None if target is None else _finite(getattr(target, name))
    row["confirmation"] = None if target is None else target.confirmation.name
    return row


_TARGET_FIGURES = (
    "gap",
    "closing_speed",
    "lead_speed",
    "lead_deceleration",
    "ttc",
    "latest_brake_time",
    "required_deceleration",
)


def _news(moments: Sequence[Moment], name: str) -> list[Moment]:
    """The first moment with each new message of an input."""
    known, news = None, []
    for moment in moments:
        feed = getattr(moment.inputs, name)
        if feed.value is not None and feed.stamp_ns != known:
            known = feed.stamp_ns
            news.append(moment)
    return news


def _motion_row(moment: Moment, start_ns: int) -> dict[str, Any]:
    motion = moment.inputs.odometry.value
    assert isinstance(motion, EgoMotion)
    return {
        "t": seconds(moment.inputs.odometry.stamp_ns - start_ns),
        "x": motion.x,
        "y": motion.y,
        "yaw": motion.yaw,
        "speed": motion.speed,
        "yaw_rate": motion.yaw_rate,
    }


def _scene(moment: Moment, start_ns: int, source: str) -> dict[str, Any]:
    """A list of objects, in base_link at its stamp `t`; `known_at`: the decision that had it."""
    feed = getattr(moment.inputs, source)
    objects: Objects = feed.value
    return {
        "source": source,
        "t": seconds(feed.stamp_ns - start_ns),
        "known_at": seconds(moment.now_ns - start_ns),
        "objects": [_object(item) for item in objects],
    }


def _object(item: TrackedObject) -> dict[str, Any]:
    return {
        "id": item.id,
        "class": item.object_class.name.lower(),
        "motion": item.motion.name.lower(),
        "x": round(item.x, 3),
        "y": round(item.y, 3),
        "yaw": round(item.yaw, 4),
        "length": round(item.length, 3),
        "width": round(item.width, 3),
        "vx": round(item.vx, 3),
        "vy": round(item.vy, 3),
        "existence": round(item.existence, 3),
        "measurements": item.measurements,
        "outline": item.outline.round(3).tolist(),
    }


def _columns(rows: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    """Rows with the same fields as a list for each field."""
    rows = list(rows)
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None

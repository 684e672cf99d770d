# SPDX-License-Identifier: Apache-2.0
"""The aeb_supervisor component: feeds the core, decides at once on new objects and on its timer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from std_msgs.msg import String

from bulwark_aeb.core import AebCore, Decision, faulted
from bulwark_aeb.ego import is_plausible
from bulwark_aeb.inputs import Inputs
from bulwark_aeb.markers import make_markers
from bulwark_aeb.messages import (
    FRAME,
    make_command,
    make_state,
    read_planned,
    read_status,
    read_trajectory,
)
from bulwark_aeb.monitor import State
from bulwark_aeb.params import AebParams
from bulwark_aeb.path import Path
from bulwark_aeb.record import InterventionRecorder, Moment
from bulwark_aeb.unlisted import Unlisted
from bulwark_core.component import Component, Handler, Now, Output
from bulwark_core.convert.clouds import read_cloud
from bulwark_core.convert.object_arrays import read_objects, read_sensor_health
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.errors import BadMessageError
from bulwark_core.frozen import replace
from bulwark_core.health import Level, Sight, Status

MARKERS_EVERY_NS = 100_000_000
_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
_LEVELS = {
    State.STARTING: Level.STALE,
    State.READY: Level.OK,
    State.DEGRADED: Level.DEGRADED,
    State.UNAVAILABLE: Level.ERROR,
    State.FAULT: Level.ERROR,
}


class AebSupervisor(Component):
    """Emergency braking and the gate that every command passes."""

    name = "aeb_supervisor"

    def __init__(self, params: AebParams) -> None:
        super().__init__()
        self._params = params
        self._core = AebCore(params)
        self._unlisted = Unlisted(params)
        self._recorder = InterventionRecorder(params)
        self._decision: Decision | None = None
        self.timer_period_s = 1.0 / params.timer_rate
        self.reset()

    def reset(self) -> None:
        self._inputs = Inputs()
        self._core.reset()
        self._unlisted.reset()
        self._recorder.reset()
        self._marked_ns = 0

    def warm_up(self) -> None:
        """Imports and caches of NumPy are filled by one decision on nothing."""
        AebCore(self._params).update(Inputs(), Now(0, 0))

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "objects": self._on_objects,
            "static_obstacles": self._feeder("static_obstacles", _read_objects),
            "obstacle_points": self._feeder("unlisted", self._read_points),
            "camera_objects": self._feeder("camera", lambda _: True),
            "odometry": self._feeder("odometry", self._read_odometry),
            "status": self._feeder("status", read_status),
            "trajectory": self._feeder("trajectory", read_trajectory),
            "planned": self._on_planned,
        }

    def _feeder(self, name: str, read: Callable[[Any], Any]) -> Handler:
        def feed(msg: Any, now: Now) -> Iterable[Output]:
            self._feed(name, read, msg, now)
            return ()

        return feed

    def _feed(self, name: str, read: Callable[[Any], Any], msg: Any, now: Now) -> None:
        """Take a message; one that contradicts itself is refused, and the host reports it."""
        feed = getattr(self._inputs, name)
        try:
            value = read(msg)
        except BadMessageError as error:
            self._inputs = replace(self._inputs, **{name: feed.refuse(str(error))})
            raise
        stamp = stamp_ns(msg.header.stamp)
        accepted = feed.accept(value, stamp, now.ns, self._params.age.future)
        self._inputs = replace(self._inputs, **{name: accepted})

    def _on_objects(self, msg: Any, now: Now) -> Iterable[Output]:
        self._feed("lidar_health", read_sensor_health, msg, now)
        if read_sensor_health(msg).sight is not Sight.BLIND:  # a blind list says nothing
            self._feed("objects", _read_objects, msg, now)
        return self._decide(now)

    def _on_planned(self, msg: Any, now: Now) -> Iterable[Output]:
        known = self._inputs.planned.value
        if known is None or known.alive_counter != msg.alive_counter:
            self._feed("planned", read_planned, msg, now)
        return ()

    def _read_points(self, msg: Any) -> Any:
        cloud = read_cloud(msg)
        _check_frame(msg, "obstacle points")
        path = Path(0.0) if self._decision is None else self._decision.path
        return self._unlisted.look(cloud.xyz, cloud.stamp_ns, self._inputs, path)

    def _read_odometry(self, msg: Any) -> Any:
        motion = read_odometry(msg)
        if not is_plausible(motion, self._params.plausible):
            raise BadMessageError(f"own speed of {motion.speed:g} m/s is not plausible")
        return motion

    def on_timer(self, now: Now) -> Iterable[Output]:
        return self._decide(now)

    def _decide(self, now: Now) -> list[Output]:
        try:
            decision = self._core.update(self._inputs, now)
        except _FAULTS as error:  # its own fault must end in a named state, not in silence
            decision = faulted(self._decision, error, self._params)
            self._core.count_from(decision.command.alive_counter)
        self._decision = decision
        outputs = [
            Output("command", make_command(decision.command, decision.lidar_stamp_ns, now.ns)),
            Output("state", make_state(decision, self._inputs, now.ns)),
        ]
        if now.ns - self._marked_ns >= MARKERS_EVERY_NS and self.is_listened_to("markers"):
            self._marked_ns = now.ns
            markers = make_markers(decision, self._params.vehicle, now.ns, FRAME)
            outputs.append(Output("markers", markers))
        record = self._recorder.add(Moment(now.ns, decision, self._inputs))
        if record is not None:
            outputs.append(Output("interventions", String(data=json.dumps(record))))
        return outputs

    def why_needed(self, now: Now) -> str:
        """While it brakes or the vehicle moves, it stays: after it the vehicle has no AEB."""
        decision = self._decision
        if decision is not None and decision.stages.stage.brakes:
            return f"the AEB brakes: {decision.stages.stage.name}"
        odometry = self._inputs.odometry
        if odometry.value is None or not odometry.is_fresh(now.ns, self._params.age.odometry):
            return ""
        speed = odometry.value.speed
        return (
            f"the vehicle moves at {speed:.1f} m/s"
            if abs(speed) > self._params.stage.standstill
            else ""
        )

    def health(self, now: Now) -> list[Status]:
        if self._decision is None:
            return [Status("aeb", Level.STALE, "no decision yet")]
        decision = self._decision
        age = self._inputs.objects.age(now.ns)
        values = {
            "state": decision.health.state.name,
            "reasons": ", ".join(reason.name for reason in decision.health.reasons) or "none",
            "stage": decision.stages.stage.name,
            "lidar_age_s": f"{age:.3f}",
            "lidar": decision.health.detail or "nothing said",
            "odometry_age_s": f"{self._inputs.odometry.age(now.ns):.3f}",
        }
        values |= {f"{name}_refused": why for name, why in self._refusals().items()}
        level = _LEVELS[decision.health.state]
        return [Status("aeb", level, decision.health.state.name.lower(), values)]

    def _refusals(self) -> dict[str, str]:
        feeds = {name: getattr(self._inputs, name).refused for name in vars(self._inputs)}
        return {name: why for name, why in feeds.items() if why}


def _read_objects(msg: Any) -> Any:
    _check_frame(msg, "objects")
    return tuple(read_objects(msg))


def _check_frame(msg: Any, what: str) -> None:
    frame = msg.header.frame_id
    if frame != FRAME:
        raise BadMessageError(f"{what} are in frame '{frame}'; they must be in '{FRAME}'")

# SPDX-License-Identifier: Apache-2.0
"""What makes a moment worth keeping. Each watcher sees messages and says when it begins.

Numbers: a driver seldom brakes harder than 3 to 4 m/s^2, and a time to collision below 1.5 s is
what studies of natural driving call a near crash.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bulwark_msgs.msg import AebState, ControlCommand
from bulwark_replay.names import reason_name, stage_name, state_name

AEB_STATE, STATUS, ODOMETRY = "/aeb/state", "/vehicle/status", "/vehicle/odometry"
PLANNED, COMMAND, DIAGNOSTICS = "/control/planned", "/control/command", "/diagnostics"
WATCHED = (AEB_STATE, STATUS, ODOMETRY, PLANNED, COMMAND, DIAGNOSTICS)

INTEREST = {
    "intervention": 100,
    "requested": 90,
    "fault": 70,
    "near_miss": 60,
    "hard_braking": 50,
    "driver_against_planner": 40,
    "low_confidence": 20,
}
"""What is thrown away last where the disk is full."""

_DOUBTS = (
    AebState.REASON_LIDAR_IMPLAUSIBLE,
    AebState.REASON_LIDAR_DEGRADED,
    AebState.REASON_ODOMETRY_IMPLAUSIBLE,
    AebState.REASON_PLAN_INFEASIBLE,
)
_ABLE = (AebState.STATE_READY, AebState.STATE_DEGRADED)
_UNABLE = (AebState.STATE_UNAVAILABLE, AebState.STATE_FAULT)
_BRAKING = (AebState.STAGE_PARTIAL, AebState.STAGE_FULL)


@dataclass(frozen=True)
class Limits:
    """Where moments begin; see the parameters of the clip recorder."""

    close_deceleration: float = 3.0
    close_time: float = 1.5
    hard_deceleration: float = 4.0
    pedal: float = 0.2
    planner_acceleration: float = 0.5
    steering_difference: float = 0.1
    lasting_s: float = 0.3


@dataclass(frozen=True)
class Trigger:
    """A moment begins: why (a key of INTEREST), when [ns], in words, and the figures."""

    reason: str
    ns: int
    text: str
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def interest(self) -> int:
        """How interesting, see INTEREST."""
        return INTEREST[self.reason]


@dataclass
class _Lasting:
    """True once its condition has held for some time, and again only after it did not."""

    lasting_ns: int
    since_ns: int | None = None
    told: bool = False

    def begins(self, holds: bool, ns: int) -> bool:
        if not holds:
            self.since_ns, self.told = None, False
            return False
        self.since_ns = ns if self.since_ns is None else self.since_ns
        if self.told or ns - self.since_ns < self.lasting_ns:
            return False
        self.told = True
        return True


class Triggers:
    """All watchers. `see` gets the messages of the topics in WATCHED."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._see: dict[str, Callable[[Any, int], Iterator[Trigger]]] = {
            AEB_STATE: self._on_state,
            STATUS: self._on_status,
            ODOMETRY: self._on_odometry,
            DIAGNOSTICS: self._on_diagnostics,
        }
        self.reset()

    def reset(self) -> None:
        """Time went back: forget."""
        lasting_ns = round(self._limits.lasting_s * 1e9)
        self._state: Any = None
        self._planned: Any = None
        self._aeb_brakes = False
        self._speeds: deque[tuple[int, float]] = deque()
        self._close, self._against = _Lasting(lasting_ns // 2), _Lasting(lasting_ns)
        self._hard, self._doubt = _Lasting(0), _Lasting(lasting_ns)
        self._pressed = _Lasting(0)
        self._errors: set[str] = set()

    def see(self, topic: str, message: Any, ns: int) -> list[Trigger]:
        """What begins with this message."""
        if topic == PLANNED:
            self._planned = message
        elif topic == COMMAND:
            self._aeb_brakes = message.source == ControlCommand.SOURCE_AEB
        return list(self._see[topic](message, ns)) if topic in self._see else []

    def _on_state(self, state: Any, ns: int) -> Iterator[Trigger]:
        before, self._state = self._state, state
        figures = _figures(state)
        if state.stage in _BRAKING and (before is None or before.stage not in _BRAKING):
            text = state.explanation or stage_name(state.stage)
            yield Trigger("intervention", ns, text, figures)
        if before is not None and before.state in _ABLE and state.state in _UNABLE:
            text = f"AEB {state_name(state.state)}: {reason_name(state.state_reason)}"
            yield Trigger("fault", ns, text.lower(), figures)
        if self._close.begins(self._is_close(state), ns):
            yield Trigger("near_miss", ns, "close to another object", figures)
        doubts = [reason for reason in state.state_reasons if reason in _DOUBTS]
        if self._doubt.begins(bool(doubts), ns):
            yield Trigger("low_confidence", ns, reason_name(doubts[0]).lower().replace("_", " "))

    def _is_close(self, state: Any) -> bool:
        if state.target_id == 0 or abs(state.ego_speed) < 0.3:
            return False
        harsh = state.required_deceleration >= self._limits.close_deceleration
        return bool(harsh or state.time_to_collision <= self._limits.close_time)

    def _on_status(self, status: Any, ns: int) -> Iterator[Trigger]:
        pressed = status.brake_pedal >= 3.0 * self._limits.pedal
        if self._pressed.begins(bool(pressed), ns):
            figures = {"brake_pedal": float(status.brake_pedal)}
            yield Trigger("hard_braking", ns, "the driver pressed the brake hard", figures)
        why = self._contradiction(status)
        if self._against.begins(why != "", ns):
            yield Trigger("driver_against_planner", ns, why)

    def _contradiction(self, status: Any) -> str:
        """How the driver contradicts the planner that drives; empty where not."""
        plan, limits = self._planned, self._limits
        if plan is None or not status.assistance_engaged:
            return ""
        wants = plan.acceleration if plan.longitudinal_active else 0.0
        if wants > limits.planner_acceleration and status.brake_pedal > limits.pedal:
            return "the driver brakes while the planner accelerates"
        if wants < -limits.planner_acceleration and status.accelerator_pedal > limits.pedal:
            return "the driver accelerates while the planner brakes"
        apart = abs(status.steering_tyre_angle - plan.steering_tyre_angle)
        if plan.lateral_active and apart > limits.steering_difference:
            return "the driver steers otherwise than the planner"
        return ""

    def _on_odometry(self, odometry: Any, ns: int) -> Iterator[Trigger]:
        speeds = self._speeds
        speeds.append((ns, abs(float(odometry.twist.twist.linear.x))))
        while speeds[0][0] < ns - 300_000_000:
            speeds.popleft()
        dt = (ns - speeds[0][0]) / 1e9
        lost = (speeds[0][1] - speeds[-1][1]) / dt if dt >= 0.15 else 0.0
        if self._hard.begins(lost >= self._limits.hard_deceleration and not self._aeb_brakes, ns):
            text = f"the car slowed down by {lost:.1f} m/s^2"
            yield Trigger("hard_braking", ns, text, {"deceleration": round(lost, 3)})

    def _on_diagnostics(self, array: Any, ns: int) -> Iterator[Trigger]:
        for status in array.status:
            level = status.level if isinstance(status.level, int) else ord(status.level)
            if level >= 2 and status.name not in self._errors:
                self._errors.add(status.name)
                yield Trigger("fault", ns, f"{status.name}: {status.message}")
            elif level < 2:
                self._errors.discard(status.name)


def _figures(state: Any) -> dict[str, float]:
    """The finite figures behind a decision."""
    names = (
        "target_distance", "closing_speed", "time_to_collision", "required_deceleration",
        "brake_deceleration", "ego_speed",
    )  # fmt: skip
    values = {name: round(float(getattr(state, name)), 3) for name in names}
    return {name: value for name, value in values.items() if math.isfinite(value)}

# SPDX-License-Identifier: Apache-2.0
"""What happened in a run, as plain data: a row each 20 ms, events, scans and latencies."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from bulwark_core.objects import TrackedObject
from bulwark_world.dynamics import Vehicle
from bulwark_world.simulation import Simulation
from bulwark_world.truth import Contact

STAGES = ("none", "warning", "prefill", "partial", "full", "hold")
REASONS = (
    "none",
    "waiting_for_input",
    "lidar_lost",
    "odometry_lost",
    "clock_stopped",
    "lidar_implausible",
    "camera_lost",
    "static_obstacles_lost",
    "status_lost",
    "planner_lost",
    "plan_infeasible",
    "lidar_degraded",
    "time_jump",
    "odometry_implausible",
)
STATES = ("starting", "ready", "degraded", "unavailable", "fault")
WARNING, PARTIAL, FULL, HOLD = 1, 3, 4, 5


@dataclass(frozen=True)
class AebView:
    """The fields of bulwark_msgs/AebState that a record keeps."""

    state: int = 0
    state_reason: int = 0
    state_reasons: tuple[int, ...] = ()
    stage: int = 0
    stage_reason: int = 0
    function: int = 0
    attention: int = 0
    explanation: str = ""
    target_id: int = 0
    target_class: int = 0
    target_distance: float = math.nan
    closing_speed: float = math.nan
    time_to_collision: float = math.inf
    required_deceleration: float = math.nan
    latest_brake_time: float = math.inf
    brake_deceleration: float = 0.0
    takeover_request: bool = False
    lidar_age: float = math.nan
    plan_age: float = math.nan


@dataclass(frozen=True)
class Row:
    """An instant of the run.

    t: since the start of the recording [s]; x, y, yaw: base_link in the world [m, rad]; speed,
    acceleration: of the vehicle, see VehicleState; driver_acceleration: what the driver's pedals
    alone would give [m/s^2]; brake: what the brakes give [m/s^2]; brake_request, source,
    longitudinal_active, safe_stop, torque_cut: the command obeyed; gap, along, closing, ttc,
    target_acceleration, in_path: to the target, see Relation, NaN without one.
    """

    t: float
    x: float
    y: float
    yaw: float
    speed: float
    acceleration: float
    driver_acceleration: float
    steering_angle: float
    brake: float
    brake_request: float
    source: int
    longitudinal_active: bool
    safe_stop: bool
    torque_cut: bool
    accelerator_pedal: float
    brake_pedal: float
    gap: float
    along: float
    closing: float
    ttc: float
    target_acceleration: float
    in_path: bool


@dataclass(frozen=True)
class Event:
    """Something that happened: when [s], a word, a sentence."""

    t: float
    kind: str
    text: str


@dataclass
class Recording:
    """The rows and the AEB's view at each of them, events, and the true objects at each scan.

    fault_effect_s: when the first message was wrong or lacking, None where none was [s].
    """

    rows: list[Row] = field(default_factory=list)
    aeb: list[AebView] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    scans: list[tuple[float, list[TrackedObject]]] = field(default_factory=list)
    contact: Contact | None = None
    fault_effect_s: float | None = None


class Recorder:
    """Watches a simulation and fills a recording."""

    def __init__(self, simulation: Simulation) -> None:
        self.recording = Recording()
        self._simulation = simulation
        self._view = AebView()
        self._standing = True
        self._start_index = 0

    def restart(self) -> None:
        """Forget all rows, events and scans; time counts from now."""
        self.recording = Recording()
        self._start_index = self._simulation.index

    def aeb(self, view: AebView) -> None:
        """The supervisor said something."""
        before, self._view = self._view, view
        if view.state != before.state:
            self.event("state", f"{_name(STATES, before.state)} -> {_name(STATES, view.state)}")
        if view.stage != before.stage:
            self.event("stage", f"{_name(STAGES, view.stage)}: {view.explanation}")

    def event(self, kind: str, text: str) -> None:
        """Something else happened now."""
        self.recording.events.append(Event(self._t(), kind, text))

    def row(self) -> None:
        """Record this instant."""
        self.recording.rows.append(_row(self._simulation, self._t()))
        self.recording.aeb.append(self._view)
        self._note_contact()
        self._note_standstill()

    def scan(self, objects: list[TrackedObject]) -> None:
        """Record the true objects."""
        self.recording.scans.append((self._t(), objects))

    def _t(self) -> float:
        return (self._simulation.index - self._start_index) / 100.0

    def _note_contact(self) -> None:
        contact = self._simulation.contact
        if contact is not None and self.recording.contact is None:
            self.recording.contact = contact
            speed = contact.closing_speed * 3.6
            self.event("contact", f"with {contact.actor} at {speed:.1f} km/h")

    def _note_standstill(self) -> None:
        standing, was_standing = self._simulation.state.speed == 0.0, self._standing
        self._standing = standing
        if standing and not was_standing:
            gap = self.recording.rows[-1].gap
            text = "" if math.isnan(gap) else f", {gap:.2f} m from the target"
            self.event("stop", f"the vehicle stands{text}")


def _row(simulation: Simulation, t: float) -> Row:
    state, driver = simulation.state, simulation.driver_input
    command, target = simulation.interface.command, simulation.target()
    return Row(
        t=t,
        x=state.x,
        y=state.y,
        yaw=state.yaw,
        speed=state.speed,
        acceleration=state.acceleration,
        driver_acceleration=_driver_acceleration(simulation.vehicle, driver.brake),
        steering_angle=state.steering_angle,
        brake=state.brake,
        brake_request=command.brake_deceleration if command else 0.0,
        source=command.source if command else 0,
        longitudinal_active=bool(command and command.longitudinal_active),
        safe_stop=simulation.interface.safe_stop,
        torque_cut=bool(command and command.torque_cut),
        accelerator_pedal=driver.accelerator,
        brake_pedal=driver.brake,
        gap=target.gap if target else math.nan,
        along=target.along if target else math.nan,
        closing=target.closing if target else math.nan,
        ttc=target.ttc if target else math.nan,
        target_acceleration=target.acceleration if target else math.nan,
        in_path=bool(target and target.in_path),
    )


def _driver_acceleration(vehicle: Vehicle, brake_pedal: float) -> float:
    resistance = vehicle.drive_train.resistance(vehicle.state.speed)
    return -max(brake_pedal * 10.0, resistance)


def _name(names: tuple[str, ...], value: int) -> str:
    return names[value] if value < len(names) else f"unknown ({value})"


def columns(records: list[Any]) -> dict[str, list[Any]]:
    """Dataclass instances of one kind as a list for each field."""
    rows = [asdict(record) for record in records]
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}

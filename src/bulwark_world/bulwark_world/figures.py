# SPDX-License-Identifier: Apache-2.0
"""The figures that a run is judged by, from its recording."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from bulwark_world.brake_margin import Approach, latest_brake_margin
from bulwark_world.recording import HOLD, PARTIAL, WARNING, AebView, Recording, Row
from bulwark_world.suppression import torque_cut_s
from bulwark_world.world import World

STARTING = 0
"""STATE_STARTING of bulwark_msgs/AebState."""
BRAKING = 1.0
"""A request from which it counts as braking and not as prefill [m/s^2]."""
AEB_SOURCE = 2
"""SOURCE_AEB of bulwark_msgs/ControlCommand."""
STANDSTILL = 0.01
_KMH = 3.6


@dataclass(frozen=True)
class Figures:
    """None where a thing did not happen. Speeds [km/h], times [s], distances [m], [m/s^2].

    v0_kmh: at the first braking, else the highest. impact_kmh: relative. stop_gap_m: body to body
    at the first standstill after braking began. min_ttc_s: while the target was in the path.
    warn_ttc_s, brake_ttc_s: at the first warning and at the first braking. warn_lead_s: between
    them. extra_decel: beyond what the driver's own pedals gave. latest_brake_margin_s: how much
    later a perfect brake of the same model could have started; negative: it came too late.
    torque_cut_s: from the accelerator's first movement on. free_impact_kmh: as impact_kmh, in the
    same run without the system, where that is judged. driven_s: how long the run was. warnings,
    interventions: how many began; to ask a driver to take over is an intervention, too.
    """

    v0_kmh: float
    impact_kmh: float | None
    stop_gap_m: float | None
    min_ttc_s: float | None
    warn_ttc_s: float | None
    brake_ttc_s: float | None
    warn_lead_s: float | None
    peak_decel: float
    extra_decel: float
    latest_brake_margin_s: float | None
    torque_cut_s: float | None = None
    free_impact_kmh: float | None = None
    driven_s: float = 0.0
    warnings: int = 0
    interventions: int = 0


def figures_of(recording: Recording, world: World) -> Figures:
    """Reduce a recording; it has at least one row."""
    rows, contact = recording.rows, recording.contact
    warned, braked = _first_warning(recording), _first_braking(rows)
    decelerations = [-row.acceleration for row in rows]
    extra = [row.driver_acceleration - row.acceleration for row in rows]
    return Figures(
        v0_kmh=_KMH * (abs(braked.speed) if braked else max(abs(row.speed) for row in rows)),
        impact_kmh=None if contact is None else _KMH * contact.closing_speed,
        stop_gap_m=_stop_gap(rows, braked),
        min_ttc_s=_finite(min((row.ttc for row in rows if row.in_path), default=math.inf)),
        warn_ttc_s=None if warned is None else _finite(warned.ttc),
        brake_ttc_s=None if braked is None else _finite(braked.ttc),
        warn_lead_s=braked.t - warned.t if warned and braked else None,
        peak_decel=max(0.0, *decelerations),
        extra_decel=max(extra) if braked else 0.0,
        latest_brake_margin_s=_margin(world, braked),
        torque_cut_s=torque_cut_s(rows),
        driven_s=rows[-1].t,
        warnings=_begun(WARNING <= view.stage < HOLD for view in recording.aeb),
        interventions=_begun(map(_intervenes, recording.aeb)),
    )


def _first_warning(recording: Recording) -> Row | None:
    """The first row with a stage from warning on; braking at once is a warning too."""
    for row, view in zip(recording.rows, recording.aeb, strict=True):
        if WARNING <= view.stage < HOLD:
            return row
    return None


def _first_braking(rows: list[Row]) -> Row | None:
    """The beginning of emergency braking, or else of any braking that was asked for."""
    braking = [row for row in rows if row.brake_request >= BRAKING and row.speed != 0.0]
    emergency = (row for row in braking if row.source == AEB_SOURCE)
    return next(emergency, braking[0] if braking else None)


def _intervenes(view: AebView) -> bool:
    """Whether it brakes, or wants the driver to take over though all has started."""
    asks = view.takeover_request and view.state != STARTING
    return asks or PARTIAL <= view.stage < HOLD


def _begun(states: Iterable[bool]) -> int:
    """How often it becomes true."""
    return sum(now and not before for before, now in pairwise([False, *states]))


def _stop_gap(rows: list[Row], braked: Row | None) -> float | None:
    if braked is None:
        return None
    stop = next((r for r in rows if r.t > braked.t and abs(r.speed) < STANDSTILL), None)
    return None if stop is None else _finite(stop.gap)


def _margin(world: World, braked: Row | None) -> float | None:
    if braked is None or math.isnan(braked.along) or braked.closing <= 0.0:
        return None
    speed = abs(braked.speed)
    approach = Approach(
        braked.along, speed, speed - braked.closing, max(-braked.target_acceleration, 0.0)
    )
    return latest_brake_margin(world.ego.brake, approach)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None

# SPDX-License-Identifier: Apache-2.0
"""A run log as a report: what the demo and the scenarios show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from bulwark_core.objects import Motion
from bulwark_core.vehicle import VehicleParams
from bulwark_replay import names
from bulwark_replay.charts import STAGE_TONES, aeb_bars, aeb_events
from bulwark_replay.recording import Decision
from bulwark_replay.report import run_log as log
from bulwark_replay.report.run_log import Tone
from bulwark_replay.swept import swept_outline
from bulwark_world.run_background import background
from bulwark_world.run_charts import run_charts
from bulwark_world.sensor_watch import SensedFrame
from bulwark_world.simulation import START_NS

_LOOK_AHEAD_S = 2.0


Sensed = Mapping[int, SensedFrame]
"""What came of each stamp [ns]."""


def make_report(
    run: Mapping[str, Any], title: str | None = None, sensed: Sensed = MappingProxyType({})
) -> log.RunLog:
    """The report of a log as `run_log.run_log` makes it; its title is the run's id by default.

    sensed: what the sensors gave, as a `SensorWatch` collects it.
    """
    decisions = _decisions(run)
    body = VehicleParams(**run["config"]["body"])
    return log.RunLog(
        title=title or run["record"]["id"],
        subtitle=_conditions(run["config"]),
        verdict=_verdict(run["record"]),
        summary=_summary(run),
        ego=body.corners(),
        frames=tuple(_frames(run, decisions, body, sensed)),
        background=background(run["config"]),
        bars=aeb_bars(decisions, float(run["rows"]["t"][-1])),
        charts=run_charts(run),
        events=_in_order((*aeb_events(decisions), *_world_events(run["events"]))),
        latencies=_latencies(run["latencies_ms"]),
        notes=_notes(run["record"]),
    )


def _decisions(run: Mapping[str, Any]) -> list[Decision]:
    aeb, rows = run["aeb"], run["rows"]
    return [
        Decision(
            t_s=rows["t"][i],
            state=names.state_name(aeb["state"][i]),
            state_reason=names.reason_name(aeb["state_reason"][i]),
            stage=names.stage_name(aeb["stage"][i]),
            stage_reason=names.stage_reason_name(aeb["stage_reason"][i]),
            explanation=aeb["explanation"][i],
            target_id=aeb["target_id"][i],
            target_distance=_number(aeb["target_distance"][i]),
            closing_speed=_number(aeb["closing_speed"][i]),
            time_to_collision=_number(aeb["time_to_collision"][i]),
            required_deceleration=_number(aeb["required_deceleration"][i]),
            latest_brake_time=_number(aeb["latest_brake_time"][i]),
            brake_deceleration=_number(aeb["brake_deceleration"][i]),
            ego_speed=rows["speed"][i],
            path_curvature=0.0,
        )
        for i in range(len(rows["t"]))
    ]


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _conditions(config: Mapping[str, Any]) -> str:
    settings = ", ".join(f"{name} {value}" for name, value in config["parameters"].items())
    return f"scenario {config['scenario']}, seed {config['seed']}" + (
        f": {settings}" if settings else ""
    )


def _verdict(record: Mapping[str, Any]) -> log.Verdict:
    if record["impact_kmh"] is not None:
        return log.Verdict(f"Contact at {record['impact_kmh']:.0f} km/h", Tone.CRITICAL)
    if not record["passed"]:
        return log.Verdict("Not as expected", Tone.ALERT)
    if record["stop_gap_m"] is not None:
        return log.Verdict(f"Stopped {record['stop_gap_m']:.1f} m before", Tone.GOOD)
    return log.Verdict("As expected", Tone.GOOD)


def _notes(record: Mapping[str, Any]) -> tuple[str, ...]:
    notes = [f"Expected: {record['expected']}."]
    if record.get("clause"):
        notes.append(f"Clause: {record['clause']}.")
    return tuple(notes)


def _summary(run: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    record, latencies = run["record"], run["latencies_ms"]
    rows = [
        ("Speed when braking began", _figure(record["v0_kmh"], "km/h")),
        ("Gap at standstill", _figure(record["stop_gap_m"], "m")),
        ("Warning before braking", _figure(record["warn_lead_s"], "s")),
        ("Peak deceleration", _figure(record["peak_decel"], "m/s²")),
        ("A perfect brake could wait", _figure(record["latest_brake_margin_s"], "s longer")),
    ]
    if record["reason"]:
        rows.append(("Why not", record["reason"]))
    if latencies:
        p50, p99 = np.percentile(latencies, [50, 99])
        rows.append(("Scan to command", f"{p50:.0f} ms median, {p99:.0f} ms p99"))
    return tuple(rows)


def _figure(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:.2f} {unit}"


def _frames(
    run: Mapping[str, Any], decisions: list[Decision], body: VehicleParams, sensed: Sensed
) -> Iterator[log.Frame]:
    """A frame for each scan, with the row and decision of its time."""
    rows, target = run["rows"], run["config"]["target"]
    t_s = np.array(rows["t"])
    for scan in run["scans"]:
        i = min(int(np.searchsorted(t_s, scan["t"] - 1e-6)), len(t_s) - 1)
        speed, steering = rows["speed"][i], rows["steering_angle"][i]
        curvature = math.tan(steering) / body.wheelbase
        travel = min(abs(speed) * _LOOK_AHEAD_S, 60.0)
        frame = sensed.get(START_NS + round(scan["t"] * 1e9), SensedFrame())
        seen = len(frame.points) > 0
        target_id = decisions[i].target_id
        yield log.Frame(
            t_s=scan["t"],
            boxes=(*_tracks(frame, seen), *_truth(scan["objects"], seen)),
            pose=(rows["x"][i], rows["y"][i], rows["yaw"][i]),
            path=swept_outline(body, curvature, travel, reverse=speed < 0.0),
            path_tone=STAGE_TONES.get(decisions[i].stage, Tone.IDLE),
            points=np.concatenate([frame.points, frame.obstacle_points]),
            target_id=target_id if seen or not target or not target_id else target["id"],
            caption=decisions[i].explanation,
            jpeg=frame.jpeg,
        )


def _tracks(frame: SensedFrame, seen: bool) -> Iterator[log.Box]:
    """What the stack made of the points; true objects with errors are not worth a second box."""
    for one in frame.tracks or () if seen else ():
        place = (one.x, one.y, one.yaw, one.length, one.width, one.vx, one.vy)
        label = one.object_class.name.lower().replace("_", " ")
        yield log.Box(one.id, label, *place, is_moving=one.motion is Motion.MOVING)


def _truth(objects: list[Mapping[str, Any]], seen: bool) -> Iterator[log.Box]:
    """The true objects, dashed where tracks are drawn too."""
    for item in objects:
        place = (item["x"], item["y"], item["yaw"], item["length"], item["width"])
        velocity = (item["vx"], item["vy"])
        label = item["class"].replace("_", " ")
        is_moving = math.hypot(*velocity) > 0.0
        yield log.Box(item["id"], label, *place, *velocity, is_moving, is_ghost=seen)


def _world_events(events: list[Mapping[str, Any]]) -> tuple[log.Event, ...]:
    tones = {"contact": Tone.CRITICAL, "stop": Tone.GOOD}
    return tuple(
        log.Event(event["t"], event["kind"], event["text"], tones.get(event["kind"], Tone.INFO))
        for event in events
        if event["kind"] not in ("state", "stage")  # those come from the decisions
    )


def _in_order(events: tuple[log.Event, ...]) -> tuple[log.Event, ...]:
    return tuple(sorted(events, key=lambda event: event.t_s))


def _latencies(latencies_ms: list[float]) -> tuple[log.Latency, ...]:
    if not latencies_ms:
        return ()
    return (log.Latency("scan to command", np.array(latencies_ms), 80.0),)

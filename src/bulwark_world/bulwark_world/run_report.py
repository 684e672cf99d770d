# SPDX-License-Identifier: Apache-2.0
"""A run log as a report: what the demo and the scenarios show."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from bulwark_core.objects import EgoMotion, FloatArray
from bulwark_core.vehicle import VehicleParams
from bulwark_replay import names
from bulwark_replay.charts import STAGE_TONES, aeb_bars, aeb_charts, aeb_events
from bulwark_replay.recording import Decision
from bulwark_replay.report import run_log as log
from bulwark_replay.report.run_log import Tone
from bulwark_replay.swept import swept_outline

_LOOK_AHEAD_S = 2.0


def make_report(run: Mapping[str, Any], title: str | None = None) -> log.RunLog:
    """The report of a log as `run_log.run_log` makes it; its title is the run's id by default."""
    rows, decisions = run["rows"], _decisions(run)
    t_s = np.array(rows["t"])
    body = VehicleParams(**run["config"]["body"])
    motion = [
        (t, EgoMotion(0, speed, 0.0)) for t, speed in zip(rows["t"], rows["speed"], strict=True)
    ]
    return log.RunLog(
        title=title or run["record"]["id"],
        subtitle=_conditions(run["config"]),
        verdict=_verdict(run["record"]),
        summary=_summary(run),
        ego=body.corners(),
        frames=tuple(_frames(run, decisions, body)),
        background=_road(run["config"]["road"]),
        bars=aeb_bars(decisions, float(t_s[-1])),
        charts=(*aeb_charts(decisions, motion), _vehicle_chart(rows)),
        events=_in_order((*aeb_events(decisions), *_world_events(run["events"]))),
        latencies=_latencies(run["latencies_ms"]),
        notes=(f"Expected: {run['record']['expected']}.",),
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


def _frames(run: Mapping[str, Any], decisions: list[Decision], body: VehicleParams) -> Any:
    """A frame for each scan, with the row and decision of its time."""
    rows, target = run["rows"], run["config"]["target"]
    t_s = np.array(rows["t"])
    for scan in run["scans"]:
        i = min(int(np.searchsorted(t_s, scan["t"] - 1e-6)), len(t_s) - 1)
        speed, steering = rows["speed"][i], rows["steering_angle"][i]
        curvature = math.tan(steering) / body.wheelbase
        travel = min(abs(speed) * _LOOK_AHEAD_S, 60.0)
        yield log.Frame(
            t_s=scan["t"],
            boxes=tuple(_box(item) for item in scan["objects"]),
            pose=(rows["x"][i], rows["y"][i], rows["yaw"][i]),
            path=swept_outline(body, curvature, travel, reverse=speed < 0.0),
            path_tone=STAGE_TONES.get(decisions[i].stage, Tone.IDLE),
            target_id=target["id"] if target and decisions[i].target_id else 0,
            caption=decisions[i].explanation,
        )


def _box(item: Mapping[str, Any]) -> log.Box:
    place = (item["x"], item["y"], item["yaw"], item["length"], item["width"])
    velocity = (item["vx"], item["vy"])
    is_moving = math.hypot(*velocity) > 0.0
    return log.Box(item["id"], item["class"].replace("_", " "), *place, *velocity, is_moving)


def _road(road: Mapping[str, Any]) -> tuple[FloatArray, ...]:
    start, end = road["x"]
    return tuple(np.array([[start, y], [end, y]]) for y in (*road["edges"], *road["lane_lines"]))


def _vehicle_chart(rows: Mapping[str, Any]) -> log.Chart:
    t_s = np.array(rows["t"])
    return log.Chart(
        "Vehicle",
        "m/s²",
        (
            log.Series("acceleration", t_s, np.array(rows["acceleration"])),
            log.Series("brake", t_s, -np.array(rows["brake"])),
        ),
    )


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

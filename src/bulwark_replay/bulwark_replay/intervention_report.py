# SPDX-License-Identifier: Apache-2.0
"""The record of an intervention as a report: what was seen, predicted and decided."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from bulwark_core.objects import EgoMotion, FloatArray
from bulwark_core.vehicle import VehicleParams
from bulwark_replay.charts import STAGE_TONES, aeb_bars, aeb_charts, aeb_events
from bulwark_replay.recording import Decision
from bulwark_replay.report import run_log as log
from bulwark_replay.report.run_log import Tone
from bulwark_replay.swept import swept_outline

_LOOK_AHEAD_S = 2.0
_LONGEST_PATH = 60.0
_PEDALS = ("accelerator", "driver_brake")


def make_intervention_report(record: Mapping[str, Any], title: str) -> log.RunLog:
    """The report of a record as `bulwark_aeb.record.make_record` gives it."""
    decisions, summary = _decisions(record), record["summary"]
    body = VehicleParams(**record["vehicle"])
    motion = [(t, EgoMotion(0, speed, 0.0)) for t, speed in _pairs(record["motion"], "speed")]
    return log.RunLog(
        title=title,
        subtitle=f"{_words(summary['function'])} at {summary['speed'] * 3.6:.0f} km/h",
        verdict=log.Verdict(_words(summary["function"]), Tone.CRITICAL),
        summary=_summary(record),
        ego=body.corners(),
        frames=tuple(_frames(record, decisions, body)),
        bars=aeb_bars(decisions, decisions[-1].t_s),
        charts=(*aeb_charts(decisions, motion), _pedal_chart(record), _path_chart(record)),
        events=aeb_events(decisions),
        tables=(_turning_points(record), _ages(summary["ages"])),
        notes=(summary["explanation"].capitalize() + ".",),
    )


def _decisions(record: Mapping[str, Any]) -> list[Decision]:
    columns = record["decisions"]
    return [
        Decision(
            t_s=columns["t"][i],
            state=columns["state"][i],
            state_reason=next(iter(columns["reasons"][i]), "NONE"),
            stage=columns["stage"][i],
            stage_reason=columns["stage_reason"][i],
            explanation=columns["explanation"][i],
            target_id=columns["target_id"][i],
            target_distance=_number(columns["gap"][i]),
            closing_speed=_number(columns["closing_speed"][i]),
            time_to_collision=_number(columns["ttc"][i]),
            required_deceleration=_number(columns["required_deceleration"][i]),
            latest_brake_time=_number(columns["latest_brake_time"][i]),
            brake_deceleration=columns["brake_request"][i],
            ego_speed=columns["speed"][i],
            path_curvature=columns["curvature"][i],
        )
        for i in range(len(columns["t"]))
    ]


def _summary(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    summary = record["summary"]
    target = f"{_words(summary['target_class']) or 'none'} {summary['target_id']}"
    return (
        ("Target", f"{target}, from {_words(summary['target_source'])}"),
        ("Speed before and after", _speeds(summary["speed"], summary["speed_after"])),
        ("Gap when it began", _figure(summary["gap"], "m")),
        ("Time to collision then", _figure(summary["time_to_collision"], "s")),
        ("Time left to brake then", _figure(summary["latest_brake_time"], "s")),
        ("Warned before", _figure(summary["warned_before_s"], "s")),
        ("Hardest braking asked for", _figure(summary["peak_request"], "m/s²")),
    )


def _frames(
    record: Mapping[str, Any], decisions: Sequence[Decision], body: VehicleParams
) -> Iterator[log.Frame]:
    """A frame for each list of objects, at the decision that first had it."""
    times = [decision.t_s for decision in decisions]
    lists = [scene for scene in record["scenes"] if scene["source"] == "objects"]
    standing = [scene for scene in record["scenes"] if scene["source"] != "objects"]
    for scene in lists:
        decision = decisions[max(bisect_right(times, scene["known_at"] + 1e-6) - 1, 0)]
        beside = [one for one in standing if one["t"] <= scene["t"] + 1e-6][-1:]
        boxes = [_box(item, False) for item in scene["objects"]]
        boxes += [_box(item, True) for one in beside for item in one["objects"]]
        travel = min(abs(decision.ego_speed) * _LOOK_AHEAD_S, _LONGEST_PATH)
        yield log.Frame(
            t_s=max(scene["t"], 0.0),
            boxes=tuple(boxes),
            pose=_pose(record["motion"], scene["t"]),
            path=swept_outline(
                body, decision.path_curvature, travel, reverse=decision.ego_speed < 0.0
            ),
            path_tone=STAGE_TONES.get(decision.stage, Tone.IDLE),
            target_id=decision.target_id,
            caption=decision.explanation,
        )


def _box(item: Mapping[str, Any], is_standing: bool) -> log.Box:
    place = (item["x"], item["y"], item["yaw"], item["length"], item["width"])
    label = _words(item["class"])
    is_moving = item["motion"] == "moving"
    return log.Box(
        item["id"], label, *place, item["vx"], item["vy"], is_moving, is_ghost=is_standing
    )


def _pose(motion: Mapping[str, list[float]], t_s: float) -> tuple[float, float, float]:
    if not motion:
        return 0.0, 0.0, 0.0
    yaw = np.unwrap(motion["yaw"])
    x, y, angle = (np.interp(t_s, motion["t"], v) for v in (motion["x"], motion["y"], yaw))
    return float(x), float(y), float(angle)


def _pedal_chart(record: Mapping[str, Any]) -> log.Chart:
    columns = record["decisions"]
    t_s = np.array(columns["t"])
    series = [log.Series(_words(name), t_s, _array(columns[name])) for name in _PEDALS]
    return log.Chart("Pedals", "stroke", tuple(series), low=0.0, high=1.0)


def _path_chart(record: Mapping[str, Any]) -> log.Chart:
    columns = record["decisions"]
    t_s, middle = np.array(columns["t"]), _array(columns["curvature"])
    deviation = _array(columns["curvature_deviation"])
    return log.Chart(
        "Predicted path",
        "1/m",
        (
            log.Series("curvature", t_s, middle),
            log.Series("one deviation left", t_s, middle + deviation),
            log.Series("one deviation right", t_s, middle - deviation),
        ),
    )


def _turning_points(record: Mapping[str, Any]) -> log.Table:
    """A row for each change of stage or reason, with the figures that led to it."""
    columns, rows, before = record["decisions"], [], None
    for i, now in enumerate(zip(columns["stage"], columns["stage_reason"], strict=True)):
        if now != before:
            rows.append(_turning_point(columns, i))
        before = now
    heads = ("t [s]", "stage", "reason", "gap", "closing", "TTC", "time left", "required", "asked")
    return log.Table("Turning points", heads, tuple(rows))


def _turning_point(columns: Mapping[str, list[Any]], i: int) -> tuple[str, ...]:
    return (
        f"{columns['t'][i]:.2f}",
        _words(columns["stage"][i]),
        _words(columns["stage_reason"][i]),
        _figure(columns["gap"][i], "m"),
        _figure(columns["closing_speed"][i], "m/s"),
        _figure(columns["ttc"][i], "s"),
        _figure(columns["latest_brake_time"][i], "s"),
        _figure(columns["required_deceleration"][i], "m/s²"),
        _figure(columns["brake_request"][i], "m/s²"),
    )


def _ages(ages: Mapping[str, float | None]) -> log.Table:
    rows = [(_words(name), _figure(age, "s")) for name, age in ages.items()]
    return log.Table("Age of the inputs when it began", ("input", "age"), tuple(rows))


def _pairs(columns: Mapping[str, list[Any]], name: str) -> list[tuple[float, Any]]:
    return list(zip(columns["t"], columns[name], strict=True)) if columns else []


def _array(values: list[float | None]) -> FloatArray:
    return np.array([math.nan if value is None else value for value in values])


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _figure(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:.2f} {unit}"


def _speeds(before: float, after: float) -> str:
    return f"{before * 3.6:.1f} to {after * 3.6:.1f} km/h"


def _words(constant: str) -> str:
    names = {"AEB": "AEB", "REAR_AEB": "rear AEB", "LOW_SPEED": "low-speed AEB"}
    names |= {"MAI": "misacceleration inhibition"}
    return names.get(constant, constant.lower().replace("_", " "))

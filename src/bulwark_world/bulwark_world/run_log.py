# SPDX-License-Identifier: Apache-2.0
"""The log of one run as JSON: its conditions, figures, rows, objects, events and latencies."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bulwark_core.errors import ScenarioError
from bulwark_core.objects import TrackedObject
from bulwark_world.recording import Recording, columns
from bulwark_world.way import Way
from bulwark_world.world import World

FORMAT = "bulwark.run_log.1"
_HIGH_ABOVE = 2.0
"""What is higher above the ground than this is no obstacle on a drawing from above [m]."""
_WAY_SPACING = 2.0


@dataclass(frozen=True)
class Timing:
    """What only a run in real time has. real_time_factor: simulated time per wall time."""

    latencies_ms: Sequence[float] = ()
    real_time_factor: float | None = None


@dataclass(frozen=True)
class RunConditions:
    """What the run was: scenario, its parameters, seed."""

    scenario: str
    seed: int
    parameters: Mapping[str, Any] = field(default_factory=dict)


def run_log(
    conditions: RunConditions,
    world: World,
    recording: Recording,
    record: Mapping[str, Any],
    timing: Timing,
) -> dict[str, Any]:
    """All of a run as plain JSON values; what is no finite number becomes null.

    record: the run's figures and verdict, as in a suite's JSON.
    """
    log = {
        "format": FORMAT,
        "config": {**asdict(conditions), **describe_world(world)},
        "record": dict(record),
        "rows": columns(recording.rows),
        "aeb": columns(recording.aeb),
        "scans": [
            {"t": t, "objects": [_of_object(item) for item in objects]}
            for t, objects in recording.scans
        ],
        "events": [asdict(event) for event in recording.events],
        "latencies_ms": list(timing.latencies_ms),
        "real_time_factor": timing.real_time_factor,
    }
    return {name: _finite(value) for name, value in log.items()}


def write_run_log(path: Path, log: Mapping[str, Any]) -> None:
    """Write a log. Raises ScenarioError where the file cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(log, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"run log {path} cannot be written: {error.strerror}") from error


def describe_world(world: World) -> dict[str, Any]:
    """What a drawing of the run needs of its world, as plain JSON values."""
    target = None
    if world.target is not None:
        actor = world.actors[world.target]
        kind = actor.kind
        target = {"id": world.target + 1, "name": actor.name, "kind": kind.name}
        target |= {"length": kind.length, "width": kind.width, "height": kind.height}
    place = world.place
    return {
        "body": asdict(world.body),
        "brake": asdict(world.ego.brake),
        "declared_brake": asdict(world.ego.declared_brake),
        "speed_limit": world.speed_limit,
        "target": target,
        "furniture": [
            np.round(item.footprint(0.0), 2).tolist()
            for item in world.furniture
            if item.kind.clearance < _HIGH_ABOVE
        ],
        "road": {
            "x": [place.start, place.end],
            "edges": [place.right_edge, place.left_edge],
            "lane_lines": list(place.lane_lines),
            "way": _of_way(world.way),
        },
    }


def _of_way(way: Way) -> dict[str, list[float]]:
    """Points of the own way [m], as far apart as a drawing needs; a straight has two."""
    count = 2 if way.is_straight else max(2, round((way.end - way.start) / _WAY_SPACING))
    poses = [way.pose(float(s)) for s in np.linspace(way.start, way.end, count)]
    return {"x": [pose.x for pose in poses], "y": [pose.y for pose in poses]}


def _of_object(item: TrackedObject) -> dict[str, Any]:
    names = ("id", "x", "y", "yaw", "length", "width", "height", "vx", "vy")
    return {"class": item.object_class.name.lower()} | {name: getattr(item, name) for name in names}


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value

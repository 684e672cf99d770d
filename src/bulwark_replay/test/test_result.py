# SPDX-License-Identifier: Apache-2.0
"""What a recording says happened, and the JSON that is made of it."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from bulwark_aeb.path import Body, Path
from bulwark_core.objects import EgoMotion, Motion, ObjectClass, TrackedObject
from bulwark_core.vehicle import VehicleParams
from bulwark_replay.bags import BagTopic
from bulwark_replay.corridor import nearest_x
from bulwark_replay.history import INTERVENTIONS, stage_rises, state_changes, tracks
from bulwark_replay.names import reason_name, stage_name, stage_reason_name, state_name
from bulwark_replay.recording import Decision, Frame, Recording
from bulwark_replay.result import make_result, to_json
from bulwark_replay.topics import find_topics

BODY = Body.of(VehicleParams())


def decision(t_s: float, stage: str = "NONE", state: str = "READY", **values: float) -> Decision:
    figures = dict.fromkeys(
        ("target_distance", "closing_speed", "time_to_collision", "required_deceleration",
         "latest_brake_time", "brake_deceleration", "ego_speed", "path_curvature"), 0.0,
    )  # fmt: skip
    return Decision(
        t_s, state, "NONE", stage, "LATEST_BRAKE_TIME", "why", target_id=7, **{**figures, **values}
    )


def car(number: int = 7, x: float = 10.0, y: float = 0.0, **values: object) -> TrackedObject:
    return TrackedObject(number, x, y, 0.8, 0.0, 4.0, 1.8, 1.5, **values)  # type: ignore[arg-type]


def recording(decisions: list[Decision], frames: list[Frame]) -> Recording:
    topics = find_topics([BagTopic("/points", "sensor_msgs/msg/PointCloud2", 1)])
    made = Recording("drive", topics, VehicleParams(), decisions=decisions, frames=frames)
    made.durations_ms = {"lidar_perception": np.array([1.0, 3.0])}
    return made


def test_each_rise_of_the_stage_is_listed_once():
    stages = ["NONE", "WARNING", "WARNING", "PREFILL", "PARTIAL", "PARTIAL", "FULL", "FULL",
              "HOLD", "FULL", "PARTIAL", "WARNING", "NONE", "FULL"]  # fmt: skip
    decisions = [decision(float(t), stage) for t, stage in enumerate(stages)]
    rises = [(d.t_s, d.stage) for d in stage_rises(decisions, INTERVENTIONS)]
    assert rises == [(4, "PARTIAL"), (6, "FULL"), (9, "FULL"), (13, "FULL")]
    assert [d.t_s for d in stage_rises(decisions, ("WARNING",))] == [1]


def test_an_intervention_that_turns_to_another_object_is_listed_with_it_once():
    targets = [7, 7, 9, 7, 9, 9, 4]
    stages = ["FULL", "FULL", "FULL", "FULL", "FULL", "NONE", "FULL"]
    decisions = [
        replace(decision(float(t), stage), target_id=target)
        for t, (stage, target) in enumerate(zip(stages, targets, strict=True))
    ]
    rises = [(d.t_s, d.target_id) for d in stage_rises(decisions, INTERVENTIONS)]
    assert rises == [(0, 7), (2, 9), (6, 4)]


def test_states_are_listed_where_they_change():
    states = ["STARTING", "STARTING", "READY", "DEGRADED", "DEGRADED", "READY"]
    decisions = [decision(float(t), state=state) for t, state in enumerate(states)]
    assert [(d.t_s, d.state) for d in state_changes(decisions)] == [
        (0, "STARTING"), (2, "READY"), (3, "DEGRADED"), (5, "READY"),
    ]  # fmt: skip


def test_tracks_live_from_first_to_last_frame_with_their_usual_class():
    kinds = [ObjectClass.UNKNOWN] * 3 + [ObjectClass.CAR, ObjectClass.TRUCK, ObjectClass.CAR]
    frames = [
        Frame(i, i, i / 10, None, (car(object_class=kind),) if i != 2 else ())
        for i, kind in enumerate(kinds)
    ]
    (track,) = tracks(frames)
    assert (track.first_frame, track.last_frame, track.frames) == (0, 5, 5)
    assert track.object_class is ObjectClass.CAR


def test_nearest_x_is_where_the_body_meets_the_object():
    assert nearest_x(car(x=10.0), Path(0.0), BODY) == pytest.approx(8.0)
    assert nearest_x(car(x=10.0, y=2.0), Path(0.0), BODY) is None  # 1.1 m beside, 0.95 m wide
    assert nearest_x(car(x=-10.0), Path(0.0), BODY) is None
    assert nearest_x(car(x=-10.0), Path(0.0, reverse=True), BODY) == pytest.approx(-8.0)
    assert nearest_x(car(x=150.0), Path(0.0), BODY) is None
    assert nearest_x(car(x=-10.0), Path(0.05), BODY) is None  # only after most of a full circle


def test_the_result_has_the_agreed_keys_and_is_strict_json():
    first = decision(0.02, state="STARTING", required_deceleration=math.inf)
    second = decision(0.12, "WARNING", required_deceleration=1.23456)
    seen = (car(motion=Motion.MOVING, vx=-0.00001),)
    frames = [
        Frame(0, 5, 0.0, None, (), decision=first),
        Frame(1, 6, 0.1, EgoMotion(6, 3.0, 0.0), seen, decision=second),
        Frame(2, 7, 0.2, None),
    ]  # fmt: skip
    text = to_json(make_result(recording([first, second], frames), "abc", "out/index.html"))
    result = json.loads(text, parse_constant=pytest.fail)
    assert list(result) == ["bag", "frames", "duration_s", "commit", "interventions", "warnings",
                            "states", "tracks", "per_frame", "timing_ms", "report"]  # fmt: skip
    assert result["warnings"] == [
        {"t_s": 0.12, "stage": "WARNING", "target_id": 7, "reason": "LATEST_BRAKE_TIME"}
    ]
    assert result["states"][0] == {"t_s": 0.02, "state": "STARTING", "reason": "NONE"}
    assert result["tracks"] == [
        {"id": 7, "class": "unknown", "first_frame": 1, "last_frame": 1, "frames": 1}
    ]
    assert [row["required_decel"] for row in result["per_frame"]] == [None, 1.2346, None]
    assert [row["aeb_state"] for row in result["per_frame"]] == ["STARTING", "READY", None]
    assert result["per_frame"][1]["objects"] == [
        {"id": 7, "class": "unknown", "x": 10.0, "y": 0.0, "z": 0.8, "yaw": 0.0, "length": 4.0,
         "width": 1.8, "height": 1.5, "vx": 0.0, "vy": 0.0, "moving": True, "nearest_x": 8.0}
    ]  # fmt: skip
    assert "-0.0" not in text


def test_wall_times_are_in_the_result_only_when_asked_for():
    made = recording([], [])
    assert make_result(made, "", None)["timing_ms"] == {
        "lidar_perception": {"p50": None, "p99": None}
    }
    timing = make_result(made, "", None, with_timing=True)["timing_ms"]
    assert timing == {"lidar_perception": {"p50": 2.0, "p99": 2.98}}


def test_constants_have_the_names_of_the_messages():
    assert (state_name(1), reason_name(2), stage_name(4), stage_reason_name(2)) == (
        "READY", "LIDAR_LOST", "FULL", "LATEST_BRAKE_TIME",
    )  # fmt: skip
    assert state_name(99) == "99"

# SPDX-License-Identifier: Apache-2.0
"""Figures of a replay, conditions on them, near misses, and what was really there."""

from __future__ import annotations

import math

import pytest

from bulwark_core.errors import BagError
from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_core.vehicle import VehicleParams
from bulwark_replay.conditions import judge_all, parse_condition
from bulwark_replay.metrics import metrics
from bulwark_replay.near_misses import near_misses
from bulwark_replay.recording import Decision, Frame, Recording
from bulwark_replay.snapshot import take_snapshot
from bulwark_replay.topics import TopicMap
from bulwark_replay.truth_match import match


def box(
    number: int, x: float, y: float = 0.0, length: float = 1.0, **other: float
) -> TrackedObject:
    return TrackedObject(number, x, y, 0.8, 0.0, length, 1.8, 1.6, measurements=5, **other)


def decision(t_s: float, stage: str = "NONE", **other: object) -> Decision:
    row = {
        "state": "READY", "state_reason": "NONE", "stage_reason": "NONE", "explanation": "",
        "target_id": 1, "target_distance": 20.0, "closing_speed": 5.0, "time_to_collision": 4.0,
        "required_deceleration": 1.0, "latest_brake_time": 2.0, "brake_deceleration": 0.0,
        "ego_speed": 10.0, "path_curvature": 0.0, "target_class": "car", **other,
    }  # fmt: skip
    return Decision(t_s=t_s, stage=stage, **row)  # type: ignore[arg-type]


def recording(*stages: str, **other: object) -> Recording:
    """Ten scans a second, a decision with each; `stages` are theirs."""
    decisions = [decision(i / 10, stage) for i, stage in enumerate(stages)]
    frames = [
        Frame(i, i * 100_000_000, i / 10, None, (box(1, 20.0 - i),), decision=d)
        for i, d in enumerate(decisions)
    ]
    made = Recording("drive", TopicMap((), (), ()), VehicleParams(), len(stages) / 10)
    made.frames, made.decisions = frames, decisions
    for name, value in other.items():
        setattr(made, name, value)
    return made


def test_the_four_figures_of_an_emergency_brake():
    stages = ["NONE", "WARNING", "WARNING", "FULL", "FULL", "NONE", "FULL", "HOLD", "NONE", "NONE"]
    found = metrics(recording(*stages))
    assert found["time_to_brake_s"] == pytest.approx(0.3)
    assert found["warn_lead_s"] == pytest.approx(0.2)
    assert found["time_to_release_s"] == pytest.approx(0.5)
    assert found["hold_ratio"] == pytest.approx(4 / 5)
    assert found["brake_ratio"] == found["false_brake_ratio"] == pytest.approx(0.3)


def test_nothing_is_measured_where_nothing_braked():
    found = metrics(recording("NONE", "WARNING"))
    names = ("time_to_brake_s", "warn_lead_s", "hold_ratio", "time_to_release_s", "recall")
    assert [found[name] for name in names] == [None] * 5
    assert (found["warnings"], found["interventions"], found["brake_ratio"]) == (1, 0, 0.0)


def test_a_brake_that_still_holds_at_the_end_is_not_released():
    assert metrics(recording("FULL", "HOLD"))["time_to_release_s"] is None


def test_a_recorded_car_that_slows_down_confirms_the_braking():
    slowing = [(i / 10, EgoMotion(0, 10.0 - 0.4 * i, 0.0)) for i in range(5)]
    steady = [(i / 10, EgoMotion(0, 10.0, 0.0)) for i in range(5)]
    assert metrics(recording("NONE", "FULL", motion=slowing))["false_brake_ratio"] == 0.0
    assert metrics(recording("NONE", "FULL", motion=steady))["false_brake_ratio"] == 0.5


def test_with_a_truth_a_braking_for_a_ghost_is_false_and_recall_is_known():
    truth = [(i * 100_000_000, (box(7, 50.0, vx=1.0),)) for i in range(2)]
    found = metrics(recording("NONE", "FULL", truth=truth))
    assert (found["false_brake_ratio"], found["recall"], found["false_objects"]) == (0.5, 0.0, 2)
    truth = [(i * 100_000_000, (box(7, 20.0 - i + 0.3, vx=1.0),)) for i in range(2)]
    found = metrics(recording("NONE", "FULL", truth=truth))
    assert (found["false_brake_ratio"], found["recall"], found["false_objects"]) == (0.0, 1.0, 0)
    assert found["position_error_m"] == pytest.approx(0.3)
    assert found["velocity_error_mps"] == pytest.approx(1.0)


def test_each_true_object_is_matched_once_and_a_part_of_it_is_no_ghost():
    truck = box(9, 20.0, length=12.0)
    found = match([box(1, 14.2), box(2, 25.0), box(3, 40.0)], [truck])
    assert [(o.id, t.id) for o, t in found.pairs] == [(1, 9)] or found.pairs[0][0].id == 2
    assert len(found.pairs) == 1
    assert [one.id for one in found.ghosts] == [3]
    assert found.missed == ()


def test_short_lives_in_the_way_are_ghosts():
    made = recording(*["NONE"] * 6)
    made.frames[2].objects = (*made.frames[2].objects, box(8, 15.0), box(9, 15.0, y=9.0))
    found = metrics(made)
    assert (found["tracks"], found["ghosts_in_corridor"]) == (3, 1)
    assert found["short_track_ratio"] == 1.0


def test_a_near_miss_is_a_run_of_close_decisions_about_one_object():
    rows = [decision(0.0), decision(0.1, required_deceleration=3.5, target_distance=4.0),
            decision(0.2, time_to_collision=0.9), decision(0.3, target_id=2, time_to_collision=1.0),
            decision(0.4, time_to_collision=0.5, ego_speed=0.0),
            decision(0.5, target_id=0)]  # fmt: skip
    first, second = near_misses(rows)
    assert (first.t_s, first.end_s, first.target_id, first.target_class) == (0.1, 0.2, 1, "car")
    assert (first.gap_m, first.min_ttc_s, first.required_decel) == (4.0, 0.9, 3.5)
    assert second.target_id == 2
    far = [decision(0.0, required_deceleration=9.0, target_distance=math.nan,
                    time_to_collision=math.inf)]  # fmt: skip
    assert next(near_misses(far)).gap_m == math.inf


def test_edges_have_the_frame_of_the_newest_scan():
    edges = take_snapshot(recording("NONE", "WARNING", "WARNING", "FULL")).edges
    assert [(e.frame, e.what, e.before, e.after, e.target) for e in edges] == [
        (0, "state", "", "READY", ""),
        (1, "stage", "NONE", "WARNING", "car"),
        (3, "stage", "WARNING", "FULL", "car"),
    ]


@pytest.mark.parametrize("text,holds", [
    ("warnings = 1", True), ("warnings==1", True), ("warnings < 1", False), ("warnings >= 1", True),
    ("warnings <= 0", False), ("min_ttc_s > 3.5", True), ("recall >= 0.5", False),
])  # fmt: skip
def test_conditions_are_judged(text, holds):
    (one,) = judge_all([parse_condition(text)], metrics(recording("NONE", "WARNING")))
    assert one.passed is holds


@pytest.mark.parametrize("text,words", [
    ("warnings", "write it as"), ("warnings ~ 1", "write it as"), ("warnings = few", "no number"),
    ("warnigs = 1", "did you mean 'warnings'"), ("xyz = 1", "there are: frames"),
])  # fmt: skip
def test_conditions_that_mean_nothing_are_refused(text, words):
    with pytest.raises(BagError, match=words):
        judge_all([parse_condition(text)], metrics(recording("NONE")))

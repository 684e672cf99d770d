# SPDX-License-Identifier: Apache-2.0
"""What is told of two snapshots that are not alike, and baseline files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bulwark_core.errors import BagError
from bulwark_replay.baseline import read_baseline, write_baseline
from bulwark_replay.differences import Tolerances, differences, parse_tolerances
from bulwark_replay.snapshot import CURVES, Edge, Snapshot


def edge(frame: int, after: str, t_s: float | None = None, **other: str) -> Edge:
    row = {"reason": "COLLISION_AHEAD", "target": "car", "what": "stage", "before": "NONE", **other}
    return Edge(frame, frame / 10 if t_s is None else t_s, after=after, **row)


def snapshot(*edges: Edge, **metrics: float | None) -> Snapshot:
    curves = dict.fromkeys(CURVES, (1.0, 2.0, None))
    return Snapshot("drive", edges, metrics, (0.0, 0.1, 0.2), curves)


def texts(before: Snapshot, after: Snapshot, **tolerances: object) -> list[str]:
    found = differences(before, after, Tolerances(**tolerances))  # type: ignore[arg-type]
    return [one.text for one in found]


def test_equal_snapshots_do_not_differ():
    one = snapshot(edge(3, "WARNING"), warnings=1, recall=None)
    assert texts(one, one) == []


@pytest.mark.parametrize("frame,words", [
    (5, "stage WARNING for car: 2 frames later (frame 3 to 5, +0.20 s)"),
    (2, "stage WARNING for car: 1 frame earlier (frame 3 to 2, -0.10 s)"),
])  # fmt: skip
def test_an_edge_that_moved_is_told_in_frames(frame, words):
    before, after = snapshot(edge(3, "WARNING")), snapshot(edge(frame, "WARNING"))
    assert texts(before, after) == [words]
    assert texts(before, after, edge_frames=2) == []


def test_an_edge_that_moved_between_two_scans_is_told_unless_frames_are_tolerated():
    before, after = snapshot(edge(3, "FULL", 0.30)), snapshot(edge(3, "FULL", 0.32))
    assert texts(before, after) == [
        "stage FULL for car: later in its frame (frame 3 to 3, +0.02 s)"
    ]
    assert texts(before, after, edge_frames=1) == []


def test_edges_that_come_go_or_have_another_reason():
    before = snapshot(edge(3, "WARNING"), edge(9, "FULL"))
    after = snapshot(edge(3, "WARNING", target="truck"), edge(4, "HOLD"))
    assert texts(before, after) == [
        "stage WARNING for truck at frame 3: collision_ahead car became collision_ahead truck",
        "stage FULL for car at frame 9 is gone",
        "stage HOLD for car at frame 4 is new",
    ]


def test_of_several_edges_the_closest_are_one_pair():
    before = snapshot(edge(3, "WARNING"), edge(30, "WARNING"))
    after = snapshot(edge(2, "WARNING"), edge(15, "WARNING"), edge(30, "WARNING"))
    assert texts(before, after) == [
        "stage WARNING for car: 1 frame earlier (frame 3 to 2, -0.10 s)",
        "stage WARNING for car at frame 15 is new",
    ]


def test_metrics_and_curves_are_told_as_deltas_beyond_their_tolerance():
    before, after = snapshot(min_ttc_s=1.5, recall=None), snapshot(min_ttc_s=1.2, recall=0.5)
    assert texts(before, after) == [
        "min_ttc_s: 1.5 to 1.2 (-0.3)", "recall: nothing became 0.5",
    ]  # fmt: skip
    assert texts(before, after, by_name={"min_ttc_s": 0.3}) == ["recall: nothing became 0.5"]
    bent = replace(before, curves=before.curves | {"gap": (1.0, 5.0, None)})
    assert texts(before, bent) == [
        "gap differs in 1 of 3 frames, first in 1, most in 1: 2 to 5 (+3) m"
    ]


def test_a_metric_that_the_baseline_does_not_know_yet_is_not_compared():
    assert texts(snapshot(a=1), snapshot(a=1, b=2)) == []


def test_tolerances_are_read_and_wrong_ones_refused():
    assert parse_tolerances(["edge_frames=2", "number=0.5", "tracks=3"]) == Tolerances(
        2, 0.5, {"tracks": 3.0}
    )
    for rule in ("tracks", "tracks=-1", "=1", "tracks=much", "tracks=inf"):
        with pytest.raises(BagError, match="write it as name=value"):
            parse_tolerances([rule])


def test_a_baseline_comes_back_as_it_was_written(tmp_path):
    known = {"b": snapshot(edge(3, "FULL"), tracks=2, recall=None), "a": snapshot()}
    write_baseline(tmp_path / "deep" / "base.json", known, "0123")
    assert read_baseline(tmp_path / "deep" / "base.json") == known


@pytest.mark.parametrize("content,words", [
    (None, "no such baseline; make it with --update-baseline"),
    ("{", "cannot be read as a baseline"),
    ("[]", "is no baseline"),
    ('{"format": "bulwark replay baseline 1"}', "is no baseline"),
    ('{"format": "bulwark replay baseline 1", "bags": {"a": {"bag": "a"}}}', "is no baseline"),
])  # fmt: skip
def test_a_file_that_is_no_baseline_is_refused(tmp_path, content, words):
    file = tmp_path / "base.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BagError, match=words) as caught:
        read_baseline(file)
    assert "base.json" in str(caught.value)

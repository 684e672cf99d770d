# SPDX-License-Identifier: Apache-2.0
"""Whole replays through the real nodes."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from bulwark_core.errors import BagError, ModelError, ParameterError
from bulwark_replay.replay_log import make_run_log
from bulwark_replay.report import render
from bulwark_replay.report.payload import make_payload
from bulwark_replay.result import make_result, to_json
from bulwark_replay.runner import ReplayOptions, replay

pytestmark = pytest.mark.timeout(600)  # the first run compiles the point loops
DATA = Path(os.environ.get("BULWARK_DATA", Path(__file__).parents[4] / "shared" / "data"))


def run(path: Path, **options: object):
    silent = (lambda topics: None, lambda done, total: None)
    return replay(path, ReplayOptions(**options), *silent)  # type: ignore[arg-type]


def result_of(path: Path, **options: object) -> dict:
    return json.loads(to_json(make_result(run(path, **options), "commit", None)))


@pytest.fixture(scope="module")
def kitti():
    path = DATA / "bags" / "kitti_lead_vehicle"
    if not path.is_dir():
        pytest.skip(f"no recordings in {DATA} (set BULWARK_DATA)")
    return path


def test_two_runs_give_the_same_bytes(drive_bag):
    first, second = (to_json(make_result(run(drive_bag), "c", None)) for _ in range(2))
    assert first == second


def test_each_scan_is_a_frame_with_what_was_seen_in_it(drive_bag):
    result = result_of(drive_bag)
    assert result["frames"] == 6
    assert [row["stamp_ns"] % 10**9 for row in result["per_frame"]] == [
        i * 100_000_000 for i in range(6)
    ]
    ahead = [o for o in result["per_frame"][-1]["objects"] if o["nearest_x"] is not None]
    assert [o["nearest_x"] for o in ahead] == pytest.approx([12.0 - 3.0 * 0.5], abs=0.3)
    assert result["timing_ms"].keys() == {"lidar_perception", "static_obstacles", "aeb_supervisor"}
    assert result["states"][0]["t_s"] <= 0.02
    assert result["interventions"] == []


def test_driving_on_towards_the_car_warns_and_then_intervenes(write_bag, make_drive):
    result = result_of(write_bag(make_drive(scans=30, speed=12.0, gap=45.0)))
    assert [row["stage"] for row in result["warnings"]] == ["WARNING"]
    assert result["interventions"][-1]["stage"] == "FULL"
    assert result["warnings"][0]["t_s"] < result["interventions"][0]["t_s"]


def test_the_time_scale_shortens_the_drive(drive_bag):
    plain, fast = run(drive_bag), run(drive_bag, time_scale=Fraction(2))
    assert fast.duration_s == pytest.approx(plain.duration_s / 2)
    assert fast.motion[-1][1].speed == 6.0


def test_the_report_of_a_replay_shows_its_frames_and_what_is_missing(drive_bag):
    recording = run(drive_bag)
    html = render(make_run_log(recording, "0123456789abcdef"))
    assert "0123456789ab" in html
    assert "no VehicleStatus" in html
    assert len(make_payload(make_run_log(recording, ""))["frames"]) == 6


def test_progress_counts_every_message(drive_bag):
    seen: list[tuple[int, int]] = []
    replay(drive_bag, ReplayOptions(), lambda topics: None, lambda *row: seen.append(row))
    assert seen == [(i, 37) for i in range(1, 38)]


def test_wrong_options_are_refused_before_anything_runs(drive_bag, tmp_path):
    with pytest.raises(ModelError, match="no such file"):
        run(drive_bag, model=tmp_path / "no.onnx")
    (tmp_path / "some.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match="no camera pictures"):
        run(drive_bag, model=tmp_path / "some.onnx")
    with pytest.raises(ParameterError, match="'radar' is not replayed"):
        run(drive_bag, settings=("radar.x=1",))
    with pytest.raises(BagError, match="no such file"):
        run(tmp_path / "nowhere")


@pytest.mark.data
def test_nobody_brakes_in_the_recorded_traffic(kitti):
    for path in (kitti, kitti.with_name("kitti_street")):
        result = result_of(path)
        assert result["interventions"] == []
        assert result["warnings"] == []


@pytest.mark.data
def test_a_broken_model_is_refused(kitti, tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"broken\.onnx"):
        run(kitti, model=tmp_path / "broken.onnx")

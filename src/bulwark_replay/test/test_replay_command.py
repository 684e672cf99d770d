# SPDX-License-Identifier: Apache-2.0
"""`bulwark replay` as a user meets it."""

from __future__ import annotations

import json

import pytest

# No dependency of this package: bulwark_cli depends on it.
main = pytest.importorskip("bulwark_cli.main").main

pytestmark = pytest.mark.timeout(600)  # the first run compiles the point loops


@pytest.fixture
def command(tmp_path, monkeypatch, capfd):
    """Runs `bulwark replay ...` in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["replay", *arguments])
        return (ended.value.code or 0, *capfd.readouterr())

    return run


def test_a_replay_shows_topics_states_tracks_times_and_the_report(command, drive_bag, tmp_path):
    code, out, _ = command("drive", "--json", "out/drive.json")
    assert code == 0
    for words in ("/points", "/vehicle/odometry", "the only Odometry", "no VehicleStatus",
                  "AEB state", "longest [frames]", "lidar_perception", "p99 [ms]",
                  "0 interventions", "report: reports/drive/index.html"):  # fmt: skip
        assert words in out
    assert (tmp_path / "reports/drive/index.html").is_file()
    assert (tmp_path / "reports/latest").resolve() == tmp_path / "reports/drive"
    result = json.loads((tmp_path / "out/drive.json").read_text())
    assert result["report"] == "reports/drive/index.html"
    assert result["timing_ms"]["lidar_perception"] == {"p50": None, "p99": None}


def test_two_runs_write_the_same_json(command, drive_bag, tmp_path):
    for name in ("a", "b"):
        assert command("drive", "--json", f"{name}.json")[0] == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_the_json_can_be_piped(command, drive_bag, tmp_path):
    code, out, err = command("drive", "--json", "-", "--no-report", "--timing")
    assert code == 0
    result = json.loads(out)
    assert result["report"] is None
    assert result["timing_ms"]["lidar_perception"]["p50"] > 0.0
    assert "0 interventions" in err
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("given,written", [("there", "there/index.html"), ("my.html", "my.html")])
def test_the_report_goes_where_it_is_wanted(command, drive_bag, tmp_path, given, written):
    assert command("drive", "--report", given)[0] == 0
    assert (tmp_path / written).is_file()
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("arguments,words", [
    (["nowhere"], "no such file"),
    (["drive", "--map", "/x"], "write it as"),
    (["drive", "--map", "/x:=/lidar/points"], "the bag has no /x"),
    (["drive", "--time-scale", "0"], "above zero"),
    (["drive", "--params", "no.yaml"], "no.yaml"),
    (["drive", "--set", "radar.x=1"], "'radar' is not replayed"),
    (["drive", "--model", "no.onnx"], "no such file"),
    (["drive", "--report", "drive/metadata.yaml/x"], "cannot write"),
    (["drive", "--rport", "x"], "No such option"),
])  # fmt: skip
def test_bad_input_ends_with_2_and_one_line(command, drive_bag, arguments, words):
    code, _, err = command(*arguments)
    assert code == 2
    assert words in err
    assert "Traceback" not in err


def test_a_truncated_bag_ends_with_2_and_one_line(command, drive_bag):
    file = drive_bag / "drive.mcap"
    file.write_bytes(file.read_bytes()[:-100])
    code, _, err = command("drive")
    assert code == 2
    assert err.startswith("error: drive: drive.mcap is truncated")
    assert err.count("\n") == 1


def test_help_has_worked_examples(command):
    code, out, _ = command("--help")
    assert code == 0
    assert "bulwark replay drive.mcap --json drive.json" in out

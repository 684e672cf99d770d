# SPDX-License-Identifier: Apache-2.0
"""Gate, comparison, catalogue and clips as a user meets them; and the real graph."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
import yaml

from bulwark_cli.main import main
from bulwark_replay.clips.clip import new_clip, read_clip, write_clip_file
from bulwark_replay.clips.triggers import Trigger

REPLAY_TESTS = Path(__file__).parents[2] / "bulwark_replay" / "test"
pytestmark = pytest.mark.timeout(600)  # the first run compiles the point loops


def _bags():
    """The small bags of bulwark_replay's tests."""
    spec = importlib.util.spec_from_file_location("replay_conftest", REPLAY_TESTS / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BAGS = _bags()
write_bag = BAGS.write_bag


@pytest.fixture
def command(tmp_path, monkeypatch, capfd):
    """Runs `bulwark ...` in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        return (ended.value.code or 0, *capfd.readouterr())

    return run


@pytest.fixture
def bag(write_bag):
    return write_bag(BAGS.drive(24, 12.0, 45.0))


@pytest.fixture
def earlier(tmp_path):
    file = tmp_path / "earlier.param.yaml"
    content = {"aeb_supervisor": {"ros__parameters": {"stage": {"warning_lead": 1.1}}}}
    file.write_text(yaml.safe_dump(content))
    return file


def test_a_baseline_is_a_gate(command, bag, earlier, tmp_path):
    assert command("replay", "drive", "--baseline", "b.json", "--no-report")[0] == 2
    code, _, _ = command("replay", "drive", "--baseline", "b.json", "--update-baseline")
    assert code == 0
    before = Path("b.json").read_bytes()
    code, out, _ = command("replay", "drive", "--baseline", "b.json", "--junit", "same.xml")
    assert (code, "verdict: passed" in out) == (0, True)
    code, out, _ = command(
        "replay", "drive", "--baseline", "b.json", "--params", str(earlier), "--junit", "j.xml",
        "--jsonl", "lines.jsonl", "--json", "r.json",
    )  # fmt: skip
    assert code == 1
    assert "stage WARNING for car: 2 frames earlier" in out
    assert Path("b.json").read_bytes() == before
    (failure,) = Xml.parse("j.xml").getroot().iter("failure")
    assert failure.get("message").startswith("stage WARNING for car: 2 frames earlier")
    assert not list(Xml.parse("same.xml").getroot().iter("failure"))
    lines = [json.loads(line) for line in Path("lines.jsonl").read_text().splitlines()]
    assert lines[0]["baseline"] is True
    assert [line["frame"] for line in lines[1:-1]] == list(range(24))
    assert lines[-1]["verdict"] == json.loads(Path("r.json").read_text())["verdict"] == "changed"


@pytest.mark.parametrize("arguments,words", [
    (["--update-baseline"], "--update-baseline needs --baseline"),
    (["--expect", "interventions"], "write it as"),
    (["--expect", "interventoins = 0"], "did you mean 'interventions'"),
    (["--tolerance", "x"], "write it as name=value"),
    (["--rate", "2"], "--rate is for --graph"),
    (["--baseline", "none.json"], "no such baseline"),
    (["--said", "drive"], "SAID"),
])  # fmt: skip
def test_wrong_demands_end_with_2_and_one_line(command, bag, arguments, words):
    if words == "SAID":
        (bag.parent / "mine").mkdir()
        (bag.parent / "mine" / "notes.txt").write_text("x")
        arguments, words = ["--said", "mine"], "is no bag: it is not replaced"
    code, _, err = command("replay", "drive", "--no-report", *arguments)
    assert code == 2
    assert words in err
    assert "Traceback" not in err


def test_a_folder_is_replayed_and_asked(command, bag):
    (bag.parent / "broken.mcap").write_bytes(b"")
    bag.rename(bag.parent / "sub")
    (bag.parent / "drives").mkdir()
    (bag.parent / "sub").rename(bag.parent / "drives" / "drive")
    (bag.parent / "broken.mcap").rename(bag.parent / "drives" / "broken.mcap")
    code, out, _ = command("replay", "drives", "--workers", "1", "--expect", "interventions = 1")
    assert code == 1
    assert "broken.mcap" in out
    assert "2 bags: 1 passed, 1 broken" in out
    catalogue = "reports/drives/catalogue.sqlite"
    code, out, _ = command("catalogue", "near-misses", catalogue, "--class", "car")
    assert (code, "1 row" in out) == (0, True)
    code, out, _ = command("catalogue", "near-misses", catalogue, "--below-kmh", "20")
    assert "0 rows" in out
    assert "FULL" in command("catalogue", "events", catalogue, "--to", "FULL")[1]
    assert "broken.mcap" in command("catalogue", "bags", catalogue, "--verdict", "broken")[1]
    code, _, err = command("catalogue", "sql", catalogue, "DROP TABLE bags")
    assert (code, "readonly" in err) == (2, True)


@pytest.mark.slow
def test_compare_names_what_moved_and_by_how_much(command, bag, earlier):
    code, out, _ = command(
        "compare", ".", str(earlier), "drive", "--report", "c", "--json", "c.json"
    )
    assert code == 1
    assert "stage WARNING for car: 2 frames earlier" in out
    assert "warn_lead_s:" in out
    (row,) = json.loads(Path("c.json").read_text())["bags"]
    assert row["verdict"] == "changed"
    (report,) = Path("c").glob("*.html")
    run = json.loads(report.read_text().partition('application/json">')[2].partition("<")[0])
    assert len(run["beside"]) == len(run["frames"]) == 24
    assert run["beside"][0]["boxes"] == run["frames"][0]["boxes"] != []
    code, _, err = command("compare", "no-such-thing", ".", "drive")
    assert code == 2
    assert "neither a parameter file" in err


@pytest.fixture
def clip(bag):
    """The drive as the recorder would have kept it."""
    moment = Trigger("intervention", BAGS.START_NS, "full braking for car 1", {"ego_speed": 12.0})
    one = new_clip(BAGS.START_NS, BAGS.START_NS + 10**9, [moment])
    folder = bag.rename(bag.parent / "clips_drive")
    (folder / "drive.mcap").rename(folder / "drive.mcap")
    write_clip_file(folder, one)
    return folder


def test_a_clip_becomes_a_case_that_later_versions_must_fulfil(command, clip):
    code, _, err = command("clip", "add", str(clip))
    assert (code, "nobody said yet what is right" in err) == (2, True)
    assert command("clip", "label", str(clip), "--outcome", "wrong")[0] == 2
    note = "standing car"
    assert command("clip", "label", str(clip), "--outcome", "right", "--note", note)[0] == 0
    code, out, _ = command("clip", "show", str(clip))
    assert "ego_speed 12" in out
    assert "intervention" in out
    code, out, _ = command("clip", "list", str(clip.parent))
    assert "right" in out
    assert command("clip", "add", str(clip))[0] == 0
    name = read_clip(clip).name
    case = yaml.safe_load(Path(f"regression/{name}/case.yaml").read_text())
    assert case["expect"] == ["interventions >= 1"]
    assert case["about"] == note
    sample = np.load(f"samples/{name}.npz")
    assert sample["ego"].shape == (24, 5)
    assert sample["future"].shape == (24, 30, 2)
    assert sample["future"][0, 9] == pytest.approx([12.0, 0.0], abs=0.05)
    assert sample["object"].shape[0] == sample["frame"].shape[0] > 0
    assert json.loads(Path("samples/samples.jsonl").read_text())["outcome"] == "right"
    assert command("replay", "regression", "--workers", "1")[0] == 0
    blind = "aeb_supervisor.stage.warning_lead=1.2"
    assert command("replay", "regression", "--workers", "1", "--set", blind)[0] == 0
    assert command("clip", "add", str(clip))[0] == 2  # it is there already


def test_a_clip_that_the_stack_fails_today_is_added_and_told(command, clip):
    command("clip", "label", str(clip), "--outcome", "false")
    code, out, _ = command("clip", "add", str(clip), "--no-sample")
    assert code == 1
    assert "now: interventions = 0: not fulfilled, 1" in out
    assert command("replay", "regression", "--workers", "1")[0] == 1


@pytest.mark.ros
@pytest.mark.slow
def test_the_real_graph_gives_the_same_verdict(command, bag):
    asked = ("--expect", "interventions = 1", "--expect", "warnings = 1")
    code, out, _ = command("replay", "drive", "--graph", "--no-report", "--said", "live", *asked)
    assert code == 0, out
    assert "graph: 24 scans" in out
    assert command("replay", "live", "--no-report", *asked)[0] == 0

# SPDX-License-Identifier: Apache-2.0
"""Folders of bags: broken ones among good ones, workers, resuming, baselines, the catalogue."""

from __future__ import annotations

import importlib.util
import json
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from std_msgs.msg import String

from bulwark_core.errors import BagError
from bulwark_replay import catalogue, many
from bulwark_replay.conditions import parse_condition
from bulwark_replay.many import Plan, replay_folder
from bulwark_replay.outcome import Demands, Verdict
from bulwark_replay.runner import ReplayOptions

pytestmark = pytest.mark.timeout(600)  # the first run compiles the point loops
HOUR_NS = 3_600_000_000_000


def silent(outcome, done, total):
    pass


@pytest.fixture
def folder(tmp_path, write_bag, make_drive):
    """Two drives: one towards a standing car, one that stops being recorded in time."""
    for name, drive in (("near", make_drive(24, 12.0, 45.0)), ("far", make_drive(6, 3.0, 12.0))):
        write_bag(drive, name=f"drives/{name}")
    return tmp_path / "drives"


@pytest.fixture
def plan(folder, tmp_path):
    return Plan(folder, tmp_path / "out", ReplayOptions(with_points=False), Demands(), "commit")


def files_of(out: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()
    }


def test_each_kind_of_odd_bag_is_told_and_the_others_go_on(plan, folder, write_bag, make_drive):
    drive = make_drive(6, 3.0, 12.0)
    truncated = write_bag(drive, name="drives/truncated") / "truncated.mcap"
    truncated.write_bytes(truncated.read_bytes()[:-400])
    (folder / "empty.mcap").write_bytes(b"")
    write_bag([row for row in drive if row[0] != "/points"], name="drives/lidarless")
    write_bag([(t, String(data="x") if t == "/points" else m, ns) for t, m, ns in drive],
              name="drives/wrong_type")  # fmt: skip
    later = [(t, m, ns + (HOUR_NS * 2 if i > 20 else 0)) for i, (t, m, ns) in enumerate(drive)]
    write_bag(later, name="drives/jumping")
    write_bag([row for row in drive for _ in range(2)], name="drives/duplicated")
    write_bag(drive[::-1], name="drives/unordered")
    outcomes = {one.name: one for one in replay_folder(plan, silent)}
    told = {name: one.error for name, one in outcomes.items() if one.verdict is Verdict.BROKEN}
    assert set(told) == {"truncated", "empty.mcap", "lidarless", "wrong_type", "jumping"}
    assert "truncated.mcap is truncated" in told["truncated"]
    assert "is empty" in told["empty.mcap"]
    assert "has no lidar" in told["lidarless"]
    assert "/points (String)" in told["wrong_type"]
    assert "log time jumps ahead by 7200 s" in told["jumping"]
    assert all("\n" not in error for error in told.values())
    notes = " ".join(outcomes["duplicated"].notes)
    assert "/points: 6 messages are in the bag twice; each was brought once" in notes
    good = {name: one.snapshot for name, one in outcomes.items() if one.snapshot}
    assert set(good) == {"near", "far", "duplicated", "unordered"}
    for name in ("duplicated", "unordered"):
        assert replace(good[name], bag="far") == good["far"]
    last = (plan.out / "bags/truncated/frames.jsonl").read_text().splitlines()[-1]
    assert json.loads(last)["verdict"] == "broken"
    suite = Xml.parse(plan.out / "junit.xml").getroot()
    assert (suite.get("tests"), suite.get("errors"), suite.get("failures")) == ("9", "5", "0")


@pytest.mark.slow
def test_the_files_do_not_depend_on_the_number_of_workers(plan):
    replay_folder(plan, silent)
    two = replace(plan, out=plan.out.with_name("two"), workers=2)
    replay_folder(two, silent)
    assert files_of(plan.out) == files_of(two.out)


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install ray"
)
def test_two_workers_of_a_local_cluster_leave_the_same_files(plan, monkeypatch):
    replay_folder(plan, silent)
    monkeypatch.chdir(plan.folder.parent)
    there = replace(plan, folder=Path("drives"), out=Path("there"), workers=2, ray="local")
    replay_folder(there, silent)
    assert files_of(plan.out) == files_of(there.out)


def test_an_interrupted_run_goes_on_where_it_was(plan):
    def interrupt(outcome, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay_folder(plan, interrupt)
    journal = plan.out / many.JOURNAL
    journal.write_text(journal.read_text() + '{"key": "cut o')
    done = []
    replay_folder(plan, lambda outcome, *_: done.append(outcome.name))
    assert done == ["far", "near"]
    whole = replace(plan, out=plan.out.with_name("whole"))
    replay_folder(whole, silent)
    assert files_of(plan.out) == files_of(whole.out)


def test_an_old_outcome_is_not_taken_for_another_bag_or_other_parameters(plan, folder, monkeypatch):
    replay_folder(plan, silent)
    carried = []

    def nothing(work, place):
        carried.extend(work.items)
        yield from ()

    monkeypatch.setattr(many, "carry_out_all", nothing)
    with pytest.raises(KeyError):  # nothing comes out, so the journal lacks it
        replay_folder(
            replace(plan, options=ReplayOptions(settings=("aeb_supervisor.x=1",))), silent
        )
    assert [job.name for job in carried] == ["far", "near"]
    carried.clear()
    (folder / "far" / "case.yaml").write_text("expect: [warnings = 0]\n")
    with pytest.raises(KeyError):
        replay_folder(plan, silent)
    assert [job.name for job in carried] == ["far"]


def test_conditions_and_case_files_decide(plan, folder):
    (folder / "near" / "case.yaml").write_text("expect: ['interventions >= 1']\n")
    demands = Demands((parse_condition("warnings = 0"),))
    outcomes = {one.name: one for one in replay_folder(replace(plan, demands=demands), silent)}
    assert outcomes["near"].conditions == (
        ("interventions >= 1: 1", True), ("warnings = 0: not fulfilled, 1", False),
    )  # fmt: skip
    assert outcomes["near"].verdict is Verdict.FAILED
    (folder / "far" / "case.yaml").write_text("expect: 3\nexpct: []\n")
    broken = {one.name: one.error for one in replay_folder(plan, silent)}["far"]
    assert "case.yaml: unknown field 'expct'" in broken


def test_a_baseline_finds_changes_new_bags_and_lost_ones(plan, folder):
    known = {one.name: one.snapshot for one in replay_folder(plan, silent)}
    again = replace(plan, baseline=known)
    assert [one.verdict for one in replay_folder(again, silent)] == [Verdict.PASSED] * 2
    sooner = ReplayOptions(with_points=False, settings=("aeb_supervisor.stage.warning_lead=1.4",))
    near = {o.name: o for o in replay_folder(replace(again, options=sooner), silent)}["near"]
    assert near.verdict is Verdict.CHANGED
    assert any("stage WARNING for car" in d.text and "earlier" in d.text for d in near.differences)
    shutil.move(folder / "near", folder / "other")
    outcomes = {one.name: one for one in replay_folder(again, silent)}
    assert outcomes["near"].error == "near: is in the baseline but not in the folder"
    assert [d.text for d in outcomes["other"].differences] == ["is not in the baseline"]


def test_the_catalogue_answers(plan):
    replay_folder(plan, silent)
    file = plan.out / many.CATALOGUE
    near = catalogue.near_misses(file, "car", 50.0)
    assert near.columns[:3] == ("bag", "t_s", "target_class")
    assert [row[0] for row in near.rows] == ["near"]
    assert catalogue.near_misses(file, "crash_barrel").rows == ()
    assert catalogue.near_misses(file, "car", 20.0).rows == ()
    assert [row[0] for row in catalogue.events(file, "FULL").rows] == ["near"]
    assert [row[:2] for row in catalogue.bags(file).rows] == [("far", "passed"), ("near", "passed")]
    with pytest.raises(BagError, match="readonly"):
        catalogue.ask(file, "DELETE FROM bags")
    with pytest.raises(BagError, match="no such column"):
        catalogue.ask(file, "SELECT foo FROM bags")
    with pytest.raises(BagError, match="no such catalogue"):
        catalogue.bags(file.with_name("none.sqlite"))


def test_a_folder_without_bags_is_refused(plan, tmp_path):
    (tmp_path / "hollow").mkdir()
    with pytest.raises(BagError, match="holds no bag"):
        replay_folder(replace(plan, folder=tmp_path / "hollow"), silent)

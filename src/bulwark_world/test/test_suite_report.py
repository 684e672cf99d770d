# SPDX-License-Identifier: Apache-2.0
"""Which runs a suite's page keeps, what it holds, and how it fails."""

import gzip
import json
import re

import pytest
from suite_page import BROKEN, FALSE, HIT, STOPPED, driven, make_page

from bulwark_core.errors import ScenarioError
from bulwark_replay.report.html import CSS_MARK, SCRIPT_MARK
from bulwark_world.suite_report import keep
from bulwark_world.suite_report.keep import Keep, Logs, within_budget
from bulwark_world.suite_report.packed import write_run_page
from bulwark_world.suite_report.page import SuitePage, render_suite, write_suite_page

IDS = [f"run-{i}" for i in range(3000)]


def data_of(html):
    found = re.search(r'<script id="suite" type="application/json">(.*?)</script>', html)
    return json.loads(found.group(1))


def test_failed_runs_and_a_sample_of_the_others_are_kept():
    choice = Keep.of(Logs.FAILED, IDS)
    passed = [run_id for run_id in IDS if choice.wants(run_id, passed=True)]
    assert 0.5 * keep.SAMPLE <= len(passed) <= keep.SAMPLE
    assert passed[0] == IDS[0]
    assert passed == [*choice.sample]
    assert all(choice.wants(run_id, passed=False) for run_id in IDS)


@pytest.mark.parametrize("logs, wanted", [(Logs.ALL, True), (Logs.NONE, False)])
def test_all_runs_or_none_are_kept(logs, wanted):
    choice = Keep.of(logs, IDS)
    assert choice.any is wanted
    assert {choice.wants(i, passed=passed) for i in IDS for passed in (True, False)} == {wanted}


def test_every_run_of_a_small_suite_is_in_the_sample():
    choice = Keep.of(Logs.FAILED, IDS[:5])
    assert [*choice.sample] == IDS[:5]


def test_a_page_that_is_full_holds_failed_runs_first(monkeypatch):
    monkeypatch.setattr(keep, "PAGE_BUDGET", 25)
    packed = {"good": b"0123456789", "bad": b"0123456789", "better": b"0123456789"}
    assert [*within_budget(packed, frozenset({"bad"}))] == ["bad", "good"]


def test_the_same_suite_gives_the_same_page(tmp_path):
    write_suite_page(make_page(), tmp_path / "deep" / "index.html")
    assert (tmp_path / "deep" / "index.html").read_text() == render_suite(make_page())


def test_the_page_holds_every_run_with_its_settings_and_asks_for_nothing_else():
    html = render_suite(make_page())
    data = data_of(html)
    at = data["columns"]["id"].index(HIT)
    assert data["columns"]["impact_kmh"][at] == 23.4
    assert data["settings"]["overlap"][at] == 0.5
    assert data["settings"]["target"][at] == "car"
    assert data["scenarios"][at] == "ccr_stationary"
    assert data["settings"]["overlap"][-1] is None  # the other scenario has none
    assert data["parameters"]["speed_kmh"]["unit"] == "km/h"
    assert data["kept"] == [HIT, STOPPED]
    assert data["false_events"] == [FALSE]
    assert "2 of 25 runs are kept" in html
    assert not re.search(r'(?:src|href)="(?!data:)', html)
    assert "<b>no world" not in html


def test_a_run_that_was_not_carried_out_has_no_figures():
    columns = data_of(render_suite(make_page()))["columns"]
    assert columns["v0_kmh"][columns["id"].index(BROKEN)] is None


def test_without_logs_the_page_is_small_and_says_so():
    html = render_suite(make_page(Logs.NONE, full=False))
    assert "No run is kept in full" in html
    assert data_of(html)["kept"] == []


def test_a_suite_without_runs_still_has_a_page():
    full = make_page(full=False)
    empty = {**full.result, "runs": [], "summary": {"runs": 0, "failed": 0}}
    assert "No runs" in render_suite(SuitePage(empty, []))


def test_a_page_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ScenarioError, match="cannot be written: "):
        write_suite_page(make_page(full=False), tmp_path / "file" / "index.html")
    with pytest.raises(ScenarioError, match="cannot be written: "):
        write_run_page(gzip.compress(b""), tmp_path / "file" / "run.html")


def test_a_packed_run_is_small_and_becomes_a_page_by_itself(tmp_path):
    packed = driven()[STOPPED]
    assert len(packed) < 40_000
    write_run_page(packed, tmp_path / "run.html")
    html = (tmp_path / "run.html").read_text()
    assert CSS_MARK not in html
    assert SCRIPT_MARK not in html
    assert "class Player" in html
    assert f"<title>{STOPPED}" in html

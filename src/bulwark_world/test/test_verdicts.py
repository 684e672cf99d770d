# SPDX-License-Identifier: Apache-2.0
"""Expectations from physics, colours, and what a suite requires of all its runs."""

from dataclasses import replace

import pytest

from bulwark_core.errors import ScenarioError
from bulwark_world.expectation import Expectation
from bulwark_world.figures import Figures
from bulwark_world.grades import SCALES, colours_by_layer
from bulwark_world.physics import Physics
from bulwark_world.requirements import Requirement, read_requirements
from bulwark_world.suite import load_suite
from bulwark_world.yaml_fields import Fields

STOPPED = Figures(50.0, None, 1.0, 0.4, 2.0, 1.1, 0.9, 9.0, 8.9, 0.1)
FREE = Physics(50.0, 1.0, 0.0, True)
FORCED = Physics(50.0, 1.0, 20.0, False)
NEEDLESS = Physics(None, None, 0.0, True)


def hit(kmh):
    return replace(STOPPED, impact_kmh=kmh, stop_gap_m=None)


@pytest.mark.parametrize(
    "physics, impact, passes",
    [
        (FREE, None, True),
        (FREE, 0.5, False),
        (FORCED, None, True),
        (FORCED, 21.9, True),
        (FORCED, 22.1, False),
        (None, 0.5, False),
    ],
)
def test_avoidable_excuses_what_physics_forces_and_no_more(physics, impact, passes):
    expectation = Expectation(avoidable=True, physics=physics)
    figures = STOPPED if impact is None else hit(impact)
    assert (not expectation.failures(figures)) is passes


def test_the_standard_s_limit_counts_where_it_is_wider():
    assert not Expectation(avoidable=True, max_impact_kmh=35.0, physics=FREE).failures(hit(30.0))
    assert Expectation(max_impact_kmh=15.0, physics=FORCED).failures(hit(20.0))


def test_nobody_must_brake_where_nobody_would_be_hit():
    quiet = replace(STOPPED, brake_ttc_s=None, warn_ttc_s=None, stop_gap_m=None)
    assert not Expectation(physics=NEEDLESS).failures(quiet)
    assert Expectation(physics=FREE).failures(quiet) == ["no braking"]


def test_a_warning_must_come_at_its_ttc():
    assert not Expectation(warn_ttc_s=1.7).failures(STOPPED)
    late = replace(STOPPED, warn_ttc_s=1.6)
    assert Expectation(warn_ttc_s=1.7).failures(late) == ["warning TTC 1.60 s, less than 1.7"]
    assert Expectation(warn_ttc_s=1.7).failures(replace(STOPPED, warn_ttc_s=None)) == [
        "no warning TTC"
    ]


@pytest.mark.parametrize(
    "speed, impact, colour",
    [
        (20, None, "green"), (20, 3.0, "red"), (10, 1.0, "red"),
        (30, 10.0, "brown"), (30, 10.1, "red"),
        (40, 10.0, "orange"), (40, 20.0, "brown"), (40, 20.1, "red"),
        (50, 10.0, "yellow"), (50, 20.0, "orange"), (50, 30.0, "brown"), (50, 30.1, "red"),
        (130, 10.0, "yellow"), (130, 31.0, "red"),
    ],
)  # fmt: skip
def test_colours_by_impact_are_euro_ncap_s_of_2026(speed, impact, colour):
    assert SCALES["impact"](speed, impact, float(speed)) == colour


def test_colours_by_avoidance_and_by_reduction():
    assert SCALES["avoidance"](15.0, None, 40.0) == "green"
    assert SCALES["avoidance"](15.0, 0.1, 40.0) == "red"
    reduction = SCALES["reduction"]
    assert [reduction(50.0, kmh, 100.0) for kmh in (None, 80.0, 90.0, 91.0)] == [
        "green", "yellow", "brown", "red",
    ]  # fmt: skip


def test_a_graded_run_fails_by_being_red_unless_physics_forces_it():
    graded = Expectation(grade="impact", physics=FREE, speed_kmh=50.0)
    assert not graded.failures(hit(29.0))
    assert "red" in graded.failures(hit(31.0))[0]
    forced = replace(graded, physics=Physics(50.0, 1.0, 40.0, False))
    assert not forced.failures(hit(41.0))
    assert forced.colour(hit(41.0)) == "red"


def test_colours_are_counted_by_layer():
    rows = [
        {"layer": "a", "grade": "red"},
        {"layer": "a", "grade": "red"},
        {"layer": "b", "grade": ""},
    ]
    counts = colours_by_layer(rows)
    assert list(counts) == ["a"]
    assert counts["a"]["red"] == 2


def record(run_id, passed=True, gap=1.0, impact=None):
    return {"id": run_id, "passed": passed, "stop_gap_m": gap, "impact_kmh": impact}


def test_a_share_of_passed_runs():
    rule = Requirement("cars", 0.9, ("car-*",))
    rows = [record(f"car-{i}", passed=i != 0) for i in range(10)] + [record("bike", passed=False)]
    assert rule.judge(rows)["passed"]
    rows[1]["passed"] = False
    verdict = rule.judge(rows)
    assert (verdict["share"], verdict["runs"], verdict["passed"]) == (0.8, 10, False)


def test_a_share_of_stop_gaps_counts_stops_without_contact():
    rule = Requirement("gaps", 0.5, stop_gap_m=(0.3, 3.0))
    rows = [
        record("a", gap=0.3),
        record("b", gap=3.1),
        record("c", gap=None),
        record("d", impact=5.0),
    ]
    verdict = rule.judge(rows)
    assert (verdict["share"], verdict["runs"], verdict["passed"]) == (0.5, 2, True)
    assert rule.judge([])["share"] is None
    assert rule.judge([])["passed"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("[{name: a}]", ["require[0].share", "missing"]),
        ("[{name: a, share: 2}]", ["share", "out of range"]),
        ("[{name: a, share: 0.9, runs: 3}]", ["runs", "glob"]),
        ("[{name: a, share: 0.9, stop_gap: [[0, 1]]}]", ["stop_gap", "did you mean 'stop_gap_m'"]),
    ],
)
def test_a_wrong_requirement_is_named(tmp_path, text, words):
    file = tmp_path / "mine.yaml"
    file.write_text(f"about: A test.\nruns: [{{id: a, scenario: pass_by}}]\nrequire: {text}\n")
    with pytest.raises(ScenarioError) as caught:
        load_suite(str(file))
    assert "mine.yaml:3: " in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_requirements_are_read(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("require: [{name: a, share: 0.9, runs: [x-*, y], clause: c}]\n")
    assert read_requirements(Fields.of_file(file)) == (
        Requirement("a", 0.9, ("x-*", "y"), None, "c"),
    )

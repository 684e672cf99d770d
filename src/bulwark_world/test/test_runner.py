# SPDX-License-Identifier: Apache-2.0
"""Whole runs in lock step with the stack's own components."""

import json
import math

import pytest

from bulwark_core.vehicle import VehicleParams
from bulwark_replay.report import write_report
from bulwark_world.expectation import Expectation
from bulwark_world.figures import Figures, figures_of
from bulwark_world.lockstep import LockStep
from bulwark_world.params import LidarMount, SensorParams
from bulwark_world.recording import STAGES, STATES
from bulwark_world.run_log import RunConditions, Timing, run_log, write_run_log
from bulwark_world.run_report import make_report
from bulwark_world.runner import Conditions, carry_out, judge, suite_json
from bulwark_world.scenario import load_scenario
from bulwark_world.stack import Sensing
from bulwark_world.suite import Run, load_suite
from bulwark_world.suite_report.keep import Keep, Logs

FIELDS = {
    "id", "clause", "layer", "expected", "passed", "v0_kmh", "impact_kmh", "stop_gap_m",
    "min_ttc_s", "warn_ttc_s", "brake_ttc_s", "warn_lead_s", "peak_decel", "extra_decel",
    "latest_brake_margin_s", "avoidable", "least_impact_kmh", "grade", "fault", "reason",
    "torque_cut_s", "free_impact_kmh", "driven_s", "warnings", "interventions",
}  # fmt: skip


def run_of(scenario, **values):
    return Run(scenario, load_scenario(scenario), values)


@pytest.mark.parametrize("run", load_suite("smoke").runs, ids=lambda run: run.id)
def test_the_smoke_suite_passes_on_objects(run):
    record = carry_out(run, Conditions()).record
    assert record.passed, record.reason


def test_a_stop_is_as_the_figures_say():
    figures = carry_out(run_of("ccr_stationary", speed_kmh=40.0), Conditions()).record.figures
    assert figures.impact_kmh is None
    assert figures.v0_kmh == pytest.approx(40.0, abs=0.5)
    assert 0.0 < figures.stop_gap_m < 5.0
    assert figures.peak_decel == pytest.approx(9.0, abs=0.2)
    assert figures.warn_ttc_s - figures.brake_ttc_s == pytest.approx(figures.warn_lead_s, abs=0.15)
    assert figures.latest_brake_margin_s > 0.0


def test_the_same_seed_gives_the_same_record_and_another_other_figures():
    run = run_of("ccr_stationary", speed_kmh=30.0)
    first, again = (carry_out(run, Conditions(keep=Keep(Logs.ALL))) for _ in range(2))
    assert first.packed == again.packed
    assert first.packed is not None
    assert carry_out(run, Conditions(seed=2)).record.figures != first.record.figures


def test_where_physics_does_not_allow_it_the_impact_is_recorded_and_fails():
    record = carry_out(run_of("ccr_stationary", speed_kmh=80.0, distance=12.0), Conditions()).record
    assert not record.passed
    assert record.figures.impact_kmh > 20.0
    assert "contact at" in record.reason


def test_on_ice_the_supervisor_that_knows_nothing_of_it_hits_slower_than_it_drove():
    figures = carry_out(run_of("ccr_stationary", brake="ice"), Conditions()).record.figures
    assert 0.0 < figures.impact_kmh < 50.0
    assert figures.latest_brake_margin_s < 0.0


def test_a_run_that_cannot_be_carried_out_is_failed_with_the_reason():
    run = run_of("crossing", crossing_kmh=1.0, start_m=30.0, distance=30.0)
    record = carry_out(run, Conditions()).record
    assert not record.passed
    assert record.figures is None
    assert record.reason.startswith("not carried out: ")
    assert "before the start" in record.reason
    assert set(record.as_json()) == FIELDS


def test_the_suite_s_json():
    runs = [
        run_of("pass_by", speed_kmh=30.0),
        run_of("crossing", crossing_kmh=1.0, start_m=30.0, distance=30.0),
    ]
    conditions = Conditions(settings={"brake": "mid"})
    records = [carry_out(run, conditions).record for run in runs]
    result = json.loads(json.dumps(suite_json("two", runs, conditions, records), allow_nan=False))
    assert set(result) == {"suite", "seed", "sensors", "brake", "commit", "runs", "summary"}
    assert (result["suite"], result["sensors"], result["brake"]) == ("two", "objects", "mid")
    assert [set(row) for row in result["runs"]] == [FIELDS, FIELDS]
    counts = {"runs": 2, "passed": 1, "failed": 1, "false_events": 0}
    summary = result["summary"]
    driven = {"driven_h": summary["driven_h"], "warnings": 0, "interventions": 0}
    assert summary == {**counts, **driven, "requirements": [], "grades": {}}
    assert summary["driven_h"] == pytest.approx(result["runs"][0]["driven_s"] / 3600.0, abs=1e-4)


def test_a_stop_on_ray_cast_points():
    sensors = SensorParams(lidar=LidarMount(model="hdl64e"))
    conditions = Conditions(Sensing.LIDAR, sensors=sensors)
    record = carry_out(run_of("ccr_stationary", speed_kmh=50.0), conditions).record
    assert record.passed, record.reason
    assert record.figures.peak_decel > 5.0


def driven_log():
    """The log of a stop before a standing car."""
    run = run_of("ccr_stationary", speed_kmh=30.0)
    world, expectation = run.build(1, VehicleParams())
    recording = LockStep(world, Sensing.OBJECTS, SensorParams(), 1).drive()
    record = judge(run.id, expectation, recording, figures_of(recording, world))
    about = RunConditions(run.scenario.name, 1, run.scenario.values(run.settings))
    return run_log(about, world, recording, record.as_json(), Timing())


def test_the_log_holds_what_a_report_needs(tmp_path):
    file = tmp_path / "deep" / "run.json"
    write_run_log(file, driven_log())
    log = json.loads(file.read_text())
    assert log["config"]["parameters"]["speed_kmh"] == 30.0
    lengths = {len(column) for table in ("rows", "aeb") for column in log[table].values()}
    assert len(lengths) == 1
    assert {event["kind"] for event in log["events"]} >= {"state", "stage", "stop"}
    assert log["scans"][0]["objects"][0]["class"] == "car"


def test_the_log_becomes_a_report(tmp_path):
    log = make_report(driven_log())
    assert log.verdict.text.startswith("Stopped ")
    assert [span.label for span in log.bars[1].spans][-1] == "HOLD"
    assert log.frames[0].boxes[0].label == "car"
    write_report(log, tmp_path / "run.html")
    assert "ccr_stationary" in (tmp_path / "run.html").read_text()


FIGURES = Figures(50.0, None, 1.0, 0.5, 2.0, 1.0, 1.0, 8.0, 8.0, 0.1)


@pytest.mark.parametrize(
    "expectation, change, words",
    [
        (Expectation(), {}, ""),
        (Expectation(), {"impact_kmh": 0.1}, "contact at 0.1"),
        (Expectation(max_impact_kmh=35.0), {"impact_kmh": 34.0}, ""),
        (Expectation(max_impact_kmh=35.0), {"impact_kmh": 36.0}, "contact at 36.0"),
        (Expectation(), {"brake_ttc_s": None}, "no braking"),
        (Expectation(warn_lead_s=0.8), {"warn_lead_s": 0.7}, "warning lead 0.70"),
        (Expectation(warn_lead_s=0.8), {"warn_lead_s": None}, "no warning lead"),
        (Expectation(min_decel=5.0), {"peak_decel": 4.9}, "peak deceleration 4.90"),
        (Expectation(stop_gap_m=(0.3, 3.0)), {}, ""),
        (Expectation(stop_gap_m=(0.3, 3.0)), {"stop_gap_m": 3.1}, "3.10 m"),
        (Expectation(stop_gap_m=(0.3, 3.0)), {"stop_gap_m": None}, "did not stop"),
        (Expectation(reaction=False), {}, "false warning"),
        (Expectation(reaction=False), {"warn_ttc_s": None}, "false braking"),
        (
            Expectation(reaction=False),
            {"warn_ttc_s": None, "brake_ttc_s": None, "extra_decel": 0.1},
            "",
        ),
    ],
)
def test_expectations_are_judged(expectation, change, words):
    from dataclasses import replace

    failures = "; ".join(expectation.failures(replace(FIGURES, **change)))
    assert words in failures if words else failures == ""


def test_a_supervisor_that_was_never_ready_proves_nothing():
    from bulwark_world.recording import AebView, Recording

    recording = Recording(aeb=[AebView(explanation="no lidar")])
    quiet = Figures(50.0, None, None, None, None, None, None, 0.0, 0.0, None)
    record = judge("a", Expectation(reaction=False), recording, quiet)
    assert not record.passed
    assert "never ready: starting, no lidar" in record.reason


def test_names_of_states_and_stages_are_the_message_s():
    from bulwark_msgs.msg import AebState

    for prefix, names in (("STATE_", STATES), ("STAGE_", STAGES)):
        for value, name in enumerate(names):
            assert getattr(AebState, prefix + name.upper()) == value


def test_the_body_reaches_the_run():
    long = VehicleParams(front_overhang=2.9)
    here = carry_out(run_of("ccr_stationary"), Conditions(body=long)).record.figures
    assert math.isfinite(here.stop_gap_m)
    assert here.impact_kmh is None

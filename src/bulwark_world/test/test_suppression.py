# SPDX-License-Identifier: Apache-2.0
"""Misacceleration in the world: pedal scripts, what is judged, and runs with and without system."""

from dataclasses import replace
from itertools import product

import pytest

from bulwark_core.errors import ScenarioError
from bulwark_core.vehicle import VehicleParams
from bulwark_world.driver import ScriptedDriver, Situation
from bulwark_world.pedal_script import read_presses
from bulwark_world.recording import AebView, Recording, Row
from bulwark_world.runner import Conditions, carry_out
from bulwark_world.scenario import load_scenario
from bulwark_world.suite import load_suite
from bulwark_world.suppression import Suppression, torque_cut_s
from bulwark_world.yaml_fields import Fields

ROW = Row(
    **{
        **dict.fromkeys(Row.__annotations__, 0.0),
        "torque_cut": False,
        "in_path": True,
        "safe_stop": False,
        "longitudinal_active": False,
        "source": 0,
    }
)


def presses(tmp_path, text):
    file = tmp_path / "driver.yaml"
    file.write_text(text)
    return read_presses(Fields.of_file(file))


def test_presses_are_a_table(tmp_path):
    table = presses(
        tmp_path,
        "presses:\n"
        "  - {at_s: 1, stroke: 0.5, rate: 5, held_s: 1}\n"
        "  - {at_s: 3, stroke: 1, rate: 10}\n",
    )
    driver = ScriptedDriver(table)
    strokes = [driver.act(Situation(t, 0.0, False)).accelerator for t in (1.0, 1.05, 1.5, 2.2, 9.0)]
    assert strokes == pytest.approx([0.0, 0.25, 0.5, 0.0, 1.0])
    assert presses(tmp_path, "about: none\n") == ()


@pytest.mark.parametrize(
    "text,words",
    [
        ("presses: [{at_s: 1, held_s: 1}, {at_s: 1.5}]", "before the former press"),
        ("presses: [{at_s: 1, stroke: 1, rate: 1, held_s: 0.5}]", "before the stroke is reached"),
        ("presses: [{at_s: 1, stroke: 2}]", "out of range"),
        ("presses: [{at_s: 1, strok: 1}]", "did you mean 'stroke'"),
    ],
)
def test_wrong_presses_are_named(tmp_path, text, words):
    with pytest.raises(ScenarioError, match=words) as error:
        presses(tmp_path, text)
    assert "driver.yaml:1" in str(error.value)


def recording(cut_at=None, moved_at=1.0, stage=2, brake=0.0):
    rows = [
        replace(
            ROW,
            t=k / 50.0,
            accelerator_pedal=1.0 if k / 50.0 > moved_at else 0.0,
            torque_cut=cut_at is not None and k / 50.0 >= cut_at,
            brake_request=brake,
        )
        for k in range(150)
    ]
    return Recording(rows, [AebView(stage=stage)] * len(rows))


@pytest.mark.parametrize("cut_at,seconds", [(1.1, 0.1), (1.26, 0.26), (0.5, 0.0), (None, None)])
def test_torque_cut_is_timed_from_the_pedal(cut_at, seconds):
    assert torque_cut_s(recording(cut_at).rows) == (seconds and pytest.approx(seconds))


def test_a_pedal_that_never_moves_times_nothing():
    assert torque_cut_s(recording(1.1, moved_at=9.0).rows) is None


WITHIN = Suppression(within_s=0.25, least_reduction=0.3)


@pytest.mark.parametrize(
    "run,impact,free,words",
    [
        (recording(1.1), None, 15.0, ""),
        (recording(1.24), 7.0, 10.0, ""),
        (recording(1.1), 7.1, 10.0, "without the system"),
        (recording(1.28), None, 15.0, "0.28 s after"),
        (recording(None), None, 15.0, "no torque cut"),
        (recording(1.1, stage=0), None, 15.0, "no warning"),
        (recording(1.1, stage=5), None, 15.0, "no warning"),
        (recording(1.1), None, None, "proves nothing"),
    ],
)
def test_what_is_judged(run, impact, free, words):
    failures = "; ".join(WITHIN.failures(run, impact, free))
    assert words in failures
    assert bool(failures) is bool(words)


def test_nothing_held_back_from_a_time_on():
    passes = Suppression(passes_from_s=2.0)
    assert passes.failures(recording(None), None, None) == []
    assert "2.50" in passes.failures(recording(2.5), None, None)[0]
    assert "2.00" in passes.failures(recording(None, brake=1.0), None, None)[0]
    assert "held back from 2 s" in str(passes)


def test_the_suite_holds_every_corner_with_every_obstacle_and_direction():
    runs = [run.settings for run in load_suite("mai").runs]
    assert len(runs) == 400
    names = ("target", "reverse", "distance", "speed_kmh", "stroke", "rate", "max_acceleration")
    driven = {tuple(settings[name] for name in names) for settings in runs}
    targets = ("car", "wall", "pillar", "crash_barrel", "pedestrian")
    corners = product(
        targets, (False, True), (1.0, 3.0), (0, 7), (0.6, 1.0), (2, 10), (3, 10)
    )  # fmt: skip
    assert driven >= set(corners)
    inside = {"distance": 1.5, "stroke": 0.8, "rate": 5}
    inside |= {"speed_kmh": 3, "max_acceleration": 5}
    for name, value in inside.items():
        assert any(settings[name] == value for settings in runs)


@pytest.mark.parametrize(
    "settings", [{"max_acceleration": 10.0}, {"max_acceleration": 10.0, "reverse": True}]
)
def test_a_run_with_and_without_the_system(settings):
    suite = load_suite("mai")
    run = replace(suite.runs[0], settings={**settings, "distance": 1.0, "rate": 10.0})
    record = carry_out(run, Conditions()).record
    assert record.passed, record.reason
    figures = record.figures
    assert figures is not None
    assert figures.impact_kmh is None
    assert figures.free_impact_kmh is not None
    assert figures.free_impact_kmh > 14.0
    assert figures.torque_cut_s is not None
    assert figures.torque_cut_s <= 0.1


def test_a_foot_that_means_it_is_left_alone():
    scenario = load_scenario("driving_off")
    run = replace(load_suite("mai_false").runs[0], scenario=scenario, settings={}, expect=())
    record = carry_out(run, Conditions()).record
    assert record.passed, record.reason


def test_attention_by_script(tmp_path):
    driver = ScriptedDriver(eyes_on=((2.0, 0.0), (4.0, 1.0)))
    looks = [driver.act(Situation(t, 0.0, False)).eyes_on for t in (0.0, 1.99, 2.0, 3.99, 4.0)]
    assert looks == [True, True, False, False, True]
    assert driver.act(Situation(3.0, 0.0, False)).hands_on


def test_pedal_by_table_or_by_presses_but_not_both(tmp_path):
    file = tmp_path / "both.yaml"
    file.write_text("about: both\nego: {driver: {accelerator: [[0, 1]], presses: [{at_s: 1}]}}\n")
    with pytest.raises(ScenarioError, match="cannot be combined"):
        load_scenario(str(file)).build({}, 1, VehicleParams())

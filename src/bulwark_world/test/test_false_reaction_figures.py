# SPDX-License-Identifier: Apache-2.0
"""The false_reaction scenarios drive as the standards say, without any intervention."""

import pytest
from way_drive import BODY, drive, overlap_gone, steer_start

from bulwark_world.suite import load_suite

KMH = 3.6


def between(moments, first, last):
    return [m for m in moments if first.time_s <= m.time_s <= last.time_s]


def test_r152_1_turns_in_front_of_a_car_that_waits():
    _, moments = drive("turn_before_car")
    start, gone = steer_start(moments), overlap_gone(moments)
    assert 29.0 < max(m.kmh for m in moments) < 31.0
    assert start.kmh >= 16.0
    assert start.target.ttc <= 2.8
    assert min(m.kmh for m in between(moments, start, gone)) >= 10.0
    assert gone.target.ttc <= 1.7
    assert moments[-1].contact is None
    assert any(m.target.in_path for m in between(moments, start, gone))


@pytest.mark.parametrize("gap", [29.0, 30.0])
def test_r152_2_and_gb_1_follow_a_car_that_turns_off(gap):
    world, moments = drive("lead_turns_off", gap=gap)
    lead = world.actors[0]
    start = next(m for m in moments if abs(lead.heading(m.time_s)) > 0.02)
    gone = overlap_gone(moments)
    assert moments[0].kmh == pytest.approx(40.0, abs=0.5)
    assert lead.profile.speed(0.0) * KMH == pytest.approx(40.0)
    assert lead.profile.speed(start.time_s) * KMH == pytest.approx(10.0)
    assert start.kmh >= 26.0
    assert start.target.ttc <= 4.7
    assert min(m.kmh for m in between(moments, start, gone)) >= 20.0
    assert gone.target.ttc <= 2.5
    assert moments[-1].contact is None


@pytest.mark.parametrize(
    "values",
    [{}, {"what": "pedestrian", "x": 72.8, "y": -0.6}, {"what": "cyclist", "x": 73.4, "y": -0.6}],
)
def test_r152_3_takes_a_bend_before_something_outside(values):
    world, moments = drive("bend_rail", **values)
    entry, gone = steer_start(moments), overlap_gone(moments)
    assert world.place.design.radius <= 25.0
    assert moments[0].kmh == pytest.approx(30.0, abs=0.5)
    assert entry.kmh >= 22.0
    assert entry.target.ttc <= 1.6
    assert entry.target.in_path
    assert min(m.kmh for m in between(moments, entry, gone)) >= 21.0
    assert gone.target.ttc <= 1.1
    assert moments[-1].contact is None


def test_r152_4_changes_the_lane_before_a_sign():
    world, moments = drive("lane_change_sign")
    start = steer_start(moments)
    board = world.actors[0]
    beside = next(m for m in moments if m.state.y - board.start.y >= BODY.width)
    assert moments[0].kmh == pytest.approx(40.0, abs=0.5)
    assert start.target.ttc <= 4.2
    assert start.target.in_path
    assert beside.target.ttc <= 3.3
    assert moments[-1].contact is None


def test_c_ncap_3_steers_around_a_car():
    _, moments = drive("steer_around", speed_kmh=40)
    start = steer_start(moments)
    assert start.target.in_path
    assert start.target.ttc < 3.0
    assert 0.5 < min(m.target.gap for m in moments) < 1.2


def row(run_id):
    (run,) = [run for run in load_suite("false_reaction").runs if run.id == run_id]
    return run


def passed(run_id):
    """World and the gap with which its first actor is passed [m]."""
    run = row(run_id)
    world, moments = drive(run.scenario.name, **run.settings)
    assert moments[-1].contact is None
    return world, min(m.target.gap for m in moments)


@pytest.mark.parametrize(
    "run_id, kmh", [("gb-2-between-parked-60", 60.0), ("fmvss-between-parked-80", 80.0)]
)
def test_gb_2_and_fmvss_s9_pass_between_cars_4_5_m_apart(run_id, kmh):
    world, _ = passed(run_id)
    right, left = (a.footprint(0.0)[:, 1] for a in world.actors)
    assert left.min() - right.max() == pytest.approx(4.5, abs=0.1)
    assert world.ego.speed * KMH == pytest.approx(kmh)


@pytest.mark.parametrize(
    "run_id, kmh, height",
    [("gb-3-plate-60", 60.0, 0.01), ("fmvss-plate-80", 80.0, 0.025)],
)
def test_gb_3_and_fmvss_s9_drive_over_the_plate(run_id, kmh, height):
    run = row(run_id)
    world, moments = drive(run.scenario.name, **run.settings)
    plate = world.place.surface
    assert plate.profile[-1][0] - plate.profile[0][0] == pytest.approx(3.7)
    assert 2.0 * plate.half_width == pytest.approx(2.4)
    assert max(m.attitude.z for m in moments) == pytest.approx(height, abs=1e-3)
    assert moments[0].kmh == pytest.approx(kmh, abs=0.5)


@pytest.mark.parametrize(
    "run_id, own, other, clearance, kind",
    [
        ("gb-4-pedestrian-30", 30.0, 5.0, 1.0, "pedestrian"),
        ("gb-5-bicycle-30", 30.0, 0.0, 1.0, "cyclist"),
        ("cncap-1-pedestrian-close", 30.0, 5.0, 0.5, "pedestrian"),
        ("cncap-2-two-wheeler-oncoming", 30.0, -10.0, 0.5, "cyclist"),
    ],
)
def test_gb_and_c_ncap_pass_close_beside(run_id, own, other, clearance, kind):
    world, gap = passed(run_id)
    actor = world.actors[0]
    assert world.ego.speed * KMH == pytest.approx(own)
    assert actor.velocity(1.0)[0] * KMH == pytest.approx(other, abs=1e-6)
    assert gap == pytest.approx(clearance, abs=0.01)
    assert actor.kind.name == kind


@pytest.mark.parametrize("name, edge", [("plate_braking", 120.0), ("between_parked_braking", None)])
def test_fmvss_s9_the_driver_lifts_and_brakes_in_time(name, edge):
    world, moments = drive(name, 9.0)
    edge = edge or min(a.footprint(0.0)[:, 0].min() for a in world.actors)
    arrival = (edge - BODY.front) / (80.0 / KMH)
    pedals = world.ego.driver
    lifted = next(t for t, stroke in pedals.accelerator if stroke == 0.0)
    pressed = next(t for t, stroke in pedals.brake if stroke > 0.1)
    assert arrival - lifted == pytest.approx(2.1, abs=0.1)
    assert arrival - pressed == pytest.approx(1.1, abs=0.15)
    assert all(abs(m.kmh - 80.0) < 1.0 for m in moments if m.time_s < lifted)
    assert min(m.state.acceleration for m in moments) == pytest.approx(-0.4 * 9.81, abs=0.1)


def test_all_of_the_list_are_there():
    runs = load_suite("false_reaction").runs
    clauses = [run.clause for run in runs]
    for clause, count in (("UN R152", 6), ("GB 39901", 13), ("C-NCAP", 3), ("FMVSS", 4)):
        assert sum(text.startswith(clause) for text in clauses) == count
    scenarios = {run.scenario.name for run in runs}
    assert {
        "highway",
        "overpass",
        "tunnel",
        "garage_ramp",
        "parked_rows",
        "oncoming_narrow",
    } <= scenarios
    assert {"follow_in_spray", "bad_air", "dust_cloud", "low_branches", "narrow_gate"} <= scenarios
    assert {"car_wash", "overtaken", "cut_in_faster", "drive_over", "bend_rail"} <= scenarios
    for run in runs:
        _, expectation = run.build(1, BODY)
        assert not expectation.reaction

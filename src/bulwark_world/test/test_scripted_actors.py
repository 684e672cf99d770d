# SPDX-License-Identifier: Apache-2.0
"""The standards' scripted actors in the worlds that the scenarios build."""

import math
from itertools import pairwise

import pytest

from bulwark_core.vehicle import VehicleParams
from bulwark_world.scenario import load_scenario
from bulwark_world.suite import load_suite
from bulwark_world.travel import travel

BODY = VehicleParams()


def world(name, **values):
    return load_scenario(name).build(values, 1, BODY)[0]


def ttc_at_start(one):
    """Of the target along the own way, as if both went on at their first speeds [s]."""
    target, ego = one.actors[one.target], one.ego
    x = target.footprint(0.0)[:, 0]
    gap = x.min() - BODY.front if ego.direction > 0 else BODY.rear - x.max()
    closing = ego.speed - ego.direction * target.velocity(0.0)[0]
    return gap / closing if closing > 1e-6 else math.inf


STANDARDS = ("r152", "gb39901", "fmvss127", "euroncap", "forward", "reverse", "static")
LOW_TTC = (
    "rob-ccrs-near",
    "start-",
    "garage-",
    "steering-",
    "cut-",
    "ccftap",
    "cmftap",
    "ext-ccftap",
)


@pytest.mark.parametrize("suite", STANDARDS)
def test_every_run_starts_at_4_s_to_collision_or_more(suite):
    runs = load_suite(suite).runs
    for run in runs[:: max(1, len(runs) // 120)]:
        if run.id.startswith(LOW_TTC):  # another place than straight ahead, or meant to be near
            continue
        one, _ = run.build(1, BODY)
        assert ttc_at_start(one) >= 4.0 - 1e-6, run.id


def test_fmvss127_s_headways_are_5_s_to_a_vehicle_and_4_s_to_a_pedestrian():
    for run in load_suite("fmvss127").runs:
        if run.id.startswith("braking"):
            continue
        pedestrian = run.layer == "pedestrian"
        one, _ = run.build(1, BODY)
        assert ttc_at_start(one) == pytest.approx(4.0 if pedestrian else 5.0, abs=0.01), run.id


@pytest.mark.parametrize("suite", ["r152", "gb39901", "fmvss127", "euroncap"])
def test_who_crosses_starts_where_the_clause_says_and_is_at_speed_in_time(suite):
    starts = {"child": 4.0, "pedestrian": 4.0, "cyclist": None}
    for run in load_suite(suite).runs[::5]:
        if run.scenario.name not in ("crossing", "crossing_obstructed"):
            continue
        one, _ = run.build(1, BODY)
        actor, values = one.actors[0], run.scenario.values(run.settings)
        far_side = run.id.startswith(("running", "cpfa", "ext-cpfa"))
        wanted = 6.0 if far_side else starts[values["who"]]
        if wanted is not None:
            assert abs(actor.pose(0.0).y) == wanted
        speed = values["crossing_kmh"] / 3.6
        assert actor.profile.speed(0.0) == 0.0
        moving = next(t / 100 for t in range(6000) if actor.profile.speed(t / 100) > 0.0)
        if actor.kind.name in ("child", "pedestrian"):
            assert actor.profile.speed(moving + 1.5) == pytest.approx(speed)


@pytest.mark.parametrize("who, kmh, wall", [("cyclist", 15.0, -22.0), ("scooter", 20.0, -28.0)])
def test_two_wheelers_accelerate_behind_the_wall_and_are_at_speed_when_they_show(who, kmh, wall):
    more = {"start_m": 31.0, "accelerate_m": 6.0} if who == "scooter" else {}
    one = world("crossing_hidden", who=who, crossing_kmh=kmh, wall_y=wall, **more)
    rider, hoarding = one.actors
    y = hoarding.footprint(0.0)[:, 1]
    shows = next(t / 100 for t in range(3000) if rider.pose(t / 100).y > y.max())
    assert y.min() < rider.start.y - rider.kind.length / 2
    assert rider.profile.speed(shows) == pytest.approx(kmh / 3.6)
    arrival = (rider.start.x - rider.kind.width / 2 - BODY.front) / one.ego.speed
    assert arrival - shows > 3.0


def test_the_obstructed_child_s_cars_stand_as_fmvss127_has_them():
    one = world("crossing_obstructed")
    child, near, far = one.actors
    x = [actor.footprint(0.0)[:, 0] for actor in one.actors]
    assert x[0].min() - x[1].max() == pytest.approx(1.0)
    assert x[1].min() - x[2].max() == pytest.approx(1.0)
    for car in (near, far):
        assert -BODY.width / 2 - car.footprint(0.0)[:, 1].max() == pytest.approx(1.0)
    assert abs(child.start.y) == 4.0


@pytest.mark.parametrize("ramp_s", [0.0, 1.0, 1.5])
@pytest.mark.parametrize("kmh", [30.0, 80.0])
def test_a_braking_lead_reaches_its_deceleration_within_the_ramp_and_keeps_it(ramp_s, kmh):
    one = world("lead_braking", speed_kmh=kmh, ramp_s=ramp_s, deceleration=4.0, brakes_at=3.0)
    profile = one.actors[0].profile
    assert profile.acceleration(2.99) == 0.0
    assert profile.acceleration(3.0 + ramp_s) == pytest.approx(-4.0)
    if ramp_s:
        assert profile.acceleration(3.0 + ramp_s / 2) == pytest.approx(-2.0)
    end = 3.0 + ramp_s / 2 + kmh / 3.6 / 4.0
    assert profile.acceleration(end - 0.01) == pytest.approx(-4.0)
    assert profile.speed(end) == pytest.approx(0.0, abs=1e-9)


def test_headway_by_time_is_that_of_the_own_speed():
    one = world("lead_braking", speed_kmh=72.0, headway=0.0, headway_s=1.5)
    assert one.actors[0].footprint(0.0)[:, 0].min() - BODY.front == pytest.approx(30.0)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("at_length", [0.25, 0.5, 0.75])
def test_a_crossing_car_s_stated_point_is_before_the_own_middle_when_the_front_gets_there(
    side, at_length
):
    one = world("crossing_car", at_length=at_length, **{"from": side})
    car = one.actors[0]
    near = car.footprint(0.0)[:, 0].min()
    arrival = (near - BODY.front) / one.ego.speed
    point = car.pose(arrival).ahead((0.5 - at_length) * car.kind.length)
    assert point.y == pytest.approx(0.0, abs=1e-9)


def test_from_a_stand_the_crossing_is_timed_by_the_own_start():
    one = world("start_into_crossing", crossing_kmh=40.0)
    car = one.actors[0]
    assert car.footprint(0.0)[:, 0].min() - BODY.front == pytest.approx(2.9)
    arrival = travel(one.ego, BODY, 2.9)
    assert 5.0 < arrival.time_s < 8.0
    assert car.pose(arrival.time_s).ahead(0.25 * car.kind.length).y == pytest.approx(0.0, abs=1e-6)


def test_a_cut_in_begins_at_its_gap_and_ends_in_the_own_lane():
    one = world("cut_in", speed_kmh=80, target_speed_kmh=50, when_gap=30, within_s=3.0)
    car, closing = one.actors[0], 30 / 3.6
    gap = car.footprint(0.0)[:, 0].min() - BODY.front
    begin = (gap - 30.0) / closing
    assert begin >= 3.0 - 1e-6
    assert car.pose(begin).y == pytest.approx(3.5)
    assert car.pose(begin + 0.3).y < 3.5
    assert car.pose(begin + 3.0).y == pytest.approx(0.0, abs=1e-3)
    assert car.heading(begin + 3.0) == pytest.approx(0.0, abs=1e-9)


def test_a_cut_out_lays_the_standing_car_open_at_its_distance():
    one = world("cut_out", speed_kmh=80, leaves_at=49, within_s=2.2)
    standing, lead = one.actors
    speed, edge = 80 / 3.6, standing.footprint(0.0)[:, 0].min()
    begin = (edge - 49.0 - lead.footprint(0.0)[:, 0].max()) / speed
    assert lead.pose(begin).y == pytest.approx(0.0, abs=1e-9)
    assert lead.pose(begin + 2.2).y == pytest.approx(3.5, abs=1e-3)


@pytest.mark.parametrize("own, radius", [(10.0, 9.0), (20.0, 14.75)])
@pytest.mark.parametrize("other", [30.0, 60.0])
def test_turning_across_the_fronts_meet_in_the_other_lane(own, radius, other):
    one = world("turn_across", speed_kmh=own, radius=radius, target_speed_kmh=other)
    target = one.actors[0]
    assert target.start.y == 3.5
    times = [t / 100 for t in range(2000)]
    front = [one.ego.way.pose(one.ego.speed * t).ahead(BODY.front) for t in times]
    met = next(i for i, pose in enumerate(front) if pose.y >= 3.5)
    assert times[met] >= 4.0
    nose = target.pose(times[met]).ahead(target.kind.length / 2)
    assert math.hypot(nose.x - front[met].x, nose.y - front[met].y) < 0.3


@pytest.mark.parametrize("kmh", [10.0, 20.0])
def test_one_that_turns_across_is_on_the_own_path_when_the_front_gets_there(kmh):
    one = world("target_turns", target_speed_kmh=kmh)
    target = one.actors[0]
    arrival = next(t / 100 for t in range(3000) if target.pose(t / 100).y <= 0.0)
    gap = target.pose(arrival).x - BODY.front - one.ego.speed * arrival
    assert abs(gap) < 1.0
    assert target.heading(0.0) == pytest.approx(math.pi)
    assert target.pose(0.0).y == 3.5


@pytest.mark.parametrize("wheel_deg", [-15.0, 0.0, 12.0])
@pytest.mark.parametrize("target", ["car", "pillar"])
def test_a_target_on_the_way_is_right_behind_the_bumper_when_it_gets_there(wheel_deg, target):
    one = world("reverse_steering", wheel_deg=wheel_deg, target=target)
    there = travel(one.ego, BODY, 20.0).pose
    actor = one.actors[0]
    reach = there.ahead(BODY.rear - actor.kind.length / 2)
    assert (reach.x, reach.y) == (pytest.approx(actor.start.x), pytest.approx(actor.start.y))
    assert (abs(actor.start.y) > 0.5) is (wheel_deg != 0.0)


def test_a_row_leaves_its_gaps_free():
    one = world("obstacle_row", count=4, gap=1.2, target="round_pillar")
    spans = sorted((a.footprint(0.0)[:, 1].min(), a.footprint(0.0)[:, 1].max()) for a in one.actors)
    gaps = [right[0] - left[1] for left, right in pairwise(spans)]
    assert gaps == [pytest.approx(1.2)] * 3
    assert spans[0][0] == pytest.approx(-spans[-1][1])

# SPDX-License-Identifier: Apache-2.0
"""What physics allows, against closed forms and against driving it."""

import pytest

from bulwark_core.vehicle import BRAKE_MODELS, VehicleParams
from bulwark_world.error_model import track_range
from bulwark_world.kinds import kinds
from bulwark_world.params import SensorParams
from bulwark_world.physics import CONFIRM_S, physics_of
from bulwark_world.run_end import RunEnd
from bulwark_world.scenario import load_scenario
from bulwark_world.simulation import Simulation
from bulwark_world.vehicle_interface import Command

BODY = VehicleParams()
CAR = kinds()["car"]
RANGE = track_range(CAR.object_class, CAR.height, CAR.length)


def world(name, **values):
    return load_scenario(name).build(values, 1, BODY)[0]


def driven(one, brake_s):
    """The relative impact speed [km/h] with a full brake from a time on; None: no contact."""
    simulation = Simulation(one, SensorParams(), 1)
    ending = RunEnd(simulation)
    while not ending.reached():
        if simulation.time_s >= brake_s - 1e-9:
            simulation.command(
                Command(0, simulation.index, brake_deceleration=20.0, torque_cut=True)
            )
        simulation.step()
    contact = simulation.contact
    return None if contact is None else contact.closing_speed * 3.6


@pytest.mark.parametrize("brake", BRAKE_MODELS)
@pytest.mark.parametrize("kmh", [20.0, 60.0, 100.0, 135.0])
def test_towards_a_standing_car_it_is_the_stopping_distance_from_the_range(brake, kmh):
    one = world("ccr_stationary", speed_kmh=kmh, brake=brake)
    found, speed = physics_of(one), kmh / 3.6
    start = one.actors[0].start.x - 2.15 - BODY.front
    eye_to_bumper = BODY.front - SensorParams().lidar.x
    room = min(start, RANGE - eye_to_bumper) - CONFIRM_S * speed
    slack = 0.1 * speed  # it is seen at a scan
    needed = one.ego.brake.stopping_distance(speed)
    if needed < room - slack:
        assert found.avoidable
        assert found.least_impact_kmh == 0.0
    elif needed > room:
        assert not found.avoidable
        assert 0.0 < found.least_impact_kmh < kmh
    assert found.free_impact_kmh == pytest.approx(kmh, abs=1e-6)


@pytest.mark.parametrize(
    "name, values",
    [
        ("ccr_stationary", {"speed_kmh": 135, "brake": "mid"}),
        ("crossing_obstructed", {"speed_kmh": 60}),
        ("lead_braking", {"speed_kmh": 80, "headway": 12, "deceleration": 4.9, "brake": "floor"}),
        ("cut_in", {"speed_kmh": 110, "target_speed_kmh": 45, "when_gap": 20}),
        ("turn_across", {"speed_kmh": 15}),
        ("reverse_steering", {"speed_kmh": 30, "wheel_deg": -15, "target": "wall"}),
        ("start_into_crossing", {"crossing_kmh": 40}),
        ("head_on", {"speed_kmh": 50}),
    ],
)
def test_driving_with_that_brake_gives_that_impact(name, values):
    one = world(name, **values)
    found = physics_of(one)
    assert found.needs_brake
    assert driven(one, 1e9) == pytest.approx(found.free_impact_kmh, abs=1.0)
    impact = driven(one, found.seen_s + CONFIRM_S)
    if found.avoidable:
        assert impact is None or driven(one, found.seen_s + CONFIRM_S + 0.2) is None
    else:
        assert impact >= found.least_impact_kmh - 2.0  # air and rolling help the driven one
        assert found.least_impact_kmh <= found.free_impact_kmh + 1e-6


def test_an_obstructed_child_is_seen_about_a_second_and_a_half_before_the_middle():
    one = world("crossing_obstructed", speed_kmh=40)
    at = one.actors[0].start.x - one.actors[0].kind.width / 2.0 - BODY.front
    left = at / one.ego.speed - physics_of(one).seen_s
    assert 1.3 <= left <= 1.55  # 1.37 s clear of the car line, a centre-mounted sensor sees earlier


def test_without_the_parked_cars_it_is_seen_from_its_first_steps():
    hidden, free = (
        world("crossing_obstructed", speed_kmh=40),
        world("crossing", speed_kmh=40, who="child"),
    )
    assert physics_of(free).seen_s < physics_of(hidden).seen_s - 1.0


def test_nobody_is_hit_where_nothing_is_in_the_way():
    found = physics_of(world("pass_by", speed_kmh=50))
    assert not found.needs_brake
    assert found.avoidable
    assert found.seen_s is None


def test_a_lead_car_is_no_danger_before_it_brakes():
    assert physics_of(world("lead_braking", brakes_at=3.0)).seen_s > 3.0


def test_where_the_planner_drives_nothing_is_known():
    assert physics_of(world("demo")) is None


def test_longer_confirmation_never_helps():
    one = world("crossing_obstructed", speed_kmh=55)
    impacts = [physics_of(one, confirm_s=wait).least_impact_kmh for wait in (0.0, 0.2, 0.4, 0.8)]
    assert impacts == sorted(impacts)
    assert impacts[-1] > 0.0

# SPDX-License-Identifier: Apache-2.0
"""Driving off on a grade, over a kerb and by creeping."""

import math

import pytest

from bulwark_core.vehicle import BRAKE_MODELS, GRAVITY, VehicleParams
from bulwark_world.driver import DriverInput
from bulwark_world.dynamics import DriveTrain, Vehicle, VehicleState
from bulwark_world.hill import WHEEL_RADIUS, Hill
from bulwark_world.vehicle_interface import VehicleInterface

BASE = VehicleParams().wheelbase
KERB = Hill(kerb_ahead=1.0, kerb_height=0.12)


def test_a_grade_is_the_same_everywhere():
    hill = Hill(math.atan(0.12))
    assert hill.slope(0.0, BASE) == hill.slope(50.0, BASE) == math.atan(0.12)


@pytest.mark.parametrize(
    "travelled,climbs",
    [(0.0, False), (0.99, False), (1.0, True), (1.2, True), (1.4, False), (3.7, False),
     (3.81, True), (4.2, False)],
)  # fmt: skip
def test_both_axles_climb_the_kerb(travelled, climbs):
    assert (KERB.slope(travelled, BASE) > 0.0) is climbs


def test_climbing_costs_the_height():
    """Work per mass of each axle's half: together gravity times the kerb's height."""
    step = 1e-4
    work = sum(GRAVITY * math.sin(KERB.slope(k * step, BASE)) * step for k in range(60_000))
    assert work == pytest.approx(GRAVITY * KERB.kerb_height, rel=0.01)
    reach = math.sqrt(WHEEL_RADIUS**2 - (WHEEL_RADIUS - KERB.kerb_height) ** 2)
    assert KERB.slope(1.0 + reach, BASE) == 0.0


def drive(hill: Hill, stroke: float, train: DriveTrain, time: float = 3.0, speed: float = 0.0):
    vehicle = Vehicle(VehicleParams(), BRAKE_MODELS["good"], train, VehicleState(speed=speed))
    interface = VehicleInterface(train)
    for _ in range(round(time * 100)):
        state = vehicle.state
        actuation = interface.actuation(0, DriverInput(accelerator=stroke), state)
        vehicle.step(actuation, hill.slope(state.x, BASE))
    return vehicle.state


def test_a_weak_foot_stays_before_the_kerb_and_a_strong_one_gets_over():
    hill = Hill(kerb_ahead=0.3, kerb_height=0.12)
    assert 0.25 < drive(hill, 0.3, DriveTrain(max_acceleration=4.0)).x < 0.5
    assert drive(hill, 1.0, DriveTrain(max_acceleration=6.0)).x > 5.0


def test_uphill_costs_gravity():
    flat = drive(Hill(), 1.0, DriveTrain(max_acceleration=4.0)).speed
    steep = drive(Hill(math.atan(0.2)), 1.0, DriveTrain(max_acceleration=4.0)).speed
    assert flat - steep == pytest.approx(3.0 * GRAVITY * math.sin(math.atan(0.2)), rel=0.05)


def test_creep_takes_up_its_speed_and_keeps_it():
    train = DriveTrain(creep_speed=1.5)
    assert drive(Hill(), 0.0, train, 6.0).speed == pytest.approx(1.5, abs=0.02)
    assert drive(Hill(), 0.0, train, 6.0, speed=1.5).speed == pytest.approx(1.5, abs=0.01)
    assert drive(Hill(), 0.0, DriveTrain(), 3.0).speed == 0.0


def test_creep_ends_where_the_brake_is_pressed():
    train = DriveTrain(creep_speed=1.5)
    pressed = VehicleInterface(train).actuation(0, DriverInput(brake=0.1), VehicleState())
    assert (pressed.traction, pressed.brake) == (0.0, 1.0)

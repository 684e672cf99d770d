# SPDX-License-Identifier: Apache-2.0
"""Gravity along the slope: rolling, holding, and the test robot on it."""

import math

import pytest
from way_drive import drive

from bulwark_core.vehicle import BRAKE_MODELS, GRAVITY, VehicleParams
from bulwark_world.driver import Situation, SpeedHolder
from bulwark_world.dynamics import STEP_S, Actuation, DriveTrain, Vehicle, VehicleState
from bulwark_world.robot import SpeedPlan
from bulwark_world.vehicle_interface import FULL_PEDAL_DECELERATION

BODY = VehicleParams()
TRAIN = DriveTrain()
SLOPE = math.atan(0.15)


def vehicle(speed=0.0, direction=1):
    return Vehicle(BODY, BRAKE_MODELS["good"], TRAIN, VehicleState(speed=speed), direction)


def steps(car, seconds, actuation, slope):
    for _ in range(round(seconds / STEP_S)):
        car.step(actuation, slope)
    return car.state


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("slope", [SLOPE, -SLOPE])
def test_without_brake_it_rolls_down_as_gravity_and_resistance_say(direction, slope):
    state = steps(vehicle(direction=direction), 2.0, Actuation(), slope)
    rolling = GRAVITY * math.sin(SLOPE) - TRAIN.rolling_resistance
    assert abs(state.speed) == pytest.approx(2.0 * rolling, rel=0.01)
    assert math.copysign(1.0, state.speed) == -math.copysign(1.0, slope)
    assert abs(state.x) == pytest.approx(2.0 * rolling * math.cos(SLOPE), rel=0.02)


@pytest.mark.parametrize("slope", [SLOPE, -SLOPE])
def test_the_hold_keeps_it_where_it_stands(slope):
    car = vehicle()
    steps(car, 1.0, Actuation(brake=5.0), 0.0)
    state = steps(car, 5.0, Actuation(brake=5.0), slope)
    assert (state.x, state.speed) == (0.0, 0.0)


def test_a_car_that_rolls_back_is_stopped_by_its_brake_and_driven_on_by_its_traction():
    car = vehicle()
    assert steps(car, 1.0, Actuation(), SLOPE).speed < -1.0
    assert steps(car, 1.0, Actuation(brake=5.0), SLOPE).speed == 0.0
    assert steps(car, 2.0, Actuation(traction=3.0), SLOPE).speed > 1.0


@pytest.mark.parametrize("slope", [SLOPE, -SLOPE])
def test_gravity_adds_to_the_brake_uphill_and_takes_from_it_downhill(slope):
    car = vehicle(20.0)
    state = steps(car, 1.0, Actuation(brake=20.0), slope)
    assert state.acceleration == pytest.approx(-9.0 - GRAVITY * math.sin(slope), abs=1e-3)


def test_the_plane_is_a_slope_of_nothing():
    one, other = vehicle(10.0), vehicle(10.0)
    for _ in range(300):
        assert one.step(Actuation(brake=3.0)) == other.step(Actuation(brake=3.0), 0.0)


@pytest.mark.parametrize("slope", [SLOPE, -SLOPE])
def test_the_robot_holds_its_speed_on_a_slope(slope):
    car, robot = vehicle(8.0 / 3.6), SpeedHolder(8.0 / 3.6, TRAIN)
    pull = GRAVITY * math.sin(slope)
    for step in range(1000):
        act = robot.act(Situation(step * STEP_S, car.state.speed, False, pull=pull))
        brake = act.brake * FULL_PEDAL_DECELERATION
        car.step(Actuation(act.accelerator * TRAIN.max_acceleration, brake), slope)
    assert car.state.speed == pytest.approx(8.0 / 3.6, abs=0.05)


def test_a_plan_is_constant_acceleration_between_its_points():
    plan = SpeedPlan(((10.0, 10.0), (30.0, 5.0)))
    assert plan.at(0.0) == (10.0, 0.0)
    assert plan.at(40.0) == (5.0, 0.0)
    speed, acceleration = plan.at(20.0)
    assert acceleration == pytest.approx(-75.0 / 40.0)
    assert speed**2 == pytest.approx(100.0 - 75.0 / 2.0)


@pytest.mark.parametrize("name", ["roundabout", "rural", "highway_bend", "lane_change_sign"])
def test_the_robot_keeps_way_and_speed(name):
    _, moments = drive(name, 14.0)
    asked = moments[0].kmh
    assert max(abs(m.offset) for m in moments) < 0.05
    assert all(abs(m.kmh - asked) < 0.5 for m in moments)
    assert max(abs(m.state.yaw) for m in moments) > 0.05


def test_the_ramp_of_a_garage_is_driven_down():
    world, moments = drive("garage_ramp")
    last = moments[-1]
    assert last.attitude.z == pytest.approx(-2.5)
    steepest = max(m.attitude.pitch for m in moments)
    assert steepest == pytest.approx(SLOPE, abs=1e-6)
    assert all(abs(m.kmh - 10.0) < 0.6 for m in moments)
    assert last.state.x > world.place.end + 20.0

# SPDX-License-Identifier: Apache-2.0
"""The vehicle against closed forms."""

import math

import pytest

from bulwark_core.vehicle import BRAKE_MODELS, GRAVITY, VehicleParams
from bulwark_world.dynamics import STEP_S, Actuation, DriveTrain, Vehicle, VehicleState

FREE = DriveTrain(rolling_resistance=0.0, air_drag=0.0)
BODY = VehicleParams()


def vehicle(speed=0.0, brake="good", drive_train=FREE, direction=1):
    return Vehicle(BODY, BRAKE_MODELS[brake], drive_train, VehicleState(speed=speed), direction)


def stop(car, actuation):
    steps = 0
    while car.state.speed != 0.0 and steps < 10_000:
        car.step(actuation)
        steps += 1
    return steps * STEP_S


@pytest.mark.parametrize("brake", BRAKE_MODELS)
@pytest.mark.parametrize("direction", [1, -1])
def test_stopping_distance_and_time_are_the_brake_model_s(brake, direction):
    model = BRAKE_MODELS[brake]
    for kmh in range(1, 136):
        speed = kmh / 3.6
        car = vehicle(direction * speed, brake, direction=direction)
        duration = stop(car, Actuation(brake=20.0))
        assert abs(car.state.x) == pytest.approx(model.stopping_distance(speed), rel=0.01)
        assert duration == pytest.approx(model.stopping_time(speed), abs=2 * STEP_S)


def test_resistance_shortens_the_stop_only_a_little():
    for kmh in (20, 50, 100, 135):
        car = vehicle(kmh / 3.6, drive_train=DriveTrain())
        stop(car, Actuation(brake=20.0))
        expected = BRAKE_MODELS["good"].stopping_distance(kmh / 3.6)
        assert 0.985 * expected < car.state.x <= expected


def test_friction_limits_the_brake_and_the_traction():
    slippery = DriveTrain(rolling_resistance=0.0, air_drag=0.0, friction=0.15)
    car = vehicle(20.0, drive_train=slippery)
    stop(car, Actuation(brake=20.0))
    limited = BRAKE_MODELS["good"].limited_by(0.15 * GRAVITY)
    assert car.state.x == pytest.approx(limited.stopping_distance(20.0), rel=0.01)
    car = vehicle(0.0, drive_train=slippery)
    for _ in range(300):
        car.step(Actuation(traction=10.0))
    assert car.state.acceleration == pytest.approx(0.15 * GRAVITY, rel=1e-3)


def test_a_brake_never_pushes_back():
    car = vehicle(3.0)
    stop(car, Actuation(brake=9.0))
    place = car.state.x
    for _ in range(100):
        car.step(Actuation(brake=9.0))
    assert car.state.x == place
    assert car.state.speed == car.state.acceleration == 0.0


def test_a_weaker_traction_does_not_move_a_braked_vehicle_and_a_stronger_one_does():
    for traction, moves in ((2.9, False), (3.4, True)):
        car = vehicle()
        for _ in range(100):  # the brake is on before the pedal goes down
            car.step(Actuation(brake=3.0))
        for _ in range(200):
            car.step(Actuation(traction=traction, brake=3.0))
        assert (car.state.x > 0.0) is moves


def test_traction_lags_by_its_time_constant():
    train = DriveTrain(rolling_resistance=0.0, air_drag=0.0, traction_lag=0.2)
    car = vehicle(drive_train=train)
    for _ in range(20):
        car.step(Actuation(traction=2.0))
    assert car.state.traction == pytest.approx(2.0 * (1.0 - math.exp(-1.0)), rel=1e-6)


def test_reverse_moves_backwards():
    car = vehicle(direction=-1)
    for _ in range(100):
        car.step(Actuation(traction=2.0))
    assert car.state.speed < 0.0
    assert car.state.x < 0.0


def test_speed_is_kept_without_input_where_nothing_resists():
    car = vehicle(10.0)
    for _ in range(1000):
        car.step(Actuation())
    assert car.state.x == pytest.approx(100.0)


def test_a_full_circle_comes_back_to_its_start():
    train = DriveTrain(rolling_resistance=0.0, air_drag=0.0, understeer=0.0)
    angle = 0.2
    start = VehicleState(speed=5.0, steering_angle=angle)
    car = Vehicle(BODY, BRAKE_MODELS["good"], train, start)
    car.step(Actuation(steering_angle=angle))
    radius = BODY.wheelbase / math.tan(angle)
    steps = round(2.0 * math.pi * radius / 5.0 / STEP_S)
    for _ in range(steps - 1):
        car.step(Actuation(steering_angle=angle))
    assert math.hypot(car.state.x, car.state.y) < 0.06  # less than a step of 5 cm
    assert car.state.yaw == pytest.approx(2.0 * math.pi, abs=0.01)


def test_steering_is_limited_in_rate_and_angle():
    car = vehicle(5.0)
    car.step(Actuation(steering_angle=1.0))
    assert car.state.steering_angle == pytest.approx(0.6 * STEP_S)
    for _ in range(500):
        car.step(Actuation(steering_angle=1.0))
    assert car.state.steering_angle == pytest.approx(BODY.max_steering_angle)


def test_lateral_acceleration_stays_within_grip():
    car = vehicle(30.0)
    for _ in range(100):
        car.step(Actuation(traction=0.0, steering_angle=0.5))
        assert abs(car.state.yaw_rate * car.state.speed) <= GRAVITY * 1.001

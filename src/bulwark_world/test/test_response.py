# SPDX-License-Identifier: Apache-2.0
"""Drivers who react to a warning, a wheel that is held, and what load changes."""

import pytest

from bulwark_core.vehicle import BRAKE_MODELS, VehicleParams
from bulwark_world.driver import DriverInput, ScriptedDriver, Situation
from bulwark_world.dynamics import DriveTrain
from bulwark_world.load import LOADS
from bulwark_world.response import HeldWheel, Responder, Response
from bulwark_world.scenario import load_scenario

STEADY = ScriptedDriver(accelerator=((0.0, 0.2),))


def drive(driver, warned_from, until=4.0):
    """The driver's input each 0.1 s."""
    inputs = {}
    for i in range(round(until * 10)):
        time = i / 10
        inputs[time] = driver.act(Situation(time, 20.0, False, warned=warned_from <= time < 3.0))
    return inputs


def test_the_accelerator_is_free_in_time_and_the_brake_follows():
    response = Response(release_s=0.5, brake_s=1.0, deceleration=4.0, ramp_s=0.2)
    inputs = drive(Responder(STEADY, response), 1.0)
    assert inputs[1.4] == DriverInput(accelerator=0.2)
    assert inputs[1.5] == DriverInput()
    assert inputs[2.0] == DriverInput(brake=0.0)
    assert inputs[2.1].brake == pytest.approx(0.2)  # half of the way to 4 m/s^2 of 10
    assert inputs[3.5].brake == pytest.approx(0.4)  # and on, though the warning has ended


def test_without_a_warning_nothing_changes():
    inputs = drive(Responder(STEADY, Response(brake_s=0.0, deceleration=4.0)), 9.0)
    assert set(inputs.values()) == {DriverInput(accelerator=0.2)}


def test_a_held_wheel_leaves_the_pedals():
    assert HeldWheel(STEADY, -0.2).act(Situation(0.0, 1.0, False)) == DriverInput(0.2, 0.0, -0.2)


def test_the_scenario_s_driver_brakes_only_where_it_says_so():
    body = VehicleParams()
    calm = load_scenario("along").build({}, 1, body)[0].ego.response
    assert calm == Response(release_s=0.5)
    braking = (
        load_scenario("along").build({"manual": 3.92, "brake_s": 1.1}, 1, body)[0].ego.response
    )
    assert braking == Response(release_s=0.5, brake_s=1.1, deceleration=3.92)


def test_load_slows_the_brake_s_build_up_and_the_traction_only():
    mid, free = BRAKE_MODELS["mid"], DriveTrain()
    loaded, train = LOADS["max"].brake(mid), LOADS["max"].drive_train(free)
    assert loaded.deceleration == mid.deceleration
    assert loaded.delay == mid.delay
    assert loaded.jerk < mid.jerk
    assert train.max_acceleration < free.max_acceleration
    assert train.understeer < free.understeer
    assert LOADS["running"].brake(mid) == mid
    assert LOADS["running"].drive_train(free) == free
    longer = loaded.stopping_distance(60 / 3.6) - mid.stopping_distance(60 / 3.6)
    assert 0.3 < longer < 1.5


def test_the_supervisor_is_not_told_of_the_load():
    ego = load_scenario("along").build({"load": "max", "brake": "mid"}, 1, VehicleParams())[0].ego
    assert ego.declared_brake == BRAKE_MODELS["mid"]
    assert ego.brake == LOADS["max"].brake(BRAKE_MODELS["mid"])

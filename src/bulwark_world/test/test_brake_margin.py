# SPDX-License-Identifier: Apache-2.0
"""The latest brake time against driving it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.vehicle import BRAKE_MODELS, VehicleParams
from bulwark_world.brake_margin import Approach, latest_brake_margin
from bulwark_world.dynamics import STEP_S, Actuation, DriveTrain, Vehicle, VehicleState

FREE = DriveTrain(rolling_resistance=0.0, air_drag=0.0)


@given(st.sampled_from(sorted(BRAKE_MODELS)), st.floats(1.0, 37.0), st.floats(1.0, 150.0))
def test_to_something_that_stands_it_is_the_closed_form(name, speed, gap):
    brake = BRAKE_MODELS[name]
    expected = (gap - brake.stopping_distance(speed)) / speed
    if -10.0 < expected < 30.0:
        assert latest_brake_margin(brake, Approach(gap, speed)) == pytest.approx(expected, abs=1e-3)


@given(st.floats(10.0, 37.0), st.floats(1.0, 8.0), st.floats(5.0, 80.0))
def test_it_depends_on_the_relative_speed_only_where_nobody_else_brakes(speed, ahead, gap):
    brake = BRAKE_MODELS["mid"]
    closing = Approach(gap, speed - ahead)
    assert latest_brake_margin(brake, Approach(gap, speed, ahead)) == pytest.approx(
        latest_brake_margin(brake, closing), abs=0.02
    )


@pytest.mark.parametrize("deceleration", [0.0, 2.0, 6.0])
def test_braking_then_just_avoids_and_braking_later_does_not(deceleration):
    approach = Approach(30.0, 20.0, 15.0, deceleration)
    margin = latest_brake_margin(BRAKE_MODELS["mid"], approach)
    assert smallest_gap(approach, margin - 0.03) > 0.0
    assert smallest_gap(approach, margin + 0.03) < 0.0


def smallest_gap(approach, start):
    car = Vehicle(VehicleParams(), BRAKE_MODELS["mid"], FREE, VehicleState(speed=approach.speed))
    t, smallest = 0.0, math.inf
    while t < 15.0:
        car.step(Actuation(brake=20.0 if t >= start else 0.0))
        t += STEP_S
        slowing = t
        if approach.deceleration > 0.0:
            slowing = min(t, approach.speed_ahead / approach.deceleration)
        ahead = approach.speed_ahead * slowing - approach.deceleration * slowing**2 / 2.0
        smallest = min(smallest, approach.gap + ahead - car.state.x)
    return smallest

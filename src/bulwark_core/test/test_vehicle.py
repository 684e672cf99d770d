# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.vehicle import BRAKE_MODELS, VehicleParams

models = st.sampled_from(sorted(BRAKE_MODELS.values(), key=lambda model: model.deceleration))


def integrated(model, speed, dt=1e-4):
    """Stopping distance and time by brute force."""
    distance = time = deceleration = 0.0
    while speed > 0.0:
        if time >= model.delay:
            deceleration = min(model.deceleration, deceleration + model.jerk * dt)
        distance += speed * dt
        speed -= deceleration * dt
        time += dt
    return distance, time


@pytest.mark.parametrize("name", BRAKE_MODELS)
@pytest.mark.parametrize("kmh", [1, 3, 10, 60, 135])
def test_closed_form_agrees_with_integration(name, kmh):
    model, speed = BRAKE_MODELS[name], kmh / 3.6
    distance, time = integrated(model, speed)
    assert model.stopping_distance(speed) == pytest.approx(distance, rel=0.005, abs=0.002)
    assert model.stopping_time(speed) == pytest.approx(time, rel=0.005, abs=0.001)


@pytest.mark.parametrize(
    "name, kmh, metres",
    [("good", 60, 20.4), ("good", 135, 89.3), ("mid", 40, 12.9), ("floor", 80, 60.4)],
)
def test_table_of_brake_starts(name, kmh, metres):
    assert BRAKE_MODELS[name].stopping_distance(kmh / 3.6) == pytest.approx(metres, abs=0.06)


@given(models, st.floats(0, 40), st.floats(0, 5))
def test_faster_needs_more_room(model, speed, more):
    assert model.stopping_distance(speed + more) >= model.stopping_distance(speed)


def test_body_around_the_rear_axle():
    vehicle = VehicleParams(wheelbase=2.8, front_overhang=0.9, rear_overhang=1.0, width=1.9)
    assert (vehicle.front, vehicle.rear, vehicle.length) == pytest.approx((3.7, -1.0, 4.7))
    assert vehicle.corners().min(axis=0) == pytest.approx((-1.0, -0.95))


def test_friction_limits_the_brake():
    assert BRAKE_MODELS["good"].limited_by(1.5).deceleration == 1.5
    assert BRAKE_MODELS["good"].limited_by(20.0).deceleration == 9.0

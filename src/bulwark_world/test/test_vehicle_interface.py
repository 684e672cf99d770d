# SPDX-License-Identifier: Apache-2.0
"""What the vehicle does with commands, pedals, and silence."""

import pytest

from bulwark_world.driver import DriverInput
from bulwark_world.dynamics import DriveTrain, VehicleState
from bulwark_world.vehicle_interface import (
    COMMAND_TIMEOUT_NS,
    SAFE_STOP_DECELERATION,
    Command,
    VehicleInterface,
)

MS = 1_000_000
TRAIN = DriveTrain()
MOVING, STANDING = VehicleState(speed=10.0), VehicleState()
HANDS_OFF = DriverInput()


def interface(**fields):
    one = VehicleInterface(TRAIN)
    one.receive(Command(0, 1, **fields), 0)
    return one


def test_without_any_command_the_driver_drives_and_nothing_watches():
    one = VehicleInterface(TRAIN)
    asked = one.actuation(10_000 * MS, DriverInput(0.5, 0.2, 0.1), MOVING)
    assert asked.traction == pytest.approx(0.5 * TRAIN.max_acceleration)
    assert asked.brake == pytest.approx(2.0)
    assert asked.steering_angle == 0.1
    assert not one.safe_stop


def test_the_stronger_brake_wins_either_way():
    for pedal, command, expected in ((0.9, 3.0, 9.0), (0.1, 7.0, 7.0)):
        one = interface(brake_deceleration=command)
        assert one.actuation(0, DriverInput(brake=pedal), MOVING).brake == pytest.approx(expected)


def test_torque_cut_beats_the_accelerator_and_the_plan():
    for active in (False, True):
        one = interface(torque_cut=True, longitudinal_active=active, acceleration=3.0)
        assert one.actuation(0, DriverInput(accelerator=1.0), MOVING).traction == 0.0


def test_the_plan_replaces_the_accelerator_and_is_tracked_against_resistance():
    one = interface(longitudinal_active=True, acceleration=1.0)
    asked = one.actuation(0, DriverInput(accelerator=1.0), MOVING)
    assert asked.traction == pytest.approx(1.0 + TRAIN.resistance(10.0))
    one = interface(longitudinal_active=True, acceleration=-2.0)
    asked = one.actuation(0, HANDS_OFF, MOVING)
    assert (asked.traction, asked.brake) == (0.0, 2.0)


def test_standstill_is_held_only_at_standstill():
    one = interface(standstill_hold=True)
    held = one.actuation(0, DriverInput(accelerator=1.0), STANDING)
    assert held.traction == 0.0
    assert held.brake >= 5.0
    assert one.actuation(0, DriverInput(accelerator=1.0), MOVING).traction > 0.0


def test_silence_of_200_ms_is_borne_and_more_stops_the_vehicle():
    one = interface(brake_deceleration=0.0)
    one.actuation(200 * MS, HANDS_OFF, MOVING)
    assert not one.safe_stop
    asked = one.actuation(210 * MS, DriverInput(accelerator=1.0), MOVING)
    assert one.safe_stop
    assert (asked.traction, asked.brake) == (0.0, SAFE_STOP_DECELERATION)


def test_a_counter_that_stands_still_is_silence():
    one = interface()
    for t in range(0, 400, 20):
        one.receive(Command(t * MS, 1), t * MS)
    one.actuation(400 * MS, HANDS_OFF, MOVING)
    assert one.safe_stop


def test_a_counter_that_wraps_still_counts():
    one = VehicleInterface(TRAIN)
    for i in range(40):
        one.receive(Command(0, (2**32 - 10 + i) % 2**32), i * 20 * MS)
        one.actuation(i * 20 * MS, HANDS_OFF, MOVING)
    assert not one.safe_stop


def test_the_safe_stop_keeps_a_stronger_brake_and_the_steering():
    one = interface(brake_deceleration=8.0, lateral_active=True, steering_tyre_angle=0.3)
    turned = VehicleState(speed=10.0, steering_angle=0.2)
    asked = one.actuation(300 * MS, HANDS_OFF, turned)
    assert (asked.brake, asked.steering_angle) == (8.0, 0.2)


def test_the_safe_stop_ends_only_at_standstill_with_commands_and_a_new_pedal_press():
    one = interface()
    one.actuation(300 * MS, HANDS_OFF, MOVING)
    one.receive(Command(0, 2), 310 * MS)
    one.actuation(310 * MS, HANDS_OFF, MOVING)
    assert one.safe_stop, "commands are back, but it is still moving"
    one.actuation(320 * MS, HANDS_OFF, STANDING)
    assert one.safe_stop, "nobody has acted"
    one.actuation(330 * MS, DriverInput(brake=0.5), STANDING)
    assert not one.safe_stop


def test_a_pedal_that_was_down_all_along_does_not_end_the_safe_stop():
    one, foot = interface(), DriverInput(accelerator=0.5)
    one.actuation(300 * MS, foot, MOVING)
    one.receive(Command(0, 2), 310 * MS)
    one.actuation(310 * MS, foot, STANDING)
    assert one.safe_stop


@pytest.mark.parametrize("field", ["acceleration", "brake_deceleration", "steering_tyre_angle"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_command_that_is_not_finite_counts_as_none(field, value):
    one = interface(brake_deceleration=1.0)
    one.receive(Command(0, 2, **{field: value}), 150 * MS)
    assert one.rejected_commands == 1
    one.actuation(210 * MS, HANDS_OFF, MOVING)
    assert one.safe_stop


def test_engaging_ends_the_safe_stop_of_a_start_with_gaps():
    one = interface()
    late = COMMAND_TIMEOUT_NS + 1
    one.actuation(late, HANDS_OFF, STANDING)
    assert one.safe_stop
    one.rearm(late)
    one.actuation(late + COMMAND_TIMEOUT_NS, HANDS_OFF, STANDING)
    assert not one.safe_stop
    one.actuation(late + COMMAND_TIMEOUT_NS + 1, HANDS_OFF, STANDING)
    assert one.safe_stop

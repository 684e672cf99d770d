# SPDX-License-Identifier: Apache-2.0
"""The planner drives a car with drag, lag and understeer."""

from dataclasses import replace

import numpy as np
import pytest
from planner_plant import Car, Drive, bend, standing_car, straight

from bulwark_core.vehicle import VehicleParams
from bulwark_msgs.msg import ControlCommand, Route, Trajectory
from bulwark_planner.params import PlannerParams
from bulwark_planner.route_line import RouteLine

FRONT = VehicleParams().front
KMH = 1.0 / 3.6
PARAMS = PlannerParams()
TIME, X, Y, SPEED, COMMAND, PUSH, STEERING = range(7)


@pytest.mark.parametrize("lag", [0.1, 0.2, 0.3])
def test_reaches_60_kmh_within_9_s_and_keeps_it(lag):
    rows = Drive(PARAMS, straight(), 60 * KMH, car=Car(lag=lag)).run(18.0)
    settled = rows[:, TIME] > 1.0 + 9.0
    assert np.abs(rows[settled, SPEED] - 60 * KMH).max() < 0.5 * KMH
    assert rows[:, SPEED].max() < 60.5 * KMH


@pytest.mark.parametrize("limit", [5.0, 30.0, 100.0, 130.0])
def test_keeps_any_limit_to_half_a_kmh(limit):
    rows = Drive(PARAMS, straight(3000.0), limit * KMH, car=Car(speed=limit * KMH * 0.8)).run(20.0)
    assert rows[-100:, SPEED] == pytest.approx(limit * KMH, abs=0.5 * KMH)
    assert rows[:, SPEED].max() < (limit + 0.5) * KMH


@pytest.mark.parametrize("distance", [80.0, 100.0, 140.0])
def test_stops_comfortably_behind_a_standing_car(distance):
    obstacle = standing_car(FRONT + distance)
    drive = Drive(PARAMS, straight(), 60 * KMH, [obstacle], Car(speed=60 * KMH))
    rows = drive.run(25.0)
    assert 4.0 < distance - rows[-1, X] < 6.0
    assert rows[-1, SPEED] == 0.0
    assert rows[:, PUSH].min() > -2.6
    assert np.abs(np.diff(rows[:, PUSH])).max() / 0.01 < 5.0
    assert rows[-300:, X] == pytest.approx(rows[-1, X], abs=0.01)  # does not creep


def test_follows_again_when_the_car_ahead_is_gone():
    drive = Drive(PARAMS, straight(), 30 * KMH, [standing_car(FRONT + 20.0)], Car())
    assert drive.run(15.0)[-1, SPEED] == 0.0
    drive.objects.clear()
    assert drive.run(10.0)[-1, SPEED] == pytest.approx(30 * KMH, abs=0.5 * KMH)


def test_keeps_the_time_gap_to_a_slower_car():
    obstacle = replace(standing_car(FRONT + 60.0), vx=10.0)
    drive = Drive(PARAMS, straight(3000.0), 90 * KMH, [obstacle], Car(speed=20.0))
    for _ in range(300):
        drive.run(0.1)
        drive.objects[0] = replace(drive.objects[0], x=drive.objects[0].x + 1.0)
    gap = drive.objects[0].x - 2.2 - FRONT - drive.car.x
    assert drive.car.speed == pytest.approx(10.0, abs=0.2)
    assert gap == pytest.approx(5.0 + 1.5 * 10.0, abs=2.5)


def test_ignores_objects_where_it_is_told_to():
    params = replace(PARAMS, follow_objects=False)
    drive = Drive(params, straight(), 60 * KMH, [standing_car(FRONT + 80.0)], Car(speed=60 * KMH))
    rows = drive.run(8.0)
    assert rows[:, SPEED].min() > 59.5 * KMH
    assert rows[-1, X] > FRONT + 80.0


@pytest.mark.parametrize("radius", [10.0, 25.0, 60.0])
def test_takes_a_bend_on_the_line_and_slowly_enough(radius):
    drive = Drive(PARAMS, bend(radius), 60 * KMH)
    rows, through = drive.run(30.0), 60.0 + np.pi * radius + 20.0
    arc, offset = RouteLine.through(drive.line).project(rows[:, [X, Y]])
    on_the_way = arc < through
    assert np.abs(offset[on_the_way]).max() < 0.35
    lateral = rows[:, SPEED] ** 2 * np.tan(rows[:, STEERING]) / (2.8 + 0.0025 * rows[:, SPEED] ** 2)
    assert np.abs(lateral).max() < 3.0
    assert arc.max() > through


def test_stops_at_the_destination():
    drive = Drive(PARAMS, straight(100.0), 50 * KMH, command=Route.COMMAND_STOP)
    rows = drive.run(25.0)
    assert rows[-1, SPEED] == 0.0
    assert rows[-1, X] == pytest.approx(98.0, abs=0.5)


def test_messages_come_at_their_rates_and_count():
    drive = Drive(PARAMS, straight(), 50 * KMH)
    drive.run(5.0)
    commands, plans = drive.of("control"), drive.of("trajectory")
    assert len(commands) == pytest.approx(250, abs=2)
    assert len(plans) == len(drive.of("path")) == pytest.approx(50, abs=2)
    counters = [command.alive_counter for command in commands]
    assert np.diff(counters) == pytest.approx(1)
    assert all(command.source == ControlCommand.SOURCE_PLANNER for command in commands)
    assert all(c.longitudinal_active and c.lateral_active for c in commands)
    assert plans[-1].source == Trajectory.SOURCE_RULES
    assert [p.time_from_start for p in plans[-1].points] == pytest.approx(np.arange(41) * 0.1)


def test_same_input_gives_the_same_output():
    runs = [Drive(PARAMS, bend(30.0), 50 * KMH, [standing_car(40.0)]) for _ in range(2)]
    for drive in runs:
        drive.run(5.0)
    assert runs[0].messages == runs[1].messages


def test_a_gap_that_opens_a_little_does_not_make_it_creep():
    drive = Drive(PARAMS, straight(), 30 * KMH, [standing_car(FRONT + 20.0)], Car())
    stopped_at = drive.run(15.0)[-1, X]
    drive.objects[0] = standing_car(FRONT + 20.5)
    assert drive.run(5.0)[-1, X] == pytest.approx(stopped_at, abs=0.01)
    drive.objects[0] = standing_car(FRONT + 24.0)
    assert drive.run(10.0)[-1, X] == pytest.approx(stopped_at + 4.0, abs=0.3)

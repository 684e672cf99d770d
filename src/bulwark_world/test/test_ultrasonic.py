# SPDX-License-Identifier: Apache-2.0
"""Ultrasonic readings against the geometry, and what REP-117 wants of them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bulwark_core.geometry import rigid
from bulwark_core.vehicle import VehicleParams
from bulwark_world.actors import Actor
from bulwark_world.kinds import kinds
from bulwark_world.motion import Pose
from bulwark_world.params import SensorParams, UltrasonicParams
from bulwark_world.road import Road
from bulwark_world.scenario import load_scenario
from bulwark_world.scene import Scene
from bulwark_world.sensors_to_messages import make_messages, make_tf_static
from bulwark_world.simulation import Simulation
from bulwark_world.ultrasonic import CORNERS, Ultrasonic, mounts

BODY = VehicleParams()
EXACT = UltrasonicParams(noise=0.0, dropout=0.0)


def readings(*actors, params=EXACT, seed=1, index=0, base=None):
    scene = Scene(Road(kerbs=False, roadside=False), [], actors)
    scene.place(0.0)
    base = rigid() if base is None else base
    return {
        echo.corner: echo.distance
        for echo in Ultrasonic(BODY, params, seed).measure(scene, base, 5, index)
    }


def wall(x, y=0.0, yaw=0.0):
    return Actor("wall", kinds()["wall"], Pose(x, y, yaw))


def test_nothing_is_plus_infinity_and_the_ground_is_nothing():
    assert readings() == dict.fromkeys(CORNERS, math.inf)


def test_a_wall_ahead_is_heard_by_the_front_sensors_alone():
    heard = readings(wall(BODY.front + 2.0 + 0.15))
    assert heard["front_left"] == pytest.approx(2.0, abs=0.02)
    assert heard["front_right"] == pytest.approx(2.0, abs=0.02)
    assert heard["rear_left"] == heard["rear_right"] == math.inf


def test_a_wall_behind_is_heard_by_the_rear_sensors_alone():
    heard = readings(wall(BODY.rear - 1.0 - 0.15))
    assert heard["rear_left"] == pytest.approx(1.0, abs=0.02)
    assert heard["rear_right"] == pytest.approx(1.0, abs=0.02)
    assert heard["front_left"] == math.inf


def test_what_touches_a_sensor_is_minus_infinity():
    assert readings(wall(BODY.front + 0.1 + 0.15))["front_left"] == -math.inf


@pytest.mark.parametrize("corner", CORNERS)
def test_each_sensor_hears_what_stands_on_its_axis_and_the_other_side_does_not(corner):
    x, y, _, _ = mounts(BODY, EXACT)[corner] @ (1.5 + 0.3, 0.0, 0.0, 1.0)
    heard = readings(Actor("pillar", kinds()["round_pillar"], Pose(x, y)))
    assert heard[corner] == pytest.approx(1.5, abs=0.03)
    assert min(heard, key=heard.get) == corner


def test_a_face_that_is_grazed_echoes_away():
    side = BODY.width / 2 + 0.3
    along = wall(BODY.front + 4.0, side + 0.15, math.pi / 2)
    assert readings(along, params=replace(EXACT, yaw=0.0, field_of_view=0.4))["front_left"] > 1.0


def test_noise_and_dropout_are_as_stated_and_the_same_for_a_seed():
    params = UltrasonicParams(noise=0.02, dropout=0.1)
    ahead = wall(BODY.front + 2.15)
    scene = Scene(Road(kerbs=False, roadside=False), [], [ahead])
    scene.place(0.0)
    sensor = Ultrasonic(BODY, params, 1)
    values = np.array(
        [[echo.distance for echo in sensor.measure(scene, rigid(), 5, i)] for i in range(500)]
    )
    assert np.isnan(values).mean() == pytest.approx(0.1, abs=4 * math.sqrt(0.09 / values.size))
    assert np.nanstd(values[:, :2]) == pytest.approx(0.02, rel=0.1)
    assert str(readings(ahead, params=params)) == str(readings(ahead, params=params))
    assert str(readings(ahead, params=params, seed=2)) != str(readings(ahead, params=params))


def test_messages_come_at_20_hz_with_the_frames_that_tf_static_tells():
    world = load_scenario("ccr_stationary").build({}, 1, BODY)[0]
    sensors = SensorParams()
    one = Simulation(world, sensors, 1)
    one.wants_scan = one.wants_picture = lambda: False
    got = [
        (port, message)
        for _ in range(100)
        for port, message in make_messages(one, one.step(), sensors)
        if port.startswith("ultrasonic_")
    ]
    assert len(got) == 4 * 20
    frames = {t.child_frame_id for t in make_tf_static(sensors, BODY).transforms}
    assert {message.header.frame_id for _, message in got} <= frames
    assert {port for port, _ in got} == {f"ultrasonic_{corner}" for corner in CORNERS}
    assert got[0][1].radiation_type == got[0][1].ULTRASOUND

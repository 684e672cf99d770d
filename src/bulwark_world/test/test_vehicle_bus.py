# SPDX-License-Identifier: Apache-2.0
"""Odometry and status: noise, scale, delay and dropout by parameter, the same for a seed."""

from dataclasses import replace

import numpy as np
import pytest

from bulwark_core.vehicle import VehicleParams
from bulwark_world.channel import Channel
from bulwark_world.params import OdometryParams, SensorParams, StatusParams
from bulwark_world.scenario import load_scenario
from bulwark_world.simulation import Simulation


def frames(sensors, steps=400, seed=1):
    world = load_scenario("ccr_stationary").build({"speed_kmh": 36.0}, seed, VehicleParams())[0]
    one = Simulation(world, sensors, seed)
    one.wants_scan = one.wants_picture = one.wants_echoes = lambda: False
    return [one.step() for _ in range(steps)]


def odometry(params, **more):
    return [f for f in frames(SensorParams(odometry=params), **more) if f.odometry is not None]


def test_a_channel_passes_everything_on_after_its_delay_in_order():
    bus = Channel(0.03, 0.0, (1,))
    got = [bus.step(10_000_000 * k, k if k % 2 == 0 else None) for k in range(12)]
    assert got == [None, None, None, 0, None, 2, None, 4, None, 6, None, 8]


def test_a_channel_loses_its_share_and_nothing_or_all_at_the_ends():
    passed = [Channel(0.0, share, (1,)) for share in (0.0, 0.25, 1.0)]
    counts = [sum(bus.step(k, k) is not None for k in range(2000)) for bus in passed]
    assert counts[0] == 2000
    assert counts[1] == pytest.approx(1500, abs=80)
    assert counts[2] == 0


def test_noise_and_scale_are_as_stated():
    exact = OdometryParams(speed_noise=0.0, speed_scale=0.0, yaw_rate_noise=0.0)
    assert {f.odometry.speed for f in odometry(exact)} == {10.0}
    off = odometry(replace(exact, speed_scale=0.02))
    assert {round(f.odometry.speed, 9) for f in off} == {10.2}
    noisy = [f.odometry.speed for f in odometry(replace(exact, speed_noise=0.1))]
    assert np.std(noisy) == pytest.approx(0.1, rel=0.25)


def test_delayed_odometry_keeps_the_stamp_of_its_measurement():
    late = odometry(OdometryParams(delay=0.05))
    assert {f.stamp_ns - f.odometry.stamp_ns for f in late} == {50_000_000}
    soon = {f.odometry.stamp_ns: f.odometry for f in odometry(OdometryParams())}
    assert all(soon[f.odometry.stamp_ns] == f.odometry for f in late)


def test_lost_messages_are_lost_and_rows_of_the_recording_stay():
    sensors = SensorParams(
        odometry=OdometryParams(dropout=0.5), status=StatusParams(delay=0.02, dropout=0.3)
    )
    some = frames(sensors)
    assert sum(f.row_due for f in some) == 200
    assert sum(f.odometry is not None for f in some) == pytest.approx(100, abs=30)
    assert sum(f.vehicle is not None for f in some) == pytest.approx(140, abs=30)
    assert {f.stamp_ns - f.vehicle.stamp_ns for f in some if f.vehicle} == {20_000_000}
    assert repr(some) == repr(frames(sensors))
    assert repr(some) != repr(frames(sensors, seed=2))


def test_the_steering_angle_has_noise():
    angles = [f.vehicle.steering_angle for f in frames(SensorParams()) if f.vehicle is not None]
    assert np.std(angles) == pytest.approx(StatusParams().steering_noise, rel=0.3)

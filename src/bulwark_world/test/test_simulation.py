# SPDX-License-Identifier: Apache-2.0
"""The simulation: rates, determinism, starts and ends."""

import hashlib

import pytest

from bulwark_core.vehicle import VehicleParams
from bulwark_world.params import CameraMount, LidarMount, SensorParams
from bulwark_world.run_end import RunEnd
from bulwark_world.scenario import load_scenario
from bulwark_world.simulation import START_NS, Simulation
from bulwark_world.vehicle_interface import Command

SENSORS = SensorParams(lidar=LidarMount(model="vlp16"), camera=CameraMount(width=160, height=96))
BODY = VehicleParams()


def simulation(name="ccr_stationary", seed=1, hold_start=False, **values):
    world = load_scenario(name).build(values, seed, BODY)[0]
    world = world.with_run_up() if hold_start else world
    one = Simulation(world, SENSORS, seed, hold_start=hold_start)
    one.wants_scan = one.wants_picture = lambda: False
    return one


def digest(seed, steps=120):
    one, sha = simulation(seed=seed), hashlib.sha256()
    one.wants_scan = one.wants_picture = lambda: True
    for i in range(steps):
        if i == 60:
            one.command(Command(one.now_ns, 1, brake_deceleration=6.0))
        frames = one.step()
        sha.update(repr((one.state, frames.odometry, frames.vehicle, frames.objects)).encode())
        if frames.scan is not None:
            sha.update(frames.scan.xyz.tobytes() + frames.scan.intensity.tobytes())
        if frames.picture is not None:
            sha.update(frames.picture.tobytes())
    return sha.hexdigest()


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    assert digest(1) == digest(1)
    assert digest(1) != digest(2)


def test_frames_come_at_their_rates():
    one = simulation()
    one.wants_scan = one.wants_picture = lambda: True
    frames = [one.step() for _ in range(100)]
    counts = {
        name: sum(getattr(frame, name) is not None for frame in frames)
        for name in ("odometry", "vehicle", "scan", "picture", "objects")
    }
    assert sum(frame.route_due for frame in frames) == 5
    assert counts == {
        "odometry": 50, "vehicle": 50, "scan": 10, "picture": 10, "objects": 10,
    }  # fmt: skip
    assert [frame.stamp_ns for frame in frames] == [
        START_NS + (i + 1) * 10_000_000 for i in range(100)
    ]


def test_what_nobody_wants_is_not_made_and_changes_nothing_else():
    with_all, without = simulation(), simulation()
    with_all.wants_scan = with_all.wants_picture = lambda: True
    for _ in range(40):
        a, b = with_all.step(), without.step()
        assert b.scan is None
        assert b.picture is None
        assert a.odometry == b.odometry


def test_a_run_without_brakes_ends_with_contact_at_the_speed_driven():
    one = simulation(speed_kmh=36.0)
    end = RunEnd(one)
    while not end.reached():
        one.step()
    assert one.contact is not None
    assert one.contact.closing_speed == pytest.approx(10.0, rel=1e-3)
    assert one.contact.time_s == pytest.approx(5.5, abs=0.02)


def test_a_run_that_passes_its_target_ends():
    one = simulation("pass_by", clearance=1.0)
    end = RunEnd(one)
    while not end.reached():
        one.step()
    assert one.contact is None
    assert one.time_s < one.world.end.after_s
    assert one.target().along < -10.0


def test_a_held_start_waits_and_then_runs_up_to_speed_at_the_scripts_beginning():
    one = simulation("lead_braking", hold_start=True, speed_kmh=72.0)
    for _ in range(100):
        one.step()
    assert (one.time_s, one.state.speed) == (0.0, 0.0)
    one.release()
    while one.time_s == 0.0:
        one.step()
    assert one.state.x == pytest.approx(0.0, abs=0.5)
    assert one.state.speed == pytest.approx(20.0, abs=0.1)


def test_the_planner_is_engaged_only_when_released():
    one = simulation("demo", hold_start=True)
    one.step()
    assert not one.engaged
    one.release()
    assert one.engaged


def test_odometry_is_near_the_truth_and_exact_at_standstill():
    one = simulation(speed_kmh=36.0)
    one.command(Command(one.now_ns, 1))
    for i in range(400):
        one.command(Command(one.now_ns, i + 2, brake_deceleration=8.0 if i > 200 else 0.0))
        frames = one.step()
    assert one.state.speed == 0.0
    assert frames.odometry.speed == 0.0
    assert frames.odometry.x == pytest.approx(one.state.x, rel=0.01)

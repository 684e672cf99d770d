# SPDX-License-Identifier: Apache-2.0
"""What the node does with missing, late and bad input, in the offline host too."""

from dataclasses import replace

import pytest
from planner_plant import Car, Drive, straight

from bulwark_core.component import Now
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.errors import BadMessageError
from bulwark_core.health import Level, worst
from bulwark_core.interfaces import Direction, load_manifest
from bulwark_core.offline import OfflineHost
from bulwark_core.params import build, specs
from bulwark_planner.component import Planner
from bulwark_planner.params import PlannerParams

PARAMS = PlannerParams()


def driving(**arguments):
    drive = Drive(PARAMS, straight(), 15.0, car=Car(speed=10.0), **arguments)
    drive.run(2.0)
    return drive


def health(drive):
    return drive.planner.health(Now(drive.time_ns, drive.time_ns))


def test_ports_are_the_manifests():
    interface = load_manifest().nodes["planner"]
    handlers = Planner(PARAMS).handlers()
    assert set(handlers) == {port.name for port in interface.of(Direction.INPUT)}


def test_parameters_build_from_their_own_defaults():
    values = {spec.name: spec.check(spec.default) for spec in specs(PlannerParams)}
    assert build(PlannerParams, values) == PARAMS


def test_all_is_well_while_driving():
    assert worst(health(driving())) is Level.OK


@pytest.mark.parametrize("lost", ["route", "odometry"])
def test_falls_silent_half_a_second_after_an_input_is_lost(lost):
    drive = driving()
    drive.messages.clear()
    drive.run(2.0, **{lost: False})
    assert 14 <= len(drive.of("control")) <= 27
    assert worst(health(drive)) is Level.ERROR
    assert lost in health(drive)[0].message
    assert "no control" in health(drive)[0].message


def test_drives_on_when_the_input_is_back():
    drive = driving()
    drive.run(1.0, route=False)
    drive.messages.clear()
    drive.run(1.0)
    assert len(drive.of("control")) >= 40
    assert worst(health(drive)) is Level.OK


def test_stops_comfortably_and_says_so_when_objects_are_lost():
    drive = driving()
    drive.give = _without(drive, "objects")
    rows = drive.run(10.0)
    assert rows[-1, 3] == 0.0
    assert rows[:, 5].min() > -2.5
    assert worst(health(drive)) is Level.ERROR
    assert "objects" in health(drive)[0].message


def test_without_static_obstacles_it_drives_degraded():
    drive = driving()
    drive.give = _without(drive, "static_obstacles")
    drive.run(3.0)
    assert drive.car.speed == pytest.approx(15.0, abs=0.5)
    assert worst(health(drive)) is Level.DEGRADED


def _without(drive, lost):
    give = drive.give
    return lambda port, message: None if port == lost else give(port, message)


def test_a_route_that_ends_behind_the_car_is_none():
    drive = Drive(PARAMS, straight(60.0), 15.0, car=Car(speed=15.0))
    drive.run(6.0)
    drive.messages.clear()
    drive.run(0.5)
    assert not drive.of("control")
    assert "ends behind" in health(drive)[0].message


def broken(route, **changes):
    for name, value in changes.items():
        setattr(route, name, value)
    return route


@pytest.mark.parametrize(
    "changes",
    [
        {"x": []},
        {"x": [0.0], "y": [0.0]},
        {"x": [0.0, float("nan")], "y": [0.0, 1.0]},
        {"speed_limit": float("nan")},
        {"speed_limit": -1.0},
    ],
)
def test_a_bad_route_is_refused_by_name(changes):
    drive = driving()
    with pytest.raises(BadMessageError, match="route has"):
        drive.give("route", broken(drive.route(), **changes))


def test_a_route_in_another_frame_is_refused():
    drive = driving()
    route = drive.route()
    route.header.frame_id = "map"
    with pytest.raises(BadMessageError, match="'map'"):
        drive.give("route", route)


def test_time_that_goes_back_clears_everything():
    drive = driving()
    drive.give("odometry", make_odometry(replace(drive.ego(), stamp_ns=1_000_000_000)))
    assert drive.planner.on_timer(Now(1_000_000_000, 1_000_000_000)) == []


def test_a_jump_of_speed_starts_the_plan_anew():
    drive = driving()
    drive.car.speed = 2.0
    drive.run(0.3)
    assert drive.of("trajectory")[-1].points[0].speed == pytest.approx(2.0, abs=0.7)


def test_runs_in_the_offline_host():
    drive, host, sent = driving(), OfflineHost([Planner(PARAMS)]), []
    host.on_output(lambda topic, message, time_ns: sent.append(topic))
    for time_ns in range(drive.time_ns, drive.time_ns + 10**9, 100_000_000):
        drive.time_ns = time_ns
        host.deliver("/vehicle/odometry", make_odometry(drive.ego()), time_ns)
        host.deliver("/route", drive.route(), time_ns)
    assert sent.count("/control/planned") == pytest.approx(45, abs=2)
    assert sent.count("/planning/trajectory") == pytest.approx(9, abs=1)


def test_a_plan_that_starts_anew_forgets_the_integral():
    drive = Drive(PARAMS, straight(), 15.0, car=Car(speed=10.0, rolling=1.5))
    assert drive.run(8.0)[-1, 4] > 1.4  # the command carries the slope
    drive.car.speed = 5.0
    assert drive.run(0.2)[:, 4].min() < 1.0

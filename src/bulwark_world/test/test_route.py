# SPDX-License-Identifier: Apache-2.0
"""The route of a way that bends, and the planner that follows it."""

import math

import numpy as np
import pytest

from bulwark_core.vehicle import VehicleParams
from bulwark_world.dynamics import VehicleState
from bulwark_world.line import Section
from bulwark_world.lockstep import LockStep
from bulwark_world.motion import Pose
from bulwark_world.params import SensorParams
from bulwark_world.scenario import load_scenario
from bulwark_world.sensors_to_messages import make_route
from bulwark_world.stack import Sensing
from bulwark_world.way import Way, bend

TEXT = """\
about: A test.
speed_limit_kmh: 30
bend: {radius: 40, approach: 30, rail: false}
ego: {engaged: true, speed_kmh: 28}
end: {after_s: 10}
expect: {reaction: false}
"""


def test_the_route_lies_on_the_way_ahead():
    way = Way((Section(20.0), *bend(30.0, 1.2, 4.0), Section(100.0)))
    there = way.pose(15.0, offset=0.4)
    state = VehicleState(x=there.x, y=there.y, yaw=there.yaw + 0.1)
    route = make_route(state, way, 10.0, 5)
    points = Pose(state.x, state.y, state.yaw).to_world(np.array([route.x, route.y]).T)
    found = [way.project(x, y) for x, y in points]
    assert [offset for _, offset in found] == pytest.approx([0.0] * len(found), abs=1e-3)
    stations = np.array([station for station, _ in found])
    assert stations[0] == pytest.approx(13.0, abs=1e-3)
    assert np.diff(stations) == pytest.approx(2.0, abs=1e-3)
    assert len(points) == 62


def test_the_planner_takes_the_bend(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT)
    world, _ = load_scenario(str(file)).build({}, 1, VehicleParams())
    rows = LockStep(world, Sensing.OBJECTS, SensorParams(), 1).drive().rows
    offsets = [world.way.project(row.x, row.y)[1] for row in rows]
    assert max(abs(offset) for offset in offsets) < 0.3
    assert math.degrees(rows[-1].yaw) > 45.0

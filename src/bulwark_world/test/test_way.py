# SPDX-License-Identifier: Apache-2.0
"""The own way and the surface under it: bends, lane changes, heights, how a car stands there."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.geometry import rigid
from bulwark_core.vehicle import VehicleParams
from bulwark_world.attitude import LEVEL, attitude
from bulwark_world.line import Line, Section
from bulwark_world.motion import Pose
from bulwark_world.relief import Relief
from bulwark_world.road import Road
from bulwark_world.way import Way, bend, shift

BODY = VehicleParams()


@given(st.floats(-6.0, 6.0).filter(lambda y: abs(y) > 0.05), st.floats(15.0, 120.0))
def test_a_shift_ends_so_far_to_the_side_and_straight_on(offset, length):
    line = Line(shift(offset, length))
    end = line.pose(line.length)
    assert line.length == pytest.approx(length)
    assert end.y == pytest.approx(offset, abs=1e-6)
    assert end.yaw == pytest.approx(0.0, abs=1e-9)


@given(st.floats(5.0, 500.0), st.floats(-3.0, 3.0), st.floats(0.5, 50.0))
def test_a_bend_turns_by_its_angle_and_never_tighter_than_its_radius(radius, angle, easing):
    line = Line(bend(radius, angle, easing))
    assert line.heading(line.length) == pytest.approx(angle, abs=1e-9)
    curvature = [line.curvature(s) for s in np.linspace(0.0, line.length, 30)]
    assert max(np.abs(curvature)) <= 1.0 / radius + 1e-12


def test_a_way_passes_the_origin_along_x_and_can_begin_earlier():
    way = Way((Section(20.0), *bend(25.0, 1.0, 3.0)))
    for one in (way, way.longer(40.0)):
        start = one.pose(0.0)
        assert (start.x, start.y, start.yaw) == pytest.approx((0.0, 0.0, 0.0), abs=1e-12)
        there, expected = one.pose(30.0), way.pose(30.0)
        assert (there.x, there.y) == pytest.approx((expected.x, expected.y))
        assert one.curvature(35.0) == pytest.approx(1.0 / 25.0)
    assert way.longer(40.0).start == -100.0
    assert not way.is_straight
    assert Way((Section(30.0),)).is_straight


@given(st.floats(-50.0, 75.0), st.floats(-4.0, 4.0))
def test_projecting_onto_a_way_gives_station_and_offset(station, offset):
    way = Way((Section(20.0), *bend(25.0, 1.5, 3.0), *shift(3.0, 25.0)))
    pose = way.pose(station, offset)
    assert way.project(pose.x, pose.y) == pytest.approx((station, offset), abs=1e-3)


@given(st.floats(-0.2, 0.2), st.floats(-3.0, 3.0), st.floats(0.0, 100.0))
def test_on_an_inclined_plane_a_car_stands_as_the_plane_does(slope, yaw, x):
    class Plane:
        def height(self, x, y):
            return slope * x

    stands = attitude(Plane(), BODY, Pose(x, 0.0, yaw))
    assert stands.z == pytest.approx(slope * x, abs=1e-9)
    normal = stands.base(Pose(x, 0.0, yaw))[:3, 2]
    expected = np.array([-slope, 0.0, 1.0]) / math.hypot(slope, 1.0)
    assert normal == pytest.approx(expected, abs=slope**2 + 1e-9)
    assert stands.slope == pytest.approx(math.atan(slope * math.cos(yaw)), abs=1e-9)


def test_uphill_is_nose_up_and_a_higher_left_wheel_rolls_to_the_right():
    ramp = Relief(Way(), ((10.0, 0.0), (20.0, 1.5)))
    assert attitude(ramp, BODY, Pose(12.0)).pitch == pytest.approx(-math.atan(0.15))

    class Left:
        def height(self, x, y):
            return 0.1 if y > 0.0 else 0.0

    assert attitude(Left(), BODY, Pose()).roll > 0.05


def test_straight_places_leave_the_pose_as_it_is_to_the_bit():
    ramp = Relief(Way(), ((10.0, 0.0), (20.0, 1.5)))
    for surface in (Road().surface, ramp):
        stands = attitude(surface, BODY, Pose(3.3, 0.4, 0.2))
        assert stands == LEVEL
        assert stands.base(Pose(3.3, 0.4, 0.2)).tobytes() == rigid(3.3, 0.4, yaw=0.2).tobytes()


def test_a_relief_is_flat_beside_its_width_and_constant_outside_its_profile():
    hump = Relief(Way(), ((10.0, 0.0), (11.0, 0.1), (12.0, 0.0)), half_width=2.0)
    assert hump.height(10.5, 1.9) == pytest.approx(0.05)
    assert hump.height(10.5, 2.1) == hump.height(5.0, 0.0) == hump.height(50.0, 0.0) == 0.0

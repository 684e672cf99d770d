# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import fresnel

from bulwark_world.line import Line, Section
from bulwark_world.motion import Pose

CURVATURES = st.floats(-0.08, 0.08)
SECTIONS = st.lists(
    st.builds(Section, st.floats(1.0, 30.0), CURVATURES, CURVATURES), min_size=1, max_size=4
)


def test_a_straight_is_exact():
    line = Line([Section(100.0)], Pose(1.0, 2.0, 0.3))
    pose = line.pose(40.0, 2.0)
    assert pose.x == pytest.approx(1.0 + 40.0 * math.cos(0.3) - 2.0 * math.sin(0.3), abs=1e-12)
    assert pose.y == pytest.approx(2.0 + 40.0 * math.sin(0.3) + 2.0 * math.cos(0.3), abs=1e-12)


def test_an_arc_ends_where_its_circle_does():
    radius = 25.0
    line = Line([Section(radius * math.pi / 2.0, 1.0 / radius, 1.0 / radius)])
    end = line.pose(line.length)
    assert (end.x, end.y, end.yaw) == pytest.approx((radius, radius, math.pi / 2.0), abs=1e-9)


def test_a_clothoid_is_that_of_fresnel():
    length, curvature = 40.0, 1.0 / 30.0
    line = Line([Section(length, 0.0, curvature)])
    scale = math.sqrt(math.pi * length / curvature)
    sine, cosine = fresnel(length / scale)
    end = line.pose(length)
    assert (end.x, end.y) == pytest.approx((scale * cosine, scale * sine), abs=1e-6)


def test_it_goes_on_straight_beyond_its_ends():
    line = Line([Section(10.0, 0.05, 0.05)])
    end = line.pose(10.0)
    beyond = line.pose(15.0)
    assert (beyond.x, beyond.y) == pytest.approx((end.ahead(5.0).x, end.ahead(5.0).y))
    assert line.pose(-5.0).x == pytest.approx(-5.0)
    assert line.curvature(11.0) == 0.0


@given(SECTIONS, st.floats(0.0, 1.0), st.floats(-5.0, 5.0))
def test_projecting_a_place_gives_it_back(sections, share, offset):
    line = Line(sections)
    s = share * line.length
    pose = line.pose(s, offset)
    found, aside = line.project(pose.x, pose.y, near=s)
    assert found == pytest.approx(s, abs=1e-3)
    assert aside == pytest.approx(offset, abs=1e-3)


@given(SECTIONS)
def test_the_heading_is_the_way_it_goes(sections):
    line = Line(sections)
    s = np.linspace(0.01, line.length - 0.01, 20)
    for one in s:
        before, after = line.pose(one - 1e-3), line.pose(one + 1e-3)
        towards = math.atan2(after.y - before.y, after.x - before.x)
        difference = math.remainder(towards - line.heading(float(one)), 2.0 * math.pi)
        assert abs(difference) < 2e-3

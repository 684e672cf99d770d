# SPDX-License-Identifier: Apache-2.0
"""Objects in base_link, relations and contact."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.objects import Motion, ObjectClass
from bulwark_core.vehicle import VehicleParams
from bulwark_world import footprint
from bulwark_world.actors import Actor
from bulwark_world.dynamics import VehicleState
from bulwark_world.kinds import kinds
from bulwark_world.line import Line, Section
from bulwark_world.motion import Pose, SpeedProfile
from bulwark_world.truth import ContactWatch, ego_pose, in_base_link, relation, truth_object

BODY = VehicleParams()
coordinates = st.floats(-30, 30)
angles = st.floats(-math.pi, math.pi)


@given(coordinates, coordinates, angles, coordinates, coordinates)
def test_in_base_link_undoes_the_pose(x, y, yaw, px, py):
    state = VehicleState(x=x, y=y, yaw=yaw)
    points = np.array([[px, py]])
    assert in_base_link(state, ego_pose(state).to_world(points)) == pytest.approx(points)


def test_velocities_are_over_ground_in_base_link_axes():
    actor = Actor("a", kinds()["car"], Pose(10.0, 0.0, math.pi / 2), SpeedProfile(5.0))
    state = VehicleState(yaw=math.pi / 2, speed=20.0)
    item = truth_object(actor, 0, state, 0.0, 7)
    assert (item.vx, item.vy) == (pytest.approx(5.0), pytest.approx(0.0, abs=1e-12))
    assert (item.x, item.y) == (pytest.approx(0.0, abs=1e-12), pytest.approx(-10.0))
    assert (item.object_class, item.motion) == (ObjectClass.CAR, Motion.MOVING)


@pytest.mark.parametrize("radius,left", [(20.0, True), (12.5, False)])
def test_the_turn_rate_is_that_of_its_way_whatever_we_do(radius, left):
    bend = (1.0 if left else -1.0) / radius
    line = Line([Section(100.0, bend, bend)], Pose(30.0, 2.0, 2.0))
    actor = Actor("a", kinds()["car"], Pose(30.0, 2.0, 2.0), SpeedProfile(6.0), line)
    item = truth_object(actor, 0, VehicleState(yaw=0.3, speed=9.0, yaw_rate=0.5), 2.0, 7)
    assert item.yaw_rate == pytest.approx((6.0 if left else -6.0) / radius, rel=1e-3)


def test_who_goes_straight_on_stands_or_turns_round_has_no_turn_rate():
    for profile in (SpeedProfile(5.0), SpeedProfile(0.0)):
        actor = Actor("a", kinds()["car"], Pose(30.0, 2.0, 2.0), profile)
        assert truth_object(actor, 0, VehicleState(), 1.0, 7).yaw_rate == 0.0
    turner = Turner("t", kinds()["pedestrian"], Pose(), SpeedProfile(1.0))
    assert truth_object(turner, 0, VehicleState(), 1.0, 7).yaw_rate == 0.0


class Turner(Actor):
    """Turns round after a second."""

    def pose(self, time_s: float) -> Pose:
        return Pose(1.0, 0.0, 0.0 if time_s <= 1.0 else math.pi)


def test_the_object_s_corners_are_the_actor_s_outline():
    actor = Actor("a", kinds()["truck"], Pose(20.0, 3.0, 0.4))
    state = VehicleState(x=2.0, y=-1.0, yaw=-0.7)
    item = truth_object(actor, 0, state, 0.0, 7)
    assert item.corners() == pytest.approx(in_base_link(state, actor.footprint(0.0)))


def test_time_to_collision():
    actor = Actor("a", kinds()["car"], Pose(BODY.front + 30.0 + 2.15, 0.0), SpeedProfile(5.0))
    found = relation(actor, BODY, VehicleState(speed=15.0), 1, 0.0)
    assert found.ttc == pytest.approx(3.0)
    assert relation(actor, BODY, VehicleState(speed=5.0), 1, 0.0).ttc == math.inf


@given(st.floats(-9, 9), st.floats(-6, 6), angles, angles)
def test_contact_is_overlap_of_body_and_outline(x, y, yaw, own_yaw):
    actor = Actor("a", kinds()["car"], Pose(x, y, yaw))
    state = VehicleState(yaw=own_yaw, speed=3.0)
    contact = ContactWatch(BODY, [actor]).check(state, state, 1.0)
    body = ego_pose(state).to_world(BODY.corners())
    assert (contact is not None) == footprint.overlap(body, actor.footprint(1.0))


def test_the_impact_speed_is_relative():
    actor = Actor("a", kinds()["car"], Pose(BODY.front + 2.0, 0.0), SpeedProfile(4.0))
    state = VehicleState(speed=10.0)
    contact = ContactWatch(BODY, [actor]).check(state, state, 0.0)
    assert contact is not None
    assert (contact.actor, contact.closing_speed) == ("a", pytest.approx(6.0))


def test_what_hangs_overhead_is_not_touched():
    gantry = Actor("g", kinds()["gantry"], Pose(2.0, 0.0))
    state = VehicleState(speed=10.0)
    assert ContactWatch(BODY, [gantry]).check(state, state, 0.0) is None


@given(st.integers(0, 2**32), st.floats(-0.05, 0.05))
def test_the_first_contact_of_a_drive_is_that_of_looking_at_everything(seed, curvature):
    rng = np.random.default_rng(seed)
    names = ["car", "wall", "pillar", "pedestrian", "house", "tree"]
    things = [
        Actor(
            str(i), kinds()[names[rng.integers(6)]], Pose(*rng.uniform((0, -12, -3), (60, 12, 3)))
        )
        for i in range(12)
    ]
    things.append(Actor("moves", kinds()["cyclist"], Pose(30.0, -15.0, 1.5), SpeedProfile(5.0)))
    watch = ContactWatch(BODY, things)
    for step in range(300):
        along = 0.2 * step
        state = VehicleState(along, curvature * along**2 / 2.0, curvature * along, 20.0)
        body = ego_pose(state).to_world(BODY.corners())
        low = (one for one in things if one.kind.clearance < BODY.height)
        hit = [one.name for one in low if footprint.overlap(body, one.footprint(step / 100.0))]
        contact = watch.check(state, state, step / 100.0)
        assert (contact.actor if contact else None) == (hit[0] if hit else None)
        if hit:
            return


@given(coordinates, coordinates, angles, coordinates, coordinates, angles)
def test_an_outline_is_seen_from_anywhere(x, y, yaw, px, py, placed_yaw):
    state, pose = VehicleState(x=x, y=y, yaw=yaw), Pose(px, py, placed_yaw)
    outline = kinds()["truck"].outline
    seen = footprint.seen_from((x, y, yaw), (px, py, placed_yaw), outline)
    assert seen == pytest.approx(in_base_link(state, pose.to_world(outline)), abs=1e-9)

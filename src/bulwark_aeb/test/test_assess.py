# SPDX-License-Identifier: Apache-2.0
"""Which objects are met, where and when."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from aeb_makers import NOW, make_object, make_threat
from hypothesis import given
from hypothesis import strategies as st

from bulwark_aeb.assess import Hits, find_hits, judge, outline_contact
from bulwark_aeb.confirm import Confirmation
from bulwark_aeb.params import AebParams, ConfirmParams, MarginParams
from bulwark_aeb.path import Body, Path
from bulwark_aeb.scene import build_scene
from bulwark_core.objects import Motion
from bulwark_core.vehicle import VehicleParams

BODY = Body.of(VehicleParams())
SURE = Confirmation.CONFIRMED


def hits(objects, path=Path(0.0), speed=10.0, horizon=80.0) -> Hits:  # noqa: B008
    scene = build_scene(NOW, objects)
    return find_hits(scene, path, BODY, speed, horizon, ConfirmParams(), MarginParams())


def threats(found: Hits, path=Path(0.0), speed=10.0, braking=0.0, own=0.0, goes_on=False):  # noqa: B008
    count = len(found.gap)
    return judge(
        found, [SURE] * count, np.full(count, braking), path, BODY, speed, own, 0.5,
        AebParams().brake.model(), 1.5, MarginParams(), goes_on=goes_on,
    )  # fmt: skip


def test_an_object_ahead_is_met_at_its_near_side():
    found = hits([make_object(20.0)])
    assert found.gap.tolist() == [pytest.approx(18.0 - 3.7)]
    assert found.lead_speed.tolist() == [0.0]


@pytest.mark.parametrize("y,met", [(1.84, True), (1.86, False), (-1.84, True), (-1.86, False)])
def test_only_real_overlap_counts(y, met):
    assert (len(hits([make_object(20.0, y)]).gap) == 1) is met


def test_an_uncertain_place_must_overlap_more():
    vague = [make_object(20.0, 1.8, position_variance=0.04)]
    assert len(hits(vague).gap) == 0
    assert len(hits([make_object(20.0, 1.7, position_variance=0.04)]).gap) == 1
    assert len(hits([make_object(20.0, 1.82, position_variance=0.02**2)]).gap) == 1


def test_no_outlines_are_met_by_no_path():
    nothing, paths = build_scene(NOW, []), [Path(0.0), Path(0.1)]
    contact = outline_contact(nothing, np.empty((0, 2)), paths, BODY, MarginParams())
    assert contact.shape == (2, 0)


def test_nothing_behind_beside_or_too_far():
    beside = [make_object(1.0, 1.8), make_object(-8.0), make_object(90.0)]
    assert len(hits(beside).gap) == 0


def test_what_overlaps_the_flank_is_beside_and_what_overlaps_the_bumper_is_ahead():
    assert len(hits([make_object(1.0, 1.84)]).gap) == 0
    assert hits([make_object(5.6)]).gap.tolist() == [0.0]


def test_all_objects_are_judged_not_only_the_nearest():
    leaving = make_object(12.0, id=1, vx=15.0)
    standing = make_object(30.0, id=2)
    found = threats(hits([leaving, standing]))
    assert [item.key[1] for item in found] == [2, 1]
    assert found[0].latest_brake_time < math.inf
    assert found[1].latest_brake_time == math.inf


def test_figures_of_a_threat():
    target = threats(hits([make_object(23.7 + 2.0, vx=4.0)]), speed=10.0)[0]
    assert target.gap == pytest.approx(20.0)
    assert target.closing_speed == pytest.approx(6.0)
    assert target.ttc == pytest.approx(20.0 / 6.0)
    assert target.required_deceleration == pytest.approx(36.0 / 2.0 / 19.5)
    assert target.lead_speed == pytest.approx(4.0)


def test_a_crossing_pedestrian_who_will_be_there():
    walker = make_object(18.0, -2.5, vx=0.0, vy=1.5, length=0.5, width=0.5)
    found = hits([walker])
    assert found.gap.tolist() == [pytest.approx(14.05, abs=0.01)]
    assert found.shift[0] == pytest.approx([0.0, 1.5 * 1.405], abs=1e-2)


def test_a_crossing_pedestrian_who_will_be_gone():
    assert len(hits([make_object(18.0, 0.0, vy=2.5, length=0.5, width=0.5)]).gap) == 0


def test_a_crossing_pedestrian_who_comes_too_late():
    assert len(hits([make_object(18.0, -6.0, vy=1.5, length=0.5, width=0.5)]).gap) == 0


def test_sideways_motion_must_stand_out():
    values = {"length": 0.5, "width": 0.5, "vy": 1.5}
    assert len(hits([make_object(18.0, -2.5, velocity_variance=0.7**2, **values)]).gap) == 1
    assert len(hits([make_object(18.0, -2.5, velocity_variance=0.8**2, **values)]).gap) == 0
    slow = {"length": 0.5, "width": 0.5, "velocity_variance": 0.0}
    assert len(hits([make_object(18.0, -1.5, vy=0.41, **slow)]).gap) == 1
    assert len(hits([make_object(18.0, -1.5, vy=0.39, **slow)]).gap) == 0
    standing = make_object(18.0, -2.5, motion=Motion.STATIONARY, **values)
    assert len(hits([standing]).gap) == 0


def test_own_rotation_makes_sideways_motion_doubtful_afar():
    far = {"length": 0.5, "width": 0.5, "velocity_variance": 0.0}
    assert len(hits([make_object(50.0, -2.5, vy=0.9, **far)]).gap) == 0
    assert len(hits([make_object(50.0, -2.5, vy=1.2, **far)], speed=30.0).gap) == 1


def test_an_unsure_speed_counts_in_the_targets_favour():
    item = make_object(20.0, vx=3.0, velocity_variance=0.9**2)
    found = hits([item])
    assert found.speed.tolist() == [3.0]
    assert found.lead_speed.tolist() == [pytest.approx(3.0 + 2.0 * 0.4)]
    sure = hits([replace(item, velocity_variance=0.5**2)])
    assert sure.lead_speed.tolist() == [3.0]


def test_nothing_that_closes_is_shifted_when_nothing_closes():
    assert len(hits([make_object(18.0, -2.5, vx=12.0, vy=1.5)]).gap) == 0


def test_lead_speed_follows_the_bend():
    bend = Path(0.05)
    arc = 15.0
    x, y = math.sin(0.05 * arc) / 0.05, (1 - math.cos(0.05 * arc)) / 0.05
    heading = 0.05 * arc
    lead = make_object(
        x, y, yaw=heading, vx=6.0 * math.cos(heading), vy=6.0 * math.sin(heading),
        velocity_variance=0.0,
    )  # fmt: skip
    found = hits([lead], path=bend)
    assert found.lead_speed.tolist() == [pytest.approx(6.0)]
    assert found.gap[0] == pytest.approx(arc - 2.0 - 3.7, abs=0.3)


def test_reverse_meets_what_is_behind():
    behind = make_object(-10.0, vx=-1.0)
    found = hits([behind], path=Path(0.0, reverse=True), speed=3.0)
    assert found.gap.tolist() == [pytest.approx(10.0 - 2.0 - 1.0)]
    assert found.lead_speed.tolist() == [1.0]
    assert len(hits([make_object(20.0)], path=Path(0.0, reverse=True)).gap) == 0


def test_an_urgent_target_must_be_met_for_all_likely_curvatures():
    edge = [make_object(20.0, 1.65)]
    found = hits(edge)
    assert len(threats(found, Path(0.0))) == 1
    assert len(threats(found, Path(0.0, deviation=0.0005))) == 1
    assert len(threats(found, Path(0.0, deviation=0.003))) == 0
    middle = hits([make_object(20.0)])
    assert len(threats(middle, Path(0.0, deviation=0.003))) == 1


def test_a_target_that_is_not_urgent_is_kept_whatever_the_path():
    found = hits([make_object(60.0, 1.75)])
    kept = threats(found, Path(0.0, deviation=0.01))
    assert len(kept) == 1
    assert kept[0].latest_brake_time > 3.0


def test_braking_of_a_lead_goes_on_since_its_measurement():
    found = hits([make_object(25.7, vx=8.0), make_object(25.7, id=2)])
    now = found.braked(np.array([5.0, 5.0]), np.array([0.2, 0.2]))
    assert now.lead_speed.tolist() == [pytest.approx(7.0), 0.0]
    assert (found.gap - now.gap).tolist() == [pytest.approx(0.1), 0.0]


def test_a_target_not_seen_is_reckoned_on():
    later = make_threat(10.0, lead_speed=2.0, lead_deceleration=4.0).moved_on(3.0, 0.25)
    assert later.lead_speed == pytest.approx(1.0)
    assert later.gap == pytest.approx(10.0 - 3.0 + 1.5 * 0.25)
    assert make_threat(1.0).moved_on(3.0, 0.25).gap == 0.0
    assert (
        make_threat(9.0, lead_speed=1.0, lead_deceleration=9.0).moved_on(0.0, 1.0).lead_speed == 0
    )


place = st.tuples(st.floats(-40.0, 60.0), st.floats(-8.0, 8.0), st.floats(-3.2, 3.2))
motion = st.tuples(st.floats(-12.0, 12.0), st.floats(-4.0, 4.0))


@given(place, motion, st.floats(-0.2, 0.2))
def test_mirror_symmetry(where, velocity, bend):
    (x, y, yaw), (vx, vy) = where, velocity
    left = make_object(x, y, yaw=yaw, vx=vx, vy=vy)
    right = make_object(x, -y, yaw=-yaw, vx=vx, vy=-vy)
    a, b = hits([left], Path(bend)), hits([right], Path(-bend))
    assert a.gap == pytest.approx(b.gap, abs=1e-6)
    assert a.lead_speed == pytest.approx(b.lead_speed, abs=1e-9)


@given(st.floats(-60.0, -2.0), st.floats(-8.0, 8.0), st.floats(-20.0, 0.0), st.floats(0.0, 35.0))
def test_never_for_what_is_behind_and_recedes(x, y, vx, speed):
    assert len(hits([make_object(x - 1.0, y, vx=vx)], speed=speed).gap) == 0


@given(place, st.floats(-0.1, 0.1))
def test_reverse_is_forward_turned_round_for_a_symmetric_body(where, bend):
    x, y, yaw = where
    body = Body(2.0, -2.0, 0.95)

    def gaps(item, path):
        scene = build_scene(NOW, [item])
        return find_hits(scene, path, body, 5.0, 60.0, ConfirmParams(), MarginParams()).gap

    forward = gaps(make_object(x, y, yaw=yaw), Path(bend))
    turned = gaps(make_object(-x, -y, yaw=yaw), Path(-bend, reverse=True))
    assert forward == pytest.approx(turned, abs=1e-6)


@given(st.floats(6.0, 50.0), st.floats(0.1, 20.0), st.floats(1.0, 35.0), st.floats(-1.8, 1.8))
def test_nearer_is_more_urgent(x, nearer, speed, y):
    far = threats(hits([make_object(x + nearer, y)], speed=speed), speed=speed)
    near = threats(hits([make_object(x, y)], speed=speed), speed=speed)
    assert near[0].latest_brake_time <= far[0].latest_brake_time
    assert near[0].required_deceleration >= far[0].required_deceleration


def comes(x, y, vx, vy, **values):
    """A car that moves where it points."""
    pace = math.hypot(vx, vy)
    return make_object(
        x, y, vx=vx, vy=vy, yaw=math.atan2(vy, vx), motion=Motion.MOVING,
        velocity_variance=0.05**2, **values,
    ) if pace else make_object(x, y)  # fmt: skip


def test_who_comes_while_we_turn_across_is_stopped_for_before_its_lane():
    """It comes on a straight lane, 3.5 m to the left, and we turn left before it."""
    car, path = comes(18.0, 3.5, -10.0, 0.0), Path(0.08)
    found = hits([car], path, speed=4.0)
    assert found.lead_speed.tolist() == [0.0]
    travel, inner_side = float(found.gap[0]), 3.5 - 0.9
    angle = 0.08 * travel
    corner = (1.0 - math.cos(angle)) / 0.08 + 3.7 * math.sin(angle) + 0.95 * math.cos(angle)
    assert corner == pytest.approx(inner_side, abs=0.05)
    assert len(threats(found, path, speed=4.0)) == 1


def test_who_has_passed_before_we_are_there_or_comes_too_late_is_not_met():
    path = Path(0.08)
    assert len(hits([comes(4.5, 3.5, -10.0, 0.0)], path, speed=4.0).gap) == 0
    assert len(hits([comes(60.0, 3.5, -10.0, 0.0)], path, speed=4.0).gap) == 0


def test_who_runs_into_the_flank_is_not_braked_for():
    path = Path(0.08)
    assert len(hits([comes(6.0, 0.3, -10.0, 0.0)], path, speed=1.0).gap) == 1
    assert len(hits([comes(-0.5, 9.0, 0.0, -5.0)], path, speed=1.0).gap) == 0
    flank = hits([comes(0.5, -9.0, 0.0, 5.0)], Path(-0.08, reverse=True), speed=1.0)
    assert len(flank.gap) == 0


@pytest.mark.parametrize("arc", [16.0, 22.0, 28.0])
def test_one_in_our_own_lane_of_the_bend_is_met_head_on(arc):
    """What counts is how fast both close, not a place before it."""
    path, angle = Path(0.04), 0.04 * arc
    x, y = math.sin(angle) / 0.04, (1.0 - math.cos(angle)) / 0.04
    car = comes(x, y, -8.0 * math.cos(angle), -8.0 * math.sin(angle), yaw_rate=-8.0 * 0.04)
    found = hits([car], path, speed=8.0)
    assert found.lead_speed[0] == pytest.approx(-8.0, abs=0.6)
    assert found.gap[0] == pytest.approx(arc - 3.7 - 2.0, abs=1.5)
    assert len(threats(found, path, speed=8.0)) == 1


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_long_one_that_crosses_a_straight_path_is_met_whenever_its_body_is_there(side):
    """Its front is far beside when we could first be there, its flank before us when we are."""
    car = make_object(10.7, 13.2 * side, vy=-11.1 * side, length=1.9, width=4.3)
    found = hits([car], speed=5.56)
    assert found.gap.tolist() == [pytest.approx(10.7 - 0.95 - 3.7, abs=0.05)]
    assert found.lead_speed.tolist() == [0.0]  # we must stop before its strip
    gone = make_object(10.7, 2.0 * side, vy=-11.1 * side, length=1.9, width=4.3)
    assert len(hits([gone], speed=5.56).gap) == 0


def test_things_that_stand_are_judged_beside_those_that_cross():
    found = hits([make_object(9.0, 1.0), comes(18.0, 3.5, -10.0, 0.0, id=2)], Path(0.08), 4.0)
    assert sorted(key[1] for key in found.scene.keys) == [1, 2]
    assert found.lead_speed.tolist() == [0.0, 0.0]


def test_oncoming_traffic_in_the_next_lane_of_a_bend_is_no_threat_and_ours_is():
    path = Path(0.04)
    for lane, count in ((3.5, 0), (0.0, 1)):
        angle, radius = 0.04 * 17.0, 25.0 - lane
        x, y = radius * math.sin(angle), 25.0 - radius * math.cos(angle)
        rate = -8.0 / radius
        car = comes(x, y, -8.0 * math.cos(angle), -8.0 * math.sin(angle), yaw_rate=rate)
        assert len(threats(hits([car], path, speed=8.0), path, speed=8.0)) == count


def test_braking_that_goes_on_is_not_ended_by_a_doubt():
    car = comes(30.0, 0.0, -8.0, 0.0, yaw_rate=0.35)
    assert threats(hits([car])) == []
    assert len(threats(hits([car]), goes_on=True)) == 1


def test_a_small_standing_thing_tells_how_far_aside_it_is_passed():
    cone = make_object(20.0, 0.5, length=0.4, width=0.4, height=0.7, motion=Motion.STATIONARY)
    car = make_object(40.0, id=2)
    first, second = threats(hits([cone, car]))
    assert first.aside == pytest.approx(0.95 - 0.3 + 0.2)
    assert second.aside == math.inf
    assert first.can_wait
    assert not second.can_wait


def test_a_car_behind_a_rail_that_closes_the_path_is_reached_by_nobody():
    rail = [
        make_object(20.0, y, id=10 + k, length=0.2, width=1.2, height=0.8, motion=Motion.STATIONARY)
        for k, y in enumerate((-1.2, 0.0, 1.2))
    ]
    behind = next(t for t in threats(hits([*rail, make_object(28.0)])) if t.key[1] == 1)
    assert behind.is_behind
    assert behind.can_wait
    open_ = next(t for t in threats(hits([*rail[1:], make_object(28.0)])) if t.key[1] == 1)
    assert not open_.is_behind

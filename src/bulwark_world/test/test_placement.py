# SPDX-License-Identifier: Apache-2.0
"""Where actors are put: overlap, beside, crossing, reverse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.vehicle import VehicleParams
from bulwark_world.dynamics import VehicleState
from bulwark_world.placement import overlap_offset
from bulwark_world.scenario import load_scenario
from bulwark_world.truth import relation

BODY = VehicleParams()


def world(name, **values):
    return load_scenario(name).build(values, 1, BODY)[0]


@given(st.floats(0.05, 0.99), st.sampled_from([-1.0, 1.0]), st.floats(1.0, 9.0))
def test_overlap_covers_that_share_from_that_side(share, side, width):
    own = BODY.width
    y = overlap_offset(side * share, own, width)
    low, high = max(y - width / 2, -own / 2), min(y + width / 2, own / 2)
    assert (high - low) / own == pytest.approx(min(share, width / own), abs=1e-9)
    assert y * side >= 0.0


def test_full_overlap_is_in_the_middle():
    assert overlap_offset(1.0, 1.9, 8.0) == overlap_offset(-1.0, 1.9, 0.5) == 0.0


@pytest.mark.parametrize("clearance", [1.0, -0.6])
def test_beside_leaves_that_clearance_when_passing(clearance):
    one = world("pass_by", clearance=clearance)
    state = VehicleState(x=one.actors[0].start.x)
    target = relation(one.actors[0], BODY, state, 1, 0.0)
    assert target.gap == pytest.approx(abs(clearance), abs=1e-9)
    assert not target.in_path
    assert (one.actors[0].start.y > 0.0) is (clearance > 0.0)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("target", ["car", "round_pillar", "wall"])
def test_the_distance_is_from_the_leading_bumper(reverse, target):
    one = world("ccr_stationary", distance=20.0, reverse=reverse, target=target)
    direction = -1 if reverse else 1
    found = relation(one.actors[0], BODY, VehicleState(), direction, 0.0)
    assert found.along == pytest.approx(20.0, abs=1e-9)
    assert found.gap == pytest.approx(20.0, abs=0.1)
    assert found.in_path


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("location", [0.25, 0.5, 0.75])
def test_who_crosses_is_hit_at_the_stated_place(side, location):
    one = world("crossing", location=location, **{"from": side})
    actor, speed = one.actors[0], one.ego.speed
    front_at = (actor.start.x - actor.kind.width / 2 - BODY.front) / speed
    y = actor.pose(front_at).y
    near_edge = BODY.width / 2 * (1.0 if side == "left" else -1.0)
    assert abs(y - near_edge) / BODY.width == pytest.approx(location, abs=1e-6)
    assert abs(actor.pose(0.0).y) == 4.0
    assert actor.profile.speed(front_at) == pytest.approx(5.0 / 3.6)

# SPDX-License-Identifier: Apache-2.0
"""The peers' rules, and a run with each."""

from __future__ import annotations

import math

import pytest

from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_core.vehicle import VehicleParams
from bulwark_world.peers import PEERS, make_peer
from bulwark_world.peers.fixed_ttc import RELEASE, TRIGGER
from bulwark_world.peers.rss_distance import KEPT, STOP
from bulwark_world.runner import Conditions, carry_out
from bulwark_world.stack import OURS
from bulwark_world.suite import load_suite

BODY = VehicleParams()
SPEED = 15.0


def car(gap: float, y: float = 0.0, speed: float = 0.0) -> TrackedObject:
    x = BODY.front + gap + 2.25
    return TrackedObject(1, x, y, 0.7, 0.0, 4.5, 1.8, 1.5, vx=speed)


def moving(speed: float = SPEED, curvature: float = 0.0) -> EgoMotion:
    return EgoMotion(0, speed, speed * curvature)


def asked(name: str, *objects: TrackedObject, motion: EgoMotion | None = None) -> float:
    """What a new peer asks for after a second in this situation."""
    peer = make_peer(name, BODY)
    braking = 0.0
    for step in range(51):
        braking = peer.decide(list(objects), motion or moving(), 10.0 + 0.02 * step)
    return braking


@pytest.mark.parametrize("name", PEERS)
def test_brakes_for_what_is_near_and_not_for_what_is_far_or_beside(name):
    assert asked(name, car(5.0)) > 0.0
    assert asked(name, car(150.0)) == 0.0
    assert asked(name, car(5.0, y=4.0)) == 0.0
    assert asked(name) == 0.0


@pytest.mark.parametrize("name", ["fixed_ttc", "rss_distance"])
def test_what_drives_as_fast_ahead_is_no_danger(name):
    assert asked(name, car(18.0, speed=SPEED)) == 0.0


def test_the_zone_knows_no_speeds():
    assert asked("zone_stop", car(18.0, speed=SPEED)) > 0.0


def test_fixed_ttc_brakes_at_its_time_and_lets_go_later():
    peer = make_peer("fixed_ttc", BODY)
    assert peer.decide([car(TRIGGER * SPEED + 0.1)], moving(), 0.0) == 0.0
    assert peer.decide([car(TRIGGER * SPEED - 0.1)], moving(), 0.1) > 0.0
    assert peer.decide([car(TRIGGER * SPEED * RELEASE - 0.1)], moving(), 0.2) > 0.0
    assert peer.decide([car(TRIGGER * SPEED * RELEASE + 0.1)], moving(), 0.3) == 0.0


def test_the_rss_distance_is_the_formula_and_its_stop_is_gentle_and_kept():
    distance = SPEED * 1.0 + SPEED**2 / 6.0 + 2.0
    near = min(distance, SPEED * 1.5)
    peer = make_peer("rss_distance", BODY)
    assert peer.decide([car(near + 0.1)], moving(), 0.0) == 0.0
    assert peer.decide([car(near - 0.1)], moving(), 0.02) == pytest.approx(1.5 * 0.02)
    for step in range(100):
        braking = peer.decide([car(near - 0.1)], moving(), 0.04 + 0.02 * step)
    assert braking == STOP
    assert peer.decide([], moving(), 2.0 + KEPT - 0.1) == STOP
    assert peer.decide([], moving(), 2.1 + KEPT) == 0.0


def test_the_rss_strip_follows_the_yaw_rate():
    curvature = 1.0 / 60.0
    aside = curvature * (BODY.front + 14.25) ** 2 / 2.0
    assert asked("rss_distance", car(12.0, y=aside), motion=moving(curvature=curvature)) > 0.0
    assert asked("rss_distance", car(12.0, y=aside)) == 0.0


@pytest.mark.parametrize("name", PEERS)
def test_backwards_it_looks_behind(name):
    behind = TrackedObject(1, BODY.rear - 2.0 - 2.25, 0.0, 0.7, 0.0, 4.5, 1.8, 1.5)
    assert asked(name, behind, motion=moving(-5.0)) > 0.0
    assert asked(name, car(2.0), motion=moving(-5.0)) == 0.0


def test_a_run_is_driven_with_each_and_ours_waits_longest():
    run = next(one for one in load_suite("smoke").runs if one.id == "car-standing-20")
    margins = {}
    for name in (OURS, *PEERS):
        record = carry_out(run, Conditions(supervisor=name)).record
        assert record.figures is not None, record.reason
        margins[name] = record.figures.latest_brake_margin_s
        assert math.isfinite(margins[name])
    assert margins[OURS] >= 0.0
    assert margins["fixed_ttc"] > margins[OURS]

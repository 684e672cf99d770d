# SPDX-License-Identifier: Apache-2.0
"""Rigid motion changes nothing: neither where in the world it happens, nor when it was seen."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from aeb_makers import NOW, S, healthy, make_object
from hypothesis import given, settings
from hypothesis import strategies as st

from bulwark_aeb.assess import find_hits
from bulwark_aeb.core import AebCore
from bulwark_aeb.inputs import Feed
from bulwark_aeb.params import AebParams
from bulwark_aeb.path import Body, Path
from bulwark_aeb.scene import build_scene, displacement, move_to
from bulwark_core.component import Now
from bulwark_core.objects import EgoMotion, TrackedObject

PARAMS = AebParams()
BODY = Body.of(PARAMS.vehicle)
places = st.tuples(st.floats(4.0, 40.0), st.floats(-3.0, 3.0))


def seen_from(item: TrackedObject, x: float, y: float, yaw: float) -> TrackedObject:
    """The object in a frame that is at this pose in the present one."""
    cos, sin = math.cos(yaw), math.sin(yaw)
    dx, dy = item.x - x, item.y - y
    return replace(
        item, x=dx * cos + dy * sin, y=dy * cos - dx * sin, yaw=item.yaw - yaw,
        vx=item.vx * cos + item.vy * sin, vy=item.vy * cos - item.vx * sin,
    )  # fmt: skip


def decisions(place: tuple[float, float], start: EgoMotion) -> list:
    """Straight towards a standing object for a fifth of a second; `start`: pose in odom."""
    core, found = AebCore(PARAMS), []
    for tick in range(10):
        now, gone = NOW + tick * S // 50, start.speed * tick / 50.0
        item = make_object(place[0] + 6.0 - gone, place[1], last_seen_ns=now)
        motion = replace(
            start, stamp_ns=now, x=start.x + gone * math.cos(start.yaw),
            y=start.y + gone * math.sin(start.yaw),
        )  # fmt: skip
        inputs = healthy(now, (item,), start.speed, odometry=Feed(motion, now))
        found.append(core.update(inputs, Now(now, now)))
    return found


@settings(max_examples=15)
@given(places, st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.floats(-4.0, 4.0))
def test_the_place_in_the_world_does_not_matter(place, x, y, yaw):
    here = decisions(place, EgoMotion(NOW, 10.0, 0.0))
    assert decisions(place, EgoMotion(NOW, 10.0, 0.0, x, y, yaw)) == here


@given(
    places, st.floats(-1.0, 1.0), st.floats(0.0, 0.3), st.floats(1.0, 30.0), st.floats(-0.4, 0.4),
    st.floats(-0.1, 0.1), st.floats(-5.0, 5.0),
)  # fmt: skip
def test_the_age_of_a_sight_does_not_matter(place, yaw, age, speed, yaw_rate, bend, vx):
    """Seen a moment ago and moved on, or seen from where the ego is now: the same hits."""
    item = make_object(*place, yaw=yaw, vx=vx)
    old = build_scene(NOW - round(age * S), [item])
    moved = move_to(old, NOW, speed, yaw_rate)
    walked = replace(item, x=item.x + vx * age)
    fresh = build_scene(NOW, [seen_from(walked, *displacement(speed, yaw_rate, age))])
    by_age, by_place = (
        find_hits(scene, Path(bend), BODY, speed, 80.0, PARAMS.confirm, PARAMS.margin)
        for scene in (moved, fresh)
    )
    assert moved.corners == pytest.approx(fresh.corners, abs=1e-6)
    assert by_age.gap == pytest.approx(by_place.gap, abs=1e-3)
    assert by_age.lead_speed == pytest.approx(by_place.lead_speed, abs=1e-6)

# SPDX-License-Identifier: Apache-2.0
"""Evidence: how targets become sure, keep it over broken tracks, and when they count as braking."""

from __future__ import annotations

import math

import pytest
from aeb_makers import NOW, S, make_object

from bulwark_aeb.confirm import (
    Confirmation,
    Look,
    Memory,
    confirmation,
    confirmations,
    lead_deceleration,
    remember,
)
from bulwark_aeb.params import ConfirmParams
from bulwark_core.objects import TrackedObject

PARAMS = ConfirmParams()
KEY = ("lidar", 1)


def update(memory: Memory, item: TrackedObject, stamp: int, speed=0.0, ego=0.0, key=KEY) -> Memory:
    return remember(memory, [key], [item], [speed], [stamp], ego, 0.0, PARAMS)


def follow(speeds, step=0.1, variance=0.01) -> Look:
    memory: Memory = {}
    for index, speed in enumerate(speeds):
        item = make_object(20.0, velocity_variance=variance)
        memory = update(memory, item, NOW + round(index * step * S), speed)
    return memory[KEY]


@pytest.mark.parametrize(
    "measurements,existence,position_variance,looks,expected",
    [
        (1, 1.0, 0.0, 1, Confirmation.NONE),
        (2, 1.0, 0.0, 1, Confirmation.PROVISIONAL),
        (2, 0.89, 0.0, 1, Confirmation.NONE),
        (3, 1.0, 0.0, 1, Confirmation.PROVISIONAL),
        (3, 1.0, 0.0, 2, Confirmation.CONFIRMED),
        (3, 0.91, 0.0, 2, Confirmation.CONFIRMED),
        (3, 0.89, 0.0, 2, Confirmation.PROVISIONAL),
        (3, 1.0, 0.3**2, 2, Confirmation.CONFIRMED),
        (3, 1.0, 0.6**2, 2, Confirmation.NONE),
        (6, 1.0, 0.6**2, 2, Confirmation.CONFIRMED),
        (100, 0.01, 0.0, 50, Confirmation.NONE),
    ],
)
def test_evidence(measurements, existence, position_variance, looks, expected):
    item = make_object(20.0, existence=existence, position_variance=position_variance)
    look = Look(NOW, 0.0, 20.0, 0.0, measurements, looks)
    assert confirmation(item, look, PARAMS) is expected


def test_a_negative_variance_is_none():
    look = Look(NOW, 0.0, 20.0, 0.0, 3, 2)
    item = make_object(20.0, position_variance=-1.0)
    assert confirmation(item, look, PARAMS) is Confirmation.CONFIRMED


def test_a_look_counts_once_per_measurement():
    memory = update({}, make_object(20.0, measurements=5), NOW)
    assert memory[KEY].looks == 1
    again = update(memory, make_object(20.0, measurements=5), NOW)
    assert again[KEY] == memory[KEY]
    newer = update(memory, make_object(20.0, measurements=6), NOW + S // 10)
    assert (newer[KEY].looks, newer[KEY].measurements) == (2, 6)


def test_counted_in_measurements_at_any_rate():
    assert follow([0.0] * 5, step=0.1).looks == follow([0.0] * 5, step=0.01).looks == 5


def test_long_unseen_is_forgotten():
    memory = update({}, make_object(20.0), NOW)
    other = ("lidar", 2)
    kept = update(memory, make_object(60.0, id=2), NOW + S // 2, key=other)
    assert set(kept) == {KEY, other}
    gone = update(memory, make_object(60.0, id=2), NOW + S // 2 + 1, key=other)
    assert set(gone) == {other}
    assert remember(memory, [], [], [], [], 0.0, 0.0, PARAMS) == memory


def test_a_broken_track_keeps_its_evidence():
    memory = update({}, make_object(20.0, measurements=9), NOW, speed=5.0)
    new = make_object(19.6, id=8, measurements=1)
    after = update(memory, new, NOW + S // 10, speed=5.0, ego=10.0, key=("lidar", 8))
    assert (after["lidar", 8].looks, after["lidar", 8].measurements) == (2, 10)
    assert after["lidar", 8].acceleration == 0.0
    elsewhere = make_object(18.0, id=8, measurements=1)
    fresh = update(memory, elsewhere, NOW + S // 10, ego=10.0, key=("lidar", 8))
    assert (fresh["lidar", 8].looks, fresh["lidar", 8].measurements) == (1, 1)


def test_the_same_place_is_found_after_a_turn():
    memory = update({}, make_object(20.0, measurements=9), NOW)
    seen = make_object(20.0 * math.cos(0.1), -20.0 * math.sin(0.1), id=8, measurements=1)
    after = remember(
        memory, [("lidar", 8)], [seen], [0.0], [NOW + S // 10], 0.0, 1.0, PARAMS
    )  # fmt: skip
    assert after["lidar", 8].looks == 2


def test_a_braking_lead_is_noticed():
    look = follow([14.0 - 0.4 * i for i in range(12)])
    assert look.acceleration == pytest.approx(-4.0, rel=0.02)
    assert lead_deceleration(look, PARAMS) == pytest.approx(4.0, rel=0.02)


def test_weak_braking_and_speeding_up_are_none():
    assert lead_deceleration(follow([14.0 - 0.09 * i for i in range(12)]), PARAMS) == 0.0
    assert lead_deceleration(follow([14.0 + 0.5 * i for i in range(12)]), PARAMS) == 0.0


def test_no_lead_brakes_harder_than_cars_can():
    look = follow([50.0 - 4.0 * i for i in range(12)])
    assert lead_deceleration(look, PARAMS) == pytest.approx(9.0, rel=0.02)


def test_a_speed_that_settles_is_not_braking():
    assert follow([14.0, 10.0, 10.0], variance=1.1).acceleration == 0.0
    memory = update({}, make_object(20.0, velocity_variance=9.0), NOW, 20.0)
    memory = update(memory, make_object(20.0, velocity_variance=0.01), NOW + S // 10, 14.0)
    assert memory[KEY].acceleration == 0.0
    memory = update(memory, make_object(20.0, velocity_variance=0.01), NOW + S // 5, 13.5)
    assert memory[KEY].acceleration < -2.0


def looks_of(*measurements: int) -> list[Look]:
    return [Look(NOW, 0.0, 20.0, 0.0, count, count) for count in measurements]


@pytest.mark.parametrize(
    "near,far,distance,expected",
    [
        (3, 3, 15.0, Confirmation.NONE),
        (3, 20, 15.0, Confirmation.CONFIRMED),
        (3, 3, PARAMS.beyond_gap, Confirmation.CONFIRMED),
        (1, 3, 15.0, Confirmation.CONFIRMED),
    ],
    ids=["needs more looks", "has them", "is not past it", "behind nothing sure"],
)
def test_what_is_seen_past_a_confirmed_object(near, far, distance, expected):
    items = [make_object(10.0), make_object(10.0 + distance)]
    gaps = [6.0, 6.0 + distance]
    assert confirmations(items, looks_of(near, far), gaps, PARAMS)[1] is expected

# SPDX-License-Identifier: Apache-2.0
"""Feeds: what is accepted, and how old it is."""

from __future__ import annotations

import math

import pytest
from aeb_makers import NOW, S

from bulwark_aeb.inputs import Feed, nanoseconds


def test_a_newer_stamp_is_accepted():
    feed = Feed().accept("a", NOW, NOW, 0.05).accept("b", NOW + 1, NOW + 1, 0.05)
    assert (feed.value, feed.stamp_ns, feed.refused) == ("b", NOW + 1, "")


def test_frozen_backward_and_future_stamps_are_refused():
    feed = Feed("a", NOW)
    later = NOW + S
    for stamp, why in (
        (NOW, "stamp stands still"),
        (NOW - 1, "stamp goes back"),
        (later + S // 20 + 1, "stamp in the future"),
    ):
        after = feed.accept("b", stamp, later, 0.05)
        assert (after.value, after.stamp_ns, after.refused) == ("a", NOW, why)
        assert not after.is_malformed
    assert feed.accept("b", later + S // 20, later, 0.05).value == "b"


def test_a_clock_that_went_back_starts_anew():
    assert Feed("a", NOW + 10 * S).accept("b", NOW, NOW, 0.05).value == "b"
    assert Feed("a", NOW + 10 * S).accept("b", NOW + S, NOW, 0.05).value == "a"


def test_age():
    assert Feed().age(NOW) == math.inf
    assert not Feed().is_fresh(NOW, 1e9)
    feed = Feed("a", NOW)
    assert feed.age(NOW + S // 2) == 0.5
    assert feed.is_fresh(NOW + S // 2, 0.5)
    assert not feed.is_fresh(NOW + S // 2 + 1000, 0.5)
    assert not feed.is_fresh(NOW - S, 0.5)


def test_a_malformed_message_is_remembered_until_a_good_one():
    bad = Feed("a", NOW).refuse("not finite")
    assert (bad.value, bad.refused, bad.is_malformed) == ("a", "not finite", True)
    good = bad.accept("b", NOW + 1, NOW + 1, 0.05)
    assert (good.refused, good.is_malformed) == ("", False)


def test_nanoseconds_are_exact():
    assert nanoseconds(2.0) == 2 * S


def test_a_refused_stamp_after_a_malformed_message_clears_it():
    """The sender is sound again; that it is late is another fault."""
    after = Feed("a", NOW).refuse("not finite").accept("b", NOW - 1, NOW + S, 0.05)
    assert (after.value, after.refused, after.is_malformed) == ("a", "stamp goes back", False)


@pytest.mark.parametrize("ahead,refused", [(0, "stamp stands still"), (1, "")])
def test_a_clock_went_back_only_beyond_what_may_lie_ahead(ahead, refused):
    feed = Feed("a", NOW + S // 20 + ahead)
    after = feed.accept("b", NOW + S // 20, NOW, 0.05)
    assert after.refused == refused


@pytest.mark.parametrize("age,fresh", [(-0.5, True), (-0.501, False), (0.5, True), (0.501, False)])
def test_limits_of_age_are_inclusive(age, fresh):
    assert Feed("a", NOW).is_fresh(NOW + round(age * S), 0.5) is fresh

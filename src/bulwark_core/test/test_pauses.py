# SPDX-License-Identifier: Apache-2.0
"""Timer jitter and collection pauses, against what numpy and known times say."""

import gc
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.pauses import Collector, Spread, TickJitter


@given(st.lists(st.integers(0, 90_000_000), min_size=1, max_size=200))
def test_percentiles_are_right_to_a_bin(durations):
    spread = Spread()
    for ns in durations:
        spread.add(ns)
    for share in (0.5, 0.99):
        exact = np.percentile(durations, 100 * share, method="inverted_cdf") / 1e6
        assert exact - 1e-9 <= spread.percentile_ms(share) <= exact + 0.05 + 1e-9
    assert spread.as_values("x")["x_max_ms"] == f"{max(durations) / 1e6:.2f}"


def test_nothing_yet_is_nan_and_the_longest_is_kept_beyond_the_bins():
    spread = Spread()
    assert math.isnan(spread.percentile_ms(0.5))
    spread.add(3_000_000_000)
    assert spread.longest_ns == 3_000_000_000
    assert spread.number == 1


def test_jitter_is_the_distance_from_the_period_once_all_has_settled():
    jitter = TickJitter(0.02)
    for ns in (0, 90_000_000, 5_000_000_000, 5_020_000_000, 5_043_000_000, 5_060_000_000):
        jitter.tick(ns)
    assert jitter.spread.number == 3
    assert jitter.spread.longest_ns == 3_000_000
    assert jitter.spread.percentile_ms(0.5) == pytest.approx(3.0)


class Knot:
    """Refers to itself: only a collection finds it."""

    alive = 0

    def __init__(self):
        Knot.alive += 1
        self.own = self

    def __del__(self):
        Knot.alive -= 1


def test_cycles_go_when_the_host_asks_and_not_before():
    try:
        collector = Collector()
        assert not gc.isenabled()
        Knot()
        assert Knot.alive == 1
        collector.young()
        assert Knot.alive == 0
        old = Knot()
        collector.young()
        collector.young()  # old by now
        del old
        collector.all()
        assert Knot.alive == 0
        assert collector.pauses.number == 4
    finally:
        gc.enable()
        gc.unfreeze()

# SPDX-License-Identifier: Apache-2.0
"""Pacing and latency on a made-up steady clock."""

import pytest

from bulwark_world.realtime import PATIENCE_NS, LatencyMeter, Pacer

MS = 1_000_000


def test_steps_are_due_every_10_ms_whatever_they_cost():
    pacer, now = Pacer(1.0, 0), 0
    for step in range(100):
        now += round(pacer.remaining_s(now) * 1e9)
        assert now == step * 10 * MS
        pacer.stepped(now)
        now += 7 * MS
    assert pacer.factor(1000 * MS) == pytest.approx(1.0)


def test_a_factor_stretches_the_period():
    pacer = Pacer(0.5, 0)
    pacer.stepped(0)
    assert pacer.remaining_s(0) == pytest.approx(0.02)


def test_a_short_lag_is_caught_up():
    pacer = Pacer(1.0, 0)
    pacer.stepped(0)
    late = 55 * MS
    for _ in range(5):  # those of 10 to 50 ms are due at once
        assert pacer.remaining_s(late) == 0.0
        pacer.stepped(late)
    assert pacer.remaining_s(late) == pytest.approx(0.005)


def test_a_long_lag_slows_time_and_is_told():
    pacer, now = Pacer(1.0, 0), 0
    for _ in range(200):
        pacer.stepped(now)
        now += 20 * MS
    assert pacer.factor(now) == pytest.approx(0.5)
    catching_up = 0
    while pacer.remaining_s(now) == 0.0:
        pacer.stepped(now)
        catching_up += 1
    assert catching_up <= PATIENCE_NS // (10 * MS) + 2


def test_latency_is_to_the_first_command_that_used_the_scan_or_a_newer_one():
    meter = LatencyMeter()
    meter.published(100, 1000 * MS)
    meter.commanded(0, 1001 * MS)
    meter.commanded(90, 1002 * MS)
    assert meter.latencies_ms == []
    meter.published(200, 1100 * MS)
    meter.commanded(200, 1130 * MS)
    assert meter.latencies_ms == [130.0, 30.0]
    meter.commanded(200, 1150 * MS)
    assert len(meter.latencies_ms) == 2

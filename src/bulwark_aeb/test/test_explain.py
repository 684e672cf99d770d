# SPDX-License-Identifier: Apache-2.0
"""Decisions in one sentence."""

from __future__ import annotations

import math

import pytest
from aeb_makers import make_object, make_threat

from bulwark_aeb.explain import REASONS, explain
from bulwark_aeb.monitor import Health, Reason, State
from bulwark_aeb.stages import Stage, StageReason, StageState
from bulwark_core.objects import ObjectClass

READY = Health(State.READY, ())
TARGET = make_threat(12.3, item=make_object(18.0, object_class=ObjectClass.WATER_BARRIER))


@pytest.mark.parametrize(
    "state,expected",
    [
        (StageState(), "path clear"),
        (StageState(reason=StageReason.RELEASED), "danger is over"),
        (StageState(Stage.HOLD), "standing, held until the driver acts"),
        (
            StageState(Stage.FULL, StageReason.LATEST_BRAKE_TIME, target=TARGET),
            ("full braking for water barrier 1 at 12.3 m, closing at 10.0 m/s, "
            "-0.01 s until the latest brake time"),
        ),
        (
            StageState(Stage.FULL, StageReason.UNAVOIDABLE, target=make_threat(
                3.0, latest_brake_time=math.inf)),
            ("full braking for object 1 at 3.0 m, closing at 10.0 m/s, "
            "contact cannot be avoided any more"),
        ),
        (
            StageState(Stage.PARTIAL, StageReason.CONTINUED),
            "partial braking for a target no longer seen, carried on without fresh data",
        ),
    ],
)  # fmt: skip
def test_stages(state, expected):
    assert explain(READY, state, stopping=False) == expected


def test_override_and_prefill():
    override = StageState(Stage.WARNING, StageReason.DRIVER_OVERRIDE, target=TARGET)
    assert explain(READY, override, False).endswith("the driver decided otherwise")
    assert explain(READY, StageState(Stage.PREFILL, target=TARGET), False).startswith(
        "brakes readied for water barrier"
    )


def test_lacks_and_fallback():
    health = Health(State.UNAVAILABLE, (Reason.LIDAR_LOST, Reason.CAMERA_LOST))
    assert explain(health, StageState(), stopping=True) == (
        "stopping with takeover request; unavailable: lidar objects missing, late or with a frozen "
        "stamp; no camera, geometry only"
    )


@pytest.mark.parametrize(
    "reason,state,detail,expected",
    [
        (Reason.LIDAR_DEGRADED, State.DEGRADED, "left half blocked",
         "degraded: lidar sees less than it should: left half blocked"),
        (Reason.LIDAR_DEGRADED, State.DEGRADED, "", "degraded: lidar sees less than it should"),
        (Reason.LIDAR_IMPLAUSIBLE, State.UNAVAILABLE, "no points",
         "unavailable: lidar implausible: no points"),
        (Reason.LIDAR_IMPLAUSIBLE, State.DEGRADED, "", "degraded: implausible objects refused"),
        (Reason.CAMERA_LOST, State.DEGRADED, "dirty", "degraded: no camera, geometry only"),
    ],
)  # fmt: skip
def test_what_the_lidar_says_of_itself_is_told_with_its_reasons(reason, state, detail, expected):
    assert explain(Health(state, (reason,), detail), StageState(), stopping=False) == expected


def test_every_reason_has_words():
    assert set(REASONS) == set(Reason)

# SPDX-License-Identifier: Apache-2.0
"""What the driver does, and what of it decides against an intervention."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from aeb_makers import NOW, STATUS, S

from bulwark_aeb.driver import Driver, steers_away, watch
from bulwark_aeb.inputs import Attention, Gear, VehicleStatus
from bulwark_aeb.params import AebParams

PARAMS = AebParams()


@pytest.mark.parametrize(
    "stroke,pressed,full",
    [(0.0, False, False), (0.05, True, False), (0.049, False, False), (0.9, True, True),
     (0.89, True, False), (math.nan, False, False)],
)  # fmt: skip
def test_strokes(stroke, pressed, full):
    driver = watch(Driver(), replace(STATUS, accelerator=stroke), NOW, PARAMS)
    assert (driver.pressed_since_ns is not None) is pressed
    assert (driver.full_since_ns is not None) is full


def test_a_press_is_dated_by_its_beginning():
    pressed = replace(STATUS, accelerator=1.0)
    driver = watch(watch(Driver(), pressed, NOW, PARAMS), pressed, NOW + S, PARAMS)
    assert (driver.pressed_since_ns, driver.full_since_ns) == (NOW, NOW)
    assert watch(driver, STATUS, NOW + S, PARAMS).pressed_since_ns is None


def test_a_lost_status_keeps_only_the_engagement():
    engaged = replace(STATUS, engaged=True, gear=Gear.REVERSE, accelerator=1.0)
    seen = watch(Driver(), engaged, NOW, PARAMS)
    lost = watch(seen, None, NOW + S, PARAMS)
    assert lost == Driver(engaged=True, unseen_since_ns=NOW + S)
    assert watch(lost, None, NOW + 2 * S, PARAMS).unseen_since_ns == NOW + S


def test_inattention_counts_only_for_who_drives():
    away = replace(STATUS, eyes_on=Attention.NO)
    assert watch(Driver(), away, NOW, PARAMS).is_inattentive
    assert not watch(Driver(), replace(away, engaged=True), NOW, PARAMS).is_inattentive
    assert replace(STATUS, hands_on=Attention.NO).is_inattentive
    assert not replace(STATUS, hands_on=Attention.YES).is_inattentive
    assert not STATUS.is_inattentive


@pytest.mark.parametrize(
    "angle,speed,engaged,away",
    [
        (0.06, 12.0, False, True),
        (-0.06, 12.0, False, True),
        (0.06, 11.9, False, True),
        (0.06, 11.8, False, False),  # too little lateral acceleration
        (0.029, 40.0, False, False),  # hardly turned
        (0.06, 12.0, True, False),  # the planner steers
        (math.nan, 12.0, False, False),
    ],
)
def test_a_decided_turn_of_the_wheel(angle, speed, engaged, away):
    driver = Driver(True, engaged, tyre_angle=angle)
    assert steers_away(driver, 0.0, speed, PARAMS) is away
    assert not steers_away(driver, math.nan, speed, PARAMS)


def test_only_the_change_since_the_warning_counts():
    driver = Driver(True, tyre_angle=0.2)
    assert not steers_away(driver, 0.2, 12.0, PARAMS)
    assert steers_away(driver, 0.1, 12.0, PARAMS)


def test_what_is_taken_over_from_the_status():
    away = VehicleStatus(Gear.REVERSE, 0.2, 0.95, 0.0, Attention.NO, engaged=False)
    assert watch(Driver(unseen_since_ns=7), away, NOW, PARAMS) == Driver(
        seen=True, gear=Gear.REVERSE, tyre_angle=0.2, is_away=True, is_inattentive=True,
        pressed_since_ns=NOW, full_since_ns=NOW, unseen_since_ns=7,
    )  # fmt: skip


@pytest.mark.parametrize("by", [-1e-9, 0.0, 1e-9])
def test_limits_of_a_decided_turn_are_inclusive(by):
    limits, wheelbase = PARAMS.driver, PARAMS.vehicle.wheelbase
    turned = Driver(seen=True, tyre_angle=limits.evasive_angle + by)
    assert steers_away(turned, 0.0, 40.0, PARAMS) is (by >= 0.0)
    acceleration = 20.0**2 * math.tan(0.2) / wheelbase
    exact = replace(PARAMS, driver=replace(limits, evasive_acceleration=acceleration))
    turned = Driver(seen=True, tyre_angle=0.2)
    assert steers_away(turned, 0.0, 20.0 * (1.0 + by), exact) is (by >= 0.0)

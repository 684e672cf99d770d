# SPDX-License-Identifier: Apache-2.0
"""Assistance drives and the driver looks away: through planner, supervisor and vehicle."""

import pytest

from bulwark_core.vehicle import VehicleParams
from bulwark_world.lockstep import LockStep
from bulwark_world.params import SensorParams
from bulwark_world.scenario import load_scenario
from bulwark_world.stack import Sensing

pytestmark = pytest.mark.slow
FALLBACK = 3


def drive(**settings):
    world, _ = load_scenario("inattentive").build(settings, 1, VehicleParams())
    return LockStep(world, Sensing.OBJECTS, SensorParams(), 1).drive()


def first(recording, attention):
    pairs = zip(recording.rows, recording.aeb, strict=True)
    return next(row.t for row, view in pairs if view.attention == attention)


def test_who_never_looks_back_is_called_and_stopped():
    recording = drive()
    times = [first(recording, attention) for attention in (1, 2, 3, 4)]
    assert times == pytest.approx([7.0, 10.0, 13.0, 17.0], abs=0.15)
    after = [row for row in recording.rows if row.t > 17.2]
    assert {row.source for row in after} == {FALLBACK}
    assert max(-row.acceleration for row in after) < 3.5
    assert recording.rows[-1].speed == 0.0
    assert recording.aeb[-1].takeover_request


def test_who_looks_back_in_time_drives_on():
    recording = drive(back_at=11.0)
    assert max(view.attention for view in recording.aeb) == 2
    assert recording.rows[-1].speed > 5.0

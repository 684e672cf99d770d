# SPDX-License-Identifier: Apache-2.0
"""Driving in a closed loop: what must be avoided is, and what need not be is left alone."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from aeb_loop import Actor, Loop, Run, car

from bulwark_aeb.core import Function
from bulwark_aeb.gate import Source
from bulwark_aeb.inputs import Gear, VehicleStatus
from bulwark_aeb.params import AebParams, BrakeParams
from bulwark_aeb.stages import Stage, StageReason
from bulwark_core.objects import ObjectClass

PEDESTRIAN = {"length": 0.5, "width": 0.5, "object_class": ObjectClass.PEDESTRIAN}
FLOOR = replace(AebParams(), brake=BrakeParams(delay=0.3, jerk=12.65, deceleration=5.0))


def kmh(speed: float) -> float:
    return speed / 3.6


def stops_short(run: Run) -> None:
    assert run.contact_speed is None
    assert run.stages[-1] is Stage.HOLD
    assert 0.3 <= run.stop_gap <= 3.0


def standing(speed_kmh: float, brake: str, **values) -> Run:
    speed = kmh(speed_kmh)
    seen = max(2.0, 4.2 * speed)
    return Loop(speed, [car(seen)], brake=brake, sight=200.0, **values).run(seen / speed + 3.0)


@pytest.mark.parametrize("brake", ["good", "mid"])
@pytest.mark.parametrize("speed_kmh", [1, 2, 5, 10, 15, 30, 50, 70, 100, 135])
def test_a_standing_car_is_never_hit(speed_kmh, brake):
    run = standing(speed_kmh, brake)
    stops_short(run)
    if speed_kmh > 10:
        assert run.warning_lead() >= 0.8
    else:
        assert Stage.WARNING not in run.stages


@pytest.mark.parametrize("brake", ["good", "mid"])
def test_sixty_seen_from_sixty_metres(brake):
    run = Loop(kmh(60), [car(100)], brake=brake, sight=60.0).run(12.0)
    stops_short(run)
    assert 0.5 <= run.stop_gap <= 1.5
    assert run.warning_lead() >= 0.8
    braking = [d for d in run.decisions if d.stages.stage is Stage.FULL]
    assert min(d.stages.demand for d in braking) >= 5.0
    assert run.decisions[-1].function is Function.AEB


@pytest.mark.parametrize("speed_kmh", [20, 60, 100])
def test_weak_brakes_that_are_declared_suffice_too(speed_kmh):
    run = Loop(kmh(speed_kmh), [car(5.0 * kmh(speed_kmh))], brake="floor", params=FLOOR).run(18.0)
    stops_short(run)


@pytest.mark.parametrize("speed_kmh", [5, 30, 60])
def test_braking_is_as_late_as_physics_allows(speed_kmh):
    """Ten centimetres less than the stop margin, taken later, would be used up."""
    run = standing(speed_kmh, "mid")
    first = run.times.index(run.first(Stage.FULL))
    decision = run.decisions[first]
    margin = 0.55 + 0.015 * kmh(speed_kmh)
    needed = AebParams().brake.model().stopping_distance(kmh(speed_kmh)) + margin
    spare = decision.target.gap - needed
    assert -0.25 * kmh(speed_kmh) / 10.0 - 0.02 <= spare <= 0.0


LEADS = [  # own and lead speed [km/h], gap [m], deceleration [m/s^2], brake: FMVSS 127, Euro NCAP
    (50, 50, 12, 2.0, "mid"),
    (50, 50, 40, 2.0, "mid"),
    (50, 50, 12, 6.0, "mid"),
    (50, 50, 40, 6.0, "mid"),
    (50, 50, 12, 4.9, "good"),
    (80, 80, 12, 4.9, "good"),
    (80, 80, 40, 4.9, "mid"),
    (130, 130, 36, 4.0, "mid"),
]


@pytest.mark.parametrize("own,lead,gap,braking,brake", LEADS)
def test_a_braking_lead_is_never_hit(own, lead, gap, braking, brake):
    actor = car(gap, speed=kmh(lead))
    actor.acceleration = lambda time: -braking * min(1.0, max(0.0, time - 1.0))
    run = Loop(kmh(own), [actor], brake=brake).run(kmh(own) / braking + 5.0)
    assert run.contact_speed is None
    assert run.peak >= Stage.FULL


@pytest.mark.parametrize("own,lead", [(30, 20), (60, 20), (80, 20), (130, 70)])
def test_a_slower_lead_is_never_hit_and_let_go(own, lead):
    gap = kmh(own - lead) * 3.5 + 10.0
    run = Loop(kmh(own), [car(gap, speed=kmh(lead))]).run(gap / kmh(own - lead) + 4.0)
    assert run.contact_speed is None
    assert run.peak is Stage.FULL
    assert run.stages[-1] is Stage.NONE
    assert run.speeds[-1] == pytest.approx(kmh(lead), abs=2.5)
    assert any(d.stages.reason is StageReason.RELEASED for d in run.decisions)


def crossing(speed: float, side: float, pace: float, share: float) -> Actor:
    """Would be hit at `share` of the body's width (from the near side) after three seconds."""
    reach = side * (0.95 - 1.9 * share)
    return Actor(
        3.7 + 3.0 * speed + 0.25, reach + side * 3.0 * pace, -side * math.pi / 2, pace, **PEDESTRIAN
    )


@pytest.mark.parametrize("speed_kmh", [10, 30, 60])
@pytest.mark.parametrize(
    "side,pace_kmh,share", [(-1, 5, 0.25), (-1, 5, 0.75), (1, 8, 0.5), (-1, 15, 0.5)]
)
def test_who_crosses_is_never_hit(speed_kmh, side, pace_kmh, share):
    actor = crossing(kmh(speed_kmh), side, kmh(pace_kmh), share)
    run = Loop(kmh(speed_kmh), [actor], brake="good").run(6.0)
    assert run.contact_speed is None
    assert run.peak >= Stage.FULL


@pytest.mark.parametrize("speed_kmh", [30, 40])
def test_a_child_from_behind_parked_cars(speed_kmh):
    speed = kmh(speed_kmh)
    child = crossing(speed, -1, kmh(5), 0.5)
    child.appears_at = 3.0 - 1.37
    parked = [Actor(child.x - 3.3 - 5.5 * i, -2.85) for i in range(2)]
    run = Loop(speed, [child, *parked], brake="good").run(6.0)
    assert run.contact_speed is None


@pytest.mark.parametrize("early", [1.0, -1.0])
def test_who_crosses_well_before_or_after_is_left_alone(early):
    actor = crossing(10.0, -1, 1.5, 0.5)
    actor.y += early * 3.5
    run = Loop(10.0, [actor]).run(4.5)
    assert run.peak is Stage.NONE


def test_a_cut_out_reveals_a_standing_car():
    lead = car(15.0, speed=kmh(60))
    lead.acceleration = lambda time: 0.0
    lead.vanishes_at = 2.0
    run = Loop(kmh(60), [lead, car(90.0)]).run(10.0)
    lead.vanishes_at = 2.0
    assert run.contact_speed is None


@pytest.mark.parametrize("speed_kmh", [1, 4, 8, 15, 30])
@pytest.mark.parametrize("width", [0.3, 1.8])
def test_reversing_stops_short(speed_kmh, width):
    speed = kmh(speed_kmh)
    gap = max(2.0, 2.5 * speed)
    behind = Actor(-1.0 - gap - 0.25, 0.3, length=0.5, width=width)
    run = Loop(speed, [behind], reverse=True, status=lambda _: STATUS_REVERSE).run(gap / speed + 2)
    stops_short(run)
    assert run.decisions[-1].function is Function.REAR_AEB


STATUS_REVERSE = VehicleStatus(Gear.REVERSE, math.nan, 0.0, 0.0)


def test_reversing_in_a_bend_meets_what_is_on_the_bend():
    angle, radius = 0.6, 8.0
    behind = Actor(-radius * math.sin(angle), radius * (1 - math.cos(angle)), length=0.4, width=0.4)
    run = Loop(2.0, [behind], reverse=True, curvature=1 / radius, status=lambda _: STATUS_REVERSE)
    stops_short(run.run(5.0))


def test_a_standing_car_in_a_bend():
    angle, radius = 0.9, 40.0
    ahead = Actor(radius * math.sin(angle), radius * (1 - math.cos(angle)), angle)
    run = Loop(10.0, [ahead], curvature=1 / radius).run(6.0)
    stops_short(run)


def test_between_parked_cars_and_walls_with_a_noisy_yaw_rate():
    for seed in range(2):
        rng = np.random.default_rng(seed)
        sides = [(i, side) for i in range(8) for side in (-1, 1)]
        actors = [
            Actor(10.0 + 6.5 * i, side * (0.95 + rng.uniform(0.5, 1.0) + 0.9), rng.normal(0, 0.02))
            for i, side in sides
        ]
        actors += [Actor(40.0, side * 3.2, length=90.0, width=0.3) for side in (-1, 1)]
        run = Loop(
            8.0, actors, noise=rng, yaw_noise=0.03, speed_noise=0.1, status=lambda _: None
        ).run(5.0)
        assert run.peak is Stage.NONE


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("speed_kmh,actor", [(60, car(90)), (30, Actor(60.0, 0.7, **PEDESTRIAN))])
def test_noise_does_not_keep_it_from_stopping(seed, speed_kmh, actor):
    noise = np.random.default_rng(seed)
    run = Loop(kmh(speed_kmh), [replace(actor)], noise=noise, yaw_noise=0.03, speed_noise=0.1).run(
        10.0
    )
    stops_short(run)


def creeping(factor: float) -> Loop:
    """Ego slows from 2.3 to 0.6 m/s behind a car 4.3 to 1.1 m ahead; time runs `factor` faster."""
    lead_start = 2.3 - 0.33
    lead = car(4.3, speed=lead_start * factor)
    lead.acceleration = lambda time: -0.40 * factor**2
    loop = Loop(
        2.3 * factor, [lead], status=lambda _: None, scan=0.1 / factor, latency=0.06 / factor,
        own_deceleration=lambda time: 0.386 * factor**2, noise=np.random.default_rng(0),
    )  # fmt: skip
    for actor in loop.actors:
        actor.measurements = 0
    return loop


def test_creeping_behind_a_car_is_left_alone():
    run = creeping(1.0).run(4.4)
    assert run.contact_speed is None
    assert run.peak is Stage.NONE


def test_the_same_ten_times_faster_is_an_emergency():
    loop = creeping(10.0)
    loop.scan = 0.01
    run = loop.run(0.44)
    assert run.first(Stage.PARTIAL) <= 0.35


def test_standstill_is_held_until_the_accelerator_is_pressed_anew():
    def status(time: float) -> VehicleStatus:
        pressed = time < 7.0 or time > 8.0
        return VehicleStatus(Gear.DRIVE, 0.0, 0.3 if pressed else 0.0, 0.0)

    run = Loop(8.0, [car(30.0)], status=status, settle=math.inf).run(9.0)
    held = [d.stages.stage for t, d in zip(run.times, run.decisions, strict=True) if 6.0 < t < 7.9]
    assert set(held) == {Stage.HOLD}
    assert run.decisions[-1].stages.stage is Stage.NONE
    assert run.decisions[-1].stages.insisted


def test_full_accelerator_overrides_and_braking_rearms():
    def status(time: float) -> VehicleStatus:
        return VehicleStatus(Gear.DRIVE, 0.0, 1.0 if 3.5 < time < 3.8 else 0.0, 0.0)

    loop = Loop(10.0, [car(50.0)], brake="good", status=status)
    run = loop.run(9.0)
    reasons = {d.stages.reason for d in run.decisions}
    assert StageReason.DRIVER_OVERRIDE in reasons or run.first(Stage.FULL) > 3.8
    assert run.decisions[-1].stages.stage is Stage.HOLD


def test_weak_own_braking_does_not_cancel():
    run = Loop(
        15.0, [car(60.0)], own_deceleration=lambda time: 1.5 if time > 2.0 else 0.0,
        status=lambda time: VehicleStatus(Gear.DRIVE, 0.0, 0.0, 0.3 if time > 2.0 else 0.0),
    ).run(9.0)  # fmt: skip
    stops_short(run)


def test_own_braking_that_suffices_is_left_alone():
    run = Loop(15.0, [car(60.0)], own_deceleration=lambda time: 3.5 if time > 1.0 else 0.0).run(8.0)
    assert run.peak is Stage.NONE
    assert run.contact_speed is None


def test_the_command_says_who_brakes():
    run = standing(40, "mid")
    sources = {d.command.source for d in run.decisions if d.stages.stage.brakes}
    assert sources == {Source.AEB}
    counters = [d.command.alive_counter for d in run.decisions]
    assert counters == list(range(1, len(counters) + 1))


def test_the_same_inputs_give_the_same_decisions():
    first, second = standing(40, "mid"), standing(40, "mid")
    assert [d.command for d in first.decisions] == [d.command for d in second.decisions]
    assert [d.explanation for d in first.decisions] == [d.explanation for d in second.decisions]

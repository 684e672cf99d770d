# SPDX-License-Identifier: Apache-2.0
"""Actors that change the lane: cut-in and cut-out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bulwark_core.vehicle import VehicleParams
from bulwark_world.actors import Actor
from bulwark_world.line import Line, Section
from bulwark_world.way import shift
from bulwark_world.world import Ego
from bulwark_world.yaml_fields import Fields

_LEAD_IN_S = 3.0
"""What changes the lane by its gap to the car begins no earlier, unless its place is given."""


def read_lane_change(
    fields: Fields, actor: Actor, ego: Ego, body: VehicleParams, others: Mapping[str, Actor]
) -> Actor:
    """The same actor on a line that moves over to the left by `by` [m]. Raises ScenarioError.

    fields: the actor's. It begins at `at_s`, or when the gap to the own front has come down to
    `when_gap`, or that of its own front to another actor, `to`. It takes `within_s` at its first
    speed.
    """
    change = fields.fields("lane_change")
    by = change.number("by", None, -12.0, 12.0)
    within = change.number("within_s", None, 0.5, 15.0)
    speed = actor.profile.speed(0.0)
    if speed <= 0.0:
        raise change.error("by", "needs an actor that moves")
    if "when_gap" not in change:
        begin = change.number("at_s", None, 0.0, 120.0)
    elif "to" in change:
        begin = _before_another(change, actor, others)
    else:
        free = fields.number("ahead", 0.0) == 0.0
        actor, begin = _before_the_car(change, actor, ego, body, free)
    change.finish()
    path = Line([Section(speed * begin), *shift(by, speed * within)], actor.start)
    return replace(actor, path=path)


def _before_another(change: Fields, actor: Actor, others: Mapping[str, Actor]) -> float:
    other = others[change.text("to", choices=others)]
    edge = float(other.footprint(0.0)[:, 0].min())
    gap = edge - actor.start.x - actor.kind.length / 2.0
    return _time_until(change, gap, actor.profile.speed(0.0))


def _before_the_car(
    change: Fields, actor: Actor, ego: Ego, body: VehicleParams, free: bool
) -> tuple[Actor, float]:
    """The actor, farther ahead where that is free and needed, and when it begins."""
    gap = actor.start.x - actor.kind.length / 2.0 - ego.x - body.front
    closing = ego.speed - actor.profile.speed(0.0)
    needed = change.number("when_gap", None, 0.5, 500.0) + _LEAD_IN_S * closing
    if free and gap < needed:
        actor = replace(actor, start=actor.start.ahead(needed - gap))
        gap = needed
    return actor, _time_until(change, gap, closing)


def _time_until(change: Fields, gap: float, closing: float) -> float:
    wanted = change.number("when_gap", None, 0.5, 500.0)
    if closing <= 0.0 or gap < wanted:
        raise change.error("when_gap", f"is never reached: the gap is {gap:.1f} m at the start")
    return (gap - wanted) / closing

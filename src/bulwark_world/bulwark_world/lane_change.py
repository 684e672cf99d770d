# SPDX-License-Identifier: Apache-2.0
"""Actors that change the lane: cut-in and cut-out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bulwark_core.vehicle import VehicleParams
from bulwark_world.actors import Actor
from bulwark_world.line import Line, Section
from bulwark_world.motion import Pose
from bulwark_world.world import Ego
from bulwark_world.yaml_fields import Fields


def read_lane_change(
    fields: Fields, actor: Actor, ego: Ego, body: VehicleParams, others: Mapping[str, Actor]
) -> Actor:
    """The same actor on a line that moves over to the left by `by` [m]. Raises ScenarioError.

    It begins at `at_s`, or when the gap to the own front has come down to `when_gap`, or that of
    its own front to another actor, `to`. It takes `within_s` at its first speed.
    """
    by = fields.number("by", None, -12.0, 12.0)
    within = fields.number("within_s", None, 0.5, 15.0)
    begin = _begin(fields, actor, ego, body, others)
    fields.finish()
    speed = actor.profile.speed(0.0)
    if speed <= 0.0:
        raise fields.error("by", "needs an actor that moves")
    change = shift(by, speed * within)
    return replace(actor, path=Line([Section(speed * begin), *change], actor.start))


def _begin(
    fields: Fields, actor: Actor, ego: Ego, body: VehicleParams, others: Mapping[str, Actor]
) -> float:
    if "when_gap" not in fields:
        return fields.number("at_s", None, 0.0, 120.0)
    gap, speed = fields.number("when_gap", None, 0.5, 500.0), actor.profile.speed(0.0)
    if "to" in fields:
        other = others[fields.text("to", choices=others)]
        edge = float(other.start.to_world(other.kind.outline)[:, 0].min())
        now, closing = edge - actor.start.x - actor.kind.length / 2.0, speed
    else:
        rear = actor.start.x - actor.kind.length / 2.0
        now, closing = rear - ego.x - body.front, ego.speed - speed
    if closing <= 0.0 or now < gap:
        raise fields.error("when_gap", f"is never reached: the gap is {now:.1f} m at the start")
    return (now - gap) / closing


def shift(offset: float, length: float) -> list[Section]:
    """A way that moves over to the left by an offset within an arc length [m]: four clothoids."""
    size, low, high = abs(offset), 0.0, 16.0 * abs(offset) / length**2
    for _ in range(60):
        peak = (low + high) / 2.0
        low, high = (peak, high) if _aside(_swerve(peak, length)) < size else (low, peak)
    return _swerve(low if offset > 0.0 else -low, length)


def _swerve(peak: float, length: float) -> list[Section]:
    part = length / 4.0
    return [
        Section(part, 0.0, peak),
        Section(part, peak, 0.0),
        Section(part, 0.0, -peak),
        Section(part, -peak, 0.0),
    ]


def _aside(sections: Sequence[Section]) -> float:
    line = Line(sections)
    return float(Pose(line.pose(line.length).x, line.pose(line.length).y).y)

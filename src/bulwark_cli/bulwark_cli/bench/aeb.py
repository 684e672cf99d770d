# SPDX-License-Identifier: Apache-2.0
"""How long the AEB supervisor takes for a decision, messages in and messages out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bulwark_aeb.component import AebSupervisor
from bulwark_aeb.params import AebParams
from bulwark_cli.bench.lidar.one_core import Times, one_core
from bulwark_core.component import Handler, Now, Output
from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.stamps import make_header
from bulwark_core.objects import EgoMotion, Motion, TrackedObject
from bulwark_msgs.msg import VehicleStatus

TICK_NS, LIST_EVERY = 20_000_000, 5
START_NS = 1_000_000_000
SPEED = 15.0
WARM_UP = 50
"""Ticks that are not counted."""


@dataclass(frozen=True)
class DecisionTimes:
    """For a number of objects: of a decision on the timer, and of a new list with its decision.

    targets: share of the decisions with an object on the path.
    """

    objects: int
    targets: float
    decision: Times
    new_list: Times

    def as_dict(self) -> dict[str, Any]:
        """For JSON; times in [ms], of the processor."""
        return {
            "objects": self.objects,
            "targets": round(self.targets, 3),
            "decision_ms": self.decision.spread(),
            "decision_wall_ms": self.decision.wall_spread(),
            "new_list_ms": self.new_list.spread(),
        }


def measure(objects: int, ticks: int, seed: int = 1) -> DecisionTimes:
    """On one core; the same scene for the same seed."""
    with one_core():
        supervisor = AebSupervisor(AebParams())
        supervisor.is_listened_to = lambda _port: False
        supervisor.warm_up()
        decision, new_list, targets = Times(), Times(), 0
        for index, (now, messages) in enumerate(_traffic(objects, ticks + WARM_UP, seed)):
            timed = (decision, new_list) if index >= WARM_UP else (Times(), Times())
            state = _tick(supervisor, now, messages, *timed)
            targets += index >= WARM_UP and state.target_id != 0
    return DecisionTimes(objects, targets / ticks, decision, new_list)


def _tick(
    supervisor: AebSupervisor, now: Now, messages: dict[str, Any], decision: Times, new_list: Times
) -> Any:
    """All messages of a tick, then the timer; the state that it sends."""
    handlers = supervisor.handlers()
    for port, message in messages.items():
        times = new_list if port == "objects" else Times()
        times.measure(_handle, handlers[port], message, now)
    sent = decision.measure(lambda: list(supervisor.on_timer(now)))
    return next(output.message for output in sent if output.port == "state")


def _handle(handler: Handler, message: Any, now: Now) -> list[Output]:
    return list(handler(message, now))


def _traffic(count: int, ticks: int, seed: int) -> Iterator[tuple[Now, dict[str, Any]]]:
    """What arrives at each tick of a drive at constant speed through a crowd that goes along.

    The objects lie at random up to 80 m ahead, 20 m behind and 20 m to both sides, each with its
    own velocity beside the car's; a third of them with an outline of eight corners.
    """
    rng = np.random.default_rng(seed)
    places, velocities = rng.uniform((-20, -20), (80, 20), (count, 2)), rng.normal(0, 1, (count, 2))
    sizes = rng.uniform((0.4, 0.4), (4.5, 1.9), (count, 2))
    for index in range(ticks):
        ns = START_NS + index * TICK_NS
        messages: dict[str, Any] = {
            "odometry": make_odometry(EgoMotion(ns, SPEED, float(rng.normal(0, 0.002)))),
            "status": VehicleStatus(header=make_header(ns, "base_link"), gear=4),
        }
        if index % LIST_EVERY == 0:
            shown = places + velocities * np.sin(0.1 * index)
            shown = shown + rng.normal(0, 0.03, shown.shape)
            tracks = [
                _track(*row, ns)
                for row in enumerate(zip(shown.tolist(), velocities, sizes, strict=True))
            ]
            messages["objects"] = make_objects(tracks, ns)
        yield Now(ns, ns), messages


def _track(index: int, figures: Any, ns: int) -> TrackedObject:
    (x, y), velocity, (length, width) = figures
    track = TrackedObject(
        id=index + 1, x=x, y=y, z=0.8, yaw=0.0, length=float(length), width=float(width),
        height=1.6, vx=SPEED + float(velocity[0]), vy=float(velocity[1]), motion=Motion.MOVING,
        position_variance=0.01, velocity_variance=0.04, last_seen_ns=ns, measurements=10,
    )  # fmt: skip
    if index % 3:
        return track
    turns = np.arange(8) * np.pi / 4
    around = np.stack([np.cos(turns), np.sin(turns)], axis=1) * (length / 2, width / 2)
    return track.but(outline=around + np.array([x, y]))

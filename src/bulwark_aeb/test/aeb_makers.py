# SPDX-License-Identifier: Apache-2.0
"""Small inputs for tests: objects, threats, healthy feeds."""

from __future__ import annotations

import math
from dataclasses import replace

from bulwark_aeb.assess import Threat
from bulwark_aeb.confirm import Confirmation
from bulwark_aeb.inputs import Feed, Gear, Inputs, PlannedCommand, PlanPoint, VehicleStatus
from bulwark_core.objects import EgoMotion, TrackedObject

NOW = 1_000_000_000_000
S = 1_000_000_000


def make_object(x: float, y: float = 0.0, **values: object) -> TrackedObject:
    """A well-known standing car-sized object, unless told otherwise."""
    given = {
        "id": 1,
        "z": 0.8,
        "yaw": 0.0,
        "length": 4.0,
        "width": 1.8,
        "height": 1.5,
        "measurements": 20,
        "position_variance": 0.0,
        "velocity_variance": 0.01,
    } | values
    return TrackedObject(x=x, y=y, **given)  # type: ignore[arg-type]


def make_threat(gap: float = 10.0, **values: object) -> Threat:
    """A confirmed standing target whose latest brake time has come, approached at 10 m/s."""
    given = {
        "key": ("lidar", 1),
        "item": make_object(gap + 5.7),
        "confirmation": Confirmation.CONFIRMED,
        "gap": gap,
        "lead_speed": 0.0,
        "lead_deceleration": 0.0,
        "closing_speed": 10.0,
        "ttc": gap / 10.0,
        "latest_brake_time": -0.01,
        "required_deceleration": 5.0,
    } | values
    return Threat(**given)  # type: ignore[arg-type]


STATUS = VehicleStatus(Gear.DRIVE, 0.0, 0.0, 0.0)
ENGAGED = replace(STATUS, engaged=True)
PLAN = tuple(PlanPoint(0.5 * i, 2.5 * i, 0.0, 0.0, 5.0, 0.0, 0.0) for i in range(4))


def healthy(
    now_ns: int = NOW,
    objects: tuple[TrackedObject, ...] = (),
    speed: float = 10.0,
    status: VehicleStatus = STATUS,
    counter: int = 0,
    **changes: object,
) -> Inputs:
    """All inputs fresh at `now_ns`."""
    inputs = Inputs(
        objects=Feed(objects, now_ns - S // 20),
        static_obstacles=Feed((), now_ns - S // 20),
        odometry=Feed(EgoMotion(now_ns, speed, 0.0), now_ns),
        status=Feed(status, now_ns),
        planned=Feed(PlannedCommand(counter, acceleration=0.5), now_ns),
        trajectory=Feed(PLAN, now_ns),
        camera=Feed(True, now_ns),
    )
    return replace(inputs, **changes)


NAN = math.nan

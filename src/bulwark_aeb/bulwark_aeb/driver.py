# SPDX-License-Identifier: Apache-2.0
"""What the driver does, and what of it decides against an intervention."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bulwark_aeb.inputs import Gear, VehicleStatus
from bulwark_aeb.params import AebParams
from bulwark_core.frozen import replace


@dataclass(frozen=True)
class Driver:
    """The driver as last seen.

    is_away: eyes or hands are off; is_inattentive: so, and it is the driver who drives.
    pressed_since_ns, full_since_ns: since when the accelerator is touched, fully pressed; None: is
    not. unseen_since_ns: since when no status came, where `seen` is False. misplaced, insists: what
    misacceleration inhibition takes the press for.
    """

    seen: bool = False
    engaged: bool = False
    gear: Gear = Gear.UNKNOWN
    tyre_angle: float = math.nan
    is_away: bool = False
    is_inattentive: bool = False
    pressed_since_ns: int | None = None
    full_since_ns: int | None = None
    unseen_since_ns: int = 0
    misplaced: bool = False
    insists: bool = False


def watch(driver: Driver, status: VehicleStatus | None, now_ns: int, params: AebParams) -> Driver:
    """The driver after one more moment; status None: not known at present.

    Whether assistance is engaged stays as last known, so that a lost status does not end a stop.
    """
    if status is None:
        unseen = now_ns if driver.seen else driver.unseen_since_ns
        return Driver(engaged=driver.engaged, unseen_since_ns=unseen)
    stroke = status.accelerator
    pressed = stroke >= params.driver.accelerator_pressed
    full = stroke >= params.driver.full_accelerator
    return replace(
        driver,
        seen=True,
        engaged=status.engaged,
        gear=status.gear,
        tyre_angle=status.steering_tyre_angle,
        is_away=status.is_inattentive,
        is_inattentive=status.is_inattentive and not status.engaged,
        pressed_since_ns=_since(pressed, driver.pressed_since_ns, now_ns),
        full_since_ns=_since(full, driver.full_since_ns, now_ns),
    )


def _since(holds: bool, since_ns: int | None, now_ns: int) -> int | None:
    if not holds:
        return None
    return now_ns if since_ns is None else since_ns


def steers_away(driver: Driver, angle_before: float, speed: float, params: AebParams) -> bool:
    """A decided turn of the wheel by the driver since the warning; the planner's does not count."""
    turned = driver.tyre_angle - angle_before
    if driver.engaged or not math.isfinite(turned):
        return False
    acceleration = speed**2 * abs(math.tan(turned)) / params.vehicle.wheelbase
    limits = params.driver
    return abs(turned) >= limits.evasive_angle and acceleration >= limits.evasive_acceleration

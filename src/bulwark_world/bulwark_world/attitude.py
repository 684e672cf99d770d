# SPDX-License-Identifier: Apache-2.0
"""How a vehicle stands on a surface that is not flat: rigid, on its wheels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from bulwark_core.geometry import Matrix, rigid
from bulwark_core.vehicle import VehicleParams
from bulwark_world.motion import Pose

_TRACK = 0.84
"""Between the middles of the wheels of an axle, as a share of the body's width."""


class Surface(Protocol):
    """Where the ground is."""

    def height(self, x: float, y: float) -> float:
        """Z of the ground at this place of the world [m]."""
        ...


@dataclass(frozen=True)
class Attitude:
    """Height of base_link [m] and its rotation [rad]; pitch: nose down positive (REP-103)."""

    z: float = 0.0
    roll: float = 0.0
    pitch: float = 0.0

    @property
    def slope(self) -> float:
        """The angle by which it looks uphill [rad]."""
        return -self.pitch

    def base(self, pose: Pose) -> Matrix:
        """The pose of base_link in the world (4, 4)."""
        if self == LEVEL:
            return rigid(pose.x, pose.y, yaw=pose.yaw)
        return rigid(pose.x, pose.y, self.z, self.roll, self.pitch, pose.yaw)


LEVEL = Attitude()
"""On the plane z = 0."""


def attitude(surface: Surface | None, body: VehicleParams, pose: Pose) -> Attitude:
    """How the vehicle stands at a pose of base_link; no surface: on the plane z = 0.

    base_link lies between the rear wheels; the plane is that of their axle and the front wheels'
    middle, the roll the mean of both axles.
    """
    if surface is None:
        return LEVEL
    half = _TRACK * body.width / 2.0
    cos, sin = math.cos(pose.yaw), math.sin(pose.yaw)

    def height(ahead: float, left: float) -> float:
        return surface.height(pose.x + ahead * cos - left * sin, pose.y + ahead * sin + left * cos)

    rear_left, rear_right = height(0.0, half), height(0.0, -half)
    front_left, front_right = height(body.wheelbase, half), height(body.wheelbase, -half)
    rear, front = (rear_left + rear_right) / 2.0, (front_left + front_right) / 2.0
    left, right = (rear_left + front_left) / 2.0, (rear_right + front_right) / 2.0
    if rear == front == left == right == 0.0:
        return LEVEL
    return Attitude(
        rear,
        roll=math.atan2(left - right, 2.0 * half),
        pitch=-math.atan2(front - rear, body.wheelbase),
    )

# SPDX-License-Identifier: Apache-2.0
"""The vehicle: its body around base_link, and how its brakes answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bulwark_core.objects import FloatArray
from bulwark_core.params import param

GRAVITY = 9.80665
"""Standard gravity [m/s^2]."""


@dataclass(frozen=True)
class VehicleParams:
    """The body, measured from base_link: the centre of the rear axle on the ground."""

    wheelbase: float = param(2.80, "rear axle to front axle", unit="m", minimum=0.3, maximum=8.0)
    front_overhang: float = param(
        0.90, "front axle to front bumper", unit="m", minimum=0.0, maximum=3.0
    )
    rear_overhang: float = param(
        1.00, "rear axle to rear bumper", unit="m", minimum=0.0, maximum=4.0
    )
    width: float = param(1.90, "widest part without mirrors", unit="m", minimum=0.3, maximum=3.0)
    height: float = param(1.60, "ground to roof", unit="m", minimum=0.3, maximum=4.5)
    max_steering_angle: float = param(
        0.60, "largest tyre angle of the front wheels", unit="rad", minimum=0.05, maximum=1.2
    )

    @property
    def front(self) -> float:
        """The front bumper's x in base_link [m]."""
        return self.wheelbase + self.front_overhang

    @property
    def rear(self) -> float:
        """The rear bumper's x in base_link [m], negative."""
        return -self.rear_overhang

    @property
    def length(self) -> float:
        """Bumper to bumper [m]."""
        return self.front - self.rear

    def corners(self) -> FloatArray:
        """The body seen from above in base_link: (4, 2) [m], counter-clockwise from front left."""
        half = self.width / 2
        return np.array(
            [[self.front, half], [self.rear, half], [self.rear, -half], [self.front, -half]]
        )


@dataclass(frozen=True)
class BrakeModel:
    """How deceleration builds up after a demand.

    delay: until deceleration begins [s]; jerk: how fast it grows [m/s^3]; deceleration: the most
    that is reached [m/s^2].
    """

    delay: float
    jerk: float
    deceleration: float

    def limited_by(self, friction_deceleration: float) -> BrakeModel:
        """The same brake on a road that carries at most this deceleration [m/s^2]."""
        return BrakeModel(self.delay, self.jerk, min(self.deceleration, friction_deceleration))

    def stopping_distance(self, speed: float) -> float:
        """Distance from demand to standstill from `speed` >= 0 [m/s], in closed form [m]."""
        ramp = self.deceleration / self.jerk
        speed_after_ramp = speed - self.jerk * ramp**2 / 2
        rolled = speed * self.delay
        if speed_after_ramp <= 0.0:  # stands before the full deceleration is reached
            stop = math.sqrt(2.0 * speed / self.jerk)
            return rolled + speed * stop - self.jerk * stop**3 / 6
        on_ramp = speed * ramp - self.jerk * ramp**3 / 6
        return rolled + on_ramp + speed_after_ramp**2 / (2.0 * self.deceleration)

    def stopping_time(self, speed: float) -> float:
        """Time from demand to standstill from `speed` >= 0 [m/s], in closed form [s]."""
        ramp = self.deceleration / self.jerk
        speed_after_ramp = speed - self.jerk * ramp**2 / 2
        if speed_after_ramp <= 0.0:
            return self.delay + math.sqrt(2.0 * speed / self.jerk)
        return self.delay + ramp + speed_after_ramp / self.deceleration


BRAKE_MODELS = {
    "good": BrakeModel(0.15, 30.0, 9.0),
    "mid": BrakeModel(0.20, 20.0, 7.0),
    "floor": BrakeModel(0.30, 12.65, 5.0),
    "wet": BrakeModel(0.20, 20.0, 6.0),
    "ice": BrakeModel(0.20, 20.0, 1.5),
}
"""The brake models that scenarios are judged with; `wet` and `ice` are `mid` on less friction."""

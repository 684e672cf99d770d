# SPDX-License-Identifier: Apache-2.0
"""What the vehicle carries, and what that changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bulwark_core.vehicle import BrakeModel
from bulwark_world.dynamics import DriveTrain


@dataclass(frozen=True)
class Load:
    """mass: over that in running order. understeer: over that in running order.

    The brake is controlled by deceleration and friction limits it, so that its most stays; but the
    force that a pressure gives is the same, and so deceleration builds up more slowly. Traction is
    less. Load moves the centre of gravity to the rear, and the car understeers less. The figures
    are the project's: a medium car with four passengers and luggage.
    """

    mass: float = 1.0
    understeer: float = 1.0

    def brake(self, brake: BrakeModel) -> BrakeModel:
        """The same brake with this load."""
        return replace(brake, jerk=brake.jerk / self.mass)

    def drive_train(self, drive_train: DriveTrain) -> DriveTrain:
        """The same drive train with this load."""
        return replace(
            drive_train,
            max_acceleration=drive_train.max_acceleration / self.mass,
            understeer=drive_train.understeer * self.understeer,
        )


LOADS = {"running": Load(), "max": Load(1.25, 0.6)}
"""Mass in running order and maximum mass, UN R152 5.2.1.4."""

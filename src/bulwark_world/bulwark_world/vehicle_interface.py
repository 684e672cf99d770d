# SPDX-License-Identifier: Apache-2.0
"""The vehicle side of the contract: what the vehicle does with a command, and without one.

The command is obeyed, the driver's pedals count where it leaves them free, and the stronger brake
wins. When commands stop counting for 200 ms the vehicle stops by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bulwark_world.driver import FULL_PEDAL_DECELERATION, DriverInput
from bulwark_world.dynamics import Actuation, DriveTrain, VehicleState

COMMAND_TIMEOUT_NS = 200_000_000
SAFE_STOP_DECELERATION = 5.0
"""The least deceleration of the vehicle's own stop [m/s^2]: UN R152, 5.2.1.2."""
HOLD_DECELERATION = 5.0
"""What the brake holds with at standstill [m/s^2]."""
_PRESSED = 0.02


@dataclass(frozen=True)
class Command:
    """bulwark_msgs/ControlCommand as plain data; see there for the meaning of the fields."""

    stamp_ns: int
    alive_counter: int
    source: int = 0
    longitudinal_active: bool = False
    acceleration: float = 0.0
    brake_deceleration: float = 0.0
    torque_cut: bool = False
    standstill_hold: bool = False
    lateral_active: bool = False
    steering_tyre_angle: float = 0.0
    takeover_request: bool = False
    hazard_lights: bool = False
    lidar_stamp_ns: int = 0

    @property
    def is_finite(self) -> bool:
        """Whether every figure is a number; a command with NaN must not reach an actuator."""
        figures = (self.acceleration, self.brake_deceleration, self.steering_tyre_angle)
        return all(map(math.isfinite, figures))


class VehicleInterface:
    """Turns commands and the driver's input into actuation, once a step.

    safe_stop: whether the vehicle is stopping, or stopped, because commands stayed away. It ends
    at standstill, when commands count again and the driver presses a pedal anew.
    """

    def __init__(self, drive_train: DriveTrain) -> None:
        self._drive_train = drive_train
        self.command: Command | None = None
        self.rejected_commands = 0
        self.safe_stop = False
        self._counted_ns = 0
        self._was_pressed = False

    def receive(self, command: Command, now_ns: int) -> None:
        """A command arrived. One that is not finite counts as none."""
        if not command.is_finite:
            self.rejected_commands += 1
            return
        if self.command is None or command.alive_counter != self.command.alive_counter:
            self._counted_ns = now_ns
        self.command = command

    def rearm(self, now_ns: int) -> None:
        """The driver engages at standstill: a gap in the commands while nodes started is over."""
        self.safe_stop = False
        self._counted_ns = now_ns

    @property
    def intervenes(self) -> bool:
        """Whether the vehicle is braked or kept from driving by the command or by itself."""
        command = self.command
        asked = command is not None and (command.brake_deceleration > 0.0 or command.torque_cut)
        return asked or self.safe_stop

    def actuation(self, now_ns: int, driver: DriverInput, state: VehicleState) -> Actuation:
        """What the actuators shall do for the step that begins now."""
        self._watch(now_ns, driver, state)
        if self.command is None:
            return self._by_driver(driver, state.speed)
        if self.safe_stop:
            return self._stopping(self.command, driver, state)
        return self._obey(self.command, driver, state)

    def _watch(self, now_ns: int, driver: DriverInput, state: VehicleState) -> None:
        pressed = max(driver.accelerator, driver.brake) > _PRESSED
        pressed_anew, self._was_pressed = pressed and not self._was_pressed, pressed
        alive = self.command is None or now_ns - self._counted_ns <= COMMAND_TIMEOUT_NS
        if not alive:
            self.safe_stop = True
        elif self.safe_stop and state.speed == 0.0 and pressed_anew:
            self.safe_stop = False

    def _by_driver(self, driver: DriverInput, speed: float) -> Actuation:
        creep = 0.0 if driver.brake > _PRESSED else self._drive_train.creep(speed)
        return Actuation(
            traction=max(driver.accelerator * self._drive_train.max_acceleration, creep),
            brake=driver.brake * FULL_PEDAL_DECELERATION,
            steering_angle=driver.steering_angle,
        )

    def _stopping(self, command: Command, driver: DriverInput, state: VehicleState) -> Actuation:
        """Brake at least as before and at least the safe stop's, keep the steering, then hold."""
        pedal = driver.brake * FULL_PEDAL_DECELERATION
        brake = max(command.brake_deceleration, SAFE_STOP_DECELERATION, pedal)
        return Actuation(0.0, brake, state.steering_angle)

    def _obey(self, command: Command, driver: DriverInput, state: VehicleState) -> Actuation:
        manual = self._by_driver(driver, state.speed)
        traction, brake = manual.traction, max(manual.brake, command.brake_deceleration)
        if command.longitudinal_active:
            traction, planned_brake = self._tracking(command.acceleration, state.speed)
            brake = max(brake, planned_brake)
        holds = command.standstill_hold and state.speed == 0.0
        if command.torque_cut or holds:
            traction = 0.0
        if holds:
            brake = max(brake, HOLD_DECELERATION)
        lateral = command.steering_tyre_angle if command.lateral_active else driver.steering_angle
        return Actuation(traction, brake, lateral)

    def _tracking(self, acceleration: float, speed: float) -> tuple[float, float]:
        """Traction and brake that give an acceleration against rolling and air."""
        traction = acceleration + self._drive_train.resistance(speed)
        return (traction, 0.0) if traction >= 0.0 else (0.0, -acceleration)

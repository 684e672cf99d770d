# SPDX-License-Identifier: Apache-2.0
"""What a run consists of, as data: the place, who is in it, the own vehicle, and when it ends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bulwark_core.vehicle import BRAKE_MODELS, BrakeModel, VehicleParams
from bulwark_world.actors import Actor
from bulwark_world.driver import Driver, ScriptedDriver, SpeedHolder
from bulwark_world.dynamics import DriveTrain
from bulwark_world.light import DAY, Light
from bulwark_world.place import Place
from bulwark_world.weather import CLEAR, Weather

_RUN_UP = 1.4  # the distance at full acceleration, times this: near the speed it fades
_STEADY_S = 2.0


@dataclass(frozen=True)
class Ego:
    """The own vehicle at the start.

    speed: along the direction of travel, >= 0 [m/s]. direction: +1 forward, -1 reverse gear.
    engaged: the planner drives; otherwise a test robot holds the speed, or `driver` acts where
    one is given. cruise: the speed that the test robot holds, None for `speed` [m/s]. brake: what
    the brakes do on this road; declared_brake: what the supervisor is set for, which knows nothing
    of the road. x: of base_link at the start [m].
    """

    speed: float = 0.0
    direction: int = 1
    engaged: bool = False
    driver: ScriptedDriver | None = None
    cruise: float | None = None
    brake: BrakeModel = BRAKE_MODELS["good"]
    declared_brake: BrakeModel = BRAKE_MODELS["good"]
    drive_train: DriveTrain = field(default_factory=DriveTrain)
    x: float = 0.0

    def make_driver(self) -> Driver:
        """Somebody at the wheel, new for each run."""
        if self.driver is not None:
            return self.driver
        if self.engaged:
            return ScriptedDriver()
        cruise = self.speed if self.cruise is None else self.cruise
        return SpeedHolder(cruise, self.drive_train)


@dataclass(frozen=True)
class End:
    """When a run is over, whichever comes first.

    after_s: scenario time. stopped_s: this long at standstill after having moved. passed_m: the
    target is this far behind. A contact always ends it.
    """

    after_s: float = 60.0
    stopped_s: float = 2.0
    passed_m: float = 10.0


@dataclass(frozen=True)
class World:
    """Everything that a simulation starts from.

    target: index of the actor that the run is about, None for none. furniture: what the place has.
    speed_limit: of the route [m/s].
    """

    place: Place
    actors: tuple[Actor, ...]
    ego: Ego
    body: VehicleParams = field(default_factory=VehicleParams)
    furniture: tuple[Actor, ...] = ()
    target: int | None = None
    speed_limit: float = 13.9
    end: End = field(default_factory=End)
    weather: Weather = CLEAR
    light: Light = DAY

    def with_run_up(self) -> World:
        """The same world with a vehicle that starts at standstill, far enough back to get to speed.

        In real time the stack has to be waited for, which a moving vehicle cannot do.
        """
        ego = self.ego
        if ego.speed == 0.0:
            return self
        run_up = _RUN_UP * ego.speed**2 / (2.0 * ego.drive_train.max_acceleration)
        run_up += _STEADY_S * ego.speed
        waiting = replace(ego, speed=0.0, cruise=ego.speed, x=ego.x - ego.direction * run_up)
        return replace(self, ego=waiting, place=self.place.with_run_up(run_up))

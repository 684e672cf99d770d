# SPDX-License-Identifier: Apache-2.0
"""What a run consists of, as data: the place, who is in it, the own vehicle, and when it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from bulwark_core.vehicle import BRAKE_MODELS, BrakeModel, VehicleParams
from bulwark_world.actors import Actor
from bulwark_world.driver import Driver, ScriptedDriver, SpeedHolder
from bulwark_world.dynamics import DriveTrain
from bulwark_world.faults import Fault
from bulwark_world.hill import Hill
from bulwark_world.light import DAY, Light
from bulwark_world.place import Place
from bulwark_world.response import HeldWheel, Responder, Response
from bulwark_world.robot import SpeedPlan, WayKeeper
from bulwark_world.traffic_driver import TrafficDriver
from bulwark_world.traffic_plan import TrafficPlan
from bulwark_world.way import Way
from bulwark_world.weather import CLEAR, Weather

_RUN_UP = 1.4  # the distance at full acceleration, times this: near the speed it fades
_STEADY_S = 2.0


@dataclass(frozen=True)
class Ego:
    """The own vehicle at the start.

    speed: along the direction of travel, >= 0 [m/s]. direction: +1 forward, -1 reverse gear.
    engaged: the planner drives; otherwise a test robot holds the speed, or `driver` acts where
    one is given. response: to a warning. wheel: tyre angle at which the wheel is held [rad]; 0: as
    the driver does. cruise: the speed that the test robot holds, None for `speed` [m/s]. brake:
    what the brakes do on this road with this load; declared_brake: what the supervisor is set for,
    which knows of neither. x: of base_link at the start [m]. plan: speeds that the test robot
    drives instead of one. way: that it steers along, None for the place's. hill: what it starts
    on. lead_in_s: how long before the scenario's distances hold the run begins, at the own speed.
    follows: drives in traffic, behind others and no faster than bends allow, wanting `cruise`.
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
    plan: SpeedPlan | None = None
    way: Way | None = None
    response: Response | None = None
    wheel: float = 0.0
    hill: Hill = Hill()  # noqa: RUF009  frozen
    lead_in_s: float = 0.0
    follows: bool = False

    def after_lead_in(self) -> Ego:
        """The same ego so far back that it is at its place when the lead-in is over."""
        return replace(self, x=self.x - self.direction * self.speed * self.lead_in_s)

    @property
    def pace(self) -> float:
        """The speed that the driver wants [m/s]."""
        return self.speed if self.cruise is None else self.cruise

    def make_driver(self, keeper: WayKeeper | None = None) -> Driver:
        """Somebody at the wheel, new for each run; keeper: hands that keep the way."""
        driver = self._pedals(keeper)
        if self.wheel != 0.0:
            driver = HeldWheel(driver, self.wheel)
        return driver if self.response is None else Responder(driver, self.response)

    def _pedals(self, keeper: WayKeeper | None) -> Driver:
        if self.driver is not None:
            return self.driver
        if self.engaged:
            return ScriptedDriver()
        if self.follows:
            return TrafficDriver(self.drive_train, keeper)
        return SpeedHolder(self.pace, self.drive_train, self.plan, keeper)


@dataclass(frozen=True)
class End:
    """When a run is over, whichever comes first.

    after_s: scenario time. stopped_s: this long at standstill after having moved. passed_m: the
    target is this far behind. station: that base_link gets to, where there is traffic [m]. A
    contact always ends it.
    """

    after_s: float = 60.0
    stopped_s: float = 2.0
    passed_m: float = 10.0
    station: float = math.inf


@dataclass(frozen=True)
class World:
    """Everything that a simulation starts from.

    target: index of the actor that the run is about, None for none. furniture: what the place has.
    speed_limit: of the route [m/s]. faults: of inputs. needs: `lidar` or `all` where the run
    makes no sense with less, else empty. traffic: who reacts, None for nobody.
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
    faults: tuple[Fault, ...] = ()
    needs: str = ""
    traffic: TrafficPlan | None = None

    @property
    def way(self) -> Way:
        """The way that the own vehicle is meant to take."""
        return self.ego.way or self.place.way

    def make_driver(self) -> Driver:
        """Somebody at the wheel, new for each run."""
        keeper = None
        if not self.way.is_straight:
            keeper = WayKeeper(self.way, self.body, self.ego.drive_train)
        return self.ego.make_driver(keeper)

    def with_run_up(self) -> World:
        """The same world with a vehicle that starts at standstill, far enough back to get to speed.

        In real time the stack has to be waited for, which a moving vehicle cannot do. In traffic
        it starts where it is: others do not wait.
        """
        ego = self.ego
        if ego.speed == 0.0:
            return self
        if self.traffic is not None:
            return replace(self, ego=replace(ego, speed=0.0, cruise=ego.pace))
        run_up = _RUN_UP * ego.speed**2 / (2.0 * ego.drive_train.max_acceleration)
        run_up += _STEADY_S * ego.speed
        way = ego.way and ego.way.longer(run_up)
        x = ego.x - ego.direction * run_up
        waiting = replace(ego, speed=0.0, cruise=ego.speed, x=x, way=way)
        return replace(self, ego=waiting, place=self.place.with_run_up(run_up))

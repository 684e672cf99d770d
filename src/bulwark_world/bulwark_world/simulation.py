# SPDX-License-Identifier: Apache-2.0
"""The world in steps of 10 ms: commands in, sensor frames out, the same bits for the same seed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_core.vehicle import GRAVITY
from bulwark_world.actors import Thing
from bulwark_world.agents import DECISION_STEPS, Agent
from bulwark_world.attitude import attitude
from bulwark_world.beams import LIDAR_MODELS
from bulwark_world.camera import Camera, Moving, Picture, intrinsics_of
from bulwark_world.channel import Channel
from bulwark_world.driver import DriverInput, Situation
from bulwark_world.dynamics import STEP_NS, Vehicle, VehicleState
from bulwark_world.lidar import Lidar, Scan
from bulwark_world.odometry import OdometrySensor
from bulwark_world.params import SensorParams
from bulwark_world.puffs import puffs
from bulwark_world.scan_motion import Sweep
from bulwark_world.scene import Scene
from bulwark_world.traffic import make_traffic
from bulwark_world.truth import (
    Contact,
    ContactWatch,
    NearActors,
    Relation,
    ego_pose,
    relation,
    truth_object,
)
from bulwark_world.ultrasonic import Echo, Ultrasonic
from bulwark_world.vehicle_interface import Command, VehicleInterface
from bulwark_world.world import World

START_NS = 1_000_000_000
"""The clock's first reading: a stamp of zero would mean 'none'."""
VEHICLE_EVERY, ULTRASONIC_EVERY, SENSOR_EVERY, ROUTE_EVERY = 2, 5, 10, 20
"""Steps between frames: 50 Hz, 20 Hz, 10 Hz, 5 Hz."""
_LISTED, _SCENE_REACH = 120.0, 250.0
"""How far true objects and the scene reach where there is traffic [m]."""
_BUS = 41
_CAMERA_PHASE = 7  # when the command for the last scan is there and the next scan is not


@dataclass(frozen=True)
class VehicleReport:
    """What the vehicle says of itself and its driver."""

    stamp_ns: int
    reverse: bool
    steering_angle: float
    driver: DriverInput
    engaged: bool


@dataclass(frozen=True)
class Frames:
    """What is due at a step; None where nothing is.

    row_due: the moment for a row of a recording, whether or not the vehicle's messages get through.
    """

    stamp_ns: int
    row_due: bool = False
    odometry: EgoMotion | None = None
    vehicle: VehicleReport | None = None
    route_due: bool = False
    scan: Scan | None = None
    picture: Picture | None = None
    objects: list[TrackedObject] | None = None
    echoes: list[Echo] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is due."""
        frames = (self.odometry, self.vehicle, self.scan, self.picture, self.objects, self.echoes)
        return not self.route_due and all(frame is None for frame in frames)


class Simulation:
    """A run of a world.

    wants_scan, wants_picture, wants_echoes: asked when one is due, so that nobody pays for what
    nobody reads.
    hold_start: wait with hands and feet off, and the actors at time 0 of their scripts, until
    `release()`; the scripts then start when the vehicle passes x = 0. engaged: whether the driver
    has the planner driving.
    """

    def __init__(
        self, world: World, sensors: SensorParams, seed: int, *, hold_start: bool = False
    ) -> None:
        self.world = world
        self.index = 0
        self.contact: Contact | None = None
        self.warned = False  # whether the driver sees and hears a collision warning
        self.engaged = world.ego.engaged and not hold_start
        self.wants_scan: Callable[[], bool] = lambda: True
        self.wants_picture: Callable[[], bool] = lambda: sensors.camera.enabled
        self.wants_echoes: Callable[[], bool] = lambda: sensors.ultrasonic.enabled
        ego = world.ego
        start = VehicleState(x=ego.x, speed=ego.direction * ego.speed)
        self.vehicle = Vehicle(world.body, ego.brake, ego.drive_train, start, ego.direction)
        self.interface = VehicleInterface(ego.drive_train)
        self.driver_input = DriverInput()
        self._driver = world.make_driver()
        self._surface = world.place.surface
        self.attitude = attitude(self._surface, world.body, ego_pose(start))
        self._released = not hold_start
        self._start_index: int | None = None if hold_start else 0
        self._watch = ContactWatch(world.body, (*world.actors, *world.furniture))
        self.traffic = make_traffic(world, seed)
        listed = math.inf if world.traffic is None else _LISTED
        self._near = NearActors(world.actors, listed)
        self._agents: Sequence[Agent] = ()
        self._let_others_drive()
        self._odometry = OdometrySensor(sensors.odometry, start, seed)
        own, status = sensors.odometry, sensors.status
        self._odometry_bus: Channel[EgoMotion] = Channel(own.delay, own.dropout, (seed, _BUS, 0))
        self._status_bus: Channel[VehicleReport] = Channel(
            status.delay, status.dropout, (seed, _BUS, 1)
        )
        self._steering_rng = np.random.default_rng((seed, _BUS, 2))
        self._sensors, self._seed = sensors, seed

    @cached_property
    def _scene(self) -> Scene:
        world = self.world
        reach = math.inf if world.traffic is None else _SCENE_REACH
        scene = world.place, world.furniture, world.actors
        return Scene(*scene, self._sensors.threads, reach)

    @cached_property
    def _lidar(self) -> Lidar:
        mount = self._sensors.lidar
        return Lidar(LIDAR_MODELS[mount.model], mount.pose, self._seed, self.world.weather)

    @cached_property
    def _camera(self) -> Camera:
        mount = self._sensors.camera
        world = self.world
        return Camera(
            intrinsics_of(mount), mount.pose, self._seed, mount.imager, world.light, world.weather
        )

    @cached_property
    def _ultrasonic(self) -> Ultrasonic:
        return Ultrasonic(self.world.body, self._sensors.ultrasonic, self._seed)

    @property
    def now_ns(self) -> int:
        """The simulated clock."""
        return START_NS + self.index * STEP_NS

    @property
    def time_s(self) -> float:
        """The scenario's time: 0 until it starts."""
        if self._start_index is None:
            return 0.0
        return (self.index - self._start_index) * (STEP_NS / 1e9)

    @property
    def state(self) -> VehicleState:
        """The vehicle now."""
        return self.vehicle.state

    def warm_up(self) -> None:
        """Compile the sensors' loops; changes nothing that a run depends on."""
        self._scan()
        self._picture()
        self._echoes()

    def release(self) -> None:
        """Let the driver drive, or the planner where it shall."""
        self.interface.rearm(self.now_ns)
        self._released = True
        self.engaged = self.world.ego.engaged

    def command(self, command: Command) -> None:
        """A command for the vehicle, as of now."""
        self.interface.receive(command, self.now_ns)

    def step(self) -> Frames:
        """Advance by 10 ms and return what is due then."""
        before = self.state
        self._start_script()
        if self._released:
            self.driver_input = self._driver.act(self._situation(before))
        actuation = self.interface.actuation(self.now_ns, self.driver_input, before)
        state = self.vehicle.step(actuation, self._slope(before))
        self.attitude = attitude(self._surface, self.world.body, ego_pose(state))
        self.index += 1
        self._let_others_drive()
        if self.contact is None:
            self.contact = self._watch.check(before, state, self.time_s)
        return self._frames()

    def target(self) -> Relation | None:
        """How the target lies to the vehicle now; None where the run has none."""
        if self.world.target is None:
            return None
        actor, ego = self.world.actors[self.world.target], self.world.ego
        return relation(actor, self.world.body, self.state, ego.direction, self.time_s)

    def _situation(self, state: VehicleState) -> Situation:
        intervenes = self.interface.intervenes
        pull = self.vehicle.direction * GRAVITY * math.sin(self._slope(state))
        pose = ego_pose(state)
        wanted = 0.0 if self.traffic is None else self.traffic.own_acceleration
        return Situation(self.time_s, state.speed, intervenes, pose, pull, self.warned, wanted)

    def _let_others_drive(self) -> None:
        """The traffic decides; who has come or gone is told to whom it concerns."""
        if self.traffic is None or self.index % DECISION_STEPS:
            return
        self.traffic.advance(self.time_s, self.state)
        if self.traffic.present is not self._agents:
            self._agents = self.traffic.present
            self._watch.join(self._agents)

    def _slope(self, state: VehicleState) -> float:
        """How steeply base_link looks uphill, as far as the vehicle feels it [rad]."""
        ego, direction = self.world.ego, self.vehicle.direction
        felt = ego.hill.slope(direction * (state.x - ego.x), self.world.body.wheelbase)
        return self.attitude.slope + direction * felt

    def _start_script(self) -> None:
        arrived = self.world.ego.direction * self.state.x >= 0.0
        if self._start_index is None and self._released and arrived:
            self._start_index = self.index

    def _frames(self) -> Frames:
        due_vehicle = self.index % VEHICLE_EVERY == 0
        due_scan = self.index % SENSOR_EVERY == 0
        due_echoes = self.index % ULTRASONIC_EVERY == 0
        due_picture = self.index % SENSOR_EVERY == _CAMERA_PHASE
        if not (due_vehicle or due_echoes or due_picture or self._bus_is_busy):
            return Frames(self.now_ns)
        motion = self._odometry.measure(self.state, self.now_ns) if due_vehicle else None
        report = self._report() if due_vehicle else None
        return Frames(
            self.now_ns,
            row_due=due_vehicle,
            odometry=self._odometry_bus.step(self.now_ns, motion),
            vehicle=self._status_bus.step(self.now_ns, report),
            route_due=self.index % ROUTE_EVERY == 0,
            scan=self._scan() if due_scan and self.wants_scan() else None,
            picture=self._picture() if due_picture and self.wants_picture() else None,
            objects=self._objects() if due_scan else None,
            echoes=self._echoes() if due_echoes and self.wants_echoes() else None,
        )

    @property
    def _bus_is_busy(self) -> bool:
        return self._odometry_bus.is_busy or self._status_bus.is_busy

    def _report(self) -> VehicleReport:
        reverse = self.world.ego.direction < 0
        error = self._steering_rng.normal(0.0, self._sensors.status.steering_noise)
        angle = self.state.steering_angle + float(error)
        return VehicleReport(self.now_ns, reverse, angle, self.driver_input, self.engaged)

    def _scan(self) -> Scan:
        self._place(self.time_s)
        world, base = self.world, self.attitude.base(ego_pose(self.state))
        things: list[Thing] = [*world.actors, *self._agents]
        clouds = puffs(world.weather, things, self.time_s, self._seed, self.index)
        return self._lidar.scan(
            self._scene, base, self.now_ns, self.index, clouds, self._lidar_sweep()
        )

    def _lidar_sweep(self) -> Sweep | None:
        """How everything moves during the scan, where that is asked for."""
        if not self._sensors.lidar.motion_distortion:
            return None
        state, time_s = self.state, self.time_s
        return Sweep(state.speed, state.yaw_rate, lambda dt: self._place(time_s + dt))

    def _place(self, time_s: float) -> None:
        """Put everything in the scene where it is at a time."""
        self._scene.place(time_s, self._agents, (self.state.x, self.state.y))

    def _picture(self) -> Picture:
        self._place(self.time_s)
        base = self.attitude.base(ego_pose(self.state))
        moving = Moving(self.state.speed, self.state.yaw_rate)
        return self._camera.picture(self._scene, base, self.index, moving)

    def _echoes(self) -> list[Echo]:
        self._place(self.time_s)
        base = self.attitude.base(ego_pose(self.state))
        return self._ultrasonic.measure(self._scene, base, self.now_ns, self.index)

    def _objects(self) -> list[TrackedObject]:
        now, count = (self.state, self.time_s, self.now_ns), len(self.world.actors)
        agents = [truth_object(agent, count + agent.serial, *now) for agent in self._agents]
        actors = self._near.around(self.state)
        return [*(truth_object(actor, i, *now) for i, actor in actors), *agents]

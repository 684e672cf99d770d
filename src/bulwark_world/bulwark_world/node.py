# SPDX-License-Identifier: Apache-2.0
"""The world as a ROS node in real time: clock, sensors and truth out, commands in."""

from __future__ import annotations

import gc
import math
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.impl.implementation_singleton import rclpy_implementation as _rclpy
from rclpy.node import Node
from rosgraph_msgs.msg import Clock

from bulwark_core.convert.stamps import to_stamp
from bulwark_core.errors import BulwarkError, ScenarioError
from bulwark_core.interfaces import load_manifest
from bulwark_core.node import SWITCH_S
from bulwark_core.ros_params import declare_params
from bulwark_core.ros_ports import Ports
from bulwark_world.figures import figures_of
from bulwark_world.messages_to_data import read_aeb_state, read_command
from bulwark_world.params import WorldParams
from bulwark_world.realtime import LatencyMeter, Pacer
from bulwark_world.recording import STATES, WARNING, AebView, Recorder
from bulwark_world.run_end import RunEnd
from bulwark_world.run_log import RunConditions, Timing, run_log, write_run_log
from bulwark_world.runner import Record, judge
from bulwark_world.scenario import load_scenario, parse_settings
from bulwark_world.sensors_to_messages import make_messages, make_tf_static
from bulwark_world.simulation import Frames, Simulation
from bulwark_world.ultrasonic import CORNERS

NAME = "world"
_ABLE_STATES = (1, 2, 4)  # any but starting and unavailable
_SETTLED = 200
"""Steps for which the stack must be able without a break: starting processes disturb each other."""
_SLOW = 0.95
_PATIENCE_S = 2.0
_SAY_EVERY_NS = 5_000_000_000


class WorldNode:
    """Runs a scenario against whatever stack is on the graph."""

    def __init__(self, node: Node, params: WorldParams) -> None:
        self._log, self._params = node.get_logger(), params
        scenario = load_scenario(params.scenario)
        settings = parse_settings(params.set)
        world, self._expectation = scenario.build(settings, params.seed, params.vehicle)
        self._conditions = RunConditions(scenario.name, params.seed, scenario.values(settings))
        self._simulation = Simulation(
            world.with_run_up(), params.sensors, params.seed, hold_start=True
        )
        self._recorder, self._latency = Recorder(self._simulation), LatencyMeter()
        self._view: AebView | None = None
        self._arrived: deque[tuple[Callable[[Any, int], None], Any, int]] = deque()
        self._ports = Ports(node, load_manifest().nodes[NAME])
        self._ports.subscribe("command", self._note(self._on_command))
        self._ports.subscribe("aeb_state", self._note(self._on_aeb_state))
        self._context = node.context
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(node)
        self._let_others_choose()

    def run(self) -> None:
        """From the first clock message to the end of the scenario.

        Raises ScenarioError where the stack does not get ready or the log cannot be written.
        """
        self._simulation.warm_up()
        gc.collect()
        gc.freeze()
        self._ports.publish("tf_static", make_tf_static(self._params.sensors, self._params.vehicle))
        self._pacer = Pacer(self._params.real_time_factor, time.monotonic_ns())
        receiver = threading.Thread(target=self._receive, name="receiver", daemon=True)
        receiver.start()
        try:
            self._wait_for_stack()
            self._drive()
            while not self._params.exit_when_done:
                self._step()
        finally:  # a thread that still waits in C++ when Python ends would abort the process
            self._executor.shutdown(timeout_sec=_PATIENCE_S)
            receiver.join(_PATIENCE_S)

    def _let_others_choose(self) -> None:
        """Sensors that nobody listens to cost nothing."""
        camera = self._params.sensors.camera.enabled
        self._simulation.wants_scan = lambda: self._ports.is_listened_to("points")
        self._simulation.wants_picture = lambda: camera and self._ports.is_listened_to("image")
        ultrasonic = self._params.sensors.ultrasonic.enabled
        ports = [f"ultrasonic_{corner}" for corner in CORNERS]
        self._simulation.wants_echoes = lambda: (
            ultrasonic and any(map(self._ports.is_listened_to, ports))
        )

    def _wait_for_stack(self) -> None:
        self._log.info(f"scenario {self._conditions.scenario}: waiting for the stack")
        start_ns = said_ns = time.monotonic_ns()
        able = 0
        while able < _SETTLED:
            missing, now_ns = self._missing(), time.monotonic_ns()
            able = 0 if missing else able + 1
            if missing and now_ns - start_ns > self._params.wait_for_stack * 1e9:
                wait = self._params.wait_for_stack
                raise ScenarioError(f"the stack was not ready within {wait:g} s: {missing}")
            if missing and now_ns - said_ns > _SAY_EVERY_NS:
                said_ns = now_ns
                self._log.info(f"still waiting: {missing}")
            self._step()

    def _missing(self) -> str:
        """What the stack lacks to be driven with; empty where nothing."""
        view, ego = self._view, self._simulation.world.ego
        if view is None:
            return "nothing on /aeb/state; is aeb_supervisor running?"
        if view.state not in _ABLE_STATES:
            return f"the AEB supervisor is {STATES[view.state]}: {view.explanation}"
        if self._simulation.interface.command is None:
            return "nothing on /control/command"
        if ego.engaged and math.isnan(view.plan_age):
            return "the AEB supervisor has no plan; is planner running?"
        return ""

    def _drive(self) -> None:
        self._recorder.restart()
        self._latency = LatencyMeter()
        self._recorder.event("start", "the stack is ready")
        self._log.info("the stack is ready: driving")
        self._simulation.release()
        self._pacer.restart_window(time.monotonic_ns())
        started_ns, started_index = time.monotonic_ns(), self._simulation.index
        ending, said_ns = RunEnd(self._simulation), started_ns
        try:
            while not ending.reached():
                self._step()
                said_ns = self._say_factor(said_ns)
        finally:  # what was driven so far is logged when the run is interrupted, too
            elapsed = time.monotonic_ns() - started_ns
            driven = (self._simulation.index - started_index) * 10_000_000
            self._finish(driven / elapsed if elapsed else None)

    def _step(self) -> None:
        self._wait_until_due()
        frames = self._simulation.step()
        self._pacer.stepped(time.monotonic_ns())
        self._ports.publish("clock", Clock(clock=to_stamp(frames.stamp_ns)))
        for port, message in make_messages(self._simulation, frames, self._params.sensors):
            self._ports.publish(port, message)
            if port == "points":
                self._latency.published(frames.stamp_ns, time.monotonic_ns())
        self._record(frames)

    def _wait_until_due(self) -> None:
        """Sleep until the next step is due, then take what has arrived."""
        while (remaining := self._pacer.remaining_s(time.monotonic_ns())) > 0.0:
            time.sleep(remaining)
        if not self._context.ok():
            raise ExternalShutdownException
        while self._arrived:
            take, message, steady_ns = self._arrived.popleft()
            take(message, steady_ns)

    def _receive(self) -> None:
        """In a thread of its own: a vehicle takes commands while sensors work."""
        with suppress(ExternalShutdownException, _rclpy.RCLError, _rclpy.InvalidHandle):
            self._executor.spin()

    def _note(self, take: Callable[[Any, int], None]) -> Callable[[Any], None]:
        """A callback that notes a message and when it came, to be taken before the next step."""
        return lambda message: self._arrived.append((take, message, time.monotonic_ns()))

    def _record(self, frames: Frames) -> None:
        if frames.row_due:
            self._recorder.row()
        if frames.objects is not None:
            self._recorder.scan(frames.objects)

    def _on_command(self, message: Any, steady_ns: int) -> None:
        command = read_command(message)
        self._latency.commanded(command.lidar_stamp_ns, steady_ns)
        self._simulation.command(command)

    def _on_aeb_state(self, message: Any, _steady_ns: int) -> None:
        self._view = read_aeb_state(message)
        self._simulation.warned = self._view.stage >= WARNING
        self._recorder.aeb(self._view)

    def _say_factor(self, said_ns: int) -> int:
        now_ns = time.monotonic_ns()
        if now_ns - said_ns < _SAY_EVERY_NS:
            return said_ns
        factor, wanted = self._pacer.factor(now_ns), self._params.real_time_factor
        if factor < _SLOW * wanted:
            self._log.warning(f"simulated time runs at {factor:.2f} of real time, not {wanted:g}")
        self._pacer.restart_window(now_ns)
        return now_ns

    def _finish(self, factor: float | None) -> None:
        self._recorder.row()
        recording, world = self._recorder.recording, self._simulation.world
        figures = figures_of(recording, world)
        record = judge(self._conditions.scenario, self._expectation, recording, figures)
        self._log.info(_summary(record, factor))
        if self._params.run_log:
            timing = Timing(self._latency.latencies_ms, factor)
            log = run_log(self._conditions, world, recording, record.as_json(), timing)
            write_run_log(Path(self._params.run_log), log)


def _summary(record: Record, factor: float | None) -> str:
    verdict = "as expected" if record.passed else f"not as expected: {record.reason}"
    figures = record.figures
    assert figures is not None
    gap = "" if figures.stop_gap_m is None else f", stopped {figures.stop_gap_m:.2f} m before"
    speed = f"{figures.v0_kmh:.1f} km/h{gap}"
    return f"done: {speed}, {verdict}; real-time factor {factor or math.nan:.2f}"


def main() -> None:
    """Run the node; 0 when the scenario has ended, 1 where the stack was not ready, 2 bad usage."""
    sys.setswitchinterval(SWITCH_S)
    rclpy.init()
    try:
        node = Node(NAME)
        world = _made(node)
        world.run()
    except BulwarkError as error:
        sys.stderr.write(f"{NAME}: error: {error}\n")
        sys.exit(1)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        rclpy.try_shutdown()


def _made(node: Node) -> WorldNode:
    """The node's world; ends the process with 2 where parameters or the scenario are no good."""
    try:
        return WorldNode(node, declare_params(node, WorldParams))
    except BulwarkError as error:
        sys.stderr.write(f"{NAME}: error: {error}\n")
        sys.exit(2)

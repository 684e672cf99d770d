# SPDX-License-Identifier: Apache-2.0
"""A run in lock step: world and stack in one thread on one clock, without DDS.

What a sensor measures at a stamp reaches the stack later, as in a car; everything else at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from bulwark_core.component import Component
from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.interfaces import load_manifest
from bulwark_core.offline import OfflineHost
from bulwark_world.error_model import PerceivedObjects
from bulwark_world.fault_injector import FaultInjector
from bulwark_world.faulty_node import FaultyNode
from bulwark_world.messages_to_data import read_aeb_state, read_command
from bulwark_world.params import SensorParams
from bulwark_world.recording import FULL, PARTIAL, WARNING, Recorder, Recording
from bulwark_world.run_end import RunEnd
from bulwark_world.sensors_to_messages import make_messages, make_tf_static
from bulwark_world.sight import in_view
from bulwark_world.simulation import Frames, Simulation
from bulwark_world.stack import OURS, Sensing, make_stack
from bulwark_world.world import World

SENSOR_LATENCY_NS = 40_000_000
"""From the stamp of a scan, picture or object list until the stack has it."""
Tap = Callable[[str, Any, int], None]
"""Called with the topic, the message and the time [ns] of each message of a run."""
_LATE = {"points", "image", "camera_info"}
_FULL_VIEW = {"lidar": Sensing.LIDAR, "all": Sensing.ALL}
_SUPERVISOR = "aeb_supervisor"
_OBJECTS, _COMMAND, _STATE = "/perception/lidar/objects", "/control/command", "/aeb/state"


class LockStep:
    """One run of a world with the stack's own components, or a peer for its supervisor.

    sensing: what it senses with, more than was asked for where the world needs it. tap: sees what
    the stack is given and all that it sends. debug: markers and debug clouds are made too, as if
    somebody listened to them.
    """

    def __init__(
        self,
        world: World,
        sensing: Sensing,
        sensors: SensorParams,
        seed: int,
        supervisor: str = OURS,
        *,
        tap: Tap | None = None,
        debug: bool = False,
    ) -> None:
        sensing = _FULL_VIEW.get(world.needs, sensing) if sensing is not Sensing.ALL else sensing
        self.simulation = Simulation(world, sensors, seed)
        self.simulation.wants_scan = lambda: sensing is not Sensing.OBJECTS
        self.simulation.wants_picture = lambda: sensing is Sensing.ALL
        if sensing is Sensing.OBJECTS:
            self.simulation.wants_echoes = lambda: False
        self.sensing, self._sensors = sensing, sensors
        self._eye = sensors.lidar.pose[:3, 3]
        self._recorder = Recorder(self.simulation)
        self._perceived = PerceivedObjects(seed, weather=world.weather)
        self._topics = {p.name: p.topic.name for p in load_manifest().nodes["world"].ports}
        self._late: deque[tuple[int, str, Any]] = deque()
        self._faults = FaultInjector(world.faults)
        self._stack = self._with_faults(make_stack(world, sensing, supervisor), world)
        for component in self._stack:
            component.is_listened_to = lambda _port: debug
            component.warm_up()
        self._host = OfflineHost(self._stack)
        self._host.on_output(self._on_output)
        self._tap = tap
        if tap is not None:
            self._host.on_output(tap)

    def drive(self) -> Recording:
        """Run to the end."""
        self._hand_over("/tf_static", self._tf_static(), self.simulation.now_ns)
        ending = RunEnd(self.simulation)
        while not ending.reached():
            self._step()
        self._recorder.row()
        self._recorder.recording.fault_effect_s = self._faults.first_effect_s
        return self._recorder.recording

    def _tf_static(self) -> Any:
        return make_tf_static(self._sensors, self.simulation.world.body)

    def _with_faults(self, stack: list[Component], world: World) -> list[Component]:
        """The stack, whose nodes but the supervisor may fail where the world says so."""
        if not world.faults:
            return stack
        return [
            node
            if node.name == _SUPERVISOR
            else FaultyNode(node, self._faults, lambda: self.simulation.time_s)
            for node in stack
        ]

    def _step(self) -> None:
        frames = self.simulation.step()
        now_ns = self.simulation.now_ns
        if not frames.is_empty:
            for port, message in make_messages(self.simulation, frames, self._sensors):
                self._send(port, message, now_ns)
            self._send_objects(frames, now_ns)
        while self._late and self._late[0][0] <= now_ns:
            _, topic, message = self._late.popleft()
            self._deliver(topic, message, now_ns)
        for topic, message in self._faults.overdue(self.simulation.time_s):
            self._hand_over(topic, message, now_ns)
        self._host.advance(now_ns)
        if frames.row_due:
            self._recorder.row()

    def _send(self, port: str, message: Any, now_ns: int) -> None:
        topic = self._topics[port]
        if port in _LATE:
            self._late.append((now_ns + SENSOR_LATENCY_NS, topic, message))
        else:
            self._deliver(topic, message, now_ns)

    def _deliver(self, topic: str, message: Any, now_ns: int) -> None:
        for passed in self._faults.pass_on(topic, message, self.simulation.time_s):
            self._hand_over(topic, passed, now_ns)

    def _hand_over(self, topic: str, message: Any, now_ns: int) -> None:
        if self._tap is not None:
            self._tap(topic, message, now_ns)
        self._host.deliver(topic, message, now_ns)

    def _send_objects(self, frames: Frames, now_ns: int) -> None:
        if frames.objects is None:
            return
        self._recorder.scan(frames.objects)
        if self.sensing is Sensing.OBJECTS:
            seen = in_view(frames.objects, self._eye)
            tracks = self._perceived.perceive(seen, self.simulation.index)
            message = make_objects(tracks, now_ns)
            self._late.append((now_ns + SENSOR_LATENCY_NS, _OBJECTS, message))

    def _on_output(self, topic: str, message: Any, _time_ns: int) -> None:
        if topic == _COMMAND:
            self.simulation.command(read_command(message))
        elif topic == _STATE:
            view = read_aeb_state(message)
            self.simulation.warned = view.stage >= WARNING
            self._recorder.aeb(view)
            if view.stage in (PARTIAL, FULL):
                self._faults.braking(self.simulation.time_s)

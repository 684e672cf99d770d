# SPDX-License-Identifier: Apache-2.0
"""A run in lock step: world and stack in one thread on one clock, without DDS.

What a sensor measures at a stamp reaches the stack later, as in a car; everything else at once.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.interfaces import load_manifest
from bulwark_core.offline import OfflineHost
from bulwark_world.error_model import PerceivedObjects
from bulwark_world.messages_to_data import read_aeb_state, read_command
from bulwark_world.params import SensorParams
from bulwark_world.recording import Recorder, Recording
from bulwark_world.run_end import RunEnd
from bulwark_world.sensors_to_messages import make_messages, make_tf_static
from bulwark_world.simulation import Frames, Simulation
from bulwark_world.stack import Sensing, make_stack
from bulwark_world.world import World

SENSOR_LATENCY_NS = 40_000_000
"""From the stamp of a scan, picture or object list until the stack has it."""
_LATE = {"points", "image", "camera_info"}
_OBJECTS, _COMMAND, _STATE = "/perception/lidar/objects", "/control/command", "/aeb/state"


class LockStep:
    """One run of a world with the stack's own components."""

    def __init__(self, world: World, sensing: Sensing, sensors: SensorParams, seed: int) -> None:
        self.simulation = Simulation(world, sensors, seed)
        self.simulation.wants_scan = lambda: sensing is not Sensing.OBJECTS
        self.simulation.wants_picture = lambda: sensing is Sensing.ALL
        if sensing is Sensing.OBJECTS:
            self.simulation.wants_echoes = lambda: False
        self._sensing, self._sensors = sensing, sensors
        self._recorder = Recorder(self.simulation)
        self._perceived = PerceivedObjects(seed, weather=world.weather)
        self._topics = {p.name: p.topic.name for p in load_manifest().nodes["world"].ports}
        self._late: deque[tuple[int, str, Any]] = deque()
        self._stack = make_stack(world, sensing)
        for component in self._stack:
            component.is_listened_to = lambda _port: False
            component.warm_up()
        self._host = OfflineHost(self._stack)
        self._host.on_output(self._on_output)

    def drive(self) -> Recording:
        """Run to the end."""
        self._host.deliver("/tf_static", self._tf_static(), self.simulation.now_ns)
        ending = RunEnd(self.simulation)
        while not ending.reached():
            self._step()
        self._recorder.row()
        return self._recorder.recording

    def _tf_static(self) -> Any:
        return make_tf_static(self._sensors, self.simulation.world.body)

    def _step(self) -> None:
        frames = self.simulation.step()
        now_ns = self.simulation.now_ns
        for port, message in make_messages(self.simulation, frames, self._sensors):
            self._send(port, message, now_ns)
        self._send_objects(frames, now_ns)
        while self._late and self._late[0][0] <= now_ns:
            _, topic, message = self._late.popleft()
            self._host.deliver(topic, message, now_ns)
        self._host.advance(now_ns)
        if frames.row_due:
            self._recorder.row()

    def _send(self, port: str, message: Any, now_ns: int) -> None:
        topic = self._topics[port]
        if port in _LATE:
            self._late.append((now_ns + SENSOR_LATENCY_NS, topic, message))
        else:
            self._host.deliver(topic, message, now_ns)

    def _send_objects(self, frames: Frames, now_ns: int) -> None:
        if frames.objects is None:
            return
        self._recorder.scan(frames.objects)
        if self._sensing is Sensing.OBJECTS:
            tracks = self._perceived.perceive(frames.objects, self.simulation.index)
            message = make_objects(tracks, now_ns)
            self._late.append((now_ns + SENSOR_LATENCY_NS, _OBJECTS, message))

    def _on_output(self, topic: str, message: Any, _time_ns: int) -> None:
        if topic == _COMMAND:
            self.simulation.command(read_command(message))
        elif topic == _STATE:
            self._recorder.aeb(read_aeb_state(message))

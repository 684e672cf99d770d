# SPDX-License-Identifier: Apache-2.0
"""From a lidar that is blocked while driving to the supervisor's state, through both components."""

import numpy as np
import pytest

from bulwark_aeb.component import AebSupervisor
from bulwark_aeb.params import AebParams
from bulwark_core.convert.clouds import make_cloud
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.offline import OfflineHost
from bulwark_core.vehicle import VehicleParams
from bulwark_lidar.component import LidarPerception
from bulwark_lidar.params import LidarParams
from bulwark_msgs.msg import AebState
from bulwark_world.params import SensorParams
from bulwark_world.scenario import load_scenario
from bulwark_world.sensors_to_messages import make_tf_static
from bulwark_world.simulation import Simulation

LATENCY_NS = 40_000_000
SENSORS = SensorParams()
BLOCKED_AT = 1.35
"""Between two scans [s]."""


class Chain:
    """A drive on a road at 30 km/h whose lidar is blocked from some moment on."""

    def __init__(self):
        world, _ = load_scenario("pass_by").build({"speed_kmh": 30.0}, 1, VehicleParams())
        self.simulation = Simulation(world, SENSORS, 1)
        self.simulation.wants_picture = lambda: False
        self.host = OfflineHost([LidarPerception(LidarParams()), AebSupervisor(AebParams())])
        self.host.on_output(self._note)
        self.host.deliver("/tf_static", make_tf_static(SENSORS), self.simulation.now_ns)
        self.states, self._late = [], []

    def _note(self, topic, message, ns):
        if topic == "/aeb/state":
            seconds = (ns - 1_000_000_000) / 1e9
            self.states.append((seconds, message.state, message.state_reason, message.explanation))

    def drive(self, until, is_seen):
        while self.simulation.time_s < until:
            frames = self.simulation.step()
            now = self.simulation.now_ns
            if frames.odometry is not None:
                self.host.deliver("/vehicle/odometry", make_odometry(frames.odometry), now)
            if frames.scan is not None:
                self._late.append((now + LATENCY_NS, self._cloud(frames.scan, is_seen)))
            while self._late and self._late[0][0] <= now:
                self.host.deliver("/lidar/points", self._late.pop(0)[1], now)
            self.host.advance(now)
        return self.states

    def _cloud(self, scan, is_seen):
        xyz = scan.xyz
        if self.simulation.time_s > BLOCKED_AT:
            xyz = xyz[is_seen(np.degrees(np.arctan2(xyz[:, 1], xyz[:, 0])))]
        return make_cloud(xyz, SENSORS.lidar.frame_id, scan.stamp_ns)


@pytest.mark.parametrize(
    "is_seen,state,reason,words",
    [
        (lambda deg: np.abs(deg) > 25.0, AebState.STATE_UNAVAILABLE,
         AebState.REASON_LIDAR_IMPLAUSIBLE, "straight ahead"),
        (lambda deg: (deg < 5.0) | (deg > 40.0), AebState.STATE_DEGRADED,
         AebState.REASON_LIDAR_DEGRADED, "left of ahead"),
    ],
)  # fmt: skip
def test_a_blocked_view_shows_within_300_ms(is_seen, state, reason, words):
    states = Chain().drive(BLOCKED_AT + 0.35, is_seen)
    before = [row for row in states if row[0] < BLOCKED_AT]
    assert before[-1][2] != reason
    shown = next(row for row in states if row[0] > BLOCKED_AT and row[1:3] == (state, reason))
    assert shown[0] - BLOCKED_AT <= 0.3
    assert words in shown[3]

# SPDX-License-Identifier: Apache-2.0
"""The component with messages: what goes out, and what its health says when input is bad."""

from __future__ import annotations

import numpy as np
import pytest

from bulwark_core.component import Now
from bulwark_core.convert.clouds import make_cloud
from bulwark_core.convert.object_arrays import read_objects
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.transforms import make_transforms
from bulwark_core.geometry import rigid
from bulwark_core.health import Level
from bulwark_core.interfaces import load_manifest
from bulwark_core.objects import EgoMotion, Motion
from bulwark_core.offline import OfflineHost
from bulwark_lidar.component import LidarPerception
from bulwark_lidar.params import LidarParams

SECOND = 1_000_000_000
SPEED = 5.0


class Bench:
    """The component in an offline host, with what it sent."""

    def __init__(self, scan, solid):
        self.component = LidarPerception(LidarParams())
        self.host = OfflineHost([self.component])
        self.sent = []
        self.host.on_output(lambda topic, message, ns: self.sent.append((topic, message, ns)))
        self._scan, self._solid = scan, solid
        self.now_ns = SECOND

    def mount(self):
        transforms = make_transforms([("base_link", "lidar", rigid(0.0, 0.0, 1.73))])
        self.host.deliver("/tf_static", transforms, self.now_ns)

    def drive(self, scans, odometry=True, start=0):
        for k in range(start, start + scans):
            self.now_ns = SECOND + k * SECOND // 10
            if odometry:
                ego = EgoMotion(self.now_ns, SPEED, 0.0)
                self.host.deliver("/vehicle/odometry", make_odometry(ego), self.now_ns)
            x = 20.0 - SPEED * k / 10
            self.send(self._scan([self._solid(x, 0.0, 4.0, 1.8, 1.5)], seed=k), self.now_ns)

    def send(self, cloud, stamp_ns):
        message = make_cloud(cloud, "lidar", stamp_ns)
        self.host.deliver("/lidar/points", message, self.now_ns)

    def objects(self):
        arrays = [m for topic, m, _ in self.sent if topic == "/perception/lidar/objects"]
        return [read_objects(array) for array in arrays]

    def health(self, later_ns=0):
        now = self.now_ns + later_ns
        return {status.task: status for status in self.component.health(Now(now, now))}


@pytest.fixture
def bench(scan, solid):
    return Bench(scan, solid)


def test_handlers_are_the_manifests_input_ports():
    ports = load_manifest().nodes["lidar_perception"].ports
    inputs = {port.name for port in ports if port.direction.value == "input"}
    assert set(LidarPerception(LidarParams()).handlers()) == inputs


def test_a_drive_towards_a_standing_box(bench):
    bench.mount()
    bench.drive(12)
    topics = [topic for topic, _, _ in bench.sent]
    assert topics.count("/perception/lidar/objects") == 12
    assert topics.count("/perception/lidar/obstacle_points") == 12
    assert topics.count("/markers/lidar") == 12
    (box,) = bench.objects()[-1]
    assert box.motion is Motion.STATIONARY
    assert box.footprint()[:, 0].min() == pytest.approx(12.5, abs=0.1)
    _, message, _ = bench.sent[-1]
    assert message.markers[0].header.frame_id == "base_link"
    assert {status.level for status in bench.health().values()} == {Level.OK}


def test_before_the_first_cloud_it_is_stale(bench):
    assert bench.health()["points"].level is Level.STALE


def test_a_missing_mount_is_noted(bench):
    bench.drive(3)
    status = bench.health()["mount"]
    assert status.level is Level.OK
    assert status.values["mount"] == "assumed"


def test_a_wrong_mount_is_degraded(bench):
    transforms = make_transforms([("base_link", "lidar", rigid(0.0, 0.0, 2.6))])
    bench.host.deliver("/tf_static", transforms, bench.now_ns)
    bench.drive(5)
    status = bench.health()["mount"]
    assert status.level is Level.DEGRADED
    assert "/tf_static" in status.message


def test_without_odometry_motion_is_unknown_and_said_to_be(bench):
    bench.mount()
    bench.drive(6, odometry=False)
    assert {o.motion for o in bench.objects()[-1]} == {Motion.UNKNOWN}
    status = bench.health()["odometry"]
    assert status.level is Level.DEGRADED
    assert "none received" in status.message


@pytest.mark.parametrize(
    "cloud, word",
    [
        (np.empty((0, 3), np.float32), "empty"),
        (np.full((5000, 3), np.nan, np.float32), "usable"),
        (np.zeros((5000, 3), np.float32), "on the sensor"),
    ],
)
def test_a_blind_lidar_says_nothing_but_the_reason(bench, cloud, word):
    bench.mount()
    bench.send(cloud, bench.now_ns)
    ((topic, message, _),) = bench.sent
    assert topic == "/perception/lidar/objects"
    assert (message.health, len(message.objects)) == (message.HEALTH_BLIND, 0)
    assert word in message.health_detail
    status = bench.health()["points"]
    assert status.level is Level.ERROR
    assert word in status.message


def test_a_frozen_stamp_gives_nothing_and_is_told(bench):
    bench.mount()
    bench.drive(5)
    before = len(bench.sent)
    frozen_ns = bench.now_ns
    for _ in range(3):
        bench.now_ns += SECOND // 10
        bench.send(bench._scan([]), frozen_ns)
    assert len(bench.sent) == before
    status = bench.health()["points"]
    assert status.level is Level.DEGRADED
    assert "does not advance" in status.message
    late = bench.health(later_ns=SECOND // 2)["points"]
    assert late.level is Level.ERROR


def test_points_rejected_for_weather_are_told(bench):
    bench.mount()
    bench.drive(3)
    assert bench.health()["points"].values["weather"] == "0 points rejected"
    drops = np.random.default_rng(1).uniform([3, -4, -1.2], [9, 4, 0.5], (300, 3))
    bench.now_ns += SECOND // 10
    bench.send(np.vstack([bench._scan([]), drops.astype(np.float32)]), bench.now_ns)
    told = bench.health()["points"].values["weather"]
    assert 200 < int(told.split(" points rejected")[0]) <= 300


def test_a_blocked_sector_is_named_and_the_rest_goes_on(bench):
    bench.mount()
    bench.drive(6)
    before = len(bench.objects())
    for _ in range(3):
        bench.now_ns += SECOND // 10
        cloud = bench._scan([bench._solid(17.0, 0.0, 4.0, 1.8, 1.5)])
        bearing = np.degrees(np.arctan2(cloud[:, 1], cloud[:, 0]))
        bench.send(cloud[(bearing < 20.0) | (bearing > 45.0)], bench.now_ns)
    status = bench.health()["points"]
    assert status.level is Level.DEGRADED
    assert status.message == "view blocked from 21 to 45 degrees left of ahead"
    assert len(bench.objects()) == before + 3
    lists = [m for topic, m, _ in bench.sent if topic == "/perception/lidar/objects"]
    healths = [(m.health, m.health_detail) for m in lists[before:]]
    assert healths[0] == (lists[0].HEALTH_OK, "")
    assert healths[1:] == [(lists[0].HEALTH_DEGRADED, status.message)] * 2


def test_a_stamp_that_jumps_back_starts_afresh(bench):
    bench.mount()
    bench.drive(6)
    old_ids = {o.id for o in bench.objects()[-1]}
    bench.send(bench._scan([bench._solid(15.0, 0.0, 4.0, 1.8, 1.5)]), bench.now_ns - 10 * SECOND)
    assert old_ids.isdisjoint({o.id for o in bench.objects()[-1]})


def test_a_silent_lidar_is_an_error(bench):
    bench.mount()
    bench.drive(3)
    status = bench.health(later_ns=SECOND)["points"]
    assert status.level is Level.ERROR
    assert "no usable cloud" in status.message


def test_a_clock_that_jumps_back_resets_it(bench):
    bench.mount()
    bench.drive(5)
    bench.now_ns = SECOND // 2
    bench.drive(5)
    assert len(bench.objects()) == 10


def test_transforms_that_close_a_loop_are_bad_input(bench):
    loop = [("base_link", "lidar", np.eye(4)), ("lidar", "base_link", np.eye(4))]
    bench.host.deliver("/tf_static", make_transforms(loop), bench.now_ns)
    statuses = bench.host.hosted["lidar_perception"].health(Now(bench.now_ns, bench.now_ns))
    assert any(s.task == "input" and "loop" in s.message for s in statuses)


def test_warm_up_compiles_everything(bench):
    from bulwark_lidar import sectors, steps, weather

    kernels = (steps.correct_all, weather._gone, sectors._count_steep)
    bench.component.warm_up()
    compiled = [len(kernel.signatures) for kernel in kernels]
    bench.mount()
    bench.drive(8)
    assert [len(kernel.signatures) for kernel in kernels] == compiled
    assert min(compiled) >= 1

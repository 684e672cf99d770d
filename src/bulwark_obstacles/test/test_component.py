# SPDX-License-Identifier: Apache-2.0
"""The node's messages, and what it does when input is missing, late or bad."""

from dataclasses import replace

import pytest
from obstacle_scene import SCAN_NS, START_NS, thing

from bulwark_core.component import Now
from bulwark_core.convert.object_arrays import make_objects, read_objects
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.errors import BadMessageError
from bulwark_core.health import Level, worst
from bulwark_core.interfaces import Direction, load_manifest
from bulwark_core.objects import EgoMotion
from bulwark_core.offline import OfflineHost
from bulwark_core.params import build, specs
from bulwark_obstacles.component import StaticObstacles
from bulwark_obstacles.params import LidarParams, StaticObstaclesParams

PARAMS = StaticObstaclesParams(lidar=LidarParams(x=3.0, lowest_beam=0.14))
BARREL = thing(3, 5.0, 0.0)


class Feed:
    """Gives a component odometry of a standing car, and scans."""

    def __init__(self):
        self.component = StaticObstacles(PARAMS)
        self.ns = START_NS

    def odometry(self, x=0.0, ns=None):
        ns = self.ns if ns is None else ns
        self._give("odometry", make_odometry(EgoMotion(ns, 0.0, 0.0, x)))

    def scan(self, *objects):
        """The standing obstacles and their message."""
        seen = [replace(tracked, last_seen_ns=self.ns) for tracked in objects]
        outputs = {o.port: o.message for o in self._give("objects", make_objects(seen, self.ns))}
        return read_objects(outputs["static_obstacles"]), outputs

    def _give(self, port, message):
        return list(self.component.handlers()[port](message, Now(self.ns, self.ns)))

    def later(self, ns=SCAN_NS):
        self.ns += ns

    def health(self):
        return self.component.health(Now(self.ns, self.ns))


@pytest.fixture
def feed():
    """A feed that has just seen a barrel."""
    made = Feed()
    made.odometry()
    made.scan(BARREL)
    made.later()
    return made


def test_ports_are_the_manifests():
    interface = load_manifest().nodes["static_obstacles"]
    inputs = {port.name for port in interface.of(Direction.INPUT)}
    assert set(StaticObstacles(PARAMS).handlers()) == inputs


def test_parameters_build_from_their_own_defaults():
    values = {spec.name: spec.check(spec.default) for spec in specs(StaticObstaclesParams)}
    assert build(StaticObstaclesParams, values) == StaticObstaclesParams()


def test_the_stamp_is_the_inputs_and_a_remembered_one_was_seen_before(feed):
    feed.odometry()
    (shown,), outputs = feed.scan()
    assert stamp_ns(outputs["static_obstacles"].header.stamp) == feed.ns
    assert outputs["static_obstacles"].header.frame_id == "base_link"
    assert shown.last_seen_ns == START_NS
    assert worst(feed.health()) is Level.OK
    assert feed.health()[0].values["remembered"] == "1"


def test_markers_only_where_somebody_listens(feed):
    feed.odometry()
    _, outputs = feed.scan(BARREL)
    assert [marker.ns for marker in outputs["markers"].markers] == ["free_space", "box", "class"]
    feed.component.is_listened_to = lambda port: False
    _, outputs = feed.scan(BARREL)
    assert list(outputs) == ["static_obstacles", "free_space"]


def test_without_odometry_it_shows_what_is_seen_and_forgets(feed):
    feed.later(300_000_000)
    assert len(feed.scan(BARREL)[0]) == 1
    assert worst(feed.health()) is Level.DEGRADED
    feed.later()
    assert feed.scan()[0] == []
    feed.odometry()
    assert feed.scan()[0] == []


def test_a_jump_of_odometry_clears_the_memory(feed):
    feed.odometry(x=3.0)
    assert feed.scan()[0] == []


@pytest.mark.parametrize("step_ns", [-50_000_000, 600_000_000])
def test_a_jump_of_the_scans_stamp_clears_the_memory(feed, step_ns):
    for ns in range(20_000_000, 700_000_000, 20_000_000):
        feed.odometry(ns=START_NS + ns)
    feed.ns = START_NS + step_ns
    assert feed.scan()[0] == []


def test_reset_forgets(feed):
    feed.component.reset()
    feed.odometry()
    assert feed.scan()[0] == []


def test_it_says_when_it_waits_and_when_it_is_blind(feed):
    assert worst(Feed().health()) is Level.STALE
    feed.later(600_000_000)
    assert worst(feed.health()) is Level.ERROR
    assert "blind" in feed.health()[0].message


def test_objects_in_another_frame_are_refused():
    message = make_objects([BARREL], START_NS, "lidar")
    with pytest.raises(BadMessageError, match="'lidar'"):
        StaticObstacles(PARAMS).handlers()["objects"](message, Now(START_NS, START_NS))


def test_runs_in_the_offline_host():
    host, sent = OfflineHost([StaticObstacles(PARAMS)]), []
    host.on_output(lambda topic, message, time_ns: sent.append((topic, message)))
    for ns in range(START_NS, START_NS + 10 * SCAN_NS, SCAN_NS):
        host.deliver("/vehicle/odometry", make_odometry(EgoMotion(ns, 0.0, 0.0)), ns)
        host.deliver("/perception/lidar/objects", make_objects([BARREL], ns), ns)
    topics = [topic for topic, _ in sent]
    assert topics.count("/perception/static_obstacles") == 10
    assert topics.count("/markers/static_obstacles") == 10

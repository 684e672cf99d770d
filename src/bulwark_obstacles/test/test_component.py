# SPDX-License-Identifier: Apache-2.0
"""The node's messages, and what it does when input is missing, late or bad."""

from dataclasses import replace

import numpy as np
import pytest
from geometry_msgs.msg import Point
from obstacle_scene import SCAN_NS, START_NS, drum, thing
from sensor_msgs.msg import Range
from visualization_msgs.msg import Marker

from bulwark_core.component import Now
from bulwark_core.convert.object_arrays import make_objects, read_objects
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.stamps import make_header, stamp_ns
from bulwark_core.convert.transforms import make_transforms
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import rigid
from bulwark_core.health import Level, worst
from bulwark_core.interfaces import Direction, load_manifest
from bulwark_core.objects import EgoMotion, Motion, ObjectClass
from bulwark_core.offline import OfflineHost
from bulwark_core.params import build, specs
from bulwark_msgs.msg import CameraObject, CameraObjectArray
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

    def give(self, port, message):
        return list(self._give(port, message))

    def mounts(self, **poses):
        """Fixed transforms from base_link."""
        rows = [("base_link", frame, pose) for frame, pose in poses.items()]
        self._give("tf_static", make_transforms(rows))

    def hear(self, distance, frame="us", ns=None):
        header = make_header(self.ns if ns is None else ns, frame)
        self._give(
            "ultrasonic_front_left",
            Range(header=header, field_of_view=0.6, min_range=0.2, max_range=4.0, range=distance),
        )

    def task(self, name):
        return next(status for status in self.health() if status.task == name)

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


@pytest.mark.parametrize(
    "pillar, text, shape",
    [
        (drum(0.5, 2.5, x=5.0), "round pillar", Marker.CYLINDER),
        (thing(3, 5.0, 0.0, (0.5, 0.5, 2.5), yaw=0.7), "square pillar", Marker.CUBE),
    ],
)
def test_markers_tell_round_pillars_from_square_ones(pillar, text, shape):
    feed = Feed()
    feed.odometry()
    _, outputs = feed.scan(replace(pillar, motion=Motion.STATIONARY))
    _, box, label = outputs["markers"].markers[:3]
    assert (label.text, box.type) == (text, shape)


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


def test_the_lidar_sits_where_tf_static_says(feed):
    assert feed.task("lidar mount").message == "assumed by the parameters"
    feed.mounts(lidar=rigid(1.2, -0.1, 1.9))
    mount = feed.task("lidar mount")
    assert mount.level is Level.OK
    assert "/tf_static" in mount.message
    assert mount.values == {"x": "1.20", "y": "-0.10", "z": "1.90"}


def test_its_blind_zone_follows_the_mount(feed):
    """At the parameters' place the barrel is in the blind zone, at this one in full view."""
    feed.mounts(lidar=rigid(-8.0, 0.0, 1.2))
    for _ in range(3):
        feed.odometry()
        shown, _ = feed.scan()
        feed.later()
    assert shown == []


def test_mounts_that_contradict_each_other_are_refused(feed):
    loop = make_transforms([("a", "b", np.eye(4)), ("b", "a", np.eye(4))])
    with pytest.raises(BadMessageError, match="loop"):
        feed.give("tf_static", loop)


def test_an_echo_in_the_offline_order_of_messages_makes_an_obstacle():
    feed = Feed()
    feed.mounts(us=rigid(3.7, 0.0, 0.5))
    for _ in range(8):
        feed.odometry()
        feed.hear(0.8)
        feed.later(25_000_000)
    feed.odometry()
    (shown,), _ = feed.scan()
    assert shown.x - shown.length / 2.0 == pytest.approx(4.5, abs=1e-5)
    assert feed.task("ultrasonic").level is Level.OK


def test_a_reading_is_moved_to_where_the_car_is_at_the_scan():
    feed = Feed()
    feed.mounts(us=rigid(3.7, 0.0, 0.5))
    for step in range(8):
        feed.odometry(x=0.02 * step)
        feed.hear(0.8 - 0.02 * step)
        feed.later(20_000_000)
    feed.later(40_000_000)
    feed.odometry(x=0.24)
    (shown,), _ = feed.scan()
    assert shown.x - shown.length / 2.0 == pytest.approx(3.7 + 0.8 - 0.24, abs=1e-4)


def test_a_sensor_that_is_not_mounted_or_falls_silent_is_named(feed):
    assert feed.task("ultrasonic").message == "none"
    feed.hear(1.0, frame="nowhere")
    assert feed.task("ultrasonic").level is Level.DEGRADED
    assert "nowhere" in feed.task("ultrasonic").message
    feed.mounts(nowhere=rigid(3.7))
    feed.hear(1.0, frame="nowhere")
    assert feed.task("ultrasonic").level is Level.OK
    feed.later(1_100_000_000)
    assert "silent: nowhere" in feed.task("ultrasonic").message


def camera_objects(ns, x, kind, score=0.9):
    item = CameraObject(classification=int(kind), score=score, has_position=True, range_std=0.3)
    item.position = Point(x=x)
    return CameraObjectArray(header=make_header(ns, "camera"), objects=[item])


def test_a_cameras_class_counts_once_a_picture_and_while_it_is_fresh(feed):
    for _ in range(6):
        feed.odometry()
        feed.give("camera_objects", camera_objects(feed.ns, 4.7, ObjectClass.WATER_BARRIER))
        (shown,), _ = feed.scan(BARREL)
        feed.later()
    assert shown.object_class is ObjectClass.WATER_BARRIER
    assert feed.component.health(Now(feed.ns, feed.ns))[0].values["camera"] == "in use"
    feed.later(200_000_000)
    feed.odometry()
    feed.scan(BARREL)
    assert feed.health()[0].values["camera"] == "in use"
    feed.later()
    feed.odometry()
    feed.scan(BARREL)
    assert feed.health()[0].values["camera"] == "silent"


def test_an_old_picture_is_not_used(feed):
    feed.odometry()
    feed.give("camera_objects", camera_objects(feed.ns - 400_000_000, 4.7, ObjectClass.CAR))
    (shown,), _ = feed.scan(BARREL)
    assert shown.object_class is ObjectClass.CRASH_BARREL


@pytest.mark.parametrize("changes", [{"x": float("nan")}, {"score": float("inf"), "x": 4.0}])
def test_a_camera_object_that_is_not_finite_is_refused(feed, changes):
    with pytest.raises(BadMessageError, match="not finite"):
        feed.give("camera_objects", camera_objects(feed.ns, kind=ObjectClass.CAR, **changes))


def test_the_free_space_has_the_scans_stamp_and_frame(feed):
    feed.odometry()
    _, outputs = feed.scan(BARREL)
    polygon = outputs["free_space"]
    assert (stamp_ns(polygon.header.stamp), polygon.header.frame_id) == (feed.ns, "base_link")
    assert len(polygon.polygon.points) >= 90


def test_runs_in_the_offline_host():
    host, sent = OfflineHost([StaticObstacles(PARAMS)]), []
    host.on_output(lambda topic, message, time_ns: sent.append((topic, message)))
    for ns in range(START_NS, START_NS + 10 * SCAN_NS, SCAN_NS):
        host.deliver("/vehicle/odometry", make_odometry(EgoMotion(ns, 0.0, 0.0)), ns)
        host.deliver("/perception/lidar/objects", make_objects([BARREL], ns), ns)
    topics = [topic for topic, _ in sent]
    assert topics.count("/perception/static_obstacles") == 10
    assert topics.count("/markers/static_obstacles") == 10


def test_the_same_messages_give_the_same_bits():
    def drive():
        feed, sent = Feed(), []
        feed.mounts(us=rigid(3.7, 0.0, 0.5, yaw=0.1), lidar=rigid(1.0, 0.0, 1.7))
        things = [BARREL, thing(4, 9.0, 2.0, (4.0, 0.3, 2.0), yaw=0.3), thing(5, 6.0, -2.0)]
        for step in range(30):
            feed.odometry(x=0.01 * step)
            feed.hear(1.0 + 0.013 * (step % 7))
            feed.give("camera_objects", camera_objects(feed.ns, 4.7, ObjectClass.POLE))
            _, outputs = feed.scan(*things[: 1 + step % 3])
            sent.append(repr((outputs["static_obstacles"], outputs["free_space"])))
            feed.later()
        return sent

    assert drive() == drive()


def test_without_the_free_space_the_obstacles_are_the_same():
    with_it, without = Feed(), Feed()
    without.component.gives_free_space = False
    for feed in (with_it, without):
        feed.odometry()
    (_, full), (_, less) = with_it.scan(BARREL), without.scan(BARREL)
    assert list(less) == ["static_obstacles"]
    assert repr(less["static_obstacles"]) == repr(full["static_obstacles"])  # NaN equals NaN there
